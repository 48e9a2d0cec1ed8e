"""Inviting people by e-mail: whoever has an account gets the role at once, others a link that works once."""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from centres.lifecycle.invitations import INVITATION
from centres.models import AccessGrant, Centre, Invitation, InvitationStatus, Person
from centres.operations import account_mail, roles
from centres.operations.account_mail import Letter
from centres.permissions import RoleCode
from centres.rules import people as rules
from qa_portal import audit, jobs
from qa_portal.actors import SYSTEM, Actor
from qa_portal.errors import RuleViolation
from qa_portal.wording import date_plain

HOLDS_FOR = timedelta(days=14)


@dataclass(frozen=True)
class Invited:
    """What an invitation led to: a role at once, or a link on its way. Exactly one is set."""

    grant: AccessGrant | None = None
    invitation: Invitation | None = None


@transaction.atomic
def invite(
    *,
    email: str,
    name: str,
    role: str,
    centre_id: int | None,
    programme_id: int | None = None,
    subject_area: str = "",
    by: Person,
    at: datetime,
) -> Invited:
    """Invite somebody to a role. An address is one person (R21): a known one gets the role at once, and is told.

    Raises NotPermitted (R20), RuleViolation when the same invitation is open, or the role is taken (R17, R18).
    """
    address = email.strip().lower()
    rules.may_give(by, role, centre_id)
    known = Person.objects.filter(email=address).first()
    if known is not None:
        return Invited(grant=_give(known.pk, role, centre_id, programme_id, subject_area, by=by, at=at))
    open_one = Invitation.objects.filter(
        email=address, role=role, centre_id=centre_id, status=InvitationStatus.SENT, expires_at__gt=at
    ).first()
    if open_one is not None:
        raise RuleViolation(
            f"{address} was invited as {RoleCode(role).label} on {date_plain(open_one.invited_at)} and has not "
            "answered yet. Send the invitation again instead, or withdraw it first."
        )
    invitation = Invitation.objects.create(
        email=address,
        name=name.strip(),
        role=role,
        centre_id=centre_id,
        programme_id=programme_id,
        subject_area=subject_area,
        token_digest=digest(secrets.token_urlsafe(32)),
        invited_by=by,
        invited_at=at,
        expires_at=at + HOLDS_FOR,
    )
    _have_sent(invitation)
    audit.record("invitation.sent", by=by, target=invitation, at=at, role=role, programme=programme_id)
    return Invited(invitation=invitation)


@transaction.atomic
def resend(*, invitation_id: int, by: Actor, at: datetime) -> Invitation:
    """Send an open invitation again with a new link; the old link stops working.

    Raises NotPermitted (R20), RuleViolation when it was accepted or withdrawn.
    """
    invitation = _locked(invitation_id)
    rules.may_give(by, invitation.role, invitation.centre_id)
    if invitation.status != InvitationStatus.SENT:
        raise RuleViolation(f"This invitation is {invitation.get_status_display().lower()} already.")
    invitation.expires_at = at + HOLDS_FOR
    invitation.save(update_fields=["expires_at"])
    _have_sent(invitation)
    audit.record("invitation.resent", by=by, target=invitation, at=at)
    return invitation


@transaction.atomic
def withdraw(*, invitation_id: int, by: Actor, at: datetime) -> Invitation:
    """Withdraw an invitation; its link leads to a page that says so. Raises NotPermitted (R20), RuleViolation."""
    invitation = _locked(invitation_id)
    rules.may_give(by, invitation.role, invitation.centre_id)
    INVITATION.move(invitation, "withdraw", by=by, at=at)
    return invitation


@transaction.atomic
def accept(*, token: str, name: str = "", password: str = "", at: datetime) -> Person:
    """Use an invitation: the account is made (name in their own words, password of their own), the role begins.

    The role is given on behalf of whoever invited; if that address has an account by now, it gets the role. The
    caller has set the scope of the invitation's centre. Raises LookupError for an unknown link, RuleViolation for one
    that is used, withdrawn or too old (R20, R21).
    """
    found = by_token(token)
    if found is None:
        raise LookupError("There is no such invitation.")
    invitation = _locked(found.pk)
    rules.can_still_be_used(invitation, at)
    person = Person.objects.filter(email=invitation.email).first()
    if person is None:
        person = Person.objects.create_user(
            invitation.email, name or invitation.name, password, details_confirmed_on=timezone.localdate(at)
        )
    roles.place(
        AccessGrant(
            person=Person.objects.select_for_update().get(pk=person.pk),
            role=invitation.role,
            centre_id=invitation.centre_id,
            programme_id=invitation.programme_id,
            subject_area=invitation.subject_area,
            starts_on=timezone.localdate(at),
            granted_by=invitation.invited_by,
        ),
        by=invitation.invited_by,
        at=at,
        hand_over=invitation.role == RoleCode.QUALITY_NOMINEE,
    )
    INVITATION.move(invitation, "accept", by=SYSTEM, at=at, facts={"person": person.pk}, accepted_at=at)
    return person


@transaction.atomic
def send(*, invitation_id: int, at: datetime) -> None:
    """Make a fresh link and send it; only its digest is kept, so a repeated send replaces the link before it."""
    invitation = _locked(invitation_id)
    if invitation.status != InvitationStatus.SENT or invitation.expires_at <= at:
        return
    token = secrets.token_urlsafe(32)
    invitation.token_digest = digest(token)
    invitation.save(update_fields=["token_digest"])
    account_mail.post(invitation.email, _letter(invitation, token))


def by_token(token: str) -> Invitation | None:
    """The invitation that a link belongs to, in whatever state."""
    invitations = Invitation.objects.select_related("invited_by")
    return invitations.filter(token_digest=digest(token)).first()


def digest(token: str) -> str:
    """What is kept of a link's token."""
    return hashlib.sha256(token.encode()).hexdigest()


def _give(
    person_id: int, role: str, centre_id: int | None, programme_id: int | None, subject_area: str, *,
    by: Person, at: datetime,
) -> AccessGrant:  # fmt: skip
    """Give the role from today; the Quality Nominee's by handover (R17)."""
    today = timezone.localdate(at)
    if role == RoleCode.QUALITY_NOMINEE and centre_id is not None:
        return roles.appoint_quality_nominee(
            centre_id=centre_id, person_id=person_id, starts_on=today, by=by, at=at
        )
    return roles.grant(
        person_id=person_id, role=role, centre_id=centre_id, programme_id=programme_id,
        subject_area=subject_area, starts_on=today, by=by, at=at,
    )  # fmt: skip


def _locked(invitation_id: int) -> Invitation:
    rows = Invitation.objects.select_for_update(of=("self",)).select_related("invited_by")
    return rows.get(pk=invitation_id)


def _have_sent(invitation: Invitation) -> None:
    jobs.enqueue("centres.send_invitation", centre_id=invitation.centre_id, invitation_id=invitation.pk)


def _letter(invitation: Invitation, token: str) -> Letter:
    where = ""
    if invitation.centre_id is not None:
        where = f" at {Centre.objects.values_list('name', flat=True).get(pk=invitation.centre_id)}"
    role = RoleCode(invitation.role).label
    by = invitation.invited_by
    return Letter(
        f"Your invitation as {role}{where}",
        f"{by.name} ({by.email}) invites you as {role}{where}. Open the link to choose a password; it works once, "
        f"until {date_plain(invitation.expires_at)}. If you do not know {by.name}, leave it alone.",
        reverse("accept-invitation", args=[token]),
    )
