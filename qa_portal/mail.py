"""Mail to people about a centre: a row per message, written with the change that caused it, sent by a sweep."""

from __future__ import annotations

import logging
from datetime import datetime

from django.conf import settings
from django.core.mail import EmailMessage
from django.db import transaction
from django.template.loader import render_to_string

from qa_portal.models import Mail, MailState

log = logging.getLogger(__name__)
MOST_ATTEMPTS = 6


def write(
    *, centre_id: int, to_id: int, kind: str, key: str, subject: str, body: str, url: str, at: datetime
) -> None:
    """Have a plain message sent after commit; the same ``key`` is never sent twice in a centre."""
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
    """Send one claimed message and note what became of it; the caller's transaction holds the row."""
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
        mail.state = MailState.FAILED if mail.attempts >= MOST_ATTEMPTS else MailState.DUE
        log.warning("mail_not_sent", extra={"mail_id": mail.pk, "attempts": mail.attempts})
    else:
        mail.state, mail.sent_at, mail.error = MailState.SENT, at, ""
        status = getattr(message, "anymail_status", None)
        mail.message_id = str(getattr(status, "message_id", "") or "")[:200]
    mail.save(update_fields=["attempts", "state", "sent_at", "error", "message_id"])
