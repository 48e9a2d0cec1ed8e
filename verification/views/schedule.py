"""The planner's page of dates: what could not be placed and why, what waits for an answer."""

from __future__ import annotations

from typing import Any

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from centres import academic_year
from centres.pages import needs
from centres.permissions import Permission as P
from qa_portal import clock, jobs, notices, wording
from qa_portal.errors import NotPermitted
from verification.models import Activity, ActivityKind, ActivityStatus
from verification.queries import activities as queries
from verification.queries import schedule as schedules
from verification.rules.activities import waits_for
from verification.views.allocation import this_year

PAGE = 50
# What a list without rows says, and when rows come.
EMPTY = {
    "": (
        "No activity is without a date",
        "Activities come here when verifiers are allocated and no day is found for them.",
    ),
    "proposed": (
        "No date waits for an answer",
        "Proposed dates come here until verifier and centre have agreed them.",
    ),
    "agreed": ("No date is agreed at present", "Dates come here once verifier and centre have agreed them."),
    "clash": ("No agreed date clashes", "Dates come here when their verifier is away on the day."),
}
SHOWS = {
    "": ("Without a date", [ActivityStatus.PLANNED]),
    "proposed": ("Waiting for an answer", [ActivityStatus.PROPOSED]),
    "agreed": ("Agreed", [ActivityStatus.AGREED]),
    "clash": ("Clashes", [ActivityStatus.AGREED]),
}


@require_safe
@needs(P.ALLOCATION_MAKE)
def waiting(request: HttpRequest) -> HttpResponse:
    """Activities of the year by where their date stands."""
    show = request.GET.get("show", "")
    show = show if show in SHOWS else ""
    year = this_year()
    rows = schedules.with_clash(queries.with_everything(Activity.objects.visible_to(request.user))).filter(
        centre_year__year=year, status__in=SHOWS[show][1]
    )
    if show == "clash":
        rows = rows.filter(clash=True)
    page = Paginator(rows.order_by("window_until", "centre__name_key", "pk"), PAGE).get_page(
        request.GET.get("page")
    )
    under_way = schedules.proposing_under_way()
    context = {
        "heading": "Schedule",
        "fact": academic_year.label(year),
        "breadcrumbs": [("Allocation", reverse("allocation"))],
        "shows": [(key, label, key == show) for key, (label, _) in SHOWS.items()],
        "show": show,
        "page": page,
        "rows": [_row(activity) for activity in page.object_list],
        "working": wording.counted(under_way, "centre") if under_way else "",
        "failed": not under_way and schedules.proposing_given_up(),
        "label": SHOWS[show][0],
        "missing": EMPTY[show][0],
        "how": EMPTY[show][1],
    }
    response = render(request, "verification/allocation/schedule.html", context)
    if under_way:
        response["Refresh"] = "4"
    return response


@require_POST
@needs(P.ALLOCATION_MAKE)
def propose(request: HttpRequest) -> HttpResponse:
    """Have dates proposed for everything that has none, over all centres together."""
    if not request.user.may(P.ALLOCATION_MAKE):
        raise NotPermitted("Proposing dates for all centres is the planners' work.")
    jobs.enqueue("verification.propose_schedule", centre_id=None, asked_at=clock.now().isoformat())
    notices.note(request, "Dates are being proposed", "What is agreed or waits for an answer is not touched.")
    return redirect("schedule")


def _row(activity: Activity) -> dict[str, Any]:
    visit = activity.kind == ActivityKind.VISIT
    allocation = activity.allocation
    turn = {"verifier": "Waits for the verifier", "centre": "Waits for the centre", "": ""}
    return {
        "activity": activity,
        "url": reverse("activity", args=[activity.pk]),
        "what": "LSV visit" if visit else activity.programme.qualification.label,
        "who": allocation.verifier.person.name if allocation else "",
        "window": f"{wording.date_short(activity.window_from)} to {wording.date_short(activity.window_until)}",
        "day": wording.date_short(activity.day),
        "turn": turn[waits_for(activity)] if activity.status == ActivityStatus.PROPOSED else "",
        "clash": f"{allocation.verifier.person.name} is away that day"
        if activity.clash and allocation
        else "",
        "why": activity.not_placed_because,
    }
