"""Enrolling, registering, withdrawing, reopening and deleting: a learner on a programme (R27 to R29, R38)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone

from centres import academic_year
from centres.lifecycle.registrations import REGISTRATION
from centres.models import Cohort, Learner, Programme, Registration
from centres.permissions import Permission, RoleCode
from centres.queries import registrations as queries
from centres.queries.schemes import in_force
from centres.rules import registrations as rules
from centres.rules.learners import tidy
from qa_portal import audit, deadlines
from qa_portal.actors import Actor
from qa_portal.deadlines import Duty
from qa_portal.errors import NotPermitted, RuleViolation
from qa_portal.tenancy import Side
from qa_portal.wording import counted, date_plain

_MOST_AT_ONCE = 2000


@transaction.atomic
def enrol(
    *,
    learner_id: int,
    cohort_id: int,
    enrolled_on: date,
    by: Actor,
    at: datetime,
    certificate_name: str = "",
) -> Registration:
    """Enrol a learner in a cohort; they are registered, and the fee is known, only by ``register``.

    ``certificate_name`` is what certificates will say (the learner's name where it is empty). Raises NotPermitted, or
    RuleViolation for a date in the future or after the cohort, a closed programme, or a learner who is on it already.
    """
    learner = Learner.objects.select_for_update(of=("self",)).get(pk=learner_id)
    if not by.may(Permission.REGISTRATION_EDIT, learner.centre_id):
        raise NotPermitted("Enrolling learners is the Examinations Officer's.")
    cohort = Cohort.objects.select_related("programme__qualification").get(
        pk=cohort_id, centre_id=learner.centre_id
    )
    today = timezone.localdate(at)
    rules.enrolled_on_is_sensible(cohort, enrolled_on, today)
    if cohort.programme.status == "CLOSED":
        rules.programme_takes_registrations(cohort.programme, today)
    try:
        with transaction.atomic():
            registration = Registration.objects.create(
                centre_id=learner.centre_id,
                learner=learner,
                programme=cohort.programme,
                cohort=cohort,
                enrolled_on=enrolled_on,
                certificate_name=tidy(certificate_name) or learner.name,
                specification_version=cohort.programme.specification_version,
            )
    except IntegrityError as clash:
        raise RuleViolation(
            f"{learner.name} is on {cohort.programme.qualification.short_title} already.", rule="R31"
        ) from clash
    refresh_deadline(programme_id=cohort.programme_id, at=at)
    audit.record("registration.enrolled", by=by, target=registration, at=at, enrolled_on=enrolled_on)
    return registration


@transaction.atomic
def register(
    *, registration_id: int, by: Actor, at: datetime, certificate_name: str | None = None
) -> Registration:
    """Register an enrolled learner today; the fee's multiple follows from the dates and is recorded with its reasons.

    Raises NotPermitted, or RuleViolation where the programme takes no registrations (R29) or the learner is registered.
    """
    registration = _locked(registration_id)
    _register(registration, by=by, at=at, certificate_name=certificate_name)
    refresh_deadline(programme_id=registration.programme_id, at=at)
    return registration


@transaction.atomic
def register_several(
    *, centre_id: int, registration_ids: Sequence[int], by: Actor, at: datetime
) -> list[Registration]:
    """Register several enrolled learners of a centre today: all of them or, with a RuleViolation, none."""
    if len(registration_ids) > _MOST_AT_ONCE:
        raise RuleViolation(f"Register at most {_MOST_AT_ONCE:,} learners at once.")
    rows = list(
        Registration.objects.select_for_update(of=("self",))
        .select_related("programme__qualification", "cohort", "learner")
        .filter(centre_id=centre_id, pk__in=registration_ids)
        .order_by("pk")
    )
    for registration in rows:
        _register(registration, by=by, at=at, certificate_name=None)
    for programme_id in sorted({row.programme_id for row in rows}):
        refresh_deadline(programme_id=programme_id, at=at)
    return rows


@transaction.atomic
def withdraw(*, registration_id: int, by: Actor, at: datetime) -> Registration:
    """Withdraw a learner from a programme; the registration can be reopened (R38)."""
    registration = _locked(registration_id)
    REGISTRATION.move(registration, "withdraw", by=by, at=at, withdrawn_on=timezone.localdate(at))
    refresh_deadline(programme_id=registration.programme_id, at=at)
    return registration


@transaction.atomic
def reopen(*, registration_id: int, by: Actor, at: datetime) -> Registration:
    """Reopen a withdrawn registration with the fee it had; one that was never registered is registered today (R38).

    Raises RuleViolation while another registration of the learner on this programme is open, and as ``register`` does.
    """
    registration = _locked(registration_id)
    changes: dict[str, Any] = {"withdrawn_on": None}
    if registration.registered_on is None:
        changes |= _fee_of(registration, timezone.localdate(at))
    REGISTRATION.move(registration, "reopen", by=by, at=at, **changes)
    refresh_deadline(programme_id=registration.programme_id, at=at)
    return registration


@transaction.atomic
def correct_certificate_name(
    *, registration_id: int, certificate_name: str, by: Actor, at: datetime
) -> Registration:
    """Change the name that certificates of this registration will say."""
    registration = _locked(registration_id)
    if not by.may(Permission.REGISTRATION_EDIT, registration.centre_id, registration.programme_id):
        raise NotPermitted("Changing registrations is the Examinations Officer's.")
    name = tidy(certificate_name)
    if not name:
        raise RuleViolation("Enter the name that is to be printed on certificates.")
    if name == registration.certificate_name:
        return registration
    before = audit.text_digest(registration.certificate_name)
    registration.certificate_name = name
    registration.save(update_fields=["certificate_name"])
    audit.record(
        "registration.name_corrected",
        by=by,
        target=registration,
        at=at,
        before=before,
        after=audit.text_digest(name),
    )
    return registration


@transaction.atomic
def delete(*, registration_id: int, by: Actor, at: datetime) -> None:
    """Delete a registration made by mistake, for good. Raises RuleViolation when it is too late for that (R38)."""
    registration = _locked(registration_id)
    if not by.may(Permission.REGISTRATION_EDIT, registration.centre_id, registration.programme_id):
        raise NotPermitted("Deleting registrations is the Examinations Officer's.")
    today = timezone.localdate(at)
    scheme = in_force(registration.programme.qualification.suite, today).scheme
    rules.may_be_deleted(registration, scheme, today)
    pk, programme_id = registration.pk, registration.programme_id
    registration.delete()
    registration.pk = pk
    refresh_deadline(programme_id=programme_id, at=at)
    audit.record(
        "registration.deleted",
        by=by,
        target=registration,
        at=at,
        learner=registration.learner_id,
        programme=programme_id,
    )


@transaction.atomic
def refresh_deadline(*, programme_id: int, at: datetime) -> None:
    """Set, move or end the duty to register those who are enrolled on a programme (R27, R28).

    Every operation that enrols, registers or withdraws calls it; the duty is the Examinations Officer's.
    """
    programme = Programme.objects.select_related("qualification", "centre").get(pk=programme_id)
    today = timezone.localdate(at)
    waiting = queries.unregistered(programme.pk, programme.centre_id, programme.qualification.suite, today)
    if waiting is None:
        deadlines.meet("registration", subject=programme, at=at)
        return
    who = counted(waiting.learners, "learner")
    why = "Enrolled but not registered."
    if waiting.next_multiplier is not None:
        after = date.fromordinal(waiting.due_on.toordinal() + 1)
        share = queries.in_words(waiting.next_multiplier).removesuffix(" than the basic fee")
        why += f" From {date_plain(after).rsplit(' ', 1)[0]} each costs {share}."
    deadlines.set_due(
        "registration",
        subject=programme,
        year=academic_year.year_of(today),
        due_on=waiting.due_on,
        duty=Duty(
            title=f"Register {who} before the fee rises",
            url=reverse("register-learners", args=[programme.centre.number]) + f"?programme={programme.pk}",
            owner_role=RoleCode.EXAMINATIONS_OFFICER,
            owner_side=Side.CENTRE,
            why=why,
            source="Registrations",
            programme_id=programme.pk,
        ),
    )


def _locked(registration_id: int) -> Registration:
    return (
        Registration.objects.select_for_update(of=("self",))
        .select_related("programme__qualification", "cohort", "learner")
        .get(pk=registration_id)
    )


def _register(registration: Registration, *, by: Actor, at: datetime, certificate_name: str | None) -> None:
    REGISTRATION["register"].check(registration, by=by)
    changes = _fee_of(registration, timezone.localdate(at))
    if certificate_name is not None and tidy(certificate_name) != registration.certificate_name:
        # Apart from the transition, because what it records may not hold a name.
        correct_certificate_name(
            registration_id=registration.pk, certificate_name=certificate_name, by=by, at=at
        )
        registration.certificate_name = tidy(certificate_name)
    changes["specification_version"] = registration.programme.specification_version
    REGISTRATION.move(registration, "register", by=by, at=at, **changes)


def _fee_of(registration: Registration, on: date) -> dict[str, Any]:
    rules.programme_takes_registrations(registration.programme, on)
    fee = queries.fee(
        registration.programme.qualification.suite,
        registration.cohort.delivery_pattern,
        enrolled_on=registration.enrolled_on,
        on=on,
    )
    return {"registered_on": on, "fee_multiplier": fee.multiplier, "fee_facts": fee.facts}
