"""What an LSV has to do beside visits, by when: read the self-assessment, decide on more time, report the year."""

from __future__ import annotations

from datetime import datetime

from django.urls import reverse
from django.utils import timezone

from centres import academic_year
from centres.permissions import RoleCode
from centres.queries.schemes import due_within
from centres.schemes import Scheme
from qa_portal import deadlines
from qa_portal.deadlines import Duty
from qa_portal.tenancy import Side
from qa_portal.wording import date_long
from verification.models import CentreYear, Extension, SelfAssessment, StageState
from verification.queries.years import scheme_of_year
from verification.questionnaire import name_of

REVIEW, EXTENSION, FINAL = "self_assessment_review", "extension_decision", "final_annual_report"


def final_report_due(centre_year: CentreYear, scheme: Scheme) -> None:
    """Have the year's final annual report due by the end of its window, from whoever is the LSV (R10, R11)."""
    if centre_year.final_report_state == StageState.DONE:
        return
    centre = centre_year.centre
    duty = Duty(
        title=f"Issue the final annual report of {centre.name} {academic_year.label(centre_year.year)}",
        url=reverse("final-report-of-year", args=[centre.number, centre_year.year]),
        owner_role=RoleCode.LEAD_STANDARDS_VERIFIER,
        owner_side=Side.VERIFIER,
        owner_id=centre_year.lsv_id,
        why="It follows when every sample of the year is concluded or waived, and recommends next year’s cycle.",
        source="Year planner",
    )
    due_on = scheme.windows["final_annual_report"].deadline(centre_year.year)
    deadlines.set_due(FINAL, subject=centre_year, year=centre_year.year, due_on=due_on, duty=duty)


def review_due(self_assessment: SelfAssessment, *, at: datetime) -> None:
    """Have a submitted self-assessment read and accepted or returned; without an LSV the days count from allocation."""
    centre, centre_year = self_assessment.centre, self_assessment.centre_year
    begins = timezone.localdate(at)
    if centre_year.lsv_id is None:
        allocation = scheme_of_year(centre_year).windows["allocation"].deadline(centre_year.year)
        begins = max(begins, allocation)
    duty = Duty(
        title=f"Read the {name_of(self_assessment)} of {centre.name}, then accept or return it",
        url=_form_url(self_assessment),
        owner_role=RoleCode.LEAD_STANDARDS_VERIFIER,
        owner_side=Side.VERIFIER,
        owner_id=centre_year.lsv_id,
        why="The visit is prepared from it. The centre can change it only when it is returned.",
        source="Self-assessment",
    )
    due_on = due_within(REVIEW, nation=centre.nation, on=begins)
    deadlines.set_due(REVIEW, subject=self_assessment, year=centre_year.year, due_on=due_on, duty=duty)


def extension_due(extension: Extension, self_assessment: SelfAssessment, *, at: datetime) -> None:
    """Have a request for more time answered by the LSV, or by the quality manager while there is none (R5)."""
    centre, centre_year = self_assessment.centre, self_assessment.centre_year
    lead = centre_year.lsv_id is not None
    duty = Duty(
        title=f"Decide on more time for the {name_of(self_assessment)} of {centre.name}",
        url=_form_url(self_assessment),
        owner_role=RoleCode.LEAD_STANDARDS_VERIFIER if lead else RoleCode.QUALITY_MANAGER,
        owner_side=Side.VERIFIER if lead else Side.AO,
        owner_id=centre_year.lsv_id if lead else centre.quality_manager_id,
        why=f"The centre asks for time until {date_long(extension.wanted_until)}.",
        source="Self-assessment",
    )
    due_on = due_within(EXTENSION, nation=centre.nation, on=timezone.localdate(at))
    deadlines.set_due(EXTENSION, subject=extension, year=centre_year.year, due_on=due_on, duty=duty)


def _form_url(self_assessment: SelfAssessment) -> str:
    year = self_assessment.centre_year.year
    return reverse("self-assessment-year", args=[self_assessment.centre.number, year])
