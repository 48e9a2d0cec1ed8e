"""Hearing of mail that came back, from the mail provider's webhook."""

from __future__ import annotations

from typing import Any

from anymail.signals import tracking
from django.dispatch import receiver

from qa_portal.models import Mail, MailState
from qa_portal.tenancy import ALL_CENTRES, scoped_to

CAME_BACK = ("bounced", "rejected", "failed", "complained")


@receiver(tracking)
def note_bounce(sender: Any, event: Any, **_: Any) -> None:
    """Mark the message as come back; the provider's signal is the only one that the portal listens to here."""
    if event.event_type in CAME_BACK and event.message_id:
        # Over all centres, because the provider knows a message by its own id alone.
        with scoped_to(ALL_CENTRES):
            sent = Mail.objects.filter(message_id=event.message_id, state=MailState.SENT)
            sent.update(
                state=MailState.BOUNCED, error=str(event.description or event.reject_reason or "")[:300]
            )
