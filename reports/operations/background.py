"""Mail and background work that was given up: tried again by staff, or by whoever waits for it."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from centres.permissions import Permission
from qa_portal import audit, jobs, mail
from qa_portal.actors import Actor
from qa_portal.errors import NotPermitted, RuleViolation
from qa_portal.models import Mail, MailState, OutboxEntry
from reports.models import Report
from reports.queries import background as queries


@transaction.atomic
def send_mail_again(*, mail_id: int, by: Actor, at: datetime) -> Mail:
    """Have a message sent that failed on every attempt. Raises NotPermitted, RuleViolation for any other."""
    message = Mail.objects.select_for_update(of=("self",)).get(pk=mail_id)
    if not by.may(Permission.BACKGROUND_RETRY, message.centre_id):
        raise NotPermitted("Sending mail again is not part of your role.")
    if message.state != MailState.FAILED:
        state = MailState(message.state).label.lower()
        raise RuleViolation(f"Only mail that was not sent is sent again. This message: {state}.")
    mail.send_again(message, at=at)
    audit.record("mail.sent_again", by=by, target=message, at=at)
    return message


@transaction.atomic
def try_job_again(*, entry_id: int, by: Actor, at: datetime) -> OutboxEntry:
    """Have background work done that failed on every attempt. Raises NotPermitted, RuleViolation for any other."""
    entry = OutboxEntry.objects.select_for_update().get(pk=entry_id)
    if not by.may(Permission.BACKGROUND_RETRY, entry.centre_id):
        raise NotPermitted("Asking for failed work again is not part of your role.")
    _again(entry, by=by, at=at)
    return entry


@transaction.atomic
def try_pdf_again(*, report_id: int, by: Actor, at: datetime) -> Report:
    """Have the PDF of a report prepared after it failed; whoever issued the report may ask, and staff.

    Raises NotPermitted, RuleViolation while it is being prepared or there already.
    """
    report = Report.objects.get(pk=report_id)
    if not queries.may_try_again(report, by):
        raise NotPermitted("Whoever issued the report asks for its PDF again, or the awarding organisation.")
    entry = queries.failed_pdf_jobs(report).select_for_update().first()
    if entry is None:
        raise RuleViolation("Nothing has to be tried again: the PDF is there or being prepared.")
    _again(entry, by=by, at=at)
    return report


def _again(entry: OutboxEntry, *, by: Actor, at: datetime) -> None:
    if entry.done_at is not None or entry.attempts < jobs.MOST_ATTEMPTS:
        raise RuleViolation("Nothing has to be tried again: this work is done, or will be tried by itself.")
    jobs.try_again(entry, at=at)
    audit.record(
        "job.tried_again",
        by=by,
        target=entry,
        at=at,
        chain=entry.centre_id or audit.INSTALLATION,
        task=entry.task,
    )
