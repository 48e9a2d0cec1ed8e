"""What is due from whom: the final report, the sample's plan, decisions and readings; and who takes it over."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from django.urls import reverse

from qa_portal import reminders
from qa_portal.models import Deadline, Mail
from tests.conftest import NOW
from tests.story.allocations import allocated, forget_access, opened, sampling_agreed
from tests.story.samples import sample_concluded, sample_planned, sample_requested
from tests.story.self_assessments import on, self_assessment_of, submitted_self_assessment
from verification.models import Allocation, DirectClaimsRecommendation, Extension, Verifier
from verification.operations import allocations, direct_claims, extensions, self_assessments


def due(kind: str, **more) -> Deadline:
    return Deadline.objects.get(kind=kind, **({"state": "OPEN"} | more))


def replaced(cast, kind: str, who: str) -> None:
    """Put another verifier in the place of the LSV, or of the SV of the first programme."""
    programme = cast.northgate.programmes[0] if kind == "SV" else None
    old = Allocation.objects.get(
        centre=cast.northgate.centre, kind=kind, programme=programme, status="ACTIVE"
    )
    new = Verifier.objects.get(person=cast[who])
    forget_access(cast[who])
    allocations.replace(
        allocation_id=old.pk,
        verifier_id=new.pk,
        by=cast["planner"],
        at=NOW,
        reason="Ill",
        long_stay_reason="Ill",
    )


def test_r10_the_final_report_is_due_from_the_lsv_by_the_end_of_its_window(cast, sign_in):
    opened(cast)
    assert (due("final_annual_report").due_on, due("final_annual_report").owner) == (date(2027, 8, 31), None)
    allocated(cast)
    assert due("final_annual_report").owner == cast["lsv"]
    home = sign_in(cast["lsv"]).get("/").content.decode()
    assert "Issue the final annual report of Northgate College 2026-27" in home


def test_r10_an_overdue_final_report_is_reminded_and_escalated(cast):
    allocated(cast)
    reminders.write_due(at=datetime(2027, 8, 29, 9, tzinfo=UTC))
    mails = Mail.objects.filter(deadline=due("final_annual_report"))
    assert [(mail.kind, mail.to) for mail in mails] == [("reminder", cast["lsv"])]
    reminders.write_due(at=datetime(2027, 9, 3, 9, tzinfo=UTC))
    assert cast["manager"] in [mail.to for mail in mails.filter(kind="escalation")]


def test_r10_a_new_lsv_takes_over_the_final_report_and_the_reading(cast):
    allocated(cast)
    submitted_self_assessment(cast)
    replaced(cast, "LSV", "lsv2")
    assert due("final_annual_report").owner == cast["lsv2"]
    assert due("self_assessment_review").owner == cast["lsv2"]


def test_what_an_lsv_left_waits_for_the_next_one(cast):
    year = allocated(cast)
    submitted_self_assessment(cast)
    lead = Allocation.objects.get(centre=cast.northgate.centre, kind="LSV")
    allocations.end(allocation_id=lead.pk, by=cast["planner"], at=NOW, reason="Left")
    assert due("final_annual_report").owner is None
    assert due("self_assessment_review").owner is None
    allocations.allocate(
        centre_year_id=year.pk, kind="LSV", programme_id=None, by=cast["planner"], at=NOW,
        verifier_id=Verifier.objects.get(person=cast["lsv2"]).pk,
    )  # fmt: skip
    assert due("final_annual_report").owner == cast["lsv2"]
    assert due("self_assessment_review").owner == cast["lsv2"]


def test_r99_a_sample_is_planned_and_requested_the_schemes_days_before_it(cast):
    activity = sampling_agreed(cast, day=date(2027, 1, 27))
    plan = due("sample_plan", subject_id=activity.pk)
    assert (plan.owner, plan.due_on) == (cast["sv"], date(2026, 12, 30))
    assert plan.due_on <= date(2027, 1, 27)


def test_r99_a_sample_without_a_day_is_planned_in_time_for_its_window(cast):
    allocated(cast)
    plans = Deadline.objects.filter(kind="sample_plan", state="OPEN")
    assert plans.count() == len(cast.northgate.programmes)
    conclude = Deadline.objects.get(kind="standards_verification", subject_id=plans[0].subject_id)
    assert plans[0].due_on < conclude.due_on


def test_r99_requesting_the_work_meets_it_and_a_new_sv_does_not_plan_again(cast):
    sample = sample_requested(cast)
    assert due("sample_plan", subject_id=sample.activity_id, state="MET")
    replaced(cast, "SV", "lsv")
    assert not Deadline.objects.filter(
        kind="sample_plan", subject_id=sample.activity_id, state="OPEN"
    ).exists()


def test_r99_a_new_sv_takes_over_the_plan(cast):
    sample = sample_planned(cast)
    replaced(cast, "SV", "lsv")
    assert due("sample_plan", subject_id=sample.activity_id).owner == cast["lsv"]


@pytest.fixture
def recommendation(cast):
    sample_concluded(cast)
    return DirectClaimsRecommendation.objects.get()


def test_r26_a_recommendation_is_due_from_the_quality_manager(cast, recommendation, sign_in):
    decision = due("direct_claims_decision")
    assert decision.owner_role == "quality_manager"
    assert decision.title in sign_in(cast["manager"]).get("/").content.decode()
    day = decision.due_on
    reminders.write_due(at=datetime(day.year, day.month, day.day, 9, tzinfo=UTC))
    assert Mail.objects.filter(deadline=decision, kind="reminder", to=cast["manager"]).exists()
    later = date.fromordinal(day.toordinal() + 3)
    reminders.write_due(at=datetime(later.year, later.month, later.day, 9, tzinfo=UTC))
    assert Mail.objects.filter(deadline=decision, kind="escalation", to=cast["admin"]).exists()


@pytest.mark.parametrize("answer", [direct_claims.accept, direct_claims.decline])
def test_r26_a_decision_meets_its_deadline(cast, recommendation, answer):
    answer(recommendation_id=recommendation.pk, reasons="As seen.", by=cast["manager"], at=NOW)
    assert due("direct_claims_decision", state="MET")


def test_r5_a_submitted_self_assessment_is_read_by_the_lsv(cast):
    allocated(cast)
    form = submitted_self_assessment(cast)
    review = due("self_assessment_review")
    assert (review.owner, review.due_on) == (cast["lsv"], date(2026, 11, 3))
    assert review.url == reverse("self-assessment-year", args=["10101", 2026])
    self_assessments.accept(self_assessment_id=form.pk, by=cast["lsv"], at=on(22))
    assert due("self_assessment_review", state="MET")


def test_r5_returning_meets_the_reading_and_submitting_again_asks_for_another(cast):
    allocated(cast)
    form = submitted_self_assessment(cast)
    self_assessments.return_for_amendment(
        self_assessment_id=form.pk,
        remarks="More on staff.",
        due_on=date(2026, 11, 3),
        by=cast["lsv"],
        at=on(21),
    )
    assert not Deadline.objects.filter(kind="self_assessment_review", state="OPEN").exists()
    self_assessments.submit(self_assessment_id=form.pk, by=cast["qn"], at=on(26))
    assert due("self_assessment_review").due_on == date(2026, 11, 9)


def test_r5_a_recalled_self_assessment_is_not_to_be_read(cast):
    allocated(cast)
    form = submitted_self_assessment(cast)
    self_assessments.recall(self_assessment_id=form.pk, by=cast["qn"], at=on(21))
    assert due("self_assessment_review", state="CANCELLED")


def asked(cast) -> Extension:
    form = self_assessment_of(opened(cast))
    return extensions.ask(
        self_assessment_id=form.pk, wanted_until=date(2026, 11, 17), reason="Ill.", by=cast["qn"], at=on(20)
    )


def test_r5_more_time_is_decided_by_the_lsv_within_days(cast):
    allocated(cast)
    extension = asked(cast)
    decision = due("extension_decision")
    assert (decision.owner, decision.due_on) == (cast["lsv"], date(2026, 10, 23))
    extensions.grant(extension_id=extension.pk, by=cast["lsv"], at=on(21))
    assert due("extension_decision", state="MET")


def test_r5_more_time_is_decided_by_the_quality_manager_while_there_is_no_lsv(cast):
    extension = asked(cast)
    assert due("extension_decision").owner_role == "quality_manager"
    extensions.refuse(extension_id=extension.pk, decision_reason="No.", by=cast["manager"], at=on(21))
    assert due("extension_decision", state="MET")


def test_r5_nobody_decides_on_more_time_for_what_was_submitted(cast):
    allocated(cast)
    asked(cast)
    submitted_self_assessment(cast)
    assert due("extension_decision", state="CANCELLED")
