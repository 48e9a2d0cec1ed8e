"""Evidence of a sample: the centre sends it item by item, the verifier opens it, one file or all of it."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from centres.operations import evidence as files
from centres.pages import find, needs
from centres.permissions import Permission as P
from centres.views.evidence import attachment
from qa_portal import clock, notices, wording
from qa_portal.errors import RuleViolation
from sampling.forms.samples import EvidenceForm, ReasonForm
from sampling.models import ItemEvidence, ItemStatus, ReleasedJudgement, Sample, SampledItem, SampleStatus
from sampling.operations import archive as archiving
from sampling.operations import evidence as operations
from sampling.queries import samples as queries
from sampling.queries.judgements import criteria_of_item
from sampling.views import pages


def item(request: HttpRequest, found: Sample, position: int) -> HttpResponse:
    """The centre's page of one item: what is asked for, what was sent, what came of it."""
    chosen = pages.the_item(found, position)
    forms: dict[str, Any] = {}
    if request.method == "POST":
        answer = _answer(request, found, chosen)
        if isinstance(answer, HttpResponse):
            return answer
        forms = answer
    return render(request, "sampling/centre_item.html", _page(request, found, chosen, **forms))


def _answer(request: HttpRequest, found: Sample, chosen: SampledItem) -> HttpResponse | dict[str, Any]:
    """Save what the centre sent, or give back the form with its errors."""
    at = clock.now()
    if request.POST.get("answer") == "none":
        form: Any = _reason_form(request.POST)
        if not form.is_valid():
            return {"reason_form": form}
        operations.say_missing(item_id=chosen.pk, reason=form.cleaned_data["reason"], by=request.user, at=at)
        notices.done(request, f"Item {chosen.position}: noted that there is no evidence")
        return _on(found)
    form = EvidenceForm(request.POST, request.FILES)
    if not form.is_valid():
        return {"evidence_form": form}
    with transaction.atomic():
        kept = [
            files.store(centre_id=found.centre_id, upload=upload, by=request.user, at=at)
            for upload in form.cleaned_data["files"]
        ]
        operations.add_evidence(
            item_id=chosen.pk,
            file_ids=[file.pk for file in kept],
            description=form.cleaned_data["description"],
            by=request.user,
            at=at,
        )
    notices.done(request, f"Item {chosen.position}: {wording.counted(len(kept), 'file')} sent")
    if request.POST.get("then") == "next":
        following = (
            found.items.filter(status=ItemStatus.REQUESTED).exclude(pk=chosen.pk).order_by("position").first()
        )
        if following is not None:
            return redirect(pages.item_url(found, following))
    return _on(found)


def _on(found: Sample) -> HttpResponse:
    return redirect("sample", pk=found.pk)


def _reason_form(data: Any = None) -> ReasonForm:
    return ReasonForm(
        data,
        label="Why there is no evidence",
        help_text="The verifier and the report state this.",
        required="Say why there is no evidence",
    )


def _page(request: HttpRequest, found: Sample, chosen: SampledItem, **forms: Any) -> dict[str, Any]:
    open_now = found.status in (SampleStatus.REQUESTED, SampleStatus.JUDGING)
    may_answer = (
        open_now
        and chosen.status != ItemStatus.JUDGED
        and request.user.may(P.SAMPLE_ANSWER, found.centre_id, found.programme_id)
    )
    released = ReleasedJudgement.objects.filter(centre_id=found.centre_id, item=chosen).first()
    form = forms.get("evidence_form") or forms.get("reason_form")
    return {
        "sample": found,
        "item": chosen,
        "heading": f"{chosen.decision.registration.learner.name}, {pages.work_of(chosen)}",
        "caption": f"Item {chosen.position}",
        "breadcrumbs": pages.way(request, found, (f"Item {chosen.position}", None)),
        "facts": _facts(chosen),
        "why": pages.reasons_of(chosen),
        "files": [_file(link, may_answer) for link in queries.evidence_of(chosen)],
        "may_answer": may_answer,
        "evidence_form": forms.get("evidence_form") or EvidenceForm(),
        "reason_form": forms.get("reason_form") or _reason_form(),
        "form": form,
        "released": _released(chosen, released) if released else None,
    }


def _facts(chosen: SampledItem) -> list[tuple[str, str]]:
    facts = chosen.facts
    return [
        ("Grade decided", pages.grade_of(chosen)),
        ("Unit", f"{facts['unit']['number']}, {facts['unit']['title']}"),
        ("Assignment", facts["assignment"]["title"]),
        ("Assessor", facts["assessor"]["name"]),
        ("Site and cohort", f"{facts['site']['name']}, {facts['cohort']['name']}"),
    ]


def _file(link: ItemEvidence, may_answer: bool) -> dict[str, Any]:
    opened = link.opened_at is not None
    return {
        "pk": link.pk,
        "name": link.file.name,
        "url": reverse("sample-evidence", args=[link.pk]),
        "what": link.description,
        "size": link.file.size,
        "shape": "done" if opened else "not-started",
        "state": "Opened by the verifier" if opened else "Not opened yet",
        "may_remove": may_answer and not opened,
    }


def _released(chosen: SampledItem, released: ReleasedJudgement) -> dict[str, Any]:
    """A judgement as the centre reads it: the verdict, the reasons, and feedback to the assessor."""
    disagreed = released.verdict == "DISAGREE"
    texts = {each.code: each.text for each in criteria_of_item(chosen)}
    return {
        "shape": "disagreed" if disagreed else "done",
        "word": released.get_verdict_display(),  # type: ignore[attr-defined]
        "reasons": [
            (code, texts.get(code, ""), each["why"])
            for code, each in released.criteria.items()
            if each["agree"] is False
        ],
        "feedback": released.feedback,
        "work_seen": released.work_seen,
        "by": released.judged_by.name,
        "at": wording.date_plain(released.judged_at),
    }


@require_safe
@needs(P.SAMPLE_READ)
def open_file(request: HttpRequest, pk: int) -> HttpResponse:
    """Open one file; the first time a verifier does, the item says so."""
    link = _link(request, pk)
    if link.file.removed_at is not None:
        raise Http404
    response = attachment(link.file)
    if request.user.may(P.SAMPLE_JUDGE, link.centre_id, link.item.programme_id):
        operations.note_opened(evidence_id=link.pk, by=request.user, at=clock.now())
    return response


@require_POST
@needs(P.SAMPLE_ANSWER)
def remove(request: HttpRequest, pk: int) -> HttpResponse:
    link = _link(request, pk, P.SAMPLE_ANSWER)
    chosen = operations.remove_evidence(evidence_id=link.pk, by=request.user, at=clock.now())
    notices.done(request, f"Item {chosen.position}: file taken back")
    return redirect("sample-item", pk=chosen.sample_id, position=chosen.position)


def _link(request: HttpRequest, pk: int, *permissions: str) -> ItemEvidence:
    links = (
        ItemEvidence.objects.visible_to(request.user)
        .filter(request.user.centre_condition("centre_id", "item__programme_id"))
        .select_related("centre", "item", "file")
    )
    return find(request, links, pk, *(permissions or (P.SAMPLE_READ,)))


@require_POST
@needs(P.SAMPLE_JUDGE)
def archive(request: HttpRequest, pk: int) -> FileResponse:
    """All evidence of a sample as one file with a list of what is in it; taking it marks each file as opened."""
    found = pages.the_sample(request, pk, P.SAMPLE_JUDGE)
    if found.status == SampleStatus.PLANNING:
        raise RuleViolation("The work has not been requested yet.")
    packed = archiving.pack(sample_id=found.pk, by=request.user, at=clock.now())
    response = FileResponse(
        packed.content, as_attachment=True, filename=packed.name, content_type="application/zip"
    )
    response["Cache-Control"] = "private, no-store"
    return response
