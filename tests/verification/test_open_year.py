"""Opening a year: what a centre gets, once, and what is due from the first day."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from centres.models import CentreStatus, QaModelPeriod, Qualification
from centres.operations import programmes
from centres.permissions import Permission
from qa_portal.actors import SYSTEM
from qa_portal.errors import NotPermitted
from qa_portal.models import AuditEvent, Deadline, OutboxEntry
from tests.story.self_assessments import on, sections_of, submitted_self_assessment
from tests.story.years import open_year
from verification.models import (
    AnnualDeclaration,
    CentreYear,
    DirectClaimsStatus,
    Release,
    SelfAssessment,
    SelfAssessmentAnswer,
)
from verification.operations import self_assessments, years


def test_r1_centre_wide_sections_once_and_programme_sections_once_per_programme(cast):
    centre_year = open_year(cast)
    sections = sections_of(centre_year)
    assert [(s.key, s.programme_id is None) for s in sections[:2]] == [
        ("management_arrangements", True),
        ("learner_support", True),
    ]
    assert {s.programme_id for s in sections[2:]} == {p.pk for p in cast.northgate.programmes}
    assert sum(s.questions for s in sections) == SelfAssessmentAnswer.objects.count() == 38
    assert centre_year.stage_facts["self_assessment"] == ["0 of 38 answered"]


def test_r3_r5_r7_r9_what_is_due_and_whose(cast):
    centre_year = open_year(cast)
    due = {(d.kind, d.due_on, d.owner_role) for d in Deadline.objects.filter(centre=centre_year.centre)}
    assert due == {
        ("annual_declaration", date(2026, 10, 14), "head_of_centre"),
        ("self_assessment", date(2026, 11, 3), "quality_nominee"),
        ("lsv_allocation", date(2026, 10, 31), "planner"),
        ("sv_allocation", date(2026, 10, 31), "planner"),
        ("final_annual_report", date(2027, 8, 31), "lead_standards_verifier"),
    }
    assert Deadline.objects.filter(kind="sv_allocation").count() == 4


def test_opening_twice_adds_nothing(cast):
    open_year(cast)
    counts = [m.objects.count() for m in (CentreYear, SelfAssessment, AnnualDeclaration, Release, Deadline)]
    open_year(cast)
    assert counts == [
        m.objects.count() for m in (CentreYear, SelfAssessment, AnnualDeclaration, Release, Deadline)
    ]
    assert AuditEvent.objects.filter(event="centre_year.opened").count() == 1


def test_r58_the_first_control_measure_is_the_schemes_and_then_goes_on(cast):
    open_year(cast)
    assert set(Release.objects.values_list("control_measure", flat=True)) == {"ENHANCED"}
    Release.objects.filter(programme=cast.northgate.programmes[0]).update(control_measure="STANDARD")
    open_year(cast, 2027)
    measures = dict(
        Release.objects.filter(centre_year__year=2027).values_list("programme_id", "control_measure")
    )
    assert measures[cast.northgate.programmes[0].pk] == "STANDARD"
    assert list(measures.values()).count("ENHANCED") == 3
    assert DirectClaimsStatus.objects.filter(status="NOT_HELD").count() == 4


def test_a_programme_approved_later_gets_its_section_when_the_year_is_opened_again(cast):
    late = cast.northgate.programmes[3]
    late.approved_to = date(2026, 8, 1)
    late.save(update_fields=["approved_to"])
    centre_year = open_year(cast)
    assert sum(s.questions for s in sections_of(centre_year)) == 32
    late.approved_to = None
    late.save(update_fields=["approved_to"])
    centre_year = open_year(cast)
    assert sum(s.questions for s in sections_of(centre_year)) == 38
    assert centre_year.stage_facts["self_assessment"] == ["0 of 38 answered"]


def test_a_centre_without_a_work_based_programme_gets_no_self_assessment_and_no_lsv(cast):
    for programme in cast.harbour.programmes:
        QaModelPeriod.objects.filter(qualification=programme.qualification, model="WBL").update(model="BTEC")
    centre_year = open_year(cast, house=cast.harbour)
    assert not SelfAssessment.objects.filter(centre=cast.harbour.centre).exists()
    assert centre_year.self_assessment_state == centre_year.visit_state == "NOT_NEEDED"
    kinds = set(Deadline.objects.filter(centre=cast.harbour.centre).values_list("kind", flat=True))
    assert kinds == {"annual_declaration", "sv_allocation"}


def test_only_planners_and_the_portal_open_a_year(cast):
    with pytest.raises(NotPermitted):
        years.open_year(centre_id=cast.northgate.centre.pk, year=2026, by=cast["qn"], at=on(1, 9))
    years.open_year(centre_id=cast.northgate.centre.pk, year=2026, by=cast["planner"], at=on(1, 9))


def test_the_sweep_asks_once_for_each_approved_centre_that_lacks_the_year(cast):
    open_year(cast)
    assert years.open_due_years(at=on(2, 9)) == 1
    assert years.open_due_years(at=on(2, 9)) == 0
    entry = OutboxEntry.objects.get(task="verification.open_year")
    assert (entry.centre_id, entry.kwargs) == (cast.harbour.centre.pk, {"year": 2026})
    years.open_year(centre_id=cast.harbour.centre.pk, year=2026, by=SYSTEM, at=on(2, 9))
    cast.harbour.centre.status = CentreStatus.CLOSED
    cast.harbour.centre.save(update_fields=["status"])
    assert years.open_due_years(at=on(2, 9, year=2027)) == 1


def test_the_academic_year_turns_at_midnight_in_london(cast):
    years.open_due_years(at=datetime(2026, 8, 31, 22, 59, tzinfo=UTC))
    years.open_due_years(at=datetime(2026, 8, 31, 23, 0, tzinfo=UTC))
    assert sorted({e.kwargs["year"] for e in OutboxEntry.objects.all()}) == [2025, 2026]


def approve_late(cast, house=None):
    """Approve another qualification for a house whose year is open, through the operation staff use."""
    house = house or cast.northgate
    theirs = [programme.qualification_id for programme in house.programmes]
    other = Qualification.objects.exclude(pk__in=theirs).order_by("pk").first()
    if other is None:
        other = Qualification.objects.get(pk=theirs[0])
        other.pk, other.qan = None, "603/9999/9"
        other.save()
        QaModelPeriod.objects.create(qualification=other, model="WBL", starts_on=date(2020, 9, 1))
    return programmes.approve(
        centre_id=house.centre.pk,
        qualification_id=other.pk,
        approved_from=date(2026, 10, 1),
        by=cast["planner"] if cast["planner"].may(Permission.PROGRAMME_APPROVE) else cast["admin"],
        at=on(1, 10),
    )


def test_r1_r9_a_programme_approved_after_the_year_was_opened_is_caught_up(cast):
    centre_year = open_year(cast)
    late = approve_late(cast)
    assert (
        OutboxEntry.objects.filter(task="verification.catch_up_year", centre_id=late.centre_id).count() == 1
    )
    years.catch_up(centre_id=late.centre_id, by=SYSTEM, at=on(1, 10))
    assert late.pk in {section.programme_id for section in sections_of(centre_year)}
    assert Release.objects.filter(centre_year=centre_year, programme=late).count() == 1
    assert DirectClaimsStatus.objects.filter(programme=late).count() == 1
    due = Deadline.objects.get(kind="sv_allocation", subject_id=late.pk)
    assert due.state == "OPEN"
    centre_year.refresh_from_db()
    assert centre_year.stage_facts["allocation"][-1].endswith("of 5 programmes have an SV")


def test_r9_the_sweep_asks_for_each_open_year_that_lacks_a_programme_once(cast):
    open_year(cast)
    assert years.catch_up_due(at=on(2, 10)) == 0
    approve_late(cast)
    OutboxEntry.objects.all().delete()
    assert years.catch_up_due(at=on(2, 10)) == 1
    assert years.catch_up_due(at=on(2, 10)) == 0


def test_a_first_work_based_programme_opens_the_stages_that_were_not_needed(cast):
    for programme in cast.harbour.programmes:
        QaModelPeriod.objects.filter(qualification=programme.qualification, model="WBL").update(model="BTEC")
    open_year(cast, house=cast.harbour)
    QaModelPeriod.objects.filter(model="BTEC").update(model="WBL")
    approve_late(cast, cast.harbour)
    year = years.catch_up(centre_id=cast.harbour.centre.pk, by=SYSTEM, at=on(2, 10))
    assert year.self_assessment_state == "NOT_STARTED"
    assert year.visit_state == year.final_report_state == "CANNOT_START"
    assert Deadline.objects.filter(kind="lsv_allocation", centre=cast.harbour.centre, state="OPEN").exists()


def test_r1_a_programme_that_came_while_the_form_was_submitted_gets_its_section_when_it_comes_back(cast):
    submitted = submitted_self_assessment(cast)
    late = approve_late(cast)
    years.catch_up(centre_id=late.centre_id, by=SYSTEM, at=on(21))
    assert late.pk not in {s.programme_id for s in sections_of(submitted.centre_year)}
    self_assessments.recall(self_assessment_id=submitted.pk, by=cast["qn"], at=on(22))
    assert late.pk in {s.programme_id for s in sections_of(submitted.centre_year)}
    submitted.centre_year.refresh_from_db()
    assert submitted.centre_year.stage_facts["self_assessment"] == ["38 of 44 answered"]
