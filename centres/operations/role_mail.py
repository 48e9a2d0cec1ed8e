"""What people are told about roles: whoever gets or loses one, and the Head of Centre."""

from __future__ import annotations

from datetime import datetime

from django.urls import reverse
from django.utils import timezone

from centres.models import AccessGrant, Centre
from centres.operations import account_mail
from centres.permissions import ROLES, RoleCode
from qa_portal import mail
from qa_portal.actors import Actor
from qa_portal.tenancy import Side
from qa_portal.wording import date_plain


def described(row: AccessGrant) -> str:
    """A grant in words: the role, with the programme or subject area it is for."""
    label = str(RoleCode(row.role).label)
    if row.delegated_by_id is not None:
        label = f"{label} (standing in)"
    if row.programme_id is not None and row.programme is not None:
        return f"{label} for {row.programme.qualification.short_title}"
    return f"{label} for {row.subject_area}" if row.subject_area else label


def tell_of_start(row: AccessGrant, *, by: Actor, at: datetime) -> None:
    """Tell the person, and the Head of Centre, that a role begins."""
    name, role, since = _name(by), RoleCode(row.role).label, date_plain(row.starts_on)
    until = f" It ends on {date_plain(row.ends_on)}." if row.ends_on else ""
    duty = f" {ROLES[row.role].duty}" if ROLES[row.role].duty else ""
    body = f"{name} gave you the role {described(row)} from {since}.{until}{duty}"
    _tell(row, "role.granted", f"Your role: {role}", body, at)
    body = f"{name} gave {row.person.name} ({row.person.email}) the role {described(row)}.{until}"
    body += " If this is not right, ask them to end it."
    _tell_head(row, "role.granted", f"{row.person.name} is {role} from {since}", body, by, at)


def tell_of_end(row: AccessGrant, *, by: Actor, at: datetime) -> None:
    """Tell the person, and the Head of Centre, that a role ends."""
    assert row.ends_on is not None
    name, role, ends = _name(by), RoleCode(row.role).label, date_plain(row.ends_on)
    body = f"{name} ended your role {described(row)}. From {ends} on it no longer holds."
    _tell(row, "role.ended", f"Your role {role} ends on {ends}", body, at)
    body = f"{name} ended the role {described(row)} of {row.person.name}."
    _tell_head(row, "role.ended", f"{row.person.name} is no longer {role} from {ends}", body, by, at)


def _name(by: Actor) -> str:
    return str(getattr(by, "name", "The portal"))


def _tell(row: AccessGrant, kind: str, subject: str, body: str, at: datetime) -> None:
    """Verifiers are introduced by their allocation's own message; machines read no mail."""
    if row.person.is_service or ROLES[row.role].side == Side.VERIFIER:
        return
    if row.centre_id is None:
        account_mail.tell(row.person_id, kind, grant_id=row.pk)
        return
    key = f"{kind}-{row.pk}-{row.ends_on or ''}"
    mail.write(
        centre_id=row.centre_id,
        to_id=row.person_id,
        kind=kind,
        key=key,
        subject=subject,
        body=body,
        url="/",
        at=at,
    )


def _tell_head(row: AccessGrant, kind: str, subject: str, body: str, by: Actor, at: datetime) -> None:
    if row.centre_id is None or row.person.is_service or ROLES[row.role].side != Side.CENTRE:
        return
    heads = AccessGrant.objects.filter(centre_id=row.centre_id, role=RoleCode.HEAD_OF_CENTRE)
    heads = heads.active_on(timezone.localdate(at)).exclude(
        person_id__in=[pk for pk in (by.pk, row.person_id) if pk]
    )
    for head in heads:
        number = Centre.objects.values_list("number", flat=True).get(pk=row.centre_id)
        mail.write(
            centre_id=row.centre_id, to_id=head.person_id, kind=kind, key=f"{kind}-head-{row.pk}-{row.ends_on or ''}",
            subject=subject, body=body, url=reverse("people", args=[number]), at=at,
        )  # fmt: skip
