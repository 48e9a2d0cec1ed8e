"""Pages about the portal's own work: what was sent, and the history of a centre."""

from __future__ import annotations

from typing import Any

from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST

from centres.models import Centre
from centres.pages import centre_page, enter_centre, find, needs
from centres.permissions import Permission
from qa_portal import clock, jobs, notices, wording
from qa_portal.audit import INSTALLATION
from qa_portal.models import AuditEvent, Mail, MailState, OutboxEntry
from reports.operations import background
from reports.queries import background as queries
from reports.queries import history as told

_SHAPES = {
    "DUE": "date-set",
    "SENT": "done",
    "FAILED": "overdue",
    "BOUNCED": "overdue",
    "NOT_WANTED": "not-held",
}


@needs(Permission.MAIL_READ)
def mail_log(request: HttpRequest) -> HttpResponse:
    """What was sent to whom, what is still to be sent, and what came back."""
    state = request.GET.get("state", "")
    rows = Mail.objects.visible_to(request.user).select_related("to", "centre").order_by("-due_at", "-pk")
    if state in MailState.values:
        rows = rows.filter(state=state)
    page = Paginator(rows, 50).get_page(request.GET.get("page"))
    may_send = request.user.may(Permission.BACKGROUND_RETRY)
    mails = [
        {
            "pk": mail.pk,
            "again": may_send and mail.state == MailState.FAILED,
            "to": mail.to.name,
            "centre": mail.centre.name,
            "subject": mail.subject,
            "kind": mail.kind.replace("_", " ").replace(".", " "),
            "when": wording.moment(mail.sent_at or mail.due_at),
            "shape": _SHAPES[mail.state],
            "state": mail.get_state_display(),
            "error": mail.error,
        }
        for mail in page
    ]
    context = {
        "heading": "Mail",
        "dense": True,
        "mails": mails,
        "page": page,
        "states": MailState.choices,
        "state": state,
    }
    return render(request, "reports/mail_log.html", context)


@require_POST
@needs(Permission.BACKGROUND_RETRY)
def mail_again(request: HttpRequest, pk: int) -> HttpResponse:
    """Send a message that was given up, and go back to the list as it was filtered."""
    message = find(request, Mail.objects.visible_to(request.user).select_related("centre", "to"), pk)
    background.send_mail_again(mail_id=message.pk, by=request.user, at=clock.now())
    notices.done(request, "The message will be sent again", f"To {message.to.name}, within a minute or two.")
    state = request.POST.get("state", "")
    return redirect(
        f"{reverse('mail-log')}?state={state}" if state in MailState.values else reverse("mail-log")
    )


@needs(Permission.BACKGROUND_RETRY)
def failed_jobs(request: HttpRequest) -> HttpResponse:
    """Background work that failed on every attempt, with its reason."""
    page = Paginator(jobs.given_up().order_by("-pk"), 50).get_page(request.GET.get("page"))
    context = {
        "heading": "Failed work",
        "caption": f"Tried {jobs.MOST_ATTEMPTS} times, then given up",
        "dense": True,
        "jobs": queries.failed_jobs(list(page)),
        "page": page,
    }
    return render(request, "reports/failed_jobs.html", context)


@require_POST
@needs(Permission.BACKGROUND_RETRY)
def job_again(request: HttpRequest, pk: int) -> HttpResponse:
    """Have work done that was given up."""
    entry = get_object_or_404(OutboxEntry, pk=pk)
    if entry.centre_id is not None:
        enter_centre(request, entry.centre_id, Permission.BACKGROUND_RETRY)
    background.try_job_again(entry_id=entry.pk, by=request.user, at=clock.now())
    notices.done(request, "The work was asked for again", "If it fails again, it comes back to this list.")
    return redirect("failed-jobs")


@centre_page(Permission.HISTORY_READ)
def history(request: HttpRequest, centre: Centre) -> HttpResponse:
    """What happened at a centre, or to one thing at it, newest first: event, who, when, before and after (R97)."""
    target = request.GET.get("target", "")
    rows, noun = told.events_of(centre.pk, target)
    whole = reverse("history", args=[centre.number])
    crumbs = [(centre.name, centre.get_absolute_url()), ("History", whole if noun else "")]
    if noun:
        crumbs.append((f"This {noun}", ""))
    kind, _, key = target.partition(":")
    context = _events(request, rows, linked=not noun) | {
        "heading": f"History of this {noun}" if noun else "History",
        "caption": f"{centre.name}, centre {centre.number}",
        "breadcrumbs": crumbs,
        "back": told.page_of(kind, int(key)) if noun else "",
        "noun": noun,
    }
    return render(request, "reports/history.html", context)


@needs(Permission.AUDIT_READ)
def installation_history(request: HttpRequest) -> HttpResponse:
    """What happened outside any centre: sign-ins, schemes, contexts chosen (R97)."""
    rows, _ = told.events_of(INSTALLATION)
    context = _events(request, rows, linked=False) | {
        "heading": "History",
        "caption": "The installation, outside any centre",
    }
    return render(request, "reports/history.html", context)


def _events(request: HttpRequest, rows: QuerySet[AuditEvent], *, linked: bool) -> dict[str, Any]:
    page = Paginator(rows, 50).get_page(request.GET.get("page"))
    return {"dense": True, "events": told.as_told(page, linked=linked), "page": page}
