"""Registering: what it costs and why, when it is not possible, withdrawing, reopening, deleting, and the duty."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest

from centres import registration_blocks
from centres.models import Programme, Registration, RegistrationStatus
from centres.operations import decisions, programmes, registrations
from centres.operations.decisions import Decision
from centres.queries import registrations as fees
from qa_portal.errors import NotPermitted, RuleViolation
from qa_portal.models import AuditEvent, Deadline
from tests.factories.programmes import CohortFactory, LearnerFactory, RegistrationFactory


def at(year: int, month: int, day: int) -> datetime:
    return datetime(year, month, day, 12, tzinfo=UTC)


@pytest.fixture
def programme(cast) -> Programme:
    return cast.northgate.programmes[0]


@pytest.fixture
def cohort(cast, programme):
    return CohortFactory(programme=programme, site=cast.northgate.sites[0])


@pytest.fixture
def roll_on(cast, programme):
    return CohortFactory(
        programme=programme, site=cast.northgate.sites[0], delivery_pattern="ROLL_ON_ROLL_OFF"
    )


@pytest.mark.parametrize(
    ("on", "multiplier"),
    [
        (at(2026, 11, 1), "1.00"),
        (at(2026, 11, 2), "1.05"),
        (at(2026, 12, 23), "1.05"),
        (at(2026, 12, 24), "1.10"),
        (at(2027, 1, 31), "1.10"),
        (at(2027, 2, 1), "1.25"),
    ],
)
def test_r28_the_fee_of_an_academic_year_programme_rises_by_the_day_of_the_year(cast, cohort, on, multiplier):
    row = RegistrationFactory(cohort=cohort)
    row = registrations.register(registration_id=row.pk, by=cast["exams"], at=on)
    assert row.status == RegistrationStatus.REGISTERED
    assert row.fee_multiplier == Decimal(multiplier)
    assert (row.fee_facts["rule"], row.fee_facts["scheme"], row.fee_facts["version"]) == ("R28", "wbl", 1)
    assert row.fee_facts["facts"]["enrolled_on"] == "2026-09-07"


@pytest.mark.parametrize(
    ("days", "multiplier", "late"),
    [(60, "1.00", False), (61, "1.25", True), (91, "1.50", True), (200, "2.00", True)],
)
def test_r27_the_fee_of_roll_on_roll_off_rises_with_the_days_since_enrolment(
    cast, roll_on, days, multiplier, late
):
    row = RegistrationFactory(cohort=roll_on)
    row = registrations.register(
        registration_id=row.pk, by=cast["exams"], at=at(2026, 9, 7) + timedelta(days=days)
    )
    assert row.fee_multiplier == Decimal(multiplier)
    assert row.fee_facts["facts"]["late"] is late
    assert row.fee_facts["facts"]["days_after_enrolment"] == days


def test_r28_the_page_says_why_a_registration_costs_more(cast, cohort):
    row = registrations.register(
        registration_id=RegistrationFactory(cohort=cohort).pk, by=cast["exams"], at=at(2026, 11, 20)
    )
    said = " ".join(fees.explanation(row.fee_facts)).replace("\N{NO-BREAK SPACE}", " ")
    assert "74 days later" in said
    assert "5 % more than the basic fee until 23 December 2026" in said
    assert "scheme WBL, version 1, rule R28" in said


def test_r29_nobody_is_registered_after_the_approved_to_date(cast, programme, cohort):
    row = RegistrationFactory(cohort=cohort)
    Programme.objects.filter(pk=programme.pk).update(approved_to=date(2026, 10, 31))
    with pytest.raises(RuleViolation, match="approved for registrations to 31") as refused:
        registrations.register(registration_id=row.pk, by=cast["exams"], at=at(2026, 11, 1))
    assert refused.value.rule == "R29"
    assert registrations.register(registration_id=row.pk, by=cast["exams"], at=at(2026, 10, 31))


def test_r29_nobody_is_registered_on_a_closed_programme(cast, programme, cohort, now):
    row = RegistrationFactory(cohort=cohort)
    programmes.close(programme_id=programme.pk, by=cast["planner"], at=now)
    with pytest.raises(RuleViolation, match="is closed at this centre"):
        registrations.register(registration_id=row.pk, by=cast["exams"], at=now)


def test_r29_a_sanction_stops_registration(cast, programme, cohort, now, monkeypatch):
    monkeypatch.setattr(registration_blocks, "_BLOCKS", {})
    registration_blocks.register(
        "sanctions", lambda centre_id, ids, on: {programme.pk: "A sanction stops registration."}
    )
    with pytest.raises(RuleViolation, match="A sanction stops registration"):
        registrations.register(
            registration_id=RegistrationFactory(cohort=cohort).pk, by=cast["exams"], at=now
        )


def test_registering_several_is_all_or_nothing(cast, cohort, now):
    rows = [RegistrationFactory(cohort=cohort) for _ in range(3)]
    ids = [row.pk for row in rows]
    registrations.register(registration_id=ids[0], by=cast["exams"], at=now)
    with pytest.raises(RuleViolation):
        registrations.register_several(
            centre_id=cohort.centre_id, registration_ids=ids, by=cast["exams"], at=now
        )
    assert Registration.objects.filter(status="REGISTERED").count() == 1
    registrations.register_several(
        centre_id=cohort.centre_id, registration_ids=ids[1:], by=cast["exams"], at=now
    )
    assert Registration.objects.filter(status="REGISTERED").count() == 3


def test_the_name_for_certificates_is_given_with_the_registration(cast, cohort, now):
    row = registrations.enrol(
        learner_id=LearnerFactory(centre=cohort.centre).pk,
        cohort_id=cohort.pk,
        enrolled_on=date(2026, 9, 7),
        by=cast["exams"],
        at=now,
    )
    assert row.certificate_name == row.learner.name
    row = registrations.register(
        registration_id=row.pk, certificate_name="  Zoë   Łukasiewicz ", by=cast["exams"], at=now
    )
    assert row.certificate_name == "Zoë Łukasiewicz"
    assert "Zoë" not in str(list(AuditEvent.objects.values_list("details", flat=True)))


def test_a_learner_is_on_a_programme_once(cast, cohort, now):
    row = RegistrationFactory(cohort=cohort)
    with pytest.raises(RuleViolation, match="already"):
        registrations.enrol(
            learner_id=row.learner_id,
            cohort_id=cohort.pk,
            enrolled_on=date(2026, 9, 7),
            by=cast["exams"],
            at=now,
        )


def test_enrolment_in_the_future_is_refused(cast, cohort, now):
    with pytest.raises(RuleViolation, match="in the future"):
        registrations.enrol(
            learner_id=LearnerFactory(centre=cohort.centre).pk,
            cohort_id=cohort.pk,
            enrolled_on=date(2026, 10, 21),
            by=cast["exams"],
            at=now,
        )


def test_registering_is_the_examinations_officers(cast, cohort, now):
    with pytest.raises(NotPermitted):
        registrations.register(
            registration_id=RegistrationFactory(cohort=cohort).pk, by=cast["leader"], at=now
        )


def test_r38_a_withdrawn_registration_is_reopened_with_the_fee_it_had(cast, cohort, now):
    row = RegistrationFactory(cohort=cohort)
    registrations.register(registration_id=row.pk, by=cast["exams"], at=now)
    registrations.withdraw(registration_id=row.pk, by=cast["exams"], at=at(2026, 12, 1))
    row = registrations.reopen(registration_id=row.pk, by=cast["exams"], at=at(2027, 3, 1))
    assert (row.status, row.fee_multiplier, row.registered_on) == (
        "REGISTERED",
        Decimal("1.00"),
        date(2026, 10, 20),
    )
    assert row.withdrawn_on is None


def test_r38_reopening_beside_a_new_registration_is_refused(cast, cohort, now):
    row = RegistrationFactory(cohort=cohort)
    registrations.withdraw(registration_id=row.pk, by=cast["exams"], at=now)
    RegistrationFactory(cohort=cohort, learner=row.learner)
    with pytest.raises(RuleViolation, match="registered on this programme again"):
        registrations.reopen(registration_id=row.pk, by=cast["exams"], at=now)


def test_r38_deleting_is_possible_for_90_days_and_before_any_decision(cast, cohort, now):
    row = registrations.register(
        registration_id=RegistrationFactory(cohort=cohort).pk, by=cast["exams"], at=now
    )
    with pytest.raises(RuleViolation, match="within 90 days"):
        registrations.delete(registration_id=row.pk, by=cast["exams"], at=at(2027, 1, 19))
    unit = cohort.programme.qualification.units.first()
    decision = Decision(
        unit_id=unit.pk,
        assessor_id=cast.northgate.assessors[0].pk,
        site_id=cohort.site_id,
        decided_on=date(2026, 10, 19),
        grade="P",
    )
    decisions.record(registration_id=row.pk, decision=decision, by=cast["assessor"], at=now)
    with pytest.raises(RuleViolation, match="assessment decisions"):
        registrations.delete(registration_id=row.pk, by=cast["exams"], at=at(2027, 1, 18))
    other = RegistrationFactory(cohort=cohort)
    registrations.delete(registration_id=other.pk, by=cast["exams"], at=now)
    assert not Registration.objects.filter(pk=other.pk).exists()
    assert AuditEvent.objects.filter(event="registration.deleted", target_id=other.pk).exists()


def _duty(programme) -> Deadline | None:
    return Deadline.objects.filter(kind="registration", subject_id=programme.pk, state="OPEN").first()


def test_who_is_enrolled_and_not_registered_is_a_duty_until_they_are(cast, programme, cohort, now):
    rows = []
    for _ in range(3):
        rows.append(
            registrations.enrol(
                learner_id=LearnerFactory(centre=cohort.centre).pk,
                cohort_id=cohort.pk,
                enrolled_on=date(2026, 9, 7),
                by=cast["exams"],
                at=now,
            )
        )
    duty = _duty(programme)
    assert duty.title.replace("\N{NO-BREAK SPACE}", " ") == "Register 3 learners before the fee rises"
    assert duty.due_on == date(2026, 11, 1)
    assert "From 2\N{NO-BREAK SPACE}November each costs 5\N{NO-BREAK SPACE}% more." in duty.why
    assert duty.owner_role == "examinations_officer"
    for row in rows:
        registrations.register(registration_id=row.pk, by=cast["exams"], at=now)
    assert _duty(programme) is None
    assert Deadline.objects.get(kind="registration").state == "MET"


def test_a_duty_stays_overdue_after_the_fee_has_risen(cast, programme, cohort):
    for day in (now_ := at(2026, 10, 20), at(2026, 11, 10)):
        registrations.enrol(
            learner_id=LearnerFactory(centre=cohort.centre).pk,
            cohort_id=cohort.pk,
            enrolled_on=date(2026, 9, 7),
            by=cast["exams"],
            at=day,
        )
    assert now_ < at(2026, 11, 10)
    assert _duty(programme).due_on == date(2026, 11, 1)
