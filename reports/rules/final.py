"""When the final annual report may be issued."""

from __future__ import annotations

from django.urls import NoReverseMatch, reverse

from centres.academic_year import label
from centres.schemes import Scheme
from qa_portal.errors import Reason, RuleViolation
from reports.models import Report
from reports.rules.issued import was_issued
from reports.year_record import YearRecord
from verification.models import CentreYear, ReportDraft, StageState


def may_be_issued(
    centre_year: CentreYear, record: YearRecord, draft: ReportDraft | None, scheme: Scheme
) -> None:
    """Raise RuleViolation with every reason why the final report cannot be issued yet.

    R10: every sample of the year is concluded or waived with a reason; R11: it recommends next year's cycle.
    """
    reasons = [
        *_samples(centre_year, record),
        *_visit(centre_year, record),
        *_texts(centre_year, record, draft, scheme),
    ]
    if reasons:
        raise RuleViolation("You cannot issue the final report yet.", rule="R10", reasons=reasons)


def is_not_issued(centre_year: CentreYear, issued: Report | None) -> None:
    """A final report is issued once. Raises RuleViolation with who issued it and when (R69)."""
    if issued is None and centre_year.final_report_state != StageState.DONE:
        return
    year = label(centre_year.year)
    if issued is None:
        raise RuleViolation(f"The final report of {year} is issued.", rule="R69")
    raise was_issued(issued)


def _samples(centre_year: CentreYear, record: YearRecord) -> list[Reason]:
    reasons = [
        Reason(
            f"The sample of {line.programme} is not concluded",
            f"{line.verifier or 'Nobody is allocated: the planner'} concludes it, or you waive it with a reason.",
            "R10",
            _url("activity", line.activity_id),
        )
        for line in record.unfinished
    ]
    for release in record.without_activity:
        what = f"{release.programme.qualification.short_title} has no sample this year"
        reasons.append(
            Reason(
                what,
                "Have an SV allocated, or do without the sample, with a reason.",
                "R9",
                _url("programme-waive", centre_year.centre.number, centre_year.year, release.programme_id),
            )
        )
    return reasons


def _visit(centre_year: CentreYear, record: YearRecord) -> list[Reason]:
    if record.visit_waived or centre_year.visit_state in ("DONE", "NOT_NEEDED"):
        return []
    reasons = {
        True: (
            "The report of the LSV visit is not issued",
            "Issue it, or have a quality manager waive the visit.",
        ),
        False: ("No LSV visit is planned", "Have one planned again, or waived by a quality manager."),
    }
    what, mend = reasons[record.visit_planned]
    return [Reason(what, mend, "R8", _url("activities", centre_year.centre.number))]


def _texts(
    centre_year: CentreYear, record: YearRecord, draft: ReportDraft | None, scheme: Scheme
) -> list[Reason]:
    url = _url("final-report-of-year", centre_year.centre.number, centre_year.year)
    missing = []
    if draft is None or not draft.summary.strip():
        missing.append("The summary is empty")
    if draft is None or not draft.rating or not draft.rating_reasons.strip():
        missing.append("The final risk rating and its reasons are missing")
    chosen = draft.recommended_cycle if draft else {}
    known = {cycle.key for cycle in scheme.verification.cycles}
    if any(chosen.get(str(programme)) not in known for programme in record.releases):
        missing.append("A programme has no recommended cycle for next year")
    return [Reason(what, "Write it in the draft.", "R11", url) for what in missing]


def _url(name: str, *arguments: object) -> str:
    try:
        return reverse(name, args=arguments)
    except NoReverseMatch:
        return ""
