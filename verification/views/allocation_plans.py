"""Pages of the plan for many places: having it worked out, correcting it, confirming it."""

from __future__ import annotations

from typing import Any

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST

from centres import academic_year
from centres.pages import find, needs
from centres.permissions import Permission as P
from qa_portal import clock, notices, wording
from verification import plan_progress
from verification.models import Allocation, CentreYear
from verification.operations import allocation_planning as planning
from verification.operations import allocations as operations
from verification.queries import allocation_places as listed
from verification.views.allocation import this_year

PAGE = 50
REFRESH = "4"


@needs(P.ALLOCATION_MAKE)
def plan(request: HttpRequest) -> HttpResponse:
    """Proposals for every open place: asked for by a POST, worked out in the background, corrected here."""
    year = this_year()
    if request.method == "POST":
        planning.ask_for_plan(year=year, by=request.user, at=clock.now())
        return redirect("allocation-plan")
    under_way = listed.plan_under_way()
    confirming = listed.confirmations_under_way()
    page = Paginator(listed.proposals(year), PAGE).get_page(request.GET.get("page"))
    last = None if under_way else listed.last_plan()
    failed = 0 if confirming else listed.given_up_confirmations()
    context = {
        "heading": "Allocate many in one go",
        "caption": academic_year.label(year),
        "breadcrumbs": [("Allocation", reverse("allocation"))],
        "under_way": under_way,
        "progress": plan_progress.told(under_way.kwargs["key"]) if under_way else "",
        "plan_failed": last is not None and listed.is_given_up(last),
        "confirming_failed": wording.counted(failed, "centre") if failed else "",
        "confirming": wording.counted(confirming, "centre") if confirming else "",
        "page": page,
        "total": page.paginator.count,
        "rows": [_row(allocation) for allocation in page.object_list],
        "unmet": _unmet(request, last.kwargs.get("key", "")) if last else [],
    }
    response = render(request, "verification/allocation/plan.html", context)
    if under_way or confirming:
        response["Refresh"] = REFRESH
    return response


@needs(P.ALLOCATION_MAKE)
def confirm(request: HttpRequest) -> HttpResponse:
    """Confirm every proposal that nothing stands in the way of."""
    year = this_year()
    if request.method == "POST":
        centres = planning.confirm_all(year=year, by=request.user, at=clock.now())
        notices.note(
            request, f"Being confirmed at {wording.counted(centres, 'centre')}", "This page follows it."
        )
        return redirect("allocation-plan")
    number = listed.proposals(year).count()
    context = {
        "heading": f"Confirm {wording.counted(number, 'proposal')}?",
        "consequences": [
            "Each verifier reaches their centres from now on",
            "Verifiers and Quality Nominees are introduced by e-mail, once a centre",
            "What needs a reason or a second signature first stays a proposal",
        ],
        "verb": "Confirm all",
        "back_url": reverse("allocation-plan"),
    }
    return render(request, "verification/allocation/confirm.html", context)


@require_POST
@needs(P.ALLOCATION_MAKE)
def drop(request: HttpRequest, pk: int) -> HttpResponse:
    """Leave one proposal unused."""
    rows = Allocation.objects.visible_to(request.user).select_related("centre", "verifier__person")
    allocation = find(request, rows, pk, P.ALLOCATION_MAKE)
    operations.drop(allocation_id=allocation.pk, by=request.user, at=clock.now())
    notices.done(request, f"{allocation.verifier} is not proposed for {allocation.centre.name} any more")
    return redirect("allocation-plan")


def _row(allocation: Allocation) -> dict[str, Any]:
    facts = allocation.facts.get("facts", {})
    number, lead = allocation.centre.number, allocation.programme is None
    return {
        "allocation": allocation,
        "what": "LSV" if lead else f"SV, {allocation.programme.qualification.label}",
        "url": reverse("allocate-lsv", args=[number])
        if lead
        else reverse("allocate-sv", args=[number, allocation.programme_id]),
        "pros": facts.get("pros", []),
        "cons": facts.get("cons", []),
        "must_record": allocation.facts.get("must_record", ""),
        "by_plan": allocation.facts.get("by_plan", False),
    }


def _unmet(request: HttpRequest, key: str) -> list[dict[str, str]]:
    """Places the last plan could not fill, with why; their own pages work it out again."""
    reasons = plan_progress.unmet(key)
    if not reasons:
        return []
    wanted = {int(place.split("-")[1]) for place in reasons}
    years = CentreYear.objects.visible_to(request.user).filter(pk__in=wanted).select_related("centre")
    centres = {row.pk: row.centre for row in years}
    found = []
    for place, reason in reasons.items():
        parts = place.split("-")
        centre = centres.get(int(parts[1]))
        if centre is None:
            continue
        url = (
            reverse("allocate-lsv", args=[centre.number])
            if parts[0] == "lsv"
            else reverse("allocate-sv", args=[centre.number, int(parts[2])])
        )
        found.append({"what": f"{centre.name}: {parts[0].upper()}", "mend": reason, "url": url})
    return found[:PAGE]
