"""The secret address of a person's calendar feed."""

from __future__ import annotations

import secrets
from datetime import datetime

from django.db import transaction

from centres.models import Person
from qa_portal import audit
from qa_portal.errors import NotPermitted


@transaction.atomic
def set_secret(*, person_id: int, by: Person, at: datetime) -> str:
    """Give a person a new calendar address; the one before stops working at once. Returns the secret part.

    Raises NotPermitted for anybody but the person themselves.
    """
    if by.pk != person_id:
        raise NotPermitted("A calendar's address is made by its owner.")
    person = Person.objects.select_for_update().get(pk=person_id)
    person.calendar_secret = secrets.token_urlsafe(32)
    person.save(update_fields=["calendar_secret"])
    audit.record("calendar.address_changed", by=by, target=person, at=at, chain=audit.INSTALLATION)
    return person.calendar_secret


@transaction.atomic
def forget_secret(*, person_id: int, by: Person, at: datetime) -> None:
    """Take a person's calendar address away. Raises NotPermitted for anybody but the person themselves."""
    if by.pk != person_id:
        raise NotPermitted("A calendar's address is removed by its owner.")
    person = Person.objects.select_for_update().get(pk=person_id)
    person.calendar_secret = ""
    person.save(update_fields=["calendar_secret"])
    audit.record("calendar.address_removed", by=by, target=person, at=at, chain=audit.INSTALLATION)
