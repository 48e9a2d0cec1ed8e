"""The first administrator of an installation, made from the command line because nobody can invite them yet."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils import timezone

from centres.models import AccessGrant, Person
from centres.operations import account_mail, roles
from centres.permissions import RoleCode
from qa_portal import audit
from qa_portal.actors import SYSTEM
from qa_portal.errors import RuleViolation


@transaction.atomic
def create(
    *, email: str, name: str, at: datetime, existing: bool = False, send_link: bool = True
) -> AccessGrant:
    """Make an account without a password and give it the role administrator; a link to choose a password is mailed.

    Somebody who has an account gets more access only with ``existing``, and needs no link. Raises RuleViolation for an
    account that is there and was not asked for (R20, R21), one that is deactivated, and an administrator already.
    """
    address = email.strip().lower()
    person = Person.objects.filter(email=address).first()
    if person is not None and not existing:
        raise RuleViolation(
            f"{address} has an account already ({person.name}). It would get access to everything: ask for that with "
            "--existing.",
            rule="R20",
        )
    if person is None:
        person = Person.objects.create_user(address, name)
        audit.record("person.added", by=SYSTEM, target=person, at=at, chain=audit.INSTALLATION)
        if send_link:
            account_mail.tell(person.pk, "account.made")
    return roles.grant(
        person_id=person.pk, role=RoleCode.ADMINISTRATOR, centre_id=None, starts_on=timezone.localdate(at),
        by=SYSTEM, at=at, reason="Made from the command line",
    )  # fmt: skip
