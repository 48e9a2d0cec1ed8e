"""Steps of the year's end that other tests start from: what is left is waived, the draft written, the report issued."""

from __future__ import annotations

from datetime import UTC, datetime

from reports.models import Report
from reports.operations import final_reports
from sampling.operations import waive
from tests.cast import Cast
from tests.story.allocations import allocated, forget_access
from verification.models import Activity, CentreYear, ReportDraft
from verification.operations import waivers

JULY = datetime(2027, 7, 3, 9, 0, tzinfo=UTC)
TEXTS = {
    "summary": "A settled year.",
    "rating": "LOW",
    "rating_reasons": "Systems are met and all samples were agreed.",
    "good_practice": "",
    "next_steps": "The SV samples in the spring.",
}


def everything_waived(cast: Cast, *, at: datetime = JULY) -> CentreYear:
    """Northgate's year with its visit and its samples waived, each with a reason."""
    centre_year = allocated(cast)
    forget_access(cast["lsv"])
    for activity in Activity.objects.filter(centre_year=centre_year, kind="SAMPLING"):
        waive.waive(activity_id=activity.pk, reason="No work was assessed.", by=cast["lsv"], at=at)
    visit = Activity.objects.get(centre_year=centre_year, kind="VISIT")
    waivers.waive_visit(activity_id=visit.pk, reason="The centre was flooded.", by=cast["manager"], at=at)
    return CentreYear.objects.select_related("centre").get(pk=centre_year.pk)


def draft_written(
    cast: Cast, centre_year: CentreYear, *, cycle: str = "enhanced", at: datetime = JULY, **texts
) -> ReportDraft:
    """The final report written by the LSV, with one cycle for all programmes."""
    programmes = [str(programme.pk) for programme in cast.northgate.programmes]
    draft = ReportDraft.objects.filter(centre_year=centre_year, kind="FINAL").first()
    return final_reports.save_draft(
        centre_year_id=centre_year.pk,
        texts=TEXTS | texts,
        recommended_cycle=dict.fromkeys(programmes, cycle) if cycle else {},
        revision=draft.revision if draft else 0,
        by=cast["lsv"],
        at=at,
    )


def final_report_issued(cast: Cast, *, cycle: str = "enhanced", at: datetime = JULY) -> Report:
    """Northgate's final report of the year, issued by its LSV."""
    centre_year = everything_waived(cast, at=min(at, JULY))
    draft_written(cast, centre_year, cycle=cycle, at=at)
    return final_reports.issue_final_report(centre_year_id=centre_year.pk, by=cast["lsv"], at=at)
