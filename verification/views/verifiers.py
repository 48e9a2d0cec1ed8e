"""Pages of the verifier register, and a verifier's own absences and declarations of interest."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.core.paginator import Paginator
from django.db.models import Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from centres.models import Centre
from centres.pages import needs, person_page
from centres.permissions import Permission as P
from qa_portal import clock, notices, wording
from qa_portal.errors import NotPermitted, RuleViolation
from qa_portal.tenancy import Side, scoped_to
from verification.eligibility import days_text
from verification.forms.verifiers import (
    AbsenceForm,
    AddVerifierForm,
    ChangeVerifierForm,
    ConflictForm,
    EndConflictForm,
    RegisterFilter,
)
from verification.models import AllocationKind, Verifier, VerifierAbsence
from verification.operations import conflicts as conflict_operations
from verification.operations import verifiers as operations
from verification.queries import verifiers as queries
from verification.queries.places import half_days_up
from verification.views.allocation import this_year

PAGE = 50


@require_safe
@needs(P.VERIFIER_REGISTER_READ)
def register(request: HttpRequest) -> HttpResponse:
    """Everybody on the register with sectors and load."""
    form = RegisterFilter(request.GET)
    chosen = form.cleaned_data if form.is_valid() else {}
    today = clock.today()
    found = _filtered(queries.register(this_year(), today), chosen)
    page = Paginator(found, PAGE).get_page(request.GET.get("page"))
    context = {
        "heading": "Verifiers",
        "filter_form": form,
        "clear_url": reverse("verifiers"),
        "page": page,
        "rows": [_row(verifier) for verifier in page.object_list],
        "may_edit": request.user.may(P.VERIFIER_REGISTER_EDIT),
        "filtered": any(chosen.values()),
    }
    return render(request, "verification/verifiers/register.html", context)


def _filtered(found: QuerySet[Verifier], chosen: dict[str, Any]) -> QuerySet[Verifier]:
    today = clock.today()
    gone = Q(left_on__lte=today)
    found = found.filter(gone) if chosen.get("kind") == "left" else found.exclude(gone)
    if chosen.get("kind") == "lsv":
        found = found.filter(is_lsv=True)
    if chosen.get("sector"):
        found = found.filter(sectors__sector=chosen["sector"], sectors__ends_on=None)
    words = chosen.get("q", "").strip().lower()
    if words:
        found = found.filter(person__name_key__contains=words)
    return found


def _row(verifier: Any) -> dict[str, Any]:
    taken = half_days_up(verifier.taken)
    away = verifier.away_from and _days(verifier.away_from, verifier.away_until)
    return {
        "verifier": verifier,
        "roles": "LSV and SV" if verifier.is_lsv and verifier.current_sectors else _role(verifier),
        "sectors": wording.joined([row.sector.name for row in verifier.current_sectors]),
        "taken": taken,
        "taken_text": days_text(taken),
        "left": days_text(verifier.days_a_year - taken),
        "away": f"Away {away}" if away else "",
    }


def _role(verifier: Any) -> str:
    return "LSV" if verifier.is_lsv else "SV"


def _span(absence: VerifierAbsence) -> str:
    return _days(absence.starts_on, absence.ends_on)


def _days(first: date, last: date) -> str:
    return f"{wording.date_year(first)} to {wording.date_year(last)}"


@require_safe
@needs(P.VERIFIER_REGISTER_READ)
def one(request: HttpRequest, pk: int) -> HttpResponse:
    """One verifier: sectors, days, absences, centres, and interests by kind and dates."""
    year = this_year()
    verifier = get_object_or_404(queries.register(year, clock.today()), pk=pk)
    row = _row(verifier)
    context = {
        "heading": verifier.person.name,
        "breadcrumbs": [("Verifiers", reverse("verifiers"))],
        "verifier": verifier,
        "row": row,
        "facts": [
            ("Roles", row["roles"]),
            ("Sectors", row["sectors"]),
            ("Days this year", f"{row['taken_text']} of {verifier.days_a_year} taken, {row['left']} left"),
            ("Centres", str(verifier.centres)),
            ("Town", verifier.town or None),
            ("Left on", wording.date_year(verifier.left_on))
            if verifier.left_on
            else ("E-mail", verifier.person.email),
        ],
        "absences": [(absence, _span(absence)) for absence in queries.coming_absences(pk, clock.today())],
        "allocations": [_allocation(row) for row in queries.allocations_of(pk, year)],
        "declarations": [_declaration(d, d.centre) for d in queries.declarations_of(verifier.person_id)],
        "may_edit": request.user.may(P.VERIFIER_REGISTER_EDIT),
        "absence_form": AbsenceForm(),
    }
    return render(request, "verification/verifiers/verifier.html", context)


def _allocation(allocation: Any) -> dict[str, str]:
    lead = allocation.kind == AllocationKind.LSV
    return {
        "centre": allocation.centre.name,
        "url": allocation.centre.get_absolute_url(),
        "what": "LSV" if lead else f"SV, {allocation.programme.qualification.label}",
        "since": wording.date_year(allocation.started_on),
    }


def _declaration(declaration: Any, centre: Centre) -> dict[str, Any]:
    today = clock.today()
    ended = declaration.ends_on is not None and declaration.ends_on <= today
    until = f" to {wording.date_year(declaration.ends_on)}" if declaration.ends_on else ""
    return {
        "pk": declaration.pk,
        "centre": f"{centre.name} ({centre.number})",
        "category": declaration.get_category_display(),
        "dates": f"{'' if until else 'since '}{wording.date_year(declaration.starts_on)}{until}",
        "state": ("not-started", "Ended") if ended else ("careful", "Stands"),
        "version": declaration.version,
        "open": declaration.ends_on is None,
    }


@needs(P.VERIFIER_REGISTER_EDIT)
def add(request: HttpRequest) -> HttpResponse:
    """Put somebody on the register."""
    form = AddVerifierForm(request.POST or None, initial={"days_a_year": 20})
    if request.method == "POST" and form.is_valid():
        verifier = operations.add(**form.cleaned_data, by=request.user, at=clock.now())
        notices.done(
            request,
            f"{verifier.person.name} is on the register",
            "They reach a centre once they are allocated.",
        )
        return redirect("verifier", pk=verifier.pk)
    return _form_page(request, form, "Add a verifier", "Add to the register", reverse("verifiers"))


@needs(P.VERIFIER_REGISTER_EDIT)
def change(request: HttpRequest, pk: int) -> HttpResponse:
    """Change what the register says of somebody."""
    verifier = get_object_or_404(queries.register(this_year(), clock.today()), pk=pk)
    now = {
        "is_lsv": verifier.is_lsv,
        "sector_ids": [str(row.sector_id) for row in verifier.current_sectors],
        "days_a_year": verifier.days_a_year,
        "town": verifier.town,
        "left_on": verifier.left_on,
    }
    form = ChangeVerifierForm(request.POST or None, initial=now)
    if request.method == "POST" and form.is_valid():
        operations.change(verifier_id=pk, **form.cleaned_data, by=request.user, at=clock.now())
        notices.done(request, "The register is changed")
        return redirect("verifier", pk=pk)
    return _form_page(request, form, f"Change {verifier.person.name}", "Save", reverse("verifier", args=[pk]))


@require_POST
@needs(P.VERIFIER_REGISTER_EDIT)
def add_absence(request: HttpRequest, pk: int) -> HttpResponse:
    """Note an absence for somebody."""
    verifier = get_object_or_404(Verifier.objects.select_related("person"), pk=pk)
    form = AbsenceForm(request.POST)
    if form.is_valid():
        operations.add_absence(verifier_id=pk, **form.cleaned_data, by=request.user, at=clock.now())
        notices.done(request, f"The absence of {verifier.person.name} is noted")
        return redirect("verifier", pk=pk)
    heading = f"When is {verifier.person.name} away?"
    return _form_page(request, form, heading, "Note the absence", reverse("verifier", args=[pk]))


@person_page
def own_absences(request: HttpRequest) -> HttpResponse:
    """A verifier's own days away."""
    verifier = _own(request)
    form = AbsenceForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        operations.add_absence(verifier_id=verifier.pk, **form.cleaned_data, by=request.user, at=clock.now())
        notices.done(request, "Your absence is noted", "Dates proposed from now on keep clear of it.")
        return redirect("own-absences")
    coming = VerifierAbsence.objects.filter(verifier=verifier, ends_on__gte=clock.today()).order_by(
        "starts_on"
    )
    context = {
        "heading": "Days away",
        "form": form,
        "absences": [(absence, _span(absence)) for absence in coming],
        "verb": "Note the absence",
    }
    return render(
        request, "verification/verifiers/absences.html", context, status=422 if form.errors else 200
    )


@require_POST
@person_page
def remove_absence(request: HttpRequest, pk: int) -> HttpResponse:
    """Take an absence away."""
    absence = get_object_or_404(VerifierAbsence.objects.select_related("verifier"), pk=pk)
    own = absence.verifier.person_id == request.user.pk
    if not own and not request.user.may(P.VERIFIER_REGISTER_EDIT):
        raise Http404
    operations.remove_absence(absence_id=pk, by=request.user, at=clock.now())
    notices.done(request, "The absence is taken away")
    return redirect("own-absences") if own else redirect("verifier", pk=absence.verifier_id)


@person_page
def conflicts(request: HttpRequest) -> HttpResponse:
    """A verifier's own declarations of interest, and a new one."""
    _own(request)
    form = ConflictForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        centre = queries.centre_by_number(form.cleaned_data["number"])
        if centre is None:
            form.add_error("number", "No centre has this number. Check it with the planner")
        else:
            return _declare(request, centre, form.cleaned_data)
    rows = queries.own_declarations(request.user.pk)
    context = {
        "heading": "Your interests in centres",
        "form": form,
        "declarations": [_declaration(declaration, centre) for declaration, centre in rows],
    }
    return render(
        request, "verification/verifiers/conflicts.html", context, status=422 if form.errors else 200
    )


def _declare(request: HttpRequest, centre: Centre, entered: dict[str, Any]) -> HttpResponse:
    # In a scope of that centre, which need not be one of the verifier's own: one declares before one is allocated.
    with scoped_to([centre.pk], side=Side.VERIFIER, person_id=request.user.pk):
        conflict_operations.declare(
            centre_id=centre.pk, category=entered["category"], details=entered["details"],
            starts_on=entered["starts_on"], by=request.user, at=clock.now(),
        )  # fmt: skip
    notices.done(
        request,
        f"Your interest in {centre.name} is declared",
        "Planners see its kind and dates; the centre does not.",
    )
    return redirect("conflicts")


@person_page
def end_conflict(request: HttpRequest, pk: int) -> HttpResponse:
    """Say when one's own interest ended; the versions before stay."""
    _own(request)
    rows = queries.own_declarations(request.user.pk)
    found = next(((row, centre) for row, centre in rows if row.pk == pk), None)
    if found is None:
        raise Http404
    declaration, centre = found
    form = EndConflictForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            with scoped_to([centre.pk], side=Side.VERIFIER, person_id=request.user.pk):
                conflict_operations.end(
                    declaration_id=pk, ends_on=form.cleaned_data["ends_on"], by=request.user, at=clock.now()
                )
        except RuleViolation as refusal:
            form.add_error("ends_on", refusal.message)
        else:
            notices.done(request, f"Your interest in {centre.name} has an end")
            return redirect("conflicts")
    heading = f"When did your interest in {centre.name} end?"
    return _form_page(request, form, heading, "Save", reverse("conflicts"))


def _own(request: HttpRequest) -> Verifier:
    verifier = Verifier.objects.filter(person=request.user, left_on=None).first()
    if verifier is None:
        raise NotPermitted("This page is for people on the verifier register.")
    return verifier


def _form_page(request: HttpRequest, form: Any, heading: str, verb: str, back_url: str) -> HttpResponse:
    context = {"heading": heading, "form": form, "verb": verb, "back_url": back_url, "back_text": "Go back"}
    return render(
        request, "verification/allocation/confirm.html", context, status=422 if form.errors else 200
    )
