"""Pages of samples: the list, one sample from either side, how it was drawn, and the file to check the draw."""

from __future__ import annotations

import json
from typing import Any

from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from centres.pages import find, needs
from centres.permissions import Permission as P
from qa_portal import clock, notices, wording
from qa_portal.errors import Refusal
from qa_portal.templatetags.portal import tag
from sampling.forms.samples import LeadForm
from sampling.lifecycle import SAMPLE
from sampling.models import DrawnFrame, Sample, SampleStatus
from sampling.operations import request as requests
from sampling.queries import samples as queries
from sampling.views import pages
from verification.models import Activity, ActivityStatus

PAGE = 50
ACTIVITY_SHAPES = {
    ActivityStatus.PLANNED: "not-started",
    ActivityStatus.PROPOSED: "date-set",
    ActivityStatus.AGREED: "date-set",
    ActivityStatus.UNDER_WAY: "under-way",
    ActivityStatus.CONCLUDED: "done",
    ActivityStatus.WAIVED: "not-held",
}


@require_safe
@needs(P.SAMPLE_READ)
def samples(request: HttpRequest) -> HttpResponse:
    found = queries.activities_with_samples(request.user)
    if request.GET.get("show") != "all":
        found = found.exclude(status__in=[ActivityStatus.CONCLUDED, ActivityStatus.WAIVED])
    page = Paginator(found, PAGE).get_page(request.GET.get("page"))
    context = {
        "heading": "Samples",
        "caption": "Your programmes",
        "rows": [_row(activity) for activity in page],
        "page": page,
        "show_all": request.GET.get("show") == "all",
    }
    return render(request, "sampling/list.html", context)


def _row(activity: Activity) -> dict[str, Any]:
    sample = next(iter(activity.the_sample), None)  # type: ignore[attr-defined]
    day = activity.day or activity.window_until
    return {
        "url": reverse("sample", args=[sample.pk])
        if sample
        else reverse("activity-sample", args=[activity.pk]),
        "programme": activity.programme.qualification.label,
        "centre": f"{activity.centre.name}, {activity.centre.number}",
        "number": activity.number,
        "day": wording.date_short(day) if activity.day else f"by {wording.date_short(day)}",
        "shape": ACTIVITY_SHAPES.get(ActivityStatus(activity.status), "not-started"),
        "state": activity.get_status_display(),  # type: ignore[attr-defined]
        "sample": _progress(sample),
    }


def _progress(sample: Any) -> dict[str, str]:
    if sample is None:
        return {"shape": "not-started", "state": "Not planned", "second": ""}
    shape, _ = pages.STATUS[SampleStatus(sample.status)]
    second = ""
    if sample.status == SampleStatus.REQUESTED:
        second = f"{sample.received} of {sample.item_count} received"
    elif sample.status == SampleStatus.JUDGING:
        second = f"{sample.judged} of {sample.item_count} judged"
    elif sample.status == SampleStatus.CONCLUDED:
        second = sample.get_outcome_display()
        shape = "done" if sample.outcome == "RELEASED" else "suspended"
    return {"shape": shape, "state": sample.get_status_display(), "second": second}


@require_safe
@needs(P.SAMPLE_READ)
def sample(request: HttpRequest, pk: int) -> HttpResponse:
    found = pages.the_sample(request, pk)
    if pages.is_centre(request):
        return render(request, "sampling/centre.html", _for_centre(request, found))
    template = "sampling/plan.html" if found.status == SampleStatus.PLANNING else "sampling/sample.html"
    return render(request, template, _for_verifier(request, found))


def _context(request: HttpRequest, found: Sample) -> dict[str, Any]:
    items = queries.items_of(found, side=request.user.access.side)
    shape, function = pages.STATUS[SampleStatus(found.status)]
    outcome = pages.outcome_of(found)
    return {
        "sample": found,
        "items": items,
        "rows": [_item_row(found, item) for item in items],
        "tally": pages.tally(items),
        "heading": f"{found.programme.qualification.short_title}",
        "caption": pages.caption_of(found),
        "below": f"{found.programme.qualification.qan}, sample {found.round} of the year",
        "fact": tag(function, found.get_status_display(), shape=shape),  # type: ignore[attr-defined]
        "breadcrumbs": pages.way(request, found),
        "outcome": outcome,
    }


def _item_row(found: Sample, item: Any) -> dict[str, Any]:
    shape, word = pages.state_of(item)
    registration = item.decision.registration
    return {
        "item": item,
        "url": pages.item_url(found, item),
        "name": registration.learner.name,
        "work": pages.work_of(item),
        "grade": pages.grade_of(item),
        "assessor": item.facts.get("assessor", {}).get("name") or item.decision.assessor.name,
        "site": item.facts.get("site", {}).get("name") or item.decision.site.name,
        "cohort": registration.cohort.name,
        "shape": shape,
        "state": word,
        "reasons": pages.reasons_of(item),
    }


def _for_verifier(request: HttpRequest, found: Sample) -> dict[str, Any]:
    context = _context(request, found)
    own = _is_own(request, found)
    return context | {
        "own": own,
        "statement": queries.statement(found, context["items"]),
        "explanation": found.size_facts.get("explanation", ""),
        "warnings": [each for each in found.warnings if each["level"] != "note"],
        "notes": [each for each in found.warnings if each["level"] == "note"],
        "offers": _offers(request, found, context["tally"]) if own else [],
        "next_item": _next_to_judge(found, context["rows"]) if own else None,
        "due_in": wording.days_from(found.work_due_on, clock.today()) if found.work_due_on else "",
        "anything_sent": any(row["item"].files for row in context["rows"]),
    }


def _is_own(request: HttpRequest, found: Sample) -> bool:
    allocation = found.activity.allocation
    return bool(allocation and allocation.verifier.person_id == request.user.pk)


def _next_to_judge(found: Sample, rows: list[dict[str, Any]]) -> dict[str, Any] | None:
    """The first item whose evidence is there and that waits for a judgement."""
    if found.status not in (SampleStatus.REQUESTED, SampleStatus.JUDGING):
        return None
    return next((row for row in rows if row["item"].status == "RECEIVED"), None)


def _offers(request: HttpRequest, found: Sample, tally: dict[str, int]) -> list[dict[str, str]]:
    """What the verifier may do next with a sample, or why not yet."""
    if found.status == SampleStatus.JUDGING:
        left = tally["all"] - tally["judged"] - tally["missing"]
        reason = f"{wording.counted(left, 'item')} still to judge." if left else ""
        url = reverse("sample-conclude", args=[found.pk])
        return [{"label": SAMPLE["conclude"].label, "url": url, "reason": reason}]
    offers = []
    for transition, refusal in SAMPLE.offered_to(request.user, found):
        if transition.name == "request":
            url = reverse("sample-request", args=[found.pk])
            offers.append({"label": transition.label, "url": url, "reason": _short(refusal)})
    return offers


def _short(refusal: Refusal | None) -> str:
    if refusal is None:
        return ""
    if refusal.reasons:
        first = refusal.reasons[0].what
        more = len(refusal.reasons) - 1
        return f"{first.rstrip('.')}, and {wording.counted(more, 'more thing')}." if more else first
    return refusal.message


def _for_centre(request: HttpRequest, found: Sample) -> dict[str, Any]:
    context = _context(request, found)
    open_now = found.status in (SampleStatus.REQUESTED, SampleStatus.JUDGING)
    may_name = open_now and request.user.may(P.SAMPLE_NAME_LEAD_IV, found.centre_id)
    leads = queries.lead_verifiers_of(found, clock.today()) if may_name else []
    return context | {
        "may_answer": open_now and request.user.may(P.SAMPLE_ANSWER, found.centre_id, found.programme_id),
        "lead_form": LeadForm(people=leads, initial={"lead_iv": found.lead_iv_id}) if may_name else None,
        "today": clock.today(),
        "due_in": wording.days_from(found.work_due_on, clock.today()) if found.work_due_on else "",
    }


@require_POST
@needs(P.SAMPLE_NAME_LEAD_IV)
def name_lead_iv(request: HttpRequest, pk: int) -> HttpResponse:
    found = pages.the_sample(request, pk, P.SAMPLE_NAME_LEAD_IV)
    leads = queries.lead_verifiers_of(found, clock.today())
    form = LeadForm(request.POST, people=leads)
    if not form.is_valid():
        context = _for_centre(request, found) | {"lead_form": form, "form": form}
        return render(request, "sampling/centre.html", context)
    found = requests.name_lead_iv(
        sample_id=found.pk, person_id=int(form.cleaned_data["lead_iv"]), by=request.user, at=clock.now()
    )
    assert found.lead_iv is not None
    notices.done(request, f"{found.lead_iv.name} is Lead IV for this sample", "They have been told.")
    return redirect("sample", pk=found.pk)


@require_safe
@needs(P.SAMPLE_READ)
def draw(request: HttpRequest, pk: int) -> HttpResponse:
    found = pages.the_sample(request, pk)
    items = queries.items_of(found, side=request.user.access.side)
    frames = list(
        DrawnFrame.objects.filter(centre_id=found.centre_id, sample=found).defer("lines").order_by("-number")
    )
    context = {
        "sample": found,
        "heading": "How the sample was drawn",
        "caption": pages.name_of(found),
        "breadcrumbs": pages.way(request, found, ("How it was drawn", None)),
        "statement": queries.statement(found, items),
        "frames": [(frame, pages.grouped(frame.sha256), pages.grouped(frame.seed)) for frame in frames],
        "facts": [
            ("Decisions in the frame", str(found.frame_size)),
            ("Learners registered", str(found.registered_learners)),
            ("Control measure", found.control_measure.capitalize()),
            ("Items at least", str(found.minimum_size)),
            ("Drawn by chance", str(sum(item.drawn_by_chance for item in items))),
        ],
        "chance": [item for item in items if item.drawn_by_chance],
        "aimed": [(item, pages.reasons_of(item)) for item in items if not item.drawn_by_chance],
    }
    return render(request, "sampling/draw.html", context)


@require_safe
@needs(P.SAMPLE_READ)
def draw_file(request: HttpRequest, pk: int, number: int) -> HttpResponse:
    found = pages.the_sample(request, pk)
    frame = DrawnFrame.objects.filter(centre_id=found.centre_id, sample=found, number=number).first()
    if frame is None:
        raise Http404
    items = queries.items_of(found, side=request.user.access.side)
    content = {
        "frame": frame.lines.splitlines(),
        "sha256": frame.sha256,
        "seed": frame.seed,
        "random_part": sorted(str(item.decision_id) for item in items if item.drawn_by_chance),
        "aimed_part": {
            str(item.decision_id): [reason["code"] for reason in item.reasons]
            for item in items
            if not item.drawn_by_chance
        },
    }
    response = HttpResponse(json.dumps(content, indent=1), content_type="application/json")
    response["Content-Disposition"] = f'attachment; filename="draw-{found.pk}-{number}.json"'
    return response


@require_safe
@needs(P.SAMPLE_READ)
def of_activity(request: HttpRequest, pk: int) -> HttpResponse:
    """The sample of an activity, or the page that starts one."""
    from verification.queries.activities import with_everything

    activity = find(request, with_everything(Activity.objects.visible_to(request.user)), pk, P.SAMPLE_READ)
    found = Sample.objects.visible_to(request.user).filter(activity=activity).first()
    if found is not None:
        return redirect("sample", pk=found.pk)
    context = {
        "heading": f"Plan the sample of {activity.programme.qualification.short_title}"
        if activity.programme
        else "No sample here",
        "caption": f"{activity.centre.name}, centre {activity.centre.number}",
        "breadcrumbs": [("Samples", reverse("samples")), ("Plan a sample", None)],
        "activity": activity,
        "may_plan": request.user.may(P.SAMPLE_PLAN, activity.centre_id, activity.programme_id),
    }
    return render(request, "sampling/start.html", context)
