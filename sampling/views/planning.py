"""Planning a sample: draw it, add to it, take back what was added, and request the work."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from centres.pages import find, needs
from centres.permissions import Permission as P
from qa_portal import clock, notices, wording
from sampling import rules
from sampling.forms.samples import AddForm, ReasonForm
from sampling.models import Sample, SampledItem
from sampling.operations import items, plan
from sampling.operations import request as requests
from sampling.queries import samples as queries
from sampling.views import pages
from verification.models import Activity
from verification.queries.activities import with_everything


@require_POST
@needs(P.SAMPLE_PLAN)
def start(request: HttpRequest, pk: int) -> HttpResponse:
    activity = find(request, with_everything(Activity.objects.visible_to(request.user)), pk, P.SAMPLE_PLAN)
    found = plan.plan(activity_id=activity.pk, by=request.user, at=clock.now())
    notices.done(
        request,
        f"{wording.counted(found.items.count(), 'item')} drawn from {wording.counted(found.frame_size, 'decision')}",
        "The centre has not been told. Look at the items, add to them if you need to, then request the work.",
    )
    return redirect("sample", pk=found.pk)


@require_POST
@needs(P.SAMPLE_PLAN)
def draw_again(request: HttpRequest, pk: int) -> HttpResponse:
    found = pages.the_sample(request, pk, P.SAMPLE_PLAN)
    plan.draw_again(sample_id=found.pk, by=request.user, at=clock.now())
    notices.done(request, "The sample was drawn again from the larger frame", "Both draws stay on record.")
    return redirect("sample", pk=found.pk)


@require_http_methods(["GET", "POST"])
@needs(P.SAMPLE_PLAN)
def add(request: HttpRequest, pk: int) -> HttpResponse:
    found = pages.the_sample(request, pk, P.SAMPLE_PLAN)
    decisions = queries.could_be_added(found, until=clock.today())
    choices = [
        (
            str(d.pk),
            f"{d.registration.learner.name}, unit {d.assignment.unit.number}, assignment {d.assignment.number}, "
            f"grade {d.grade}, {d.assessor.name}",
        )
        for d in decisions
    ]
    form = AddForm(request.POST or None, choices=choices)
    if request.method == "POST" and form.is_valid():
        item = items.add_item(
            sample_id=found.pk,
            decision_id=int(form.cleaned_data["decision"]),
            reason=form.cleaned_data["reason"],
            by=request.user,
            at=clock.now(),
        )
        notices.done(request, f"Item {item.position} added", "It counts beside what was drawn by chance.")
        return redirect("sample", pk=found.pk)
    context = {
        "heading": "Add an item",
        "caption": pages.name_of(found),
        "breadcrumbs": pages.way(request, found, ("Add an item", None)),
        "form": form,
        "verb": "Add this item",
        "back_url": reverse("sample", args=[found.pk]),
    }
    return render(request, "sampling/form.html", context)


@require_POST
@needs(P.SAMPLE_PLAN)
def remove(request: HttpRequest, pk: int, position: int) -> HttpResponse:
    found = pages.the_sample(request, pk, P.SAMPLE_PLAN)
    item = SampledItem.objects.filter(sample=found, position=position).first()
    if item is not None:
        items.remove_item(item_id=item.pk, by=request.user, at=clock.now())
        notices.done(request, f"Item {position} taken back")
    return redirect("sample", pk=found.pk)


@require_http_methods(["GET", "POST"])
@needs(P.SAMPLE_PLAN)
def substitute(request: HttpRequest, pk: int, position: int) -> HttpResponse:
    found = pages.the_sample(request, pk, P.SAMPLE_PLAN)
    item = pages.the_item(found, position)
    form = ReasonForm(
        request.POST or None,
        label="Why other work is taken",
        help_text="The next ticket of the same unit and assessor takes its place; you cannot choose it.",
    )
    if request.method == "POST" and form.is_valid():
        added = items.substitute(
            item_id=item.pk, reason=form.cleaned_data["reason"], by=request.user, at=clock.now()
        )
        notices.done(request, f"Item {added.position} takes the place of item {position}")
        return redirect("sample", pk=found.pk)
    context = {
        "heading": f"Take other work in place of item {position}?",
        "caption": pages.name_of(found),
        "breadcrumbs": pages.way(request, found, (f"Item {position}", pages.item_url(found, item))),
        "form": form,
        "verb": "Take the next ticket",
        "back_url": pages.item_url(found, item),
    }
    return render(request, "sampling/form.html", context)


@require_http_methods(["GET", "POST"])
@needs(P.SAMPLE_PLAN)
def request_work(request: HttpRequest, pk: int) -> HttpResponse:
    found = pages.the_sample(request, pk, P.SAMPLE_PLAN)
    form = _small_frame_form(request, found)
    if request.method == "POST" and (form is None or form.is_valid()):
        asked = requests.request(
            sample_id=found.pk,
            by=request.user,
            at=clock.now(),
            small_frame_reason=form.cleaned_data["reason"] if form else "",
        )
        assert asked.work_due_on is not None
        notices.done(
            request,
            "Work requested",
            f"The Quality Nominee, the Lead IV and the programme leader have been told. It is due by "
            f"{wording.date_long(asked.work_due_on)}.",
        )
        return redirect("sample", pk=found.pk)
    count = found.items.count()
    context = {
        "heading": "Request the work of this sample?",
        "caption": pages.name_of(found),
        "breadcrumbs": pages.way(request, found, ("Request the work", None)),
        "consequences": [
            f"{found.centre.name} is asked for {wording.counted(count, 'item')}: the work, its assessment and its "
            "internal verification.",
            "The Quality Nominee, the Lead IV and the programme leader are told by e-mail and see the list.",
            "Each decision is kept as it stands now; later changes do not change what you judge.",
            "Nothing is taken out any more. You can still add items, with a reason.",
        ],
        "form": form,
        "verb": "Request the work",
        "back_url": reverse("sample", args=[found.pk]),
    }
    return render(request, "sampling/form.html", context)


def _small_frame_form(request: HttpRequest, found: Sample) -> ReasonForm | None:
    """Asks why a sample goes ahead with less work than the scheme's table asks for (R55)."""
    if not rules.is_short(found):
        return None
    return ReasonForm(
        request.POST or None,
        label="Why it goes ahead with so little work",
        help_text=f"{found.size_facts['explanation']} The report states your reason.",
        required="Say why it goes ahead, or wait until more has been assessed",
    )
