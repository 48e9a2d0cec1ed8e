"""Messages about an account itself, which belong to no centre: sent by a task, never turned off."""

from __future__ import annotations

from dataclasses import dataclass

from django.conf import settings
from django.core.mail import EmailMessage
from django.template.loader import render_to_string

from centres.models import AccessGrant, Person
from centres.permissions import RoleCode
from qa_portal import jobs
from qa_portal.wording import date_plain


@dataclass(frozen=True)
class Letter:
    """Subject, plain words, and the page to open."""

    subject: str
    body: str
    url: str = ""


_LETTERS = {
    "account.deactivated": Letter(
        "Your account is deactivated",
        "Your account was deactivated, so you can no longer sign in. Your roles and what you recorded are kept. If "
        "you still need access, write to us.",
    ),
    "account.unused": Letter(
        "Your account is deactivated because it was not used",
        "Nobody has signed in with your account for a long time, so it was deactivated. If you still need access, "
        "write to us.",
    ),
    "account.reactivated": Letter(
        "Your account works again",
        "An administrator reactivated your account. You can sign in with your password; if you have forgotten it, "
        "the sign-in page sends you a link to choose a new one.",
        "/account/login/",
    ),
    "second_factor.reset": Letter(
        "Your second factor was reset",
        "An administrator removed the authenticator app, passkeys and recovery codes of your account, and signed you "
        "out everywhere. Sign in with your password and set up a new second factor. If you did not ask for this, "
        "write to us at once.",
        "/account/mfa/",
    ),
}


def tell(person_id: int, what: str, **details: int) -> None:
    """Have a message about an account sent after commit; only ids wait in the outbox."""
    jobs.enqueue("centres.tell_person", centre_id=None, person_id=person_id, what=what, **details)


def send(*, person_id: int, what: str, grant_id: int | None = None) -> None:
    """Send one such message. Raises what the mail backend raises, so that the outbox tries again."""
    person = Person.objects.get(pk=person_id)
    letter = _LETTERS[what] if grant_id is None else _about_role(what, grant_id)
    post(person.email, letter)


def post(address: str, letter: Letter) -> None:
    """Hand one letter to the mail backend."""
    url = settings.BASE_URL + letter.url if letter.url else ""
    context = {"body": letter.body, "url": url, "portal": settings.PORTAL}
    EmailMessage(
        subject=letter.subject,
        body=render_to_string("mail/account.txt", context),
        to=[address],
        headers={"Auto-Submitted": "auto-generated"},
    ).send()


def _about_role(what: str, grant_id: int) -> Letter:
    grant = AccessGrant.objects.get(pk=grant_id)
    role = RoleCode(grant.role).label
    if what == "role.ended" and grant.ends_on:
        return Letter(
            f"Your role {role} ends", f"From {date_plain(grant.ends_on)} you are no longer {role}.", "/"
        )
    return Letter(f"Your role: {role}", f"You are {role} from {date_plain(grant.starts_on)}.", "/")
