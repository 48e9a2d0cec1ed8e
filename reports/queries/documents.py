"""Reports as lists and pages read them."""

from __future__ import annotations

from typing import Any

from django.db.models import Exists, OuterRef, QuerySet
from django.db.models.fields.json import KeyTextTransform

from reports.models import Report, ReportReading


def listed(reports: QuerySet[Report]) -> QuerySet[Report]:
    """For lists: without the content, with whether a newer version stands; newest first.

    The centre is named by the frozen document, because a verifier whose allocation ended no longer sees its row.
    """
    newer = Report.objects.filter(centre_id=OuterRef("centre_id"), supersedes_id=OuterRef("pk"))
    named = {"centre_name": _of("centre", "name"), "centre_number": _of("centre", "number")}
    rows = reports.select_related("issued_by").annotate(
        replaced=Exists(newer), year=_of("year_label"), **named
    )
    return rows.defer("content").order_by("-issued_at", "-pk")


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
