"""Pages of allocation: who has nobody yet, who can do one place, ending, and the second signature."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.core.paginator import Paginator
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from centres import academic_year
from centres.pages import enter_centre, find, needs
from centres.permissions import Permission as P
from centres.permissions import RoleCode
from qa_portal import clock, notices, wording
from qa_portal.errors import NotPermitted, RuleViolation
from qa_portal.templatetags.portal import tag
from verification.forms.allocations import AllocateForm, AskForm, EndForm, PlacesFilter
from verification.models import (
    Allocation,
    AllocationKind,
    AllocationStatus,
    CentreYear,
    StageState,
    Verifier,
)
from verification.operations import allocations as operations
from verification.operations import countersignatures
from verification.queries import candidates as queries
from verification.queries import years
from verification.queries.places import Place, places, with_sites
from verification.views import allocation_rows as rows

PAGE = 25
SHOWN = 10
DUE = "lsv_allocation"


def this_year() -> int:
    """The academic year that planners work on."""
    return academic_year.year_of(clock.today())


@require_safe
@needs(P.VERIFIER_REGISTER_READ)
def centres(request: HttpRequest) -> HttpResponse:
    """Centres and programmes without an LSV or SV, and what is proposed for them."""
    year = this_year()
    form = PlacesFilter(request.GET)
    chosen = form.cleaned_data if form.is_valid() else {}
    found = _filtered(CentreYear.objects.visible_to(request.user).filter(year=year), chosen)
    page = Paginator(with_sites(found), PAGE).get_page(request.GET.get("page"))
    here = places(list(page.object_list), in_detail=False)
    context = {
        "heading": "Allocation",
        "fact": academic_year.label(year),
        "filter_form": form,
        "clear_url": reverse("allocation"),
        "page": page,
        "rows": rows.by_centre(here, clock.today()),
        "may_make": request.user.may(P.ALLOCATION_MAKE),
        "filtered": bool(chosen.get("q")) or chosen.get("show") in ("lsv", "proposed"),
    }
    return render(request, "verification/allocation/centres.html", context)


def _filtered(centre_years: QuerySet[CentreYear], chosen: dict[str, str]) -> QuerySet[CentreYear]:
    show, words = chosen.get("show", ""), chosen.get("q", "").strip().lower()
    if words:
        name_range = Q(centre__name_key__gte=words, centre__name_key__lt=words + "\uffff")
        centre_years = centre_years.filter(name_range | Q(centre__number=words))
    if show == "all":
        return centre_years
    if show == "lsv":
        return centre_years.filter(lsv=None).exclude(visit_state=StageState.NOT_NEEDED)
    if show == "proposed":
        proposed = Allocation.objects.filter(centre_year=OuterRef("pk"), status=AllocationStatus.PROPOSED)
        return centre_years.filter(Exists(proposed))
    return centre_years.exclude(allocation_state__in=[StageState.DONE, StageState.NOT_NEEDED])


@needs(P.ALLOCATION_MAKE)
def allocate(request: HttpRequest, number: str, programme_id: int | None = None) -> HttpResponse:
    """Who can be the LSV of a centre or the SV of a programme, best first; a POST allocates or replaces."""
    everything = _places_of(request, number)
    place = _place(everything, programme_id)
    current = place.allocation if place.allocation and place.allocation.status == "ACTIVE" else None
    on = clock.today()
    considered = queries.consider(place, everything, on)
    candidates = [c for c in considered.shortlist.candidates if not _is(current, c.verifier)]
    form = AllocateForm(
        request.POST or None,
        people=[(c.verifier, c.name) for c in candidates],
        must_record={c.verifier: c.must_record for c in candidates},
        also=rows.also(place, everything),
        others=(others := rows.others_of(current, everything)),
        replacing=current is not None,
        initial={"verifier": rows.proposed_id(place, candidates), "others": [key for key, _ in others]},
    )
    if request.method == "POST" and form.is_valid():
        try:
            return _allocate(request, place, current, form.cleaned_data, considered)
        except NotPermitted:
            raise
        except RuleViolation as refusal:
            form.add_error("verifier", refusal.message)
    request.found = current  # type: ignore[attr-defined]
    context = rows.place_context(place, considered, candidates, show_all="all" in request.GET, on=on)
    if current is not None:
        context["heading"] = f"Replace {current.verifier}"
    context |= {
        "form": form,
        "chosen": form["verifier"].value(),
        "current": current,
        "fact": _due(place, current, on),
        "breadcrumbs": [("Allocation", reverse("allocation"))],
        "nominees": [
            p.name for p in years.holders(place.centre_year.centre_id, RoleCode.QUALITY_NOMINEE, on)
        ],
        "ask_url": reverse("allocation-ask", args=_address(place)),
        "end_url": reverse("allocation-end", args=[current.pk]) if current else "",
        "everywhere_url": reverse("verifier-replace", args=[current.verifier_id]) if current else "",
    }
    status = 422 if form.errors else 200
    return render(request, "verification/allocation/place.html", context, status=status)


def _due(place: Place, current: Allocation | None, on: date) -> str:
    """By when somebody must be there; nothing where somebody is."""
    if current is not None:
        return ""
    if place.due_on < on:
        return tag("stop", f"Was due by {wording.date_short(place.due_on)}", shape="overdue")
    return tag("moving", f"Due by {wording.date_short(place.due_on)}", shape="date-set")


def _allocate(
    request: HttpRequest,
    place: Place,
    current: Allocation | None,
    chosen: dict[str, Any],
    considered: queries.Considered,
) -> HttpResponse:
    """Write what was chosen, in the scope of the one centre that it is about."""
    centre_year = place.centre_year
    enter_centre(request, centre_year.centre_id, P.ALLOCATION_MAKE)
    at, verifier_id = clock.now(), int(chosen["verifier"])
    reason = chosen.get("long_stay_reason", "")
    if current is not None:
        made = operations.replace_several(
            allocation_ids=[current.pk, *map(int, chosen.get("others", []))], verifier_id=verifier_id, at=at,
            by=request.user, reason=chosen["reason"], long_stay_reason=reason,
            facts=considered.facts(str(verifier_id)),
        )[0]  # fmt: skip
    else:
        programme_ids = [place.programme.pk if place.programme else None]
        programme_ids += [int(pk) for pk in chosen.get("also", [])]
        made = operations.allocate_several(
            centre_year_id=centre_year.pk, programme_ids=programme_ids, kind=place.kind, verifier_id=verifier_id,
            by=request.user, at=at, long_stay_reason=reason, facts=considered.facts(str(verifier_id)),
        )[0]  # fmt: skip
    what = AllocationKind(place.kind).label
    notices.done(
        request,
        f"{made.verifier} is {what} of {centre_year.centre.name}",
        "They and the Quality Nominee have been told by e-mail.",
        ("Propose dates", reverse("schedule")),
    )
    return redirect("allocation")


@require_POST
@needs(P.ALLOCATION_MAKE)
def ask(request: HttpRequest, number: str, programme_id: int | None = None) -> HttpResponse:
    """Propose somebody with a declared conflict, with the reasons, and ask for the second signature (R24)."""
    everything = _places_of(request, number)
    place, on = _place(everything, programme_id), clock.today()
    verifier = (
        Verifier.objects.select_related("person").filter(pk=_number(request.POST.get("verifier"))).first()
    )
    if verifier is None:
        raise Http404
    considered = queries.consider(place, everything, on)
    stayed = considered.people[str(verifier.pk)].tenures if str(verifier.pk) in considered.people else ()
    limit = queries.preferences(place.scheme).years_at_one_centre
    # The button on the list sends the person only; the page that asks why sends the rest.
    form = AskForm(
        request.POST if "reason" in request.POST else None,
        long_stay=bool(stayed) and stayed[0].years_in_a_row >= limit,
    )
    if not form.is_valid():
        return _ask_why(request, place, verifier, form)
    enter_centre(request, place.centre_year.centre_id, P.ALLOCATION_MAKE)
    _, asked = countersignatures.ask(
        centre_year_id=place.centre_year.pk, kind=place.kind, verifier_id=verifier.pk, by=request.user,
        programme_id=place.programme.pk if place.programme else None, at=clock.now(),
        facts=considered.facts(str(verifier.pk)), **form.cleaned_data,
    )  # fmt: skip
    names = wording.joined([person.name for person in asked], "or")
    notices.note(request, f"{names} has been asked to countersign", "Until then it is a proposal.")
    return redirect("allocation")


def _ask_why(request: HttpRequest, place: Place, verifier: Verifier, form: AskForm) -> HttpResponse:
    centre = place.centre_year.centre
    context = {
        "heading": f"Ask for a countersignature for {verifier}?",
        "caption": f"{centre.name}, centre {centre.number}",
        "form": form,
        "hidden": [("verifier", verifier.pk)],
        "consequences": [
            f"{verifier} has declared a conflict with this centre",
            "A quality manager signs, or does not; until then it is a proposal",
        ],
        "verb": "Ask for a countersignature",
        "back_url": reverse("allocate-sv" if place.programme else "allocate-lsv", args=_address(place)),
    }
    return render(
        request, "verification/allocation/confirm.html", context, status=422 if form.errors else 200
    )


@needs(P.ALLOCATION_COUNTERSIGN)
def countersign(request: HttpRequest, pk: int) -> HttpResponse:
    """The second signature for a verifier with a declared conflict."""
    allocation = find(request, _with_names(request), pk, P.ALLOCATION_COUNTERSIGN)
    if request.method == "POST":
        operations.countersign(allocation_id=allocation.pk, by=request.user, at=clock.now())
        notices.done(request, f"{allocation.verifier} is allocated to {allocation.centre.name}")
        return redirect("allocation")
    context = {
        "heading": f"Countersign the allocation of {allocation.verifier}?",
        "caption": f"{allocation.centre.name}, centre {allocation.centre.number}",
        "consequences": [
            f"{allocation.verifier} has declared a conflict with this centre",
            f"{allocation.made_by or 'The portal'} proposed it and cannot sign it alone",
            "The allocation holds from now on, with your name beside it",
        ],
        "verb": "Countersign",
        "back_url": reverse("allocation"),
    }
    return render(request, "verification/allocation/confirm.html", context)


@needs(P.ALLOCATION_MAKE)
def end(request: HttpRequest, pk: int) -> HttpResponse:
    """End an allocation without a successor."""
    allocation = find(request, _with_names(request), pk, P.ALLOCATION_MAKE)
    form = EndForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        operations.end(
            allocation_id=allocation.pk, by=request.user, at=clock.now(), reason=form.cleaned_data["reason"]
        )
        notices.done(request, f"{allocation.verifier} is no longer allocated to {allocation.centre.name}")
        return redirect("allocation")
    context = {
        "heading": f"End the allocation of {allocation.verifier}?",
        "caption": f"{allocation.centre.name}, centre {allocation.centre.number}",
        "form": form,
        "consequences": [
            "They reach the centre no more from now on, and keep the reports that they issued",
            "Dates that were agreed or proposed with them are given back",
            "The place is open again, and planners are reminded of it",
        ],
        "verb": "End the allocation",
        "danger": True,
        "back_url": reverse("allocation"),
    }
    return render(
        request, "verification/allocation/confirm.html", context, status=422 if form.errors else 200
    )


def _with_names(request: HttpRequest) -> QuerySet[Allocation]:
    rows_seen = Allocation.objects.visible_to(request.user)
    return rows_seen.select_related("centre", "verifier__person", "made_by", "programme__qualification")


def _places_of(request: HttpRequest, number: str) -> list[Place]:
    risk = CentreYear.objects.filter(centre=OuterRef("centre"), year=this_year() - 1).values("risk")
    found = CentreYear.objects.visible_to(request.user).filter(centre__number=number, year=this_year())
    return places(found.annotate(risk_before=risk[:1]))


def _place(everything: list[Place], programme_id: int | None) -> Place:
    for place in everything:
        if (place.programme.pk if place.programme else None) == programme_id:
            return place
    raise Http404


def _address(place: Place) -> list[Any]:
    number = place.centre_year.centre.number
    return [number] if place.programme is None else [number, place.programme.pk]


def _is(allocation: Allocation | None, verifier_id: str) -> bool:
    return allocation is not None and str(allocation.verifier_id) == verifier_id


def _number(text: str | None) -> int:
    return int(text) if text and text.isdigit() else 0
