"""Reports as lists and pages read them."""

from __future__ import annotations

from typing import Any

from django.db.models import Count, Exists, OuterRef, QuerySet, Subquery
from django.db.models.fields.json import KeyTextTransform
from django.db.models.functions import Coalesce

from centres.models import Person
from centres.queries.schemes import levels_that_block_closing
from qa_portal.wording import counted, joined
from reports.models import Report, ReportReading
from verification.models import Action, ActionLevel, ActionStatus

_NAMES = {ActionLevel.ESSENTIAL: "essential action", ActionLevel.RECOMMENDED: "recommendation"}


def listed(reports: QuerySet[Report]) -> QuerySet[Report]:
    """For lists: without the content, with whether a newer version stands; newest first.

    The centre is named by the frozen document, because a verifier whose allocation ended no longer sees its row.
    """
    newer = Report.objects.filter(centre_id=OuterRef("centre_id"), supersedes_id=OuterRef("pk"))
    named = {"centre_name": _of("centre", "name"), "centre_number": _of("centre", "number")}
    rows = (
        with_open_actions(reports)
        .select_related("issued_by")
        .annotate(replaced=Exists(newer), year=_of("year_label"), **named)
    )
    return rows.defer("content").order_by("-issued_at", "-pk")


def with_open_actions(reports: QuerySet[Report]) -> QuerySet[Report]:
    """Add what says whether a report's cycle is closed: its scheme, and its actions that are not, level by level."""
    counts: dict[str, Any] = {f"open_{level.lower()}": _open_of(level) for level in ActionLevel.values}
    return reports.annotate(
        scheme_code=_of("scheme", "code"), scheme_version=_of("scheme", "version"), **counts
    )


def _open_of(level: str) -> Any:
    actions = Action.objects.filter(
        centre_id=OuterRef("centre_id"), activity_id=OuterRef("activity_id"), level=level
    ).exclude(status=ActionStatus.CLOSED)
    return Coalesce(Subquery(actions.order_by().values("activity_id").annotate(n=Count("pk")).values("n")), 0)


def cycle_of(report: Report, person: Person) -> str:
    """Where the cycle of a report stands: "Open: 1 essential action", "Closed", or "" where it has none (R81).

    ``report`` comes from ``with_open_actions``. A cycle is closed when no action of its activity is open whose level
    blocks closing in the report's scheme. The final report opens none; whoever left the centre sees no actions.
    """
    access = person.access
    if report.activity_id is None or not (access.everywhere or report.centre_id in access.centre_ids):
        return ""
    blocking = levels_that_block_closing(report.scheme_code, int(report.scheme_version))  # type: ignore[attr-defined]
    waiting = [
        counted(number, _NAMES[ActionLevel(level)])
        for level in ActionLevel.values
        if level.lower() in blocking and (number := getattr(report, f"open_{level.lower()}"))
    ]
    return f"Open: {joined(waiting)}" if waiting else "Closed"


def versions_of(report: Report) -> list[Report]:
    """All versions of a report that exist in this scope, newest first."""
    rows = Report.objects.filter(centre_id=report.centre_id, number=report.number).select_related("issued_by")
    return list(rows.defer("content").order_by("-version"))


def readings_of(report: Report) -> list[ReportReading]:
    """Who opened a report, first readers first."""
    rows = ReportReading.objects.filter(centre_id=report.centre_id, report=report)
    return list(rows.select_related("person").order_by("first_at"))


def _of(*path: str) -> Any:
    expression: Any = "content"
    for key in path:
        expression = KeyTextTransform(key, expression)
    return expression
