"""The self-assessment between centre and LSV: answer, delegate, submit, return, accept, withdraw, short form."""

from __future__ import annotations

from datetime import date

import pytest
from django.db import transaction
from django.db.utils import DatabaseError

from qa_portal.errors import EditConflict, NotPermitted, RuleViolation
from qa_portal.models import AuditEvent, Deadline, Mail
from qa_portal.tenancy import Side
from tests.factories.centres import AccessGrantFactory
from tests.story.self_assessments import (
    answer_section,
    answered_self_assessment,
    on,
    sections_of,
    self_assessment_of,
    submitted_self_assessment,
)
from tests.story.years import open_year
from verification.models import CentreYear, SelfAssessment, SelfAssessmentVersion
from verification.operations import btec_reviews, self_assessment_sections, self_assessments
from verification.operations.self_assessment_sections import Answer
from verification.queries import self_assessment_content
from verification.queries import self_assessments as queries
from verification.rules.self_assessments import missing_answers

MORNING = on(20)


@pytest.fixture
def year(cast):
    return open_year(cast)


@pytest.fixture
def lsv(cast, year):
    """The LSV with access to Northgate, as an allocation gives it."""
    AccessGrantFactory(person=cast["lsv"], role="lead_standards_verifier", centre=cast.northgate.centre)
    CentreYear.objects.filter(pk=year.pk).update(lsv=cast["lsv"])
    return cast["lsv"]


def save(section, by, answers, revision=None):
    return self_assessment_sections.save_section(
        section_id=section.pk,
        answers=answers,
        revision=section.revision if revision is None else revision,
        by=by,
        at=MORNING,
    )


def facts(year):
    year.refresh_from_db()
    return year.self_assessment_state, year.stage_facts["self_assessment"]


def test_saving_incomplete_answers_is_allowed_and_counted(cast, year):
    section = sections_of(year)[2]
    saved = save(
        section, cast["qn"], {"standardisation": Answer(True, ""), "briefs_verified": Answer(False, "")}
    )
    assert (saved.answered, saved.revision, saved.saved_by) == (1, 1, cast["qn"])
    assert facts(year) == ("UNDER_WAY", ["1 of 38 answered"])


def test_r2_an_unfinished_form_is_not_submitted_and_every_gap_is_named(cast, year):
    section = sections_of(year)[2]
    save(section, cast["qn"], {"standardisation": Answer(False, "  ")})
    form = self_assessment_of(year)
    with pytest.raises(RuleViolation) as refused:
        self_assessments.submit(self_assessment_id=form.pk, by=cast["qn"], at=MORNING)
    assert refused.value.rule == "R2"
    assert len(refused.value.reasons) == len(missing_answers(form)) == 38
    gap = next(
        m for m in missing_answers(form) if m.section_id == section.pk and m.question == "standardisation"
    )
    assert gap.message == "Enter what you will do about it. A No needs a comment"
    assert not SelfAssessmentVersion.objects.exists()
    assert form.status == "OPEN"


def test_r2_a_no_with_a_comment_is_complete(cast, year):
    for section in sections_of(year):
        answer_section(section, by=cast["qn"], value=False, comment="A plan by December.")
    self_assessments.submit(self_assessment_id=self_assessment_of(year).pk, by=cast["qn"], at=MORNING)
    assert self_assessment_of(year).status == "SUBMITTED"


def test_submitting_freezes_a_version_meets_the_deadline_and_tells_the_lsv(cast, year, lsv):
    form = submitted_self_assessment(cast)
    version = SelfAssessmentVersion.objects.get()
    version.refresh_from_db()
    assert version.number == 1
    assert self_assessment_content.digest_of(version.content) == version.sha256
    assert sum(len(s["questions"]) for s in version.content["sections"]) == 38
    assert Deadline.objects.get(kind="self_assessment").state == "MET"
    assert facts(year)[0] == "DONE"
    assert Mail.objects.get(kind="self_assessment.submitted").to == lsv
    with pytest.raises(DatabaseError), transaction.atomic():
        SelfAssessmentVersion.objects.filter(pk=version.pk).update(number=2)
    assert AuditEvent.objects.get(event="self_assessment.submitted").target_id == form.pk


def test_a_second_submission_is_refused(cast):
    form = submitted_self_assessment(cast)
    with pytest.raises(RuleViolation, match="“submitted”. Quality Nominee .* did this on .* 2026, "):
        self_assessments.submit(self_assessment_id=form.pk, by=cast["qn"], at=MORNING)
    assert SelfAssessmentVersion.objects.count() == 1


def test_r5_the_deadline_stays_open_and_past_until_it_is_submitted(cast, year):
    deadline = Deadline.objects.get(kind="self_assessment")
    assert (deadline.state, deadline.due_on) == ("OPEN", date(2026, 11, 3))
    submitted_self_assessment(cast, at=on(4, 11))
    assert facts(year)[1] == ["Submitted Wed\xa04\xa0Nov, late"]


def test_two_people_editing_one_section_lose_nothing(cast, year):
    section = sections_of(year)[2]
    save(section, cast["qn"], {"standardisation": Answer(True, "First")})
    with pytest.raises(EditConflict):
        save(section, cast["qn"], {"standardisation": Answer(False, "Second")}, revision=0)
    row = section.answers.get(question="standardisation")
    assert (row.value, row.comment) == (True, "First")


def test_an_old_page_that_changes_nothing_is_no_conflict(cast, year):
    section = sections_of(year)[2]
    save(section, cast["qn"], {"standardisation": Answer(True, "First")})
    again = save(section, cast["qn"], {"standardisation": Answer(True, "First")}, revision=0)
    assert again.revision == 1


def test_a_question_that_the_section_does_not_ask_is_refused(cast, year):
    with pytest.raises(RuleViolation, match="does not ask"):
        save(sections_of(year)[2], cast["qn"], {"honest_recruitment": Answer(True, "")})


def test_r1_a_delegate_answers_only_the_section_they_were_asked_for(cast, year):
    sections = sections_of(year)
    self_assessment_sections.delegate(
        section_id=sections[2].pk,
        person_id=cast["leader"].pk,
        asked_by=date(2026, 10, 27),
        by=cast["qn"],
        at=MORNING,
    )
    duty = Deadline.objects.get(kind="self_assessment_section")
    assert (duty.owner, duty.due_on) == (cast["leader"], date(2026, 10, 27))
    assert Mail.objects.filter(kind="self_assessment.section_delegated", to=cast["leader"]).count() == 1
    answer_section(sections[2], by=cast["leader"])
    duty.refresh_from_db()
    assert duty.state == "MET"
    with pytest.raises(NotPermitted):
        answer_section(sections[3], by=cast["leader"])
    with pytest.raises(NotPermitted):
        answer_section(sections[2], by=cast["head"])


def test_taking_a_section_back_ends_the_duty_and_the_right_and_keeps_the_answers(cast, year):
    section = sections_of(year)[2]
    self_assessment_sections.delegate(
        section_id=section.pk,
        person_id=cast["leader"].pk,
        asked_by=date(2026, 10, 27),
        by=cast["qn"],
        at=MORNING,
    )
    answer_section(section, by=cast["leader"], only=4)
    waiting = queries.waiting_for(year)
    assert [(w.person_name, w.answered, w.questions) for w in waiting] == [(cast["leader"].name, 4, 6)]
    self_assessment_sections.take_back(section_id=section.pk, by=cast["qn"], at=MORNING)
    assert Deadline.objects.get(kind="self_assessment_section").state == "CANCELLED"
    with pytest.raises(NotPermitted):
        answer_section(section, by=cast["leader"])
    section.refresh_from_db()
    assert section.answered == 4
    assert queries.waiting_for(year) == []


@pytest.mark.parametrize("person", ["outsider", "assessor", "planner"])
def test_only_people_of_the_centre_who_read_it_are_asked(cast, year, person):
    with pytest.raises(RuleViolation, match="role at this centre"):
        self_assessment_sections.delegate(
            section_id=sections_of(year)[2].pk,
            person_id=cast[person].pk,
            asked_by=date(2026, 10, 27),
            by=cast["qn"],
            at=MORNING,
        )


@pytest.mark.parametrize("day", [date(2026, 10, 19), date(2026, 11, 4)])
def test_a_section_is_asked_for_by_a_day_that_fits(cast, year, day):
    with pytest.raises(RuleViolation, match="Choose a date"):
        self_assessment_sections.delegate(
            section_id=sections_of(year)[2].pk,
            person_id=cast["leader"].pk,
            asked_by=day,
            by=cast["qn"],
            at=MORNING,
        )


def test_a_returned_form_is_resubmitted_as_version_two(cast, year, lsv):
    form = submitted_self_assessment(cast)
    self_assessments.return_for_amendment(
        self_assessment_id=form.pk,
        remarks="Say more about 5.4.",
        due_on=date(2026, 11, 10),
        by=lsv,
        at=on(22),
    )
    form = self_assessment_of(year)
    assert (form.status, form.remarks, form.due_on) == ("RETURNED", "Say more about 5.4.", date(2026, 11, 10))
    assert Deadline.objects.get(kind="self_assessment", state="OPEN").due_on == date(2026, 11, 10)
    assert "Say more about 5.4." in Mail.objects.get(kind="self_assessment.returned", to=cast["qn"]).body
    answer_section(sections_of(year)[2], by=cast["qn"], value=False, comment="New plan.")
    self_assessments.submit(self_assessment_id=form.pk, by=cast["qn"], at=on(9, 11))
    versions = list(SelfAssessmentVersion.objects.order_by("number"))
    assert [v.number for v in versions] == [1, 2]
    assert versions[0].content != versions[1].content
    self_assessments.accept(self_assessment_id=form.pk, by=lsv, at=on(10, 11))
    assert facts(year) == ("DONE", ["Submitted Mon\xa09\xa0Nov", "Accepted Tue\xa010\xa0Nov"])


def test_returning_needs_remarks_and_a_day_to_come(cast, year, lsv):
    form = submitted_self_assessment(cast)
    for remarks, day in ((" ", date(2026, 11, 10)), ("More", date(2026, 10, 21))):
        with pytest.raises(RuleViolation):
            self_assessments.return_for_amendment(
                self_assessment_id=form.pk, remarks=remarks, due_on=day, by=lsv, at=on(22)
            )


def test_only_the_lsv_returns_and_accepts(cast, year, lsv):
    form = submitted_self_assessment(cast)
    for person in ("qn", "head", "manager", "planner"):
        with pytest.raises(NotPermitted):
            self_assessments.accept(self_assessment_id=form.pk, by=cast[person], at=on(22))


def test_answers_do_not_change_between_submission_and_taking_it_back(cast, year, lsv):
    form = submitted_self_assessment(cast)
    with pytest.raises(RuleViolation, match="cannot be changed"):
        answer_section(sections_of(year)[2], by=cast["qn"], value=False, comment="Changed")
    self_assessments.recall(self_assessment_id=form.pk, by=cast["qn"], at=on(21))
    answer_section(sections_of(year)[2], by=cast["qn"], value=False, comment="Changed")
    assert Deadline.objects.filter(kind="self_assessment", state="OPEN").count() == 1
    self_assessments.submit(self_assessment_id=form.pk, by=cast["qn"], at=on(22))
    self_assessments.accept(self_assessment_id=form.pk, by=lsv, at=on(23))
    with pytest.raises(RuleViolation):
        self_assessments.recall(self_assessment_id=form.pk, by=cast["qn"], at=on(24))


def test_withdrawing_needs_a_reason_ends_the_deadline_and_can_be_undone(cast, year):
    form = answered_self_assessment(cast)
    with pytest.raises(RuleViolation):
        self_assessments.withdraw(self_assessment_id=form.pk, reason=" ", by=cast["qn"], at=MORNING)
    self_assessments.withdraw(
        self_assessment_id=form.pk, reason="No learners this year.", by=cast["qn"], at=MORNING
    )
    assert facts(year)[0] == "NOT_NEEDED"
    assert Deadline.objects.get(kind="self_assessment").state == "CANCELLED"
    self_assessments.reopen(self_assessment_id=form.pk, by=cast["qn"], at=on(21))
    assert facts(year) == ("UNDER_WAY", ["38 of 38 answered"])
    assert Deadline.objects.filter(kind="self_assessment", state="OPEN").count() == 1


def test_r6_the_short_form_instead_of_the_full_one_and_never_both(cast, year):
    form = self_assessment_of(year)
    with pytest.raises(RuleViolation) as refused:
        self_assessments.switch_form(self_assessment_id=form.pk, kind="ACD", by=cast["qn"], at=MORNING)
    assert refused.value.rule == "R6"
    cast.northgate.centre.mainly_btec_qa = True
    cast.northgate.centre.save(update_fields=["mainly_btec_qa"])
    with pytest.raises(RuleViolation, match="had that review"):
        self_assessments.switch_form(self_assessment_id=form.pk, kind="ACD", by=cast["qn"], at=MORNING)
    with pytest.raises(NotPermitted):
        btec_reviews.note(centre_year_id=year.pk, on=MORNING.date(), by=cast["qn"], at=MORNING)
    with pytest.raises(RuleViolation, match="Enter a day from"):
        btec_reviews.note(centre_year_id=year.pk, on=date(2026, 8, 31), by=cast["planner"], at=MORNING)
    btec_reviews.note(centre_year_id=year.pk, on=date(2026, 9, 14), by=cast["planner"], at=MORNING)
    answer_section(sections_of(year)[2], by=cast["qn"])
    self_assessments.switch_form(self_assessment_id=form.pk, kind="ACD", by=cast["qn"], at=MORNING)
    assert [s.key for s in sections_of(year)] == ["annual_centre_declaration"]
    assert facts(year) == ("NOT_STARTED", ["0 of 8 answered"])
    duty = Deadline.objects.get(kind="self_assessment", state="OPEN")
    assert duty.title == "Submit the annual centre declaration 2026-27"
    self_assessments.switch_form(self_assessment_id=form.pk, kind="CSA", by=cast["qn"], at=MORNING)
    assert facts(year) == ("UNDER_WAY", ["6 of 38 answered"])
    self_assessments.switch_form(self_assessment_id=form.pk, kind="ACD", by=cast["qn"], at=MORNING)
    answer_section(sections_of(year)[0], by=cast["qn"])
    version = self_assessments.submit(self_assessment_id=form.pk, by=cast["qn"], at=MORNING)
    assert version.content["kind"] == "ACD"
    assert not Deadline.objects.filter(kind="self_assessment", state="OPEN").exists()
    with pytest.raises(RuleViolation):
        self_assessments.switch_form(self_assessment_id=form.pk, kind="CSA", by=cast["qn"], at=MORNING)


def test_last_years_answers_stand_beside_this_years_questions(cast):
    submitted_self_assessment(cast, year=2025)
    year = open_year(cast)
    earlier = queries.answers_of_last_year(year.centre_id, 2026)
    programme = cast.northgate.programmes[0].pk
    answer = earlier["assessment_and_internal_verification", programme, "standardisation"]
    assert (answer.value, answer.name) == (True, cast["qn"].name)
    assert queries.answers_of_last_year(year.centre_id, 2025) == {}


def test_the_operations_work_in_a_centres_own_scope_and_reach_no_other(cast, year, scope):
    form, section = self_assessment_of(year), sections_of(year)[2]
    centre = cast.northgate.centre
    scope(centre.pk, side=Side.CENTRE, person_id=cast["qn"].pk)
    answer_section(section, by=cast["qn"])
    scope(cast.harbour.centre.pk, side=Side.CENTRE, person_id=cast["outsider"].pk)
    with pytest.raises(SelfAssessment.DoesNotExist):
        self_assessments.submit(self_assessment_id=form.pk, by=cast["outsider"], at=MORNING)
