"""Giving, handing over and ending roles: the writes behind every access grant."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils import timezone

from centres import departures
from centres.models import AccessGrant, Centre, Person
from centres.operations import role_mail, vacancies
from centres.operations.vacancies import Seat
from centres.permissions import ONE_PER_CENTRE, RoleCode
from centres.rules import people as rules
from qa_portal import audit
from qa_portal.actors import Actor, person_or_none
from qa_portal.errors import RuleViolation
from qa_portal.models import Deadline
from qa_portal.wording import date_plain


@transaction.atomic
def grant(
    *,
    person_id: int,
    role: str,
    centre_id: int | None,
    programme_id: int | None = None,
    subject_area: str = "",
    starts_on: date,
    by: Actor,
    at: datetime,
    reason: str = "",
) -> AccessGrant:
    """Give a person a role from a day on; they and the Head of Centre are told.

    ``centre_id`` is None for roles of the awarding organisation; ``subject_area`` is a Lead IV's. Raises NotPermitted
    (R20: outside the may-grant column, or to oneself), RuleViolation (R17, R18: somebody holds it; held already).
    """
    rules.may_give(by, role, centre_id, person_id)
    return place(
        AccessGrant(
            person=Person.objects.select_for_update().get(pk=person_id),
            role=role,
            centre_id=centre_id,
            programme_id=programme_id,
            subject_area=subject_area,
            starts_on=starts_on,
            granted_by=person_or_none(by),
            reason=reason,
        ),
        by=by,
        at=at,
    )


def place(row: AccessGrant, *, by: Actor, at: datetime, hand_over: bool = False) -> AccessGrant:
    """Save a grant that ``by`` may give, after every rule about it; the caller has locked the person.

    ``hand_over`` ends what others hold of the same role on the day this one starts. Raises RuleViolation (R17, R18).
    """
    rules.role_fits(row.role, row.centre_id, row.programme_id, row.person)
    rules.not_held_already(row)
    before = _end_predecessors(row, by=by, at=at) if hand_over else []
    rules.one_at_a_time(row)
    _insert(row)
    if row.role in ONE_PER_CENTRE and row.delegated_by_id is None:
        vacancies.end(Seat(row.centre_id or 0, row.role), at=at)
    role_mail.tell_of_start(row, by=by, at=at)
    details: dict[str, Any] = {"person": row.person_id, "role": row.role, "programme": row.programme_id}
    if rules.warnings(row.person_id, row.role, row.centre_id, row.starts_on):
        details["warning"] = "R19"
    event = "role.granted" if row.delegated_by_id is None else "delegation.given"
    audit.record(event, by=by, target=row, at=at, starts_on=row.starts_on, ends_on=row.ends_on, **details)
    if row.role == RoleCode.QUALITY_NOMINEE and row.centre_id and row.starts_on <= timezone.localdate(at):
        departures.hand_over(centre_id=row.centre_id, from_ids=before, by=by, at=at)
    return row


@transaction.atomic
def appoint_quality_nominee(
    *, centre_id: int, person_id: int, starts_on: date, by: Actor, at: datetime
) -> AccessGrant:
    """The Head of Centre appoints the Quality Nominee; the previous one's role ends that day, without a gap (R17).

    A successor who was appointed for later is replaced. Raises NotPermitted unless ``by`` may give the role (R20), or
    RuleViolation when this person is the Quality Nominee already.
    """
    rules.may_give(by, RoleCode.QUALITY_NOMINEE, centre_id, person_id)
    Centre.objects.select_for_update().get(pk=centre_id)
    person = Person.objects.select_for_update().get(pk=person_id)
    new = AccessGrant(
        person=person, role=RoleCode.QUALITY_NOMINEE, centre_id=centre_id, starts_on=starts_on,
        granted_by=person_or_none(by),
    )  # fmt: skip
    placed = place(new, by=by, at=at, hand_over=True)
    audit.record(
        "quality_nominee.appointed", by=by, target=placed, at=at, person=person_id, starts_on=starts_on
    )
    return placed


@transaction.atomic
def end(*, grant_id: int, on: date, by: Actor, at: datetime) -> AccessGrant:
    """End a role; ``on`` is the first day on which it no longer holds. Whoever may give it may end it (R20).

    A vacancy that this leaves alerts the Head of Centre (R17). Raises NotPermitted, RuleViolation when it has ended.
    """
    row = AccessGrant.objects.select_for_update(of=("self",)).select_related("person").get(pk=grant_id)
    rules.may_give(by, row.role, row.centre_id, row.person_id)
    if row.ends_on is not None and row.ends_on <= on:
        raise RuleViolation(f"This role ended on {date_plain(row.ends_on)} already.")
    if row.role == RoleCode.ADMINISTRATOR:
        rules.an_administrator_remains(row.person_id, on)
    _end(row, max(on, row.starts_on), by=by, at=at)
    alert_vacancy(row, since=max(on, row.starts_on))
    if row.centre_id is not None and on <= timezone.localdate(at):
        departures.hand_over(centre_id=row.centre_id, by=by, at=at)
    return row


def alert_vacancy(row: AccessGrant, *, since: date) -> Deadline | None:
    """Set the duty to fill a role of which a centre has one, when nobody follows this grant (R17)."""
    if row.role not in ONE_PER_CENTRE or row.centre_id is None or row.delegated_by_id is not None:
        return None
    followed = AccessGrant.objects.filter(
        centre_id=row.centre_id,
        role=row.role,
        delegated_by=None,
        person__is_active=True,
        starts_on__lte=since,
    ).exclude(pk=row.pk)
    if followed.filter(Q(ends_on=None) | Q(ends_on__gt=since)).exists():
        return None
    number = Centre.objects.values_list("number", flat=True).get(pk=row.centre_id)
    return vacancies.announce(Seat(row.centre_id, row.role), number=number, since=since)


def _end_predecessors(new: AccessGrant, *, by: Actor, at: datetime) -> list[int]:
    """End what others hold of this role on the day the new one starts, in the same transaction: no gap (R17).

    Returns who they are.
    """
    ended = []
    rows = AccessGrant.objects.select_for_update(of=("self",)).select_related("person")
    rows = rows.filter(centre_id=new.centre_id, role=new.role, delegated_by=None)
    for old in rows.filter(Q(ends_on=None) | Q(ends_on__gt=new.starts_on)).order_by("starts_on"):
        _end(old, max(new.starts_on, old.starts_on), by=by, at=at)
        ended.append(old.person_id)
    return ended


def _end(row: AccessGrant, on: date, *, by: Actor, at: datetime) -> None:
    row.ends_on = on
    row.save(update_fields=["ends_on"])
    role_mail.tell_of_end(row, by=by, at=at)
    _end_delegations(row, by=by, at=at)
    audit.record("role.ended", by=by, target=row, at=at, person=row.person_id, role=row.role, ends_on=on)


def _insert(row: AccessGrant) -> None:
    try:
        with transaction.atomic():
            row.save(force_insert=True)
    except IntegrityError as problem:
        # Two people appointed at the same moment: the exclusion constraint let the first one through.
        if "at_a_time" in str(problem) or "per_area" in str(problem):
            raise rules.role_is_taken(row.role, None, row.subject_area) from problem
        raise


def _end_delegations(row: AccessGrant, *, by: Actor, at: datetime) -> None:
    """What somebody passed on for a time ends with the role they passed it on from."""
    assert row.ends_on is not None
    given = AccessGrant.objects.select_for_update(of=("self",)).filter(
        centre_id=row.centre_id, delegated_by_id=row.person_id, ends_on__gt=row.ends_on
    )
    for delegated in given if row.delegated_by_id is None and row.centre_id else ():
        delegated.ends_on = max(row.ends_on, delegated.starts_on)
        delegated.save(update_fields=["ends_on"])
        audit.record(
            "delegation.ended",
            by=by,
            target=delegated,
            at=at,
            person=delegated.person_id,
            ends_on=delegated.ends_on,
        )
