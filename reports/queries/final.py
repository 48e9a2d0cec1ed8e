"""What the final annual report is filled from: samples, releases, direct claims, actions, ratings of the year."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db.models import Count, Max, Q

from reports.models import Report, ReportKind
from reports.year_record import SampleLine, YearRecord
from verification.models import (
    Action,
    Activity,
    CentreYear,
    DirectClaimsStatus,
    Release,
    ReportDraft,
    RiskRating,
)

ENDED = ("CONCLUDED", "WAIVED", "CANCELLED")


def record_of(centre_year: CentreYear) -> YearRecord:
    """Read the year's record; a constant number of queries. The caller is in the scope of the centre."""
    centre_id = centre_year.centre_id
    activities = _activities(centre_year)
    lines = [_line(activity) for activity in activities if activity.kind == "SAMPLING"]
    releases = list(
        Release.objects.filter(centre_id=centre_id, centre_year=centre_year).select_related(
            "programme__qualification"
        )
    )
    sampled = {line.programme_id for line in lines}
    actions = _actions(centre_year)
    of_the_year = [action for action in actions if action.centre_year_id == centre_year.pk]
    rating = RiskRating.objects.filter(centre_id=centre_id, centre_year=centre_year, kind="INITIAL").last()
    return YearRecord(
        samples=tuple(lines),
        claims=tuple(
            DirectClaimsStatus.objects.filter(centre_id=centre_id)
            .select_related("programme__qualification")
            .order_by("programme__qualification__short_title")
        ),
        releases={release.programme_id: release.status for release in releases},
        open_actions=tuple(action for action in actions if action.status != "CLOSED"),
        actions_opened=len(of_the_year),
        actions_closed=sum(action.status == "CLOSED" for action in of_the_year),
        initial_rating=rating.level if rating else "",
        unfinished=tuple(line for line in lines if line.status not in ENDED),
        without_activity=tuple(release for release in releases if release.programme_id not in sampled),
        **_visit([activity for activity in activities if activity.kind == "VISIT"]),
    )


def _actions(centre_year: CentreYear) -> list[Action]:
    """The actions of the year, and those of any year that are not closed, in the order of their numbers."""
    rows = Action.objects.filter(~Q(status="CLOSED") | Q(centre_year=centre_year))
    rows = rows.filter(centre_id=centre_year.centre_id)
    return list(rows.select_related("owner", "programme__qualification").order_by("number"))


def _visit(rows: Sequence[Activity]) -> dict[str, Any]:
    """Whether an LSV visit stands in the year, and why there was none, with who decided it (R10)."""
    held = [row for row in rows if row.status != "WAIVED"]
    waived = (
        "" if held or not rows else f"{rows[-1].ended_reason} Waived by {rows[-1].ended_by or 'the portal'}."
    )
    return {"visit_planned": bool(held), "visit_waived": waived}


def issued_report(centre_year: CentreYear) -> Report | None:
    """The newest version of a year's final report, where it is issued."""
    issued = Report.objects.filter(
        centre_id=centre_year.centre_id, centre_year=centre_year, kind=ReportKind.FINAL
    )
    return issued.select_related("issued_by").order_by("version").last()


def _activities(centre_year: CentreYear) -> list[Activity]:
    """The year's visits and samplings that were not cancelled, each sampling with what its one sample says."""
    return list(
        Activity.objects.filter(centre_id=centre_year.centre_id, centre_year=centre_year)
        .exclude(status="CANCELLED")
        .select_related("programme__qualification", "allocation__verifier__person", "ended_by")
        .annotate(
            outcome=Max("samples__outcome"),
            waived_reason=Max("samples__waived_reason"),
            judged=Count("samples__items", filter=Q(samples__items__status="JUDGED")),
            disagreed=Count(
                "samples__items", filter=Q(samples__items__released_judgements__verdict="DISAGREE")
            ),
        )
        .order_by("programme__qualification__short_title", "number")
    )


def _line(activity: Any) -> SampleLine:
    verifier = activity.allocation.verifier.person.name if activity.allocation else ""
    return SampleLine(
        programme_id=activity.programme_id,
        programme=activity.programme.qualification.short_title,
        qan=activity.programme.qualification.qan,
        number=activity.number,
        status=activity.status,
        outcome=activity.outcome or "",
        judged=activity.judged,
        disagreed=activity.disagreed,
        note=activity.ended_reason or activity.waived_reason or "",
        activity_id=activity.pk,
        verifier=verifier,
        waived_by=str(activity.ended_by) if activity.ended_by else "",
    )


def draft_of(centre_year: CentreYear) -> ReportDraft | None:
    """The LSV's draft of the final report, if there is one."""
    return ReportDraft.objects.filter(
        centre_id=centre_year.centre_id, centre_year=centre_year, kind="FINAL", activity=None
    ).first()


def suggested_cycle(record: YearRecord, keys: Sequence[str]) -> dict[str, str]:
    """What the record suggests for each programme: two enhanced samples after a pending outcome, else one."""
    suggestion: dict[str, str] = {}
    for line in record.samples:
        worse = line.outcome == "PENDING" or line.disagreed > 0
        if worse and "enhanced_two" in keys:
            suggestion[str(line.programme_id)] = "enhanced_two"
        elif str(line.programme_id) not in suggestion:
            suggestion[str(line.programme_id)] = "enhanced" if "enhanced" in keys else keys[0]
    return suggestion
