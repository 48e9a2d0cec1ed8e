"""The verifier register: who verifies, in which sectors, for how many days a year, and when they are away."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime

from django.db import transaction
from django.utils import timezone

from centres.models import Person
from centres.operations import account_mail
from centres.permissions import Permission
from qa_portal import audit, jobs
from qa_portal.actors import Actor
from qa_portal.errors import NotPermitted, RuleViolation
from verification.models import (
    Allocation,
    AllocationStatus,
    Verifier,
    VerifierAbsence,
    VerifierSector,
)
from verification.queries import schedule


@transaction.atomic
def add(
    *,
    name: str,
    email: str,
    is_lsv: bool,
    days_a_year: int,
    town: str,
    sector_ids: Iterable[int],
    by: Actor,
    at: datetime,
) -> Verifier:
    """Put a person on the verifier register; somebody with an account keeps it, else one is made without a password.

    A link to choose one is mailed to them; they reach a centre once they are allocated.
    Raises NotPermitted; RuleViolation when they are on the register already.
    """
    _may_edit(by)
    person = Person.objects.filter(email=email.strip().lower()).first()
    if person is None:
        person = Person.objects.create_user(email, name)
        account_mail.tell(person.pk, "account.made")
    if Verifier.objects.filter(person=person).exists():
        raise RuleViolation(f"{person.name} is on the verifier register already.")
    verifier = Verifier.objects.create(
        person=person, is_lsv=is_lsv, days_a_year=days_a_year, town=town.strip()
    )
    _set_sectors(verifier, sector_ids, timezone.localdate(at))
    audit.record("verifier.added", by=by, target=verifier, at=at, is_lsv=is_lsv, days=days_a_year)
    return verifier


@transaction.atomic
def change(
    *,
    verifier_id: int,
    is_lsv: bool,
    days_a_year: int,
    town: str,
    sector_ids: Iterable[int],
    left_on: date | None,
    by: Actor,
    at: datetime,
) -> Verifier:
    """Change what the register says of a verifier; a sector taken away ends today and stays in the record.

    Raises NotPermitted; RuleViolation when somebody leaves who still has centres.
    """
    _may_edit(by)
    verifier = _locked(verifier_id)
    today = timezone.localdate(at)
    if left_on and left_on <= today:
        _has_no_centres(verifier)
    verifier.is_lsv, verifier.days_a_year = is_lsv, days_a_year
    verifier.town, verifier.left_on = town.strip(), left_on
    verifier.save(update_fields=["is_lsv", "days_a_year", "town", "left_on"])
    _set_sectors(verifier, sector_ids, today)
    audit.record(
        "verifier.changed", by=by, target=verifier, at=at, is_lsv=is_lsv, days=days_a_year, left_on=left_on
    )
    return verifier


@transaction.atomic
def add_absence(
    *, verifier_id: int, starts_on: date, ends_on: date, reason: str, by: Actor, at: datetime
) -> VerifierAbsence:
    """Note days on which a verifier is away; both ends count. The verifier may note their own.

    Proposed dates in it give way to others, and of agreed ones verifier, centre and planners are told, in the
    background; agreed ones stay until the people concerned move them. Raises NotPermitted, RuleViolation.
    """
    verifier = _locked(verifier_id)
    if verifier.person_id != by.pk:
        _may_edit(by)
    if ends_on < starts_on:
        raise RuleViolation("The last day of an absence comes after its first.")
    absence = VerifierAbsence.objects.create(
        verifier=verifier, starts_on=starts_on, ends_on=ends_on, reason=reason.strip()[:120]
    )
    audit.record(
        "verifier.absence_added", by=by, target=verifier, at=at, starts_on=starts_on, ends_on=ends_on,
        chain=audit.INSTALLATION,
    )  # fmt: skip
    _look_at_dates(verifier.pk, starts_on, ends_on)
    return absence


@transaction.atomic
def remove_absence(*, absence_id: int, by: Actor, at: datetime) -> None:
    """Take an absence away that did not happen or will not. Raises NotPermitted."""
    absence = VerifierAbsence.objects.select_for_update().select_related("verifier").get(pk=absence_id)
    if absence.verifier.person_id != by.pk:
        _may_edit(by)
    audit.record(
        "verifier.absence_removed", by=by, target=absence.verifier, at=at, starts_on=absence.starts_on,
        ends_on=absence.ends_on, chain=audit.INSTALLATION,
    )  # fmt: skip
    _look_at_dates(absence.verifier_id, absence.starts_on, absence.ends_on)
    absence.delete()


def _look_at_dates(verifier_id: int, first: date, last: date) -> None:
    """Have every centre with a date in these days look at it again."""
    for centre_id in schedule.centres_with_days(verifier_id, first, last):
        jobs.enqueue("verification.propose_schedule", centre_id=centre_id)


def _set_sectors(verifier: Verifier, sector_ids: Iterable[int], today: date) -> None:
    wanted = set(sector_ids)
    for row in VerifierSector.objects.filter(verifier=verifier):
        ends_on = None if row.sector_id in wanted else min(row.ends_on or today, today)
        wanted.discard(row.sector_id)
        if ends_on != row.ends_on:
            row.ends_on = ends_on
            row.save(update_fields=["ends_on"])
    VerifierSector.objects.bulk_create(
        [VerifierSector(verifier=verifier, sector_id=pk, starts_on=today) for pk in sorted(wanted)]
    )


def _locked(verifier_id: int) -> Verifier:
    return Verifier.objects.select_for_update(of=("self",)).select_related("person").get(pk=verifier_id)


def _has_no_centres(verifier: Verifier) -> None:
    if Allocation.objects.filter(verifier=verifier, status=AllocationStatus.ACTIVE).exists():
        raise RuleViolation(
            f"{verifier} still has centres. Replace them there first, then enter the day they left."
        )


def _may_edit(by: Actor) -> None:
    if not by.may(Permission.VERIFIER_REGISTER_EDIT):
        raise NotPermitted("The verifier register is kept by planners and administrators.")
