"""Passing a role on for a time: scoped to a centre or a programme, ending by itself, taken back at any moment."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from django.db import transaction
from django.utils import timezone

from centres.models import AccessGrant, Person
from centres.operations import role_mail, roles
from centres.permissions import Permission, RoleCode
from centres.rules import people as rules
from qa_portal import audit
from qa_portal.actors import Actor
from qa_portal.errors import NotPermitted, RuleViolation
from qa_portal.wording import date_plain

# A standing-in is for an absence; whoever stays longer is appointed.
LONGEST = timedelta(days=366)


@transaction.atomic
def give(
    *,
    person_id: int,
    role: str = RoleCode.QUALITY_NOMINEE,
    centre_id: int,
    programme_id: int | None = None,
    until: date,
    by: Actor,
    at: datetime,
    reason: str = "",
) -> AccessGrant:
    """Have somebody stand in for ``by`` until a day, that day included; for one programme or the whole centre.

    Raises NotPermitted (R20: only one's own role, or one that one may give, never to oneself), RuleViolation for a
    day that has passed or is too far away.
    """
    today = timezone.localdate(at)
    if not by.may(Permission.DELEGATE, centre_id):
        raise NotPermitted("The Quality Nominee or the Head of Centre passes work on for a time.", rule="R20")
    rules.may_delegate(role, by, centre_id, today)
    rules.not_oneself(by, person_id, "Passing on work")
    if not today <= until <= today + LONGEST:
        raise RuleViolation(
            f"Choose a last day between today and {date_plain(today + LONGEST)}. For longer, appoint the person."
        )
    return roles.place(
        AccessGrant(
            person=Person.objects.select_for_update().get(pk=person_id),
            role=role,
            centre_id=centre_id,
            programme_id=programme_id,
            starts_on=today,
            ends_on=until + timedelta(days=1),
            granted_by_id=by.pk,
            delegated_by_id=by.pk,
            reason=reason,
        ),
        by=by,
        at=at,
    )


@transaction.atomic
def take_back(*, grant_id: int, by: Actor, at: datetime) -> AccessGrant:
    """End a delegation today: by whoever gave it, or whoever may give the role. Raises NotPermitted, RuleViolation."""
    row = AccessGrant.objects.select_for_update(of=("self",)).select_related("person").get(pk=grant_id)
    if row.delegated_by_id is None:
        raise RuleViolation("This role was given, not passed on for a time. End the role instead.")
    if row.delegated_by_id != by.pk:
        rules.may_give(by, row.role, row.centre_id)
    today = timezone.localdate(at)
    if row.ends_on is not None and row.ends_on <= today:
        raise RuleViolation(f"This ended on {date_plain(row.ends_on)} already.")
    row.ends_on = max(today, row.starts_on)
    row.save(update_fields=["ends_on"])
    role_mail.tell_of_end(row, by=by, at=at)
    audit.record("delegation.ended", by=by, target=row, at=at, person=row.person_id, ends_on=row.ends_on)
    return row
