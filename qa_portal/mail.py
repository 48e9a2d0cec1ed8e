"""Mail to people about a centre: a row per message, written with the change that caused it, sent by a sweep."""

from __future__ import annotations

import logging
from datetime import datetime, timedelta

from django.conf import settings
from django.core.mail import EmailMessage
from django.db import transaction
from django.template.loader import render_to_string

from qa_portal.mail_choices import is_wanted
from qa_portal.models import Mail, MailState

log = logging.getLogger(__name__)
#: Minutes from one attempt to the next, growing to four hours: a mail server may be away most of a working day.
WAITS = (1, 5, 15, 45, 120, 240, 240, 240)
MOST_ATTEMPTS = len(WAITS) + 1


def write(
    *,
    centre_id: int,
    to_id: int,
    kind: str,
    key: str,
    subject: str,
    body: str,
    url: str,
    at: datetime,
    kept_to: str = "",
) -> None:
    """Have a plain message sent after commit; the same ``key`` is never sent twice in a centre.

    ``kept_to`` a side: the row is not among those a centre's request can read.
    """
    Mail.objects.bulk_create(
        [
            Mail(
                centre_id=centre_id,
                to_id=to_id,
                kind=kind,
                key=key[:200],
                subject=subject[:200],
                body=body,
                url=url,
                due_at=at,
                kept_to=kept_to,
            )
        ],
        ignore_conflicts=True,
    )


def claim_one(*, at: datetime) -> Mail | None:
    """Lock the next due message that nobody else is sending."""
    return (
        Mail.objects.select_for_update(skip_locked=True, of=("self",))
        .select_related("to")
        .filter(state=MailState.DUE, due_at__lte=at)
        .order_by("due_at")
        .first()
    )


def send(mail: Mail, *, at: datetime) -> None:
    """Send one claimed message and note what became of it; the caller's transaction holds the row.

    One that cannot be sent is due again later, each time after a longer wait; after the last attempt it has failed.
    One that its receiver has turned off is not sent.
    """
    if not is_wanted(mail.kind, mail.to.mail_preferences):
        mail.state = MailState.NOT_WANTED
        mail.save(update_fields=["state"])
        return
    message = EmailMessage(
        subject=mail.subject,
        body=render_to_string(
            "mail/plain.txt", {"mail": mail, "base_url": settings.BASE_URL, "portal": settings.PORTAL}
        ),
        to=[mail.to.email],
        headers={"Auto-Submitted": "auto-generated"},
    )
    mail.attempts += 1
    try:
        with transaction.atomic():
            message.send()
    except (
        Exception
    ) as problem:  # each mail backend raises its own; the row keeps the reason and is tried again
        mail.error = f"{type(problem).__name__}: {problem}"[:300]
        if mail.attempts < MOST_ATTEMPTS:
            mail.due_at = at + timedelta(minutes=WAITS[mail.attempts - 1])
        else:
            mail.state = MailState.FAILED
        log.warning("mail_not_sent", extra={"mail_id": mail.pk, "attempts": mail.attempts})
    else:
        mail.state, mail.sent_at, mail.error = MailState.SENT, at, ""
        status = getattr(message, "anymail_status", None)
        mail.message_id = str(getattr(status, "message_id", "") or "")[:200]
    mail.save(update_fields=["attempts", "state", "due_at", "sent_at", "error", "message_id"])


def send_again(mail: Mail, *, at: datetime) -> None:
    """Have a failed message sent after all, with all its attempts before it; ``mail`` is locked by the caller."""
    mail.state, mail.due_at, mail.attempts = MailState.DUE, at, 0
    mail.save(update_fields=["state", "due_at", "attempts"])
