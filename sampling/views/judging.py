"""The judging desk: one item at a time, its evidence, agree or disagree by criterion; and what is missing."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.dateparse import parse_date
from django.utils.html import format_html
from django.views.decorators.http import require_http_methods

from centres.pages import needs
from centres.permissions import Permission as P
from qa_portal import clock, notices, wording
from qa_portal.errors import EditConflict, RuleViolation
from sampling import rules
from sampling.forms.judging import JudgementForm
from sampling.forms.samples import ReasonForm
from sampling.models import ItemEvidence, ItemStatus, Judgement, Sample, SampledItem, SampleStatus
from sampling.operations import evidence as operations
from sampling.operations import judge as judging
from sampling.queries import samples as queries
from sampling.queries.judgements import criteria_of_item
from sampling.views import evidence as centre_side
from sampling.views import pages

JUDGEABLE = (SampleStatus.REQUESTED, SampleStatus.JUDGING)


@require_http_methods(["GET", "POST"])
@needs(P.SAMPLE_READ)
def item(request: HttpRequest, pk: int, position: int) -> HttpResponse:
    """One item: the desk for its verifier, the evidence page for the centre, the record for everybody else."""
    found = pages.the_sample(request, pk)
    if pages.is_centre(request):
        return centre_side.item(request, found, position)
    items = queries.items_of(found, side=request.user.access.side)
    chosen = next((each for each in items if each.position == position), None) or pages.the_item(
        found, position
    )
    judgement = Judgement.objects.filter(centre_id=found.centre_id, item=chosen).first()
    if request.method == "POST":
        return _save(request, found, items, chosen, judgement)
    form = _form(chosen, judgement)
    return render(request, "sampling/desk.html", _desk(request, found, items, chosen, judgement, form))


def _form(chosen: SampledItem, judgement: Judgement | None, data: Any = None) -> JudgementForm:
    return JudgementForm(
        data,
        criteria=criteria_of_item(chosen),
        kept=judgement.criteria if judgement else None,
        sent=chosen.status == ItemStatus.RECEIVED or bool(queries.evidence_of(chosen)),
        initial={
            "revision": judgement.revision if judgement else 0,
            "feedback": judgement.feedback if judgement else "",
            "work_seen": judgement.work_seen if judgement else "",
        },
    )


def _save(
    request: HttpRequest,
    found: Sample,
    items: list[SampledItem],
    chosen: SampledItem,
    judgement: Judgement | None,
) -> HttpResponse:
    form = _form(chosen, judgement, request.POST)
    context: dict[str, Any] = {}
    if form.is_valid():
        try:
            with transaction.atomic():
                saved = judging.judge(
                    item_id=chosen.pk,
                    revision=form.cleaned_data.get("revision") or 0,
                    answers=form.answers(),
                    feedback=form.cleaned_data["feedback"],
                    work_seen=form.cleaned_data["work_seen"],
                    by=request.user,
                    at=clock.now(),
                )
        except EditConflict as conflict:
            context = {"conflict": conflict.message, "theirs": _theirs(chosen, judgement)}
            # Saving once more is a decision made with both texts in view, so it starts from what is there now.
            form.data = form.data.copy()
            form.data["revision"] = judgement.revision if judgement else 0
        else:
            return _after(request, found, items, chosen, saved)
    page = _desk(request, found, items, chosen, judgement, form) | context
    return render(request, "sampling/desk.html", page, status=409 if context else 200)


def _after(
    request: HttpRequest, found: Sample, items: list[SampledItem], chosen: SampledItem, saved: Judgement
) -> HttpResponse:
    """Back to the item, or on to the next one to judge; says what is still open."""
    if not saved.complete:
        left = len(criteria_of_item(chosen)) - sum(
            each["agree"] is not None for each in saved.criteria.values()
        )
        notices.note(
            request, "Saved, not judged yet", f"{wording.counted(left, 'criterion', 'criteria')} left open."
        )
        return redirect(pages.item_url(found, chosen))
    if request.POST.get("then") == "next":
        following = _next(items, chosen)
        if following is not None:
            return redirect(pages.item_url(found, following))
        notices.done(request, "Every item is judged", "Check compliance next, then conclude the sample.")
        return redirect("sample", pk=found.pk)
    notices.done(request, f"Item {chosen.position} judged")
    return redirect(pages.item_url(found, chosen))


def _next(items: list[SampledItem], chosen: SampledItem) -> SampledItem | None:
    """The next item that can be judged, after this one and then from the beginning."""
    after = [each for each in items if each.position > chosen.position]
    before = [each for each in items if each.position < chosen.position]
    open_items = [each for each in (*after, *before) if each.status != ItemStatus.JUDGED]
    ready = [each for each in open_items if each.status == ItemStatus.RECEIVED]
    return next(iter(ready or open_items), None)


def _theirs(chosen: SampledItem, judgement: Judgement | None) -> list[tuple[str, str]]:
    """What the other window saved, as pairs to read beside what was typed."""
    if judgement is None:
        return []
    words = {True: "Agree", False: "Disagree", None: "Open"}
    rows = [
        (code, f"{words[each['agree']]}{': ' + each['why'] if each['why'] else ''}")
        for code, each in judgement.criteria.items()
    ]
    return [*rows, ("Feedback", judgement.feedback or "None")]


def _desk(
    request: HttpRequest,
    found: Sample,
    items: list[SampledItem],
    chosen: SampledItem,
    judgement: Judgement | None,
    form: JudgementForm,
) -> dict[str, Any]:
    position = chosen.position
    previous = next((each for each in reversed(items) if each.position < position), None)
    following = next((each for each in items if each.position > position), None)
    upcoming = _next(items, chosen)
    own = found.activity.allocation and found.activity.allocation.verifier.person_id == request.user.pk
    judged = chosen.status == ItemStatus.JUDGED
    may_judge = own and found.status in JUDGEABLE and request.user.may(P.SAMPLE_JUDGE)
    not_yet = _not_yet(found) if may_judge else ""
    links = queries.evidence_of(chosen)
    statement = queries.statement(found, items)
    rows = form.rows()
    return {
        "sample": found,
        "item": chosen,
        "heading": f"{chosen.decision.registration.learner.name}, {pages.work_of(chosen)}",
        "caption": f"Item {position} of {len(items)}",
        "breadcrumbs": pages.way(request, found, (f"Item {position}", None)),
        "previous_url": pages.item_url(found, previous) if previous else "",
        "next_url": pages.item_url(found, following) if following else "",
        "facts": _facts(chosen, judged or not own),
        "files": [_file(link) for link in links],
        "form": form,
        "criteria": rows,
        "reasons": [(row["number"], row["reason"]) for row in rows],
        "last": min(len(rows), 9),
        "may_judge": bool(may_judge) and not not_yet,
        "not_yet": not_yet,
        "upcoming": upcoming.position if upcoming else None,
        "jump_text": f"All {len(items)} items, {pages.tally(items)['judged']} judged",
        "list_title": wording.counted(len(items), "item"),
        "list_summary": pages.summary(items),
        "list_items": [_list_row(found, each, chosen) for each in items],
        "why": pages.reasons_of(chosen),
        "statement": statement,
        "disagreed": pages.tally(items)["disagreed"],
        "judgement": judgement,
        "missing": chosen.missing_reason if chosen.status == ItemStatus.MISSING else "",
        "form_id": "judgement",
    }


def _not_yet(found: Sample) -> str:
    """Why judging has not begun, or nothing."""
    try:
        rules.the_day_has_come_or_all_is_answered(found, clock.today())
    except RuleViolation as refusal:
        return refusal.message
    return ""


def _facts(chosen: SampledItem, show_verification: bool) -> list[tuple[str, Any]]:
    """The fact strip; what internal verification found shows after the verifier's own judgement, never before."""
    facts = chosen.facts
    if not facts:
        return [("Grade decided", pages.grade_of(chosen))]
    decided = parse_date(facts["decided_on"])
    attempt = {"FIRST": "first submission", "RESUBMISSION": "resubmission", "RETAKE": "retake"}[
        facts["attempt"]
    ]
    return [
        ("Grade decided", format_html("<strong>{}</strong>, {}", pages.grade_of(chosen), attempt)),
        ("Assessor", f"{facts['assessor']['name']}, {wording.date_short(decided)}"),
        (
            "Internal verifier",
            _verification(chosen) if show_verification else _quiet("Shown after you judge"),
        ),
        ("Site and cohort", f"{facts['site']['name']}, {facts['cohort']['name']}"),
    ]


def _quiet(text: str) -> Any:
    return format_html('<span class="qa-quiet">{}</span>', text)


def _verification(chosen: SampledItem) -> str:
    facts = chosen.verification_facts
    outcome = {"AGREED": "Agreed", "CORRECTED": "Corrected", "NONE": "Not internally verified"}[
        facts["outcome"]
    ]
    if not facts["verifier"]:
        return outcome
    return f"{outcome}, {facts['verifier']['name']}, {wording.date_short(parse_date(facts['verified_on'] or ''))}"


def _file(link: ItemEvidence) -> dict[str, Any]:
    opened = link.opened_at is not None
    return {
        "name": link.file.name,
        "url": reverse("sample-evidence", args=[link.pk]),
        "what": link.description,
        "size": link.file.size,
        "shape": "done" if opened else "not-started",
        "state": "Opened" if opened else "Not opened",
    }


def _list_row(found: Sample, each: SampledItem, chosen: SampledItem) -> dict[str, Any]:
    current = each.pk == chosen.pk
    shape, word = pages.state_of(each)
    if current and each.status != ItemStatus.JUDGED and found.status in JUDGEABLE:
        shape, word = "under-way", "Judging now"
    return {
        "number": each.position,
        "name": each.decision.registration.learner.name,
        "unit": f"unit {each.decision.assignment.unit.number}",
        "shape": shape,
        "state": word,
        "url": pages.item_url(found, each),
        "current": current,
    }


@require_http_methods(["GET", "POST"])
@needs(P.SAMPLE_JUDGE)
def missing(request: HttpRequest, pk: int, position: int) -> HttpResponse:
    found = pages.the_sample(request, pk, P.SAMPLE_JUDGE)
    chosen = pages.the_item(found, position)
    form = ReasonForm(
        request.POST or None,
        label="What is missing or wrong",
        help_text="The centre reads this, and can send it until you judge the item.",
        required="Say what is missing or wrong",
    )
    if request.method == "POST" and form.is_valid():
        operations.call_missing(
            item_id=chosen.pk, reason=form.cleaned_data["reason"], by=request.user, at=clock.now()
        )
        notices.done(request, f"Item {position}: the centre has been told what is missing")
        return redirect(pages.item_url(found, chosen))
    context = {
        "heading": f"What is missing for item {position}?",
        "caption": f"{chosen.decision.registration.learner.name}, {pages.work_of(chosen)}",
        "breadcrumbs": pages.way(
            request, found, (f"Item {position}", pages.item_url(found, chosen)), ("Missing", None)
        ),
        "form": form,
        "verb": "Tell the centre",
        "back_url": pages.item_url(found, chosen),
    }
    return render(request, "sampling/form.html", context)
