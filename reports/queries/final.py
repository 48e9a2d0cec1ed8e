"""What the final annual report is filled from: samples, releases, direct claims, actions, ratings of the year."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db.models import Count, Q

from reports.models import Report, ReportKind
from reports.year_record import SampleLine, YearRecord
from sampling.models import Sample
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
    lines = _samples(centre_year)
    releases = list(
        Release.objects.filter(centre_id=centre_id, centre_year=centre_year).select_related(
            "programme__qualification"
        )
    )
    sampled = {line.programme_id for line in lines}
    opened = Action.objects.filter(centre_id=centre_id, centre_year=centre_year).aggregate(
        opened=Count("pk"), closed=Count("pk", filter=Q(status="CLOSED"))
    )
    rating = RiskRating.objects.filter(centre_id=centre_id, centre_year=centre_year, kind="INITIAL").last()
    return YearRecord(
        samples=tuple(lines),
        claims=tuple(
            DirectClaimsStatus.objects.filter(centre_id=centre_id)
            .select_related("programme__qualification")
            .order_by("programme__qualification__short_title")
        ),
        releases={release.programme_id: release.status for release in releases},
        open_actions=tuple(
            Action.objects.filter(centre_id=centre_id)
            .exclude(status="CLOSED")
            .select_related("owner", "programme__qualification")
            .order_by("number")
        ),
        actions_opened=opened["opened"],
        actions_closed=opened["closed"],
        initial_rating=rating.level if rating else "",
        unfinished=tuple(line for line in lines if line.status not in ENDED),
        without_activity=tuple(release for release in releases if release.programme_id not in sampled),
        **_visit(centre_year),
    )


def _visit(centre_year: CentreYear) -> dict[str, Any]:
    """Whether an LSV visit stands in the year, and why there was none, with who decided it (R10)."""
    visits = Activity.objects.filter(centre_id=centre_year.centre_id, centre_year=centre_year, kind="VISIT")
    rows = list(visits.exclude(status="CANCELLED").select_related("ended_by").order_by("number"))
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


def _samples(centre_year: CentreYear) -> list[SampleLine]:
    activities = (
        Activity.objects.filter(centre_id=centre_year.centre_id, centre_year=centre_year, kind="SAMPLING")
        .exclude(status="CANCELLED")
        .select_related("programme__qualification", "allocation__verifier__person", "ended_by")
        .order_by("programme__qualification__short_title", "number")
    )
    samples = {
        sample.activity_id: sample
        for sample in Sample.objects.filter(
            centre_id=centre_year.centre_id, activity__centre_year=centre_year
        ).annotate(
            judged=Count("items", filter=Q(items__status="JUDGED")),
            disagreed=Count("items", filter=Q(items__released_judgements__verdict="DISAGREE")),
        )
    }
    return [_line(activity, samples.get(activity.pk)) for activity in activities]


def _line(activity: Any, sample: Any) -> SampleLine:
    verifier = activity.allocation.verifier.person.name if activity.allocation else ""
    return SampleLine(
        programme_id=activity.programme_id,
        programme=activity.programme.qualification.short_title,
        qan=activity.programme.qualification.qan,
        number=activity.number,
        status=activity.status,
        outcome=sample.outcome if sample else "",
        judged=sample.judged if sample else 0,
        disagreed=sample.disagreed if sample else 0,
        note=activity.ended_reason or (sample.waived_reason if sample else ""),
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
