"""The one conversation between a centre and its verifiers in a year."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from centres.models import EvidenceFile, Person
from centres.permissions import Permission, RoleCode
from qa_portal import audit, mail
from qa_portal.errors import NotPermitted, RuleViolation
from qa_portal.tenancy import Side
from verification.models import Allocation, CentreYear, Message
from verification.queries import years


@transaction.atomic
def post(
    *,
    centre_year_id: int,
    by: Person,
    at: datetime,
    text: str,
    file_id: int | None = None,
    to_quality_manager: bool = False,
) -> Message:
    """Write into the conversation; the other side gets a mail with the link, not the text.

    ``to_quality_manager`` tells the centre's quality manager as well, or all where it has none; verifiers of the centre
    are told of what another verifier writes, unless they chose not to be.
    ``file_id`` is a file that this person has just stored. Raises NotPermitted; RuleViolation for an empty message, a
    year that is over, and a file of somebody else.
    """
    centre_year = years.with_scheme(CentreYear.objects.all()).get(pk=centre_year_id)
    if not by.may(Permission.MESSAGE_WRITE, centre_year.centre_id):
        raise NotPermitted("Writing to the other side is not part of your role at this centre.")
    if not text.strip():
        raise RuleViolation("Write a message first.")
    if file_id is not None:
        _check_file(file_id, centre_year, by)
    message = Message.objects.create(
        centre_id=centre_year.centre_id,
        centre_year=centre_year,
        written_by=by,
        written_as=role_of(by, centre_year.centre_id),
        written_at=at,
        text=text.strip(),
        file_id=file_id,
        to_quality_manager=to_quality_manager,
    )
    receivers = _other_side(centre_year, by, at)
    if to_quality_manager:
        receivers |= _quality_managers(centre_year, at)
    for receiver_id in sorted(receivers - {by.pk}):
        mail.write(
            centre_id=centre_year.centre_id,
            to_id=receiver_id,
            kind="message",
            key=f"message-{message.pk}-{receiver_id}",
            subject=f"{by.name} has written to you about {centre_year.centre.name}",
            body=f"{by.name}, {message.written_as}, has written in the conversation of {centre_year.centre.name}. "
            "Sign in to read it and to answer.",
            url=reverse("messages", args=[centre_year.centre.number]),
            at=at,
        )
    audit.record(
        "message.posted", by=by, target=message, at=at, text=audit.text_digest(message.text), file=file_id
    )
    return message


def role_of(person: Person, centre_id: int) -> str:
    """The role in which somebody writes at a centre: the first they hold there."""
    for held in person.access.held:
        if held.centre_id in (None, centre_id):
            return str(RoleCode(held.role).label)[:40]
    return ""


def _check_file(file_id: int, centre_year: CentreYear, by: Person) -> None:
    file = EvidenceFile.objects.filter(centre_id=centre_year.centre_id, pk=file_id, removed_at=None)
    if not file.filter(uploaded_by=by).exists():
        raise RuleViolation("This file is not there any more. Choose it again.")


def _other_side(centre_year: CentreYear, by: Person, at: datetime) -> set[int]:
    """Whom a message is for: the verifiers when the centre writes, else the Quality Nominee; staff write to both.

    A verifier's message goes to the other verifiers too, as far as they want to hear of it.
    """
    people = Person.objects.filter(
        pk__in=Allocation.objects.active()
        .filter(centre_id=centre_year.centre_id, centre_year=centre_year)
        .values("verifier__person_id")
    )
    verifiers = {person.pk for person in people}
    curious = {person.pk for person in people if person.mail_preferences.get("verifiers") != "off"}
    today = timezone.localdate(at)
    nominees = {person.pk for person in years.holders(centre_year.centre_id, RoleCode.QUALITY_NOMINEE, today)}
    side = by.access.side
    receivers = verifiers if side == Side.CENTRE else nominees | curious
    if side == Side.AO:
        receivers = verifiers | nominees
    return receivers - {by.pk}


def _quality_managers(centre_year: CentreYear, at: datetime) -> set[int]:
    manager_id = centre_year.centre.quality_manager_id
    if manager_id is not None:
        return {manager_id}
    everybody = years.holders(centre_year.centre_id, RoleCode.QUALITY_MANAGER, timezone.localdate(at))
    return {person.pk for person in everybody}
