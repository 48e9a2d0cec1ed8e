"""The page of the conversation between a centre and its verifiers."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from centres import academic_year
from centres.models import Centre
from centres.operations import evidence
from centres.pages import centre_page
from centres.permissions import Permission as P
from qa_portal import clock, notices, wording
from verification.forms.messages import MessageForm
from verification.models import CentreYear, Message
from verification.operations import messages as operations
from verification.queries import messages as queries
from verification.queries import verifiers

PAGE = 50


@centre_page(P.MESSAGE_READ)
def conversation(request: HttpRequest, centre: Centre) -> HttpResponse:
    """Read and write; a year chosen by ``?year=2025`` is read only."""
    year = _year(request, centre)
    current = academic_year.year_of(clock.today())
    may_write = bool(year and year.year == current and request.user.may(P.MESSAGE_WRITE, centre.pk))
    form = MessageForm(request.POST or None, request.FILES or None)
    if not request.user.may(P.EVIDENCE_ADD, centre.pk):
        del form.fields["file"]
    if request.method == "POST" and may_write and form.is_valid():
        return _post(request, year, form.cleaned_data)
    page = queries.Pages(year, PAGE).get_page(request.GET.get("page")) if year else None
    context = {
        "heading": "Messages",
        "caption": f"{centre.name}, centre {centre.number}",
        "fact": academic_year.label(year.year) if year else "",
        "breadcrumbs": [(centre.name, centre.get_absolute_url())],
        # The newest page comes first, and reads from top to bottom as it was written.
        "entries": [_entry(message) for message in reversed(page.object_list)] if page else [],
        "page": page,
        "form": form if may_write else None,
        "contacts": verifiers.contact_card(year) if year else [],
    }
    status = 422 if request.method == "POST" and form.errors else 200
    return render(request, "verification/messages/conversation.html", context, status=status)


def _year(request: HttpRequest, centre: Centre) -> CentreYear | None:
    years = CentreYear.objects.filter(centre=centre).select_related("centre__quality_manager")
    rows = verifiers.with_contacts(queries.with_length(years))
    wanted = request.GET.get("year", "")
    if wanted.isdigit():
        rows = rows.filter(year=int(wanted))
    return rows.order_by("-year").first()


def _post(request: HttpRequest, year: CentreYear, entered: dict[str, Any]) -> HttpResponse:
    at, uploads = clock.now(), entered.get("file")
    file = None
    if uploads:
        file = evidence.store(centre_id=year.centre_id, upload=uploads[0], by=request.user, at=at)
    operations.post(
        centre_year_id=year.pk,
        by=request.user,
        at=at,
        text=entered["text"],
        to_quality_manager=entered["to_quality_manager"],
        file_id=file.pk if file else None,
    )
    notices.done(request, "Your message is there", "The other side has been told by e-mail.")
    return redirect("messages", number=year.centre.number)


def _entry(message: Message) -> dict[str, Any]:
    files = []
    if message.file is not None and message.file.removed_at is None:
        files = [{"name": message.file.name, "url": reverse("evidence-file", args=[message.file_id])}]
    return {
        "who": message.written_by.name,
        "role": message.written_as + (", also to the quality manager" if message.to_quality_manager else ""),
        "when": wording.moment(message.written_at),
        "text": message.text,
        "files": files,
    }
