"""Recording assessors' decisions and their internal verification (R15, R54)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime

from django.db import IntegrityError, transaction
from django.utils import timezone

from centres.models import (
    AssessmentDecision,
    Assignment,
    Attempt,
    Programme,
    Registration,
    Site,
    StaffMember,
    Unit,
)
from centres.permissions import Permission
from centres.queries.decisions import not_standardised
from centres.rules import decisions as rules
from qa_portal import audit
from qa_portal.actors import Actor
from qa_portal.errors import NotPermitted, RuleViolation


@dataclass(frozen=True)
class Decision:
    """What an assessor decided: on which assignment, when, with which grade and criteria, verified by whom."""

    unit_id: int
    assessor_id: int
    site_id: int
    decided_on: date
    grade: str
    assignment_number: int = 1
    attempt: str = Attempt.FIRST
    criteria: Mapping[str, bool] = field(default_factory=dict)
    internal_verifier_id: int | None = None
    verification_outcome: str = "NONE"
    verified_on: date | None = None
    reference: str = ""


@transaction.atomic
def record(*, registration_id: int, decision: Decision, by: Actor, at: datetime) -> AssessmentDecision:
    """Record one decision of an assessor on a learner's work; the assignment is made known if it is new.

    Who has not standardised this year is a warning in the trail and on the page (R54). Raises NotPermitted, or
    RuleViolation for a grade outside the scale, criteria of another unit, a date before enrolment or to come, an
    assessor who is not on the register, a verifier who is the assessor (R15), or a decision recorded already. A
    verification that comes with the decision needs the permission to record one.
    """
    registration = (
        Registration.objects.select_for_update(of=("self",))
        .select_related("programme__qualification")
        .get(pk=registration_id)
    )
    programme, centre_id = registration.programme, registration.centre_id
    if not by.may(Permission.ASSESSMENT_DECIDE, centre_id, programme.pk):
        raise NotPermitted("Assessment decisions are recorded by assessors.")
    unit = Unit.objects.get(pk=decision.unit_id, qualification_id=programme.qualification_id)
    assessor = StaffMember.objects.get(pk=decision.assessor_id, centre_id=centre_id)
    site = Site.objects.get(pk=decision.site_id, centre_id=centre_id)
    verifier = _verifier(decision, registration, by)
    rules.not_their_own_decision(assessor, verifier, by)
    _check(decision, registration, programme, unit, assessor, timezone.localdate(at))
    assignment = assignment_of(programme, unit, decision.assignment_number)
    try:
        with transaction.atomic():
            row = AssessmentDecision.objects.create(
                centre_id=centre_id,
                registration=registration,
                programme=programme,
                assignment=assignment,
                site=site,
                assessor=assessor,
                attempt=decision.attempt,
                decided_on=decision.decided_on,
                grade=decision.grade,
                criteria=dict(decision.criteria),
                internal_verifier_id=decision.internal_verifier_id,
                verification_outcome=decision.verification_outcome,
                verified_on=decision.verified_on,
                reference=decision.reference.strip(),
            )
    except IntegrityError as clash:
        raise RuleViolation(
            f"A decision on this learner's {Attempt(decision.attempt).label.lower()} of {assignment.title} is recorded "
            "already."
        ) from clash
    missing = not_standardised(centre_id, [assessor.pk], decision.decided_on, programme.qualification.suite)
    audit.record(
        "decision.recorded",
        by=by,
        target=row,
        at=at,
        grade=row.grade,
        assessor=assessor.pk,
        decided_on=row.decided_on,
        warnings=["R54"] if missing else [],
    )
    return row


@transaction.atomic
def verify(
    *, decision_id: int, internal_verifier_id: int, outcome: str, verified_on: date, by: Actor, at: datetime
) -> AssessmentDecision:
    """Record the internal verification of a decision.

    Raises NotPermitted, or RuleViolation when the verifier, or whoever records it, made the decision themselves
    (R15), or the date does not fit.
    """
    row = AssessmentDecision.objects.select_for_update(of=("self",)).get(pk=decision_id)
    if not by.may(Permission.INTERNAL_VERIFICATION_RECORD, row.centre_id, row.programme_id):
        raise NotPermitted("Internal verification is recorded by internal verifiers.")
    verifier = StaffMember.objects.get(pk=internal_verifier_id, centre_id=row.centre_id)
    rules.not_their_own_decision(row.assessor, verifier, by)
    rules.verification_is_complete(verifier.pk, outcome, verified_on, row.decided_on)
    if verified_on > timezone.localdate(at):
        raise RuleViolation("The date of the internal verification is in the future.")
    row.internal_verifier, row.verification_outcome, row.verified_on = verifier, outcome, verified_on
    row.save(update_fields=["internal_verifier", "verification_outcome", "verified_on"])
    audit.record(
        "decision.verified", by=by, target=row, at=at, verifier=verifier.pk, outcome=outcome, on=verified_on
    )
    return row


def assignment_of(programme: Programme, unit: Unit, number: int) -> Assignment:
    """The assignment of this number of a unit, made known with a plain title when it is new."""
    assignment, _ = Assignment.objects.get_or_create(
        centre_id=programme.centre_id,
        programme=programme,
        unit=unit,
        number=number,
        defaults={"title": f"Unit {unit.number}, assignment {number}"},
    )
    return assignment


def _verifier(decision: Decision, registration: Registration, by: Actor) -> StaffMember | None:
    """Who verified the decision, where that is recorded with it. Raises NotPermitted."""
    if decision.internal_verifier_id is None:
        return None
    centre_id = registration.centre_id
    if not by.may(Permission.INTERNAL_VERIFICATION_RECORD, centre_id, registration.programme_id):
        raise NotPermitted("Internal verification is recorded by internal verifiers; leave it out here.")
    return StaffMember.objects.get(pk=decision.internal_verifier_id, centre_id=centre_id)


def _check(
    decision: Decision,
    registration: Registration,
    programme: Programme,
    unit: Unit,
    assessor: StaffMember,
    today: date,
) -> None:
    rules.learner_is_assessed_while_enrolled(registration, decision.decided_on, today)
    rules.grade_in_scale(decision.grade, programme.qualification.grades)
    rules.criteria_of_unit(decision.criteria, unit)
    rules.assessor_is_on_the_register(assessor, decision.decided_on)
    rules.verification_is_complete(
        decision.internal_verifier_id,
        decision.verification_outcome,
        decision.verified_on,
        decision.decided_on,
    )
