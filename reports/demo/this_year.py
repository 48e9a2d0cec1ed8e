"""This year up to 20 October: self-assessment half done, LSV allocated, visit proposed, an action overdue."""

from __future__ import annotations

from datetime import date, time

from centres.models import Centre, Cohort, Programme, Site
from reports.demo import cycle, register
from reports.demo.last_year import AT_HARBOUR, AT_NORTHGATE, CHILDREN, CIRCUIT, GYM, centre_staff
from reports.demo.people import HARBOUR, NORTHGATE
from reports.demo.register import LEARNERS, ROLL_ON, Intake
from reports.demo.stage import Stage
from verification.models import Activity, CentreYear, SelfAssessment
from verification.operations import conflicts, dated_rules, schedule, self_assessment_sections


def northgate(stage: Stage, intake: Intake) -> None:
    """Northgate as its Quality Nominee finds it on 20 October."""
    centre = Centre.objects.get(number=NORTHGATE)
    year = CentreYear.objects.get(centre=centre, year=stage.year)
    programmes = {p.qualification.qan: p for p in Programme.objects.filter(centre=centre)}
    stage.move_to(9, 15)
    register.standardise(
        stage, centre, [n for n in centre_staff(centre) if n != "Callum Reid"], "Autumn session"
    )
    _learners(stage, centre, programmes, intake)
    stage.move_to(9, 24)
    _delegate(stage, year, programmes)
    stage.move_to(10, 6)
    cycle.confirm_proposals(stage, year)
    stage.move_to(10, 12)
    cycle.sign_declaration(stage, year, AT_NORTHGATE)
    _half_answered(stage, year, programmes)
    stage.move_to(10, 10, hour=0, minute=5)
    dated_rules.apply_at(centre_id=centre.pk, at=stage.at)
    stage.move_to(10, 19)
    visit = Activity.objects.get(centre_year=year, kind="VISIT", number=1)
    schedule.propose_date(
        activity_id=visit.pk, day=cycle.working_day(centre, date(stage.year, 11, 18)), starts_at=time(9, 30),
        by=stage.person(AT_NORTHGATE.lsv), at=stage.at,
    )  # fmt: skip


def harbour(stage: Stage, intake: Intake) -> None:
    """Harbour: the second sample of the blocked programme is due, its action is overdue."""
    centre = Centre.objects.get(number=HARBOUR)
    year = CentreYear.objects.get(centre=centre, year=stage.year)
    stage.move_to(9, 17)
    programme = Programme.objects.get(centre=centre)
    site = Site.objects.get(centre=centre)
    intake.take_on(intake.cohort(programme, site, year=stage.year), 6, enrolled=date(stage.year, 9, 7))
    stage.move_to(10, 7)
    cycle.confirm_proposals(stage, year)
    stage.move_to(10, 10)
    dated_rules.apply_at(centre_id=centre.pk, at=stage.at)
    assert AT_HARBOUR


def conflict(stage: Stage) -> None:
    """A verifier declares an interest in Northgate; planners see its kind and dates only."""
    stage.move_to(9, 10)
    centre = Centre.objects.get(number=NORTHGATE)
    conflicts.declare(
        centre_id=centre.pk, category="FAMILY", details="My brother teaches there.", starts_on=stage.today,
        by=stage.person("achebe@verifiers.example"), at=stage.at,
    )  # fmt: skip


def _learners(stage: Stage, centre: Centre, programmes: dict[str, Programme], intake: Intake) -> None:
    """34 learners; three are enrolled and not registered yet."""
    sites = list(Site.objects.filter(centre=centre).order_by("pk"))
    for position, (qan, number) in enumerate(LEARNERS.items()):
        cohort: Cohort = intake.cohort(
            programmes[qan], sites[position % 2], year=stage.year, short=qan == ROLL_ON
        )
        intake.take_on(
            cohort, number, enrolled=date(stage.year, 9, 7), left_unregistered=3 if qan == GYM else 0
        )


def _delegate(stage: Stage, year: CentreYear, programmes: dict[str, Programme]) -> None:
    assessment = SelfAssessment.objects.get(centre_year=year)
    for qan, who in (
        (CIRCUIT, "leader@northgate.example"),
        (GYM, "leader@northgate.example"),
        (CHILDREN, "leader2@northgate.example"),
    ):
        section = assessment.sections.get(programme=programmes[qan])
        self_assessment_sections.delegate(
            section_id=section.pk,
            person_id=stage.person(who).pk,
            asked_by=date(stage.year, 10, 27),
            by=stage.person(AT_NORTHGATE.qn),
            at=stage.at,
        )


def _half_answered(stage: Stage, year: CentreYear, programmes: dict[str, Programme]) -> None:
    """21 of 38: management 8, learner support 2, the programmes 6, 4, 1 and 0."""
    wide, own = cycle.section_keys(year)
    cycle.answer(stage, year, wide[0], AT_NORTHGATE.qn)
    cycle.answer(stage, year, wide[1], AT_NORTHGATE.qn, number=2)
    comments = {1: "Two sessions, 15 and 22 September. Minutes attached."}
    cycle.answer(
        stage, year, own, "leader@northgate.example", programme=programmes[CIRCUIT], comments=comments
    )
    cycle.answer(stage, year, own, "leader@northgate.example", programme=programmes[GYM], number=4)
    cycle.answer(stage, year, own, "leader2@northgate.example", programme=programmes[CHILDREN], number=1)
