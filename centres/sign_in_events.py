"""Sign-ins, failed sign-ins, passwords and second factors in the audit trail, heard from the sign-in library.

These are the library's announcements, not ours: our own code calls what it needs. No event holds an e-mail address.
"""

from __future__ import annotations

from typing import Any

from allauth.account import signals as account
from allauth.mfa import signals as mfa
from django.contrib.auth import signals as auth
from django.db import transaction
from django.dispatch import receiver
from django.http import HttpRequest

from centres import second_factor, session
from centres.models import Person
from qa_portal import audit, clock
from qa_portal.actors import SYSTEM
from qa_portal.audit import INSTALLATION


@receiver(auth.user_logged_in)
def signed_in(request: HttpRequest, user: Person, **_: Any) -> None:
    """Begin the session's length, and note the sign-in."""
    session.keep(request)
    _note("person.signed_in", user)


@receiver(auth.user_logged_out)
def signed_out(user: Person | None = None, **_: Any) -> None:
    """Note a sign-out; an anonymous one is none."""
    if user is not None and user.pk:
        _note("person.signed_out", user)


@receiver(auth.user_login_failed)
def sign_in_failed(credentials: dict[str, Any], **_: Any) -> None:
    """Note a failed sign-in against the account, if the address belongs to one; the address itself is not kept."""
    address = str(credentials.get("email") or credentials.get("username") or "").strip().lower()
    person = Person.objects.filter(email=address).first() if address else None
    target = person or Person()
    with transaction.atomic():
        audit.record(
            "person.sign_in_failed", by=SYSTEM, target=target, at=clock.now(), chain=INSTALLATION,
            known=person is not None,
        )  # fmt: skip


@receiver(account.password_changed)
@receiver(account.password_set)
def password_changed(user: Person, **_: Any) -> None:
    """Note that a person changed their password."""
    _note("person.password_changed", user)


@receiver(account.password_reset)
def password_reset(user: Person, **_: Any) -> None:
    """Note that a person chose a new password by a link."""
    _note("person.password_reset", user)


@receiver(mfa.authenticator_added)
def factor_added(user: Person, authenticator: Any, **_: Any) -> None:
    """Note that a second factor was set up."""
    _note("second_factor.added", user, kind=authenticator.type)


@receiver(mfa.authenticator_removed)
def factor_removed(request: HttpRequest, user: Person, authenticator: Any, **_: Any) -> None:
    """Note that a person removed a second factor, and look again whether they still have one."""
    request.session.pop(second_factor.SEEN, None)
    _note("second_factor.removed", user, kind=authenticator.type)


def _note(event: str, person: Person, **details: Any) -> None:
    with transaction.atomic():
        audit.record(event, by=person, target=person, at=clock.now(), chain=INSTALLATION, **details)
