"""Messages about an account itself, which belong to no centre: sent by a task, never turned off."""

from __future__ import annotations

from dataclasses import dataclass

from allauth.account.forms import default_token_generator
from allauth.account.utils import user_pk_to_url_str
from django.conf import settings
from django.core.mail import EmailMessage
from django.template.loader import render_to_string
from django.urls import reverse

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
    "details.due": Letter(
        "Confirm your details",
        "Once a year everybody confirms their name and telephone number, so that the right person can be reached. It "
        "takes a minute.",
        "/account/details/",
    ),
    "email.changed": Letter(
        "Your e-mail address here is changed",
        "An administrator changed the e-mail address of your account; this is the new one. Sign in with it and the "
        "password that you have. You were signed out everywhere.",
        "/account/login/",
    ),
    "email.replaced": Letter(
        "This e-mail address no longer belongs to your account",
        "An administrator replaced this e-mail address of your account by another one, to which we wrote as well. "
        "Nobody can sign in with this address any more. If you did not ask for this, write to us at once.",
    ),
    "second_factor.reset": Letter(
        "Your second factor was reset",
        "An administrator removed the authenticator app, passkeys and recovery codes of your account, and signed you "
        "out everywhere. Sign in with your password and set up a new second factor. If you did not ask for this, "
        "write to us at once.",
        "/account/mfa/",
    ),
}


def tell(person_id: int, what: str, **details: int | str) -> None:
    """Have a message about an account sent after commit; ids wait, and ``to`` where it changed."""
    jobs.enqueue("centres.tell_person", centre_id=None, person_id=person_id, what=what, **details)


def send(*, person_id: int, what: str, grant_id: int | None = None, to: str = "") -> None:
    """Send one such message. Raises what the mail backend raises, so that the outbox tries again."""
    person = Person.objects.get(pk=person_id)
    if grant_id is not None:
        letter = _about_role(what, grant_id)
    else:
        letter = _new_account(person) if what == "account.made" else _LETTERS[what]
    post(to or person.email, letter)


def password_link(person: Person) -> str:
    """The address at which somebody chooses a password; it works once, for as long as links to reset one do."""
    kwargs = {"uidb36": user_pk_to_url_str(person), "key": default_token_generator.make_token(person)}
    return settings.BASE_URL + reverse("account_reset_password_from_key", kwargs=kwargs)


def _new_account(person: Person) -> Letter:
    """Made when it is sent: the link counts its days from then, and is in no table."""
    days = settings.PASSWORD_RESET_TIMEOUT // 86400
    if person.has_usable_password():
        return Letter("Your account", "You have an account. Sign in with your password.", "/account/login/")
    return Letter(
        "Your account: choose a password",
        f"You have an account for {settings.PORTAL['organisation']} {settings.PORTAL['service'].lower()}, with the "
        f"address {person.email}. Open the link to choose a password; it works once, for {days} days. After that, "
        "“Forgotten your password?” on the sign-in page sends you a new one.",
        password_link(person).removeprefix(settings.BASE_URL),
    )


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
