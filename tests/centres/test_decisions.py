"""Assessment decisions: recorded in the scale, by assessors, verified by somebody else."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from centres.models import AssessmentDecision, Person, StaffDevelopment, StaffMember
from centres.operations import decisions, registrations
from centres.operations.decisions import Decision
from centres.queries.decisions import not_standardised
from qa_portal.errors import NotPermitted, RuleViolation
from qa_portal.models import AuditEvent
from tests.cast import SUITE, teach
from tests.factories.centres import AccessGrantFactory, PersonFactory


@pytest.fixture
def registration(cast):
    return teach(cast.northgate, cast.northgate.programmes[0], learners=1)[0]


@pytest.fixture
def decision(cast, registration) -> Decision:
    unit = registration.programme.qualification.units.order_by("number").first()
    return Decision(
        unit_id=unit.pk,
        assessor_id=cast.northgate.assessors[0].pk,
        site_id=cast.northgate.sites[0].pk,
        decided_on=date(2026, 10, 19),
        grade="M",
        criteria={unit.criteria[0]["code"]: True},
    )


def _record(cast, registration, decision, now, by="assessor"):
    return decisions.record(registration_id=registration.pk, decision=decision, by=cast[by], at=now)


def test_a_decision_is_recorded_on_registration_and_assignment(cast, registration, decision, now):
    row = _record(cast, registration, decision, now)
    assert (row.grade, row.assignment.number, row.attempt) == ("M", 1, "FIRST")
    with pytest.raises(RuleViolation, match="recorded already"):
        _record(cast, registration, decision, now)
    assert _record(cast, registration, replace(decision, attempt="RESUBMISSION", grade="D"), now)


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"grade": "A*"}, "not a grade of this qualification"),
        ({"criteria": {"9.P9": True}}, "has no criterion"),
        ({"decided_on": date(2026, 10, 21)}, "in the future"),
        ({"decided_on": date(2026, 9, 1)}, "cannot be earlier"),
        ({"verification_outcome": "AGREED"}, "all three empty"),
    ],
)
def test_a_decision_that_cannot_be_is_refused(cast, registration, decision, now, wrong, message):
    with pytest.raises(RuleViolation, match=message):
        _record(cast, registration, replace(decision, **wrong), now)
    assert not AssessmentDecision.objects.exists()


@pytest.fixture
def both(cast) -> Person:
    """Somebody who assesses and verifies, with an entry of the staff register for each."""
    here = cast.northgate.centre
    person = cast.people["both"] = PersonFactory(name="Kit Both", email="both@northgate.example")
    for role in ("assessor", "internal_verifier"):
        AccessGrantFactory(person=person, role=role, centre=here, starts_on=date(2025, 9, 1))
        StaffMember.objects.create(centre=here, name=f"Kit Both, {role}", roles=[role], person=person)
    return person


def _verify(row, verifier, by, now):
    return decisions.verify(
        decision_id=row.pk, internal_verifier_id=verifier.pk, outcome="AGREED", verified_on=date(2026, 10, 20), by=by,
        at=now,
    )  # fmt: skip


def test_r15_a_second_entry_on_the_register_does_not_verify_an_own_decision(
    cast, registration, decision, now, both
):
    as_assessor, as_verifier = StaffMember.objects.filter(person=both).order_by("pk")
    row = _record(cast, registration, replace(decision, assessor_id=as_assessor.pk), now, by="both")
    for by in (both, cast["iv"]):
        with pytest.raises(RuleViolation, match="made themselves") as refused:
            _verify(row, as_verifier, by, now)
        assert refused.value.rule == "R15"
    unlinked = StaffMember.objects.create(
        centre=row.centre, name="KIT  both, assessor", roles=["internal_verifier"]
    )
    with pytest.raises(RuleViolation, match="made themselves"):
        _verify(row, unlinked, cast["iv"], now)


def test_r15_an_own_decision_is_not_verified_under_anothers_name(cast, registration, decision, now, both):
    as_assessor, _ = StaffMember.objects.filter(person=both).order_by("pk")
    own = replace(decision, assessor_id=as_assessor.pk)
    another = cast.northgate.internal_verifiers[0]
    named = replace(
        own, internal_verifier_id=another.pk, verification_outcome="AGREED", verified_on=date(2026, 10, 20)
    )
    with pytest.raises(RuleViolation, match="You made this decision yourself"):
        _record(cast, registration, named, now, by="both")
    row = _record(cast, registration, own, now, by="both")
    with pytest.raises(RuleViolation, match="You made this decision yourself"):
        _verify(row, another, both, now)
    assert _verify(row, another, cast["iv"], now).internal_verifier == another


def test_r15_a_verification_recorded_with_the_decision_needs_the_permission(
    cast, registration, decision, now
):
    verified = replace(
        decision,
        internal_verifier_id=cast.northgate.internal_verifiers[0].pk,
        verification_outcome="AGREED",
        verified_on=date(2026, 10, 20),
    )
    with pytest.raises(NotPermitted, match="recorded by internal verifiers"):
        _record(cast, registration, verified, now)


def test_r15_nobody_verifies_their_own_decision(cast, registration, decision, now, both):
    own = replace(
        decision,
        internal_verifier_id=decision.assessor_id,
        verification_outcome="AGREED",
        verified_on=date(2026, 10, 20),
    )
    with pytest.raises(RuleViolation) as refused:
        _record(cast, registration, own, now, by="both")
    assert refused.value.rule == "R15"
    row = _record(cast, registration, decision, now)
    with pytest.raises(RuleViolation, match="made themselves"):
        decisions.verify(decision_id=row.pk, internal_verifier_id=row.assessor_id, outcome="AGREED",
                         verified_on=date(2026, 10, 20), by=cast["iv"], at=now)  # fmt: skip
    row = decisions.verify(
        decision_id=row.pk, internal_verifier_id=cast.northgate.internal_verifiers[0].pk, outcome="CORRECTED",
        verified_on=date(2026, 10, 20), by=cast["iv"], at=now,
    )  # fmt: skip
    assert row.verification_outcome == "CORRECTED"


def test_r54_an_assessor_who_has_not_standardised_is_a_warning(cast, registration, decision, now):
    here = cast.northgate.centre.pk
    assessor = decision.assessor_id
    assert not_standardised(here, [assessor], date(2026, 10, 19), SUITE) == set()
    StaffDevelopment.objects.filter(staff_member_id=assessor).update(on_date=date(2026, 6, 1))
    assert not_standardised(here, [assessor], date(2026, 10, 19), SUITE) == {assessor}
    row = _record(cast, registration, decision, now)
    assert AuditEvent.objects.get(event="decision.recorded", target_id=row.pk).details["warnings"] == ["R54"]


def test_only_assessors_record_decisions_and_only_on_the_register(cast, registration, decision, now):
    with pytest.raises(NotPermitted):
        _record(cast, registration, decision, now, by="qn")
    verifier = cast.northgate.internal_verifiers[0]
    with pytest.raises(RuleViolation, match="is not an assessor"):
        _record(cast, registration, replace(decision, assessor_id=verifier.pk), now)


def test_no_decision_on_a_withdrawn_registration(cast, registration, decision, now):
    registrations.withdraw(registration_id=registration.pk, by=cast["exams"], at=now)
    with pytest.raises(RuleViolation, match="Reopen the registration"):
        _record(cast, registration, decision, now)
