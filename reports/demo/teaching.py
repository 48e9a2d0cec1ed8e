"""What the demonstration's centres do by themselves while its year goes on: teach, assess, verify internally."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, time

from django.utils import timezone

from centres import academic_year
from centres.models import AssessmentDecision, Programme, Registration, StaffMember, Unit
from centres.operations import decisions
from centres.operations.decisions import Decision
from qa_portal.actors import SYSTEM
from reports.demo.people import HARBOUR, NORTHGATE

#: Month and day on which a unit's work is assessed, by its number: all of it before the spring's samples.
ASSESSED_ON = {1: (11, 13), 2: (11, 27), 4: (12, 4), 3: (12, 11)}
CENTRES = (NORTHGATE, HARBOUR)
GRADES = ("P", "M", "D")
#: Internal verifiers look at every third decision.
VERIFIED = 3


def assess(programme: Programme, *, units: Iterable[int], at: datetime) -> int:
    """Assessors decide on every learner's work for these units, internal verifiers look at some; returns how many.

    What is decided already stays as it is.
    """
    on = timezone.localdate(at)
    staff = list(StaffMember.objects.filter(centre_id=programme.centre_id).order_by("pk"))
    assessors = [member for member in staff if "assessor" in member.roles]
    verifiers = [member for member in staff if "internal_verifier" in member.roles]
    registered = programme.registrations.filter(
        status="REGISTERED", cohort__starts_on__lte=on, cohort__ends_on__gte=on
    )
    learners = list(registered.select_related("cohort").order_by("pk"))
    made = 0
    for unit in Unit.objects.filter(qualification=programme.qualification, number__in=list(units)):
        done = AssessmentDecision.objects.filter(programme=programme, assignment__unit=unit)
        decided = set(done.values_list("registration_id", flat=True))
        for position, registration in enumerate(learners):
            if registration.pk in decided:
                continue
            assessor = assessors[(position + int(unit.number)) % len(assessors)]
            row = _decide(registration, unit, assessor, position, at)
            if position % VERIFIED == 0:
                _verify(row, verifiers[position % len(verifiers)], at)
            made += 1
    return made


def go_on(*, until: date) -> int:
    """Assess what falls to be assessed up to a day, each unit on its own day; returns how many decisions.

    Called when the demonstration's clock is moved on, so that there is work to sample. Runs in the staff scope.
    """
    this_year, made = academic_year.year_of(until), 0
    programmes = list(Programme.objects.filter(centre__number__in=CENTRES).select_related("qualification"))
    for year in (this_year - 1, this_year):
        for number, (month, day) in ASSESSED_ON.items():
            on = date(year, month, day)
            if on <= until:
                at = timezone.make_aware(datetime.combine(on, time(15, 0)))
                made += sum(assess(programme, units=[number], at=at) for programme in programmes)
    return made


def _decide(
    registration: Registration, unit: Unit, assessor: StaffMember, position: int, at: datetime
) -> AssessmentDecision:
    offered = {criterion["grade"] for criterion in unit.criteria}
    possible = [grade for grade in GRADES if grade in offered]
    reached = GRADES[: GRADES.index(possible[position % len(possible)]) + 1]
    decision = Decision(
        unit_id=unit.pk,
        assessor_id=assessor.pk,
        site_id=registration.cohort.site_id,
        decided_on=timezone.localdate(at),
        grade=reached[-1],
        criteria={criterion["code"]: criterion["grade"] in reached for criterion in unit.criteria},
    )
    return decisions.record(registration_id=registration.pk, decision=decision, by=SYSTEM, at=at)


def _verify(row: AssessmentDecision, verifier: StaffMember, at: datetime) -> None:
    decisions.verify(
        decision_id=row.pk,
        internal_verifier_id=verifier.pk,
        outcome="AGREED",
        verified_on=timezone.localdate(at),
        by=SYSTEM,
        at=at,
    )
