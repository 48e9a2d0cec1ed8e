"""A person's own account: details, mail, context, calendar; and what an administrator does to it."""

from __future__ import annotations

import secrets
from collections.abc import Collection, Mapping
from datetime import date, datetime

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from centres import academic_year, departures
from centres.models import AccessGrant, Person
from centres.operations import account_mail, roles, vacancies
from centres.operations.vacancies import Seat
from centres.permissions import ONE_PER_CENTRE, ROLES, Permission
from centres.queries import people as queries
from centres.rules import people as rules
from qa_portal import audit, deadlines
from qa_portal.actors import SYSTEM, Actor
from qa_portal.audit import INSTALLATION
from qa_portal.deadlines import Duty
from qa_portal.errors import NotPermitted, RuleViolation
from qa_portal.mail_choices import GROUPS
from qa_portal.tenancy import scoped_to

DETAILS = "details_confirmation"


@transaction.atomic
def confirm_details(*, person_id: int, name: str, phone: str, by: Person, at: datetime) -> Person:
    """Keep a person's own name and telephone number as confirmed today; nobody is asked again for a year (R22).

    Raises NotPermitted for another person's details.
    """
    if by.pk != person_id:
        raise NotPermitted("Each person confirms their own details.")
    person = Person.objects.select_for_update().get(pk=person_id)
    person.name, person.phone = name.strip(), phone.strip()
    person.details_confirmed_on = timezone.localdate(at)
    person.save(update_fields=["name", "phone", "details_confirmed_on"])
    grants = list(AccessGrant.objects.filter(person_id=person_id, centre__isnull=False))
    # Asked for at every centre where they have a role; the context they work in shows one of them only.
    with scoped_to(sorted({row.centre_id for row in grants if row.centre_id})):
        for row in grants:
            deadlines.meet(DETAILS, subject=row, at=at)
    audit.record("person.details_confirmed", by=by, target=person, at=at, chain=INSTALLATION)
    return person


@transaction.atomic
def ask_to_confirm_details(
    *, centre_id: int, at: datetime, grant_ids: Collection[int] | None = None, by: Actor = SYSTEM
) -> int:
    """Set the yearly duty to confirm one's details for everybody who is asked at this centre; returns for how many.

    ``grant_ids`` are the roles that the sweep over all centres found. The caller is in the scope of the centre; a
    second run sets none, and nobody is asked at a second centre (R22).
    """
    today = timezone.localdate(at)
    rows = queries.to_ask(today).filter(centre_id=centre_id)
    if grant_ids is not None:
        rows = rows.filter(pk__in=grant_ids)
    found = list(rows.select_related("person").order_by("pk"))
    for row in found:
        _ask(row, today)
    return len(found)


@transaction.atomic
def ask_staff_for_details(*, at: datetime, by: Actor = SYSTEM, most: int = 200) -> int:
    """Write to the awarding organisation's people who are due to confirm their details; returns to how many.

    They belong to no centre whose to-do list could hold the duty: their home shows it, and each gets one message a
    year. The caller is in the scope of all centres (R22).
    """
    people = list(queries.staff_to_ask(timezone.localdate(at)).order_by("pk")[:most])
    for person in people:
        account_mail.tell(person.pk, "details.due")
        audit.record("person.asked_for_details", by=by, target=person, at=at, chain=INSTALLATION)
    return len(people)


def _ask(row: AccessGrant, today: date) -> None:
    deadlines.set_due(
        DETAILS,
        subject=row,
        year=academic_year.year_of(today),
        due_on=today + queries.ASK_BEFORE,
        duty=Duty(
            title="Confirm your details",
            url=reverse("account-details"),
            owner_role=row.role,
            owner_side=ROLES[row.role].side,
            owner_id=row.person_id,
            why="Once a year, so that everybody can reach the right person.",
            source="R22",
        ),
    )


@transaction.atomic
def choose_mail(*, person_id: int, wanted: Mapping[str, bool], by: Person, at: datetime) -> Person:
    """Turn groups of mail on or off (see ``mail_choices``); what asks somebody to act always comes.

    ``verifiers`` says whether a verifier hears of what other verifiers write to their centres. What is not named stays
    as it is. Raises NotPermitted.
    """
    if by.pk != person_id:
        raise NotPermitted("Each person chooses their own mail.")
    chosen = {key: wanted[key] for key in (*(group.code for group in GROUPS), "verifiers") if key in wanted}
    person = Person.objects.select_for_update().get(pk=person_id)
    person.mail_preferences = person.mail_preferences | {
        key: "on" if on else "off" for key, on in chosen.items()
    }
    person.save(update_fields=["mail_preferences"])
    audit.record("person.mail_chosen", by=by, target=person, at=at, chain=INSTALLATION, chosen=chosen)
    return person


@transaction.atomic
def choose_context(*, person_id: int, context: str, by: Person, at: datetime) -> str:
    """Note in which place a person works from now on; the view keeps it in the session. Raises NotPermitted."""
    if by.pk != person_id or context not in by.access.contexts:
        raise NotPermitted("You have no role there today.")
    audit.record(
        "context.chosen", by=by, target=by, at=at, chain=INSTALLATION, before=by.access.context, after=context
    )
    return context


@transaction.atomic
def renew_calendar_address(*, person_id: int, by: Person, at: datetime) -> Person:
    """Make a new secret address for a person's calendar; the old one stops working."""
    if by.pk != person_id:
        raise NotPermitted("Each person has their own calendar address.")
    person = Person.objects.select_for_update().get(pk=person_id)
    person.calendar_secret = secrets.token_urlsafe(32)
    person.save(update_fields=["calendar_secret"])
    audit.record("person.calendar_renewed", by=by, target=person, at=at, chain=INSTALLATION)
    return person


@transaction.atomic
def deactivate(*, person_id: int, by: Actor, at: datetime, unused: bool = False) -> Person:
    """End all access of a person at once: signed out everywhere, roles kept on record but without effect (R22).

    Centres left without a Quality Nominee or Head of Centre are alerted, and what the person had to do by name passes
    to the Quality Nominee (R17). Raises NotPermitted for one's own account or without the permission,
    RuleViolation for the last administrator, or one deactivated already.
    """
    person = _managed(person_id, by, "Deactivation")
    if not person.is_active:
        raise RuleViolation(f"{person.name}’s account is deactivated already.")
    today = timezone.localdate(at)
    rules.an_administrator_remains(person_id, today)
    person.is_active = False
    person.save(update_fields=["is_active"])
    _sign_out_everywhere(person)
    held = AccessGrant.objects.filter(person_id=person_id, role__in=ONE_PER_CENTRE, delegated_by=None)
    for row in held.active_on(today):
        with scoped_to([row.centre_id] if row.centre_id else []):
            roles.alert_vacancy(row, since=today)
    for centre_id in _centres_of(person_id, today):
        with scoped_to([centre_id]):
            departures.hand_over(centre_id=centre_id, by=by, at=at)
    account_mail.tell(person_id, "account.unused" if unused else "account.deactivated")
    audit.record("person.deactivated", by=by, target=person, at=at, chain=INSTALLATION, unused=unused)
    return person


@transaction.atomic
def reactivate(*, person_id: int, by: Actor, at: datetime) -> Person:
    """Let a person sign in again with the roles that still hold. Raises NotPermitted, RuleViolation (R22)."""
    person = _managed(person_id, by, "Reactivation")
    if person.is_active:
        raise RuleViolation(f"{person.name}’s account is active.")
    if person.is_service:
        raise RuleViolation("A system whose access ended gets a new client instead.")
    person.is_active = True
    # Otherwise the next look for unused accounts would deactivate it again before it was used.
    person.last_login = at
    person.save(update_fields=["is_active", "last_login"])
    for row in AccessGrant.objects.filter(person_id=person_id, role__in=ONE_PER_CENTRE, centre__isnull=False):
        if row.ends_on is None or row.ends_on > timezone.localdate(at):
            with scoped_to([row.centre_id or 0]):
                vacancies.end(Seat(row.centre_id or 0, row.role), at=at)
    account_mail.tell(person_id, "account.reactivated")
    audit.record("person.reactivated", by=by, target=person, at=at, chain=INSTALLATION)
    return person


@transaction.atomic
def reset_second_factor(*, person_id: int, by: Actor, at: datetime) -> Person:
    """Remove a lost second factor: app, passkeys and recovery codes; the person is signed out and told.

    Raises NotPermitted unless ``by`` is an administrator and another person, RuleViolation when there is none.
    """
    person = _managed(person_id, by, "Resetting the second factor")
    count, _ = Authenticator.objects.filter(user_id=person_id).delete()
    if not count:
        raise RuleViolation(f"{person.name} has no second factor.")
    _sign_out_everywhere(person)
    account_mail.tell(person_id, "second_factor.reset")
    audit.record("second_factor.reset", by=by, target=person, at=at, chain=INSTALLATION, removed=count)
    return person


@transaction.atomic
def change_email(*, person_id: int, email: str, by: Actor, at: datetime) -> Person:
    """Change the address that somebody signs in with; both addresses are told, and they are signed out everywhere.

    Links that were mailed to the old address stop working. Raises NotPermitted unless ``by`` is an administrator and
    another person, RuleViolation for the same address or one that belongs to somebody else (R21).
    """
    person = _managed(person_id, by, "Changing the e-mail address")
    address, before = email.strip().lower(), person.email
    if address == before:
        raise RuleViolation(f"{before} is the address of this account already.")
    if Person.objects.filter(email=address).exists():
        raise RuleViolation(
            f"Somebody else has an account with {address}: an address is one person.", rule="R21"
        )
    # What the sign-in library keeps of the address before would still open the account.
    EmailAddress.objects.filter(user_id=person_id).delete()
    person.email = address
    person.save(update_fields=["email"])
    _sign_out_everywhere(person)
    account_mail.tell(person_id, "email.changed")
    account_mail.tell(person_id, "email.replaced", to=before)
    audit.record(
        "person.email_changed", by=by, target=person, at=at, chain=INSTALLATION, before=before, after=address
    )
    return person


def deactivate_unused(*, at: datetime, most: int = 200) -> int:
    """Deactivate accounts that nobody used for as long as the scheme allows (R22); returns how many.

    The caller is in the scope of all centres. Administrators stay: somebody must be able to bring others back.
    """
    today = timezone.localdate(at)
    unused = queries.unused_since(queries.unused_limit(today)).exclude(grants__role="administrator")
    found = list(unused.order_by("pk").values_list("pk", flat=True).distinct()[:most])
    for pk in found:
        deactivate(person_id=pk, by=SYSTEM, at=at, unused=True)
    return len(found)


def _managed(person_id: int, by: Actor, what: str) -> Person:
    if not by.may(Permission.SECOND_FACTOR_RESET):
        raise NotPermitted(f"{what} is for the administrators of the awarding organisation.", rule="R20")
    rules.not_oneself(by, person_id, what)
    return Person.objects.select_for_update().get(pk=person_id)


def _centres_of(person_id: int, day: date) -> list[int]:
    """The centres at which somebody has a role on a day."""
    rows = AccessGrant.objects.filter(person_id=person_id, centre__isnull=False).active_on(day)
    return sorted({row.centre_id for row in rows if row.centre_id})


def _sign_out_everywhere(person: Person) -> None:
    for session in UserSession.objects.filter(user_id=person.pk):
        session.end()
