"""The kernel's sweeps: heartbeat, outbox, mail, reminders. Each claims due rows, so nothing is done twice."""

from __future__ import annotations

from celery import shared_task
from django.db import transaction

from qa_portal import clock, jobs, mail, reminders
from qa_portal.models import Heartbeat
from qa_portal.tenancy import ALL_CENTRES, scoped_to


@shared_task(name="qa_portal.heartbeat")
def heartbeat(**_: object) -> None:
    """Note that the beat and a worker are alive; /readyz reads it. Real time, not the demo's."""
    from django.utils import timezone

    Heartbeat.objects.update_or_create(name="beat", defaults={"at": timezone.now()})


@shared_task(name="qa_portal.sweep_outbox")
def sweep_outbox(**_: object) -> None:
    """Ask again for work that was never picked up."""
    from django.utils import timezone

    jobs.sweep(at=timezone.now())


@shared_task(name="qa_portal.send_due_mail")
def send_due_mail(**_: object) -> None:
    """Send what is due, one message a transaction: a crash repeats or loses none of the others."""
    for _turn in range(500):
        # Over all centres, because mail is claimed by time; each transaction holds exactly one message.
        with transaction.atomic(), scoped_to(ALL_CENTRES):
            message = mail.claim_one(at=clock.now())
            if message is None:
                return
            mail.send(message, at=clock.now())


@shared_task(name="qa_portal.remind")
def remind(**_: object) -> None:
    """Write the reminders and escalations that are due today."""
    # Over all centres, because it is one set-based statement; what it writes carries each deadline's own centre.
    with scoped_to(ALL_CENTRES):
        reminders.write_due(at=clock.now())


@shared_task(name="qa_portal.forget_api_answers")
def forget_api_answers(**_: object) -> None:
    """Delete what the API kept for repeated calls, and expired tokens. Real time, as they were written."""
    from django.utils import timezone

    from qa_portal.api_calls import forget

    # Over all centres, because what is old is old everywhere.
    with scoped_to(ALL_CENTRES):
        forget(at=timezone.now())
