"""The centre's side of a visit (documents, facts), and escalations between LSV and quality manager."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from centres.operations import evidence
from centres.pages import find, needs
from centres.permissions import Permission as P
from qa_portal import clock, notices, wording
from qa_portal.templatetags.portal import tag
from verification.forms.visits import DocumentForm, EscalationAnswerForm, EscalationForm, FactsForm
from verification.models import Activity, Escalation, FactCheck, RequestedDocument
from verification.operations import documents as document_operations
from verification.operations import escalations, fact_checks
from verification.queries import visits as queries
from verification.views.visits import find_visit, frame

either = require_http_methods(["GET", "POST"])


@either
@needs(P.ACTIVITY_READ)
def documents(request: HttpRequest, pk: int) -> HttpResponse:
    """The documents asked for: each with its file, or the way to send it."""
    visit = find(request, queries.detailed(Activity.objects.visible_to(request.user)), pk, P.ACTIVITY_READ)
    may_send = (
        request.user.may(P.EVIDENCE_ADD, visit.centre_id)
        and request.user.may(P.ACTIVITY_DATE_ANSWER, visit.centre_id)
        and visit.status in document_operations.BEFORE_AND_DURING
    )
    asked = queries.documents_of(visit)
    wanted = {"document": request.GET.get("document", "")}
    form = None
    if may_send and asked:
        posted = (request.POST, request.FILES) if request.method == "POST" else ()
        form = DocumentForm(*posted, documents=asked, initial=wanted)
        if request.method == "POST" and form.is_valid():
            return _receive(
                request, visit, next(d for d in asked if d.key == form.cleaned_data["document"]), form
            )
    centre = visit.centre
    help_texts = {document.key: document.help for document in queries.visit_of(visit).documents}
    context = {
        "visit": visit,
        "heading": "Documents for the visit",
        "caption": f"LSV visit {wording.date_long(visit.day)}, {centre.name}" if visit.day else centre.name,
        "breadcrumbs": [
            (centre.name, centre.get_absolute_url()),
            ("Activities", reverse("activities", args=[centre.number])),
            ("Documents", None),
        ],
        "rows": [(document, help_texts.get(document.key.split("-")[0], "")) for document in asked],
        "received": sum(document.file_id is not None for document in asked),
        "form": form,
    }
    return render(request, "verification/visits/documents.html", context)


def _receive(
    request: HttpRequest, visit: Activity, asked: RequestedDocument, form: DocumentForm
) -> HttpResponse:
    at = clock.now()
    (upload,) = form.cleaned_data["file"]
    file = evidence.store(centre_id=visit.centre_id, upload=upload, by=request.user, at=at)
    document_operations.receive(document_id=asked.pk, file_id=file.pk, by=request.user, at=at)
    notices.done(request, f"{asked.title}: received", "Your LSV can open it now.")
    return redirect("visit-documents", pk=visit.pk)


@either
@needs(P.FACTS_CHECK, P.ACTIVITY_READ)
def check_facts(request: HttpRequest, pk: int) -> HttpResponse:
    """The facts of a draft as the centre was asked to check them; answered once."""
    visit = find(
        request,
        queries.detailed(Activity.objects.visible_to(request.user)),
        pk,
        P.FACTS_CHECK,
        P.ACTIVITY_READ,
    )
    check = queries.fact_check_of(visit)
    if check is None:
        raise Http404
    form = FactsForm(request.POST or None, content=check.content, initial=_earlier(check))
    if request.method == "POST" and form.is_valid():
        corrections = form.corrections()
        fact_checks.answer(fact_check_id=check.pk, by=request.user, at=clock.now(), corrections=corrections)
        words = wording.counted(len(corrections), "correction") if corrections else "no corrections"
        notices.done(
            request, f"Facts checked: {words}", "Your LSV has been told and goes on with the report."
        )
        return redirect("fact-check", pk=visit.pk)
    may_answer = check.status == "SENT" and request.user.may(P.FACTS_CHECK, visit.centre_id)
    if not may_answer:
        for field in form.fields.values():
            field.disabled = True
    centre = visit.centre
    context = {
        "visit": visit,
        "check": check,
        "form": form if form.is_bound else None,
        "facts": form.with_fields(),
        "may_answer": may_answer,
        "heading": "Check the facts",
        "caption": f"LSV visit, {centre.name}",
        "fact": tag("moving", f"By {wording.date_short(check.due_on)}", shape="date-set")
        if may_answer
        else "",
        "breadcrumbs": [
            (centre.name, centre.get_absolute_url()),
            ("Activities", reverse("activities", args=[centre.number])),
            ("Check the facts", None),
        ],
    }
    return render(request, "verification/visits/check_facts.html", context)


def _earlier(check: FactCheck) -> dict[str, str]:
    return {f"c_{key}": text for key, text in check.corrections.items()}


@either
@needs(P.VISIT_CONDUCT)
def escalate(request: HttpRequest, pk: int) -> HttpResponse:
    """Bring a significant failing to the quality manager."""
    visit = find_visit(request, pk, P.VISIT_CONDUCT)
    form = EscalationForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        escalation = escalations.escalate(
            activity_id=visit.pk, by=request.user, at=clock.now(), text=form.cleaned_data["text"]
        )
        manager = visit.centre.quality_manager
        notices.done(
            request, "Escalated", f"{manager.name if manager else 'The quality manager'} has been told."
        )
        return redirect("escalation", pk=escalation.pk)
    context = frame(visit, "") | {
        "heading": "Bring a failing to the quality manager",
        "form": form,
        "earlier": queries.escalations_of(visit),
    }
    return render(request, "verification/visits/escalate.html", context)


@either
@needs(P.ESCALATION_ANSWER, P.VISIT_CONDUCT)
def escalation(request: HttpRequest, pk: int) -> HttpResponse:
    """One escalation: what was found, and the answer."""
    rows = Escalation.objects.visible_to(request.user).select_related(
        "centre", "activity", "raised_by", "answered_by"
    )
    row = find(request, rows, pk, P.ESCALATION_ANSWER, P.VISIT_CONDUCT)
    may_answer = row.status == "RAISED" and request.user.may(P.ESCALATION_ANSWER, row.centre_id)
    form = EscalationAnswerForm(request.POST or None) if may_answer or request.method == "POST" else None
    if form is not None and request.method == "POST" and form.is_valid():
        escalations.answer(
            escalation_id=row.pk, by=request.user, at=clock.now(), answer=form.cleaned_data["answer"]
        )
        notices.done(request, "Escalation answered", f"{row.raised_by.name} has been told.")
        return redirect("escalation", pk=row.pk)
    context = {
        "escalation": row,
        "heading": "Escalation from the LSV visit",
        "caption": f"{row.centre.name}, centre {row.centre.number}",
        "breadcrumbs": [(row.centre.name, row.centre.get_absolute_url()), ("Escalation", None)],
        "form": form,
        "due_on": queries.answer_due(row),
        "today": clock.today(),
    }
    return render(request, "verification/visits/escalation.html", context)
