"""Answering and changing an activity's date, one page a transition."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST

from centres.pages import find, needs
from centres.permissions import Permission as P
from qa_portal import clock, notices, wording
from qa_portal.errors import NotPermitted, RuleViolation
from verification.forms.activities import AnotherDayForm, DateForm, ReasonForm
from verification.models import Activity, ActivityStatus
from verification.operations import cancellations
from verification.operations import schedule as operations
from verification.queries import activities as queries
from verification.views.activities import name_of

_AGREED = "The day is booked, and everybody finds it in their calendar."


@needs(P.ACTIVITY_SCHEDULE)
def date(request: HttpRequest, pk: int) -> HttpResponse:
    """Propose a date or move it, as the verifier or a planner."""
    activity = _find(request, pk, P.ACTIVITY_SCHEDULE)
    form = DateForm(
        request.POST or None,
        initial={
            "day": activity.day,
            "starts_at": activity.starts_at,
            "mode": activity.mode,
            "late_reason": activity.late_reason,
        },
    )
    return _entered(
        request, activity, form, operations.propose_date, "Propose this date", "The date is proposed",
        "The centre has been asked to answer.", "Move the date" if activity.day else "Propose a date",
    )  # fmt: skip


@needs(P.ACTIVITY_DATE_ANSWER)
def another_day(request: HttpRequest, pk: int) -> HttpResponse:
    """Answer a proposed date with another day, as the centre."""
    activity = _find(request, pk, P.ACTIVITY_DATE_ANSWER)
    form = AnotherDayForm(request.POST or None)
    return _entered(
        request, activity, form, operations.propose_another, "Propose this day", "Another day is proposed",
        "Your verifier has been asked to confirm it.", "Propose another day",
    )  # fmt: skip


@needs(P.ACTIVITY_SCHEDULE)
def confirm(request: HttpRequest, pk: int) -> HttpResponse:
    """Confirm a proposed date as the verifier."""
    activity = _find(request, pk, P.ACTIVITY_SCHEDULE)
    return _agreed(
        request, activity, operations.confirm, "Confirm", "The centre has been asked to accept it."
    )


@needs(P.ACTIVITY_DATE_ANSWER)
def accept(request: HttpRequest, pk: int) -> HttpResponse:
    """Accept a proposed date as the centre."""
    activity = _find(request, pk, P.ACTIVITY_DATE_ANSWER)
    return _agreed(
        request, activity, operations.accept, "Accept", "Your verifier has been asked to confirm it."
    )


@needs(P.ACTIVITY_DATE_ANSWER)
def cancel_date(request: HttpRequest, pk: int) -> HttpResponse:
    """Give up a date as the centre."""
    activity = _find(request, pk, P.ACTIVITY_DATE_ANSWER)
    form = ReasonForm(request.POST or None, label="Why you cannot keep it")
    context = {
        "consequences": [
            "The verifier’s day is given back, and another date is proposed",
            "A cancellation less than five working days before is noted in your centre’s record",
        ],
        "danger": True,
    }
    return _reasoned(
        request, activity, form, operations.cancel_date, "Cancel the date", "The date is cancelled",
        f"Cancel {wording.date_long(activity.day)}?", context,
    )  # fmt: skip


@needs(P.ALLOCATION_MAKE)
def cancel(request: HttpRequest, pk: int) -> HttpResponse:
    """Take an activity off the year, as a planner."""
    activity = _find(request, pk, P.ALLOCATION_MAKE)
    form = ReasonForm(request.POST or None, label="Why it is cancelled")
    context = {
        "consequences": [
            "Verifier and centre are told by e-mail, with your reason",
            "It stays in the record, and can be planned again",
        ],
        "danger": True,
    }
    return _reasoned(
        request, activity, form, cancellations.cancel, "Cancel this activity", "The activity is cancelled",
        "Cancel this activity?", context,
    )  # fmt: skip


@require_POST
@needs(P.ALLOCATION_MAKE)
def plan_again(request: HttpRequest, pk: int) -> HttpResponse:
    """Plan a cancelled activity again, as a planner."""
    activity = _find(request, pk, P.ALLOCATION_MAKE)
    again = cancellations.plan_again(activity_id=activity.pk, by=request.user, at=clock.now())
    notices.done(
        request, "It is planned again", "The portal proposes a date. Verifier and centre will be asked."
    )
    return redirect("activity", pk=again.pk)


def _find(request: HttpRequest, pk: int, permission: str) -> Activity:
    return find(request, queries.with_everything(Activity.objects.visible_to(request.user)), pk, permission)


def _entered(
    request: HttpRequest,
    activity: Activity,
    form: Any,
    operation: Callable[..., Activity],
    verb: str,
    done: str,
    told: str,
    heading: str,
) -> HttpResponse:
    """A form with a day; what a rule refuses stands beside the day, and nothing typed is lost."""
    if request.method == "POST" and form.is_valid():
        try:
            operation(activity_id=activity.pk, by=request.user, at=clock.now(), **_filled(form))
        except NotPermitted:
            raise
        except RuleViolation as refusal:
            form.add_error("late_reason" if "needs a reason" in refusal.message else "day", refusal.message)
        else:
            notices.done(request, done, told)
            return redirect("activity", pk=activity.pk)
    window = f"{wording.date_long(activity.window_from)} to {wording.date_long(activity.window_until)}"
    context = _frame(activity, heading) | {
        "form": form,
        "verb": verb,
        "below": f"The window is {window}.",
    }
    return render(
        request, "verification/allocation/confirm.html", context, status=422 if form.errors else 200
    )


def _filled(form: Any) -> dict[str, Any]:
    return {name: value for name, value in form.cleaned_data.items() if value not in ("", None)}


def _agreed(
    request: HttpRequest, activity: Activity, operation: Callable[..., Activity], verb: str, told: str
) -> HttpResponse:
    if request.method == "POST":
        changed = operation(activity_id=activity.pk, by=request.user, at=clock.now())
        if changed.status == ActivityStatus.PLANNED:
            notices.note(
                request,
                "This date is not possible any more",
                "The verifier’s day was taken. Another is proposed.",
            )
            return redirect("activity", pk=activity.pk)
        agreed = changed.status == ActivityStatus.AGREED
        notices.done(
            request, "The date is agreed" if agreed else "Your answer is noted", _AGREED if agreed else told
        )
        return redirect("activity", pk=activity.pk)
    day = wording.date_long(activity.day) or "the date"
    time = f", {wording.clock_time(activity.starts_at)}" if activity.starts_at else ""
    place = activity.site.name if activity.site and activity.mode == "ON_SITE" else "remote"
    context = _frame(activity, f"{verb} {day}?") | {
        "consequences": [f"{name_of(activity)}{time}, {place}", _what_follows(activity, verb)],
        "verb": verb,
    }
    return render(request, "verification/allocation/confirm.html", context)


def _what_follows(activity: Activity, verb: str) -> str:
    """Whether this answer settles the date, and who hears of it."""
    other, answered = activity.centre.name, activity.centre_agreed_at
    if verb == "Accept":
        allocated = activity.allocation
        other = allocated.verifier.person.name if allocated else "your verifier"
        answered = activity.verifier_agreed_at
    if answered is None:
        return f"The date is agreed once {other} has answered as well"
    return f"The date is agreed, and {other} is told by e-mail"


def _reasoned(
    request: HttpRequest,
    activity: Activity,
    form: Any,
    operation: Callable[..., Activity],
    verb: str,
    done: str,
    heading: str,
    context: dict[str, Any],
) -> HttpResponse:
    if request.method == "POST" and form.is_valid():
        operation(
            activity_id=activity.pk, by=request.user, at=clock.now(), reason=form.cleaned_data["reason"]
        )
        notices.done(request, done)
        return redirect("activity", pk=activity.pk)
    context = _frame(activity, heading) | {"form": form, "verb": verb} | context
    return render(
        request, "verification/allocation/confirm.html", context, status=422 if form.errors else 200
    )


def _frame(activity: Activity, heading: str) -> dict[str, Any]:
    centre = activity.centre
    return {
        "heading": heading,
        "caption": f"{name_of(activity)}, {centre.name}",
        "back_url": reverse("activity", args=[activity.pk]),
        "breadcrumbs": [
            (centre.name, centre.get_absolute_url()),
            ("Activities", reverse("activities", args=[centre.number])),
        ],
    }
