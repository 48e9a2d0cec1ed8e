"""Background work that was given up, as the staff page and a report's page show it."""

from __future__ import annotations

from typing import Any

from django.db.models import BigIntegerField, BooleanField, Exists, ExpressionWrapper, OuterRef, Q, QuerySet
from django.db.models.fields.json import KeyTextTransform
from django.db.models.functions import Cast
from django.urls import reverse

from centres.models import Centre, Person
from centres.permissions import Permission
from qa_portal import jobs, wording
from qa_portal.actors import Actor
from qa_portal.models import Mail, MailState, OutboxEntry
from reports.models import Report

PDF_TASK = "reports.prepare_pdf"
WHAT = {
    PDF_TASK: "Prepare the PDF of a report",
    "centres.run_import": "Check or save an import",
    "centres.send_invitation": "Send an invitation",
    "centres.tell_person": "Send a message about an account",
    "verification.open_year": "Open the year of a centre",
    "verification.catch_up_year": "Add a new programme to the year of a centre",
    "verification.apply_dated_rules_at": "Suspend or give back direct claims status",
    "verification.replace_at_centre": "Replace a verifier at a centre",
    "verification.plan_allocations": "Plan allocations",
    "verification.confirm_allocations": "Confirm planned allocations",
    "verification.propose_schedule": "Propose dates",
    "verification.propose_dates": "Propose dates at a centre",
}


def failed_pdf_jobs(report: Report) -> QuerySet[OutboxEntry]:
    """The work that should have made a report's PDF and was given up."""
    return jobs.given_up().filter(task=PDF_TASK, centre_id=report.centre_id, kwargs__report_id=report.pk)


def with_given_up_pdf(reports: QuerySet[Report]) -> QuerySet[Report]:
    """Add ``pdf_failed``: the report has no PDF because printing it was given up; in the query of the list itself."""
    report_id = Cast(KeyTextTransform("report_id", "kwargs"), BigIntegerField())
    given_up = (
        jobs.given_up()
        .filter(task=PDF_TASK, centre_id=OuterRef("centre_id"))
        .annotate(report_id=report_id)
        .filter(report_id=OuterRef("pk"))
    )
    failed = ExpressionWrapper(Q(pdf_at=None) & Q(Exists(given_up)), output_field=BooleanField())
    return reports.annotate(pdf_failed=failed)


def may_try_again(report: Report, by: Actor) -> bool:
    """Whether somebody may ask for a report's PDF again: who issued it, and staff."""
    return report.issued_by_id == by.pk or by.may(Permission.BACKGROUND_RETRY, report.centre_id)


def failed_jobs(page: list[OutboxEntry]) -> list[dict[str, Any]]:
    """Given-up work as rows of a page: what, where, since when, why; one query for the centres."""
    centres = Centre.objects.in_bulk({entry.centre_id for entry in page if entry.centre_id})
    return [
        {
            "pk": entry.pk,
            "what": WHAT.get(entry.task, entry.task.rpartition(".")[2].replace("_", " ").capitalize()),
            "centre": centres.get(entry.centre_id) if entry.centre_id else None,
            "when": wording.moment(entry.created_at),
            "error": entry.error[:300],
        }
        for entry in page
    ]


def failures(person: Person) -> dict[str, Any]:
    """How much work and mail was given up, for the home of those who can have it tried again; two queries."""
    if not person.may(Permission.BACKGROUND_RETRY):
        return {}
    work = jobs.given_up().count()
    mails = Mail.objects.visible_to(person).filter(state=MailState.FAILED).count()
    return {
        "jobs": work,
        "jobs_text": f"{wording.counted(work, 'task')} failed {jobs.MOST_ATTEMPTS} times.",
        "mails": mails,
        "mails_text": f"{wording.counted(mails, 'message')} failed on every attempt.",
        "mails_url": f"{reverse('mail-log')}?state={MailState.FAILED}",
    }
