"""The staff register of a centre: entries, their development, and the list as a file."""

from __future__ import annotations

import csv
from typing import Any

from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from centres.forms.people import DevelopmentForm, StaffMemberForm
from centres.models import Centre, DevelopmentKind, Person, Site, StaffDevelopment, StaffMember
from centres.operations import staff_register as operations
from centres.pages import centre_page
from centres.permissions import Permission
from centres.queries import people as queries
from centres.views.people import refusal_in_words, role_words
from qa_portal import clock, notices
from qa_portal.errors import RuleViolation


@require_http_methods(["GET", "POST"])
@centre_page(Permission.STAFF_REGISTER_EDIT)
def add(request: HttpRequest, centre: Centre) -> HttpResponse:
    """Put somebody on the register."""
    form = StaffMemberForm(
        request.POST or None, sites=_sites(request, centre), people=_people(centre), new=True
    )
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            made = operations.add(
                centre_id=centre.pk, name=data["name"], roles=data["roles"], sector_id=_pk(data["sector"]),
                site_id=_pk(data["site"]), person_id=_pk(data["person"]), started_on=data["started_on"],
                by=request.user, at=clock.now(),
            )  # fmt: skip
        except RuleViolation as problem:
            form.add_error(None, refusal_in_words(problem))
        else:
            notices.done(
                request, f"{made.name} is on the staff register", "Add qualifications and development here."
            )
            return redirect("staff-member", centre.number, made.pk)
    return _form(request, centre, form, "Add somebody to the staff register", "Add")


@require_http_methods(["GET", "POST"])
@centre_page(Permission.STAFF_REGISTER_EDIT)
def change(request: HttpRequest, centre: Centre, pk: int) -> HttpResponse:
    """Correct an entry, or note that somebody left."""
    entry = _find(request, centre, pk)
    initial = {
        "name": entry.name, "roles": entry.roles, "sector": entry.sector_id, "site": entry.site_id,
        "started_on": entry.started_on, "left_on": entry.left_on, "person": entry.person_id,
    }  # fmt: skip
    form = StaffMemberForm(
        request.POST or None,
        sites=_sites(request, centre),
        people=_people(centre, entry.person_id),
        initial=initial,
    )
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            operations.change(
                staff_member_id=entry.pk, name=data["name"], roles=data["roles"], sector_id=_pk(data["sector"]),
                site_id=_pk(data["site"]), started_on=data["started_on"], left_on=data["left_on"],
                person_id=_pk(data["person"]), by=request.user, at=clock.now(),
            )  # fmt: skip
        except RuleViolation as problem:
            form.add_error(None, refusal_in_words(problem))
        else:
            notices.done(request, f"The entry of {data['name']} is saved")
            return redirect("staff-member", centre.number, entry.pk)
    return _form(request, centre, form, f"Change the entry of {entry.name}", "Save")


@require_http_methods(["GET", "POST"])
@centre_page(Permission.PEOPLE_READ, Permission.STAFF_REGISTER_EDIT)
def member(request: HttpRequest, centre: Centre, pk: int) -> HttpResponse:
    """One entry with its qualifications, professional development and standardisation; a form adds a line."""
    entry = _find(request, centre, pk)
    may_edit = request.user.may(Permission.STAFF_REGISTER_EDIT, centre.pk)
    form = DevelopmentForm(request.POST or None) if may_edit or request.method == "POST" else None
    if request.method == "POST" and form is not None and form.is_valid():
        try:
            operations.add_development(
                staff_member_id=entry.pk, by=request.user, at=clock.now(), **form.cleaned_data
            )
        except RuleViolation as problem:
            form.add_error(None, refusal_in_words(problem))
        else:
            notices.done(request, f"Recorded for {entry.name}")
            return redirect("staff-member", centre.number, entry.pk)
    lines = list(
        StaffDevelopment.objects.visible_to(request.user).filter(centre_id=centre.pk, staff_member=entry)
    )
    lines.sort(key=lambda line: (line.on_date, line.pk), reverse=True)
    return render(
        request,
        "centres/people/staff_member.html",
        {
            "heading": entry.name,
            "caption": f"Staff register, {centre.name}",
            "breadcrumbs": _crumbs(centre),
            "centre": centre,
            "entry": entry,
            "roles": role_words(entry.roles),
            "groups": [
                (kind.label, [line for line in lines if line.kind == kind]) for kind in DevelopmentKind
            ],
            "form": form,
            "may_edit": may_edit,
        },
    )


@require_http_methods(["GET", "POST"])
@centre_page(Permission.STAFF_REGISTER_EDIT)
def remove_line(request: HttpRequest, centre: Centre, pk: int, line: int) -> HttpResponse:
    """Confirm, then take away a line that was entered by mistake."""
    entry = _find(request, centre, pk)
    lines = StaffDevelopment.objects.visible_to(request.user).filter(centre_id=centre.pk, staff_member=entry)
    wrong = get_object_or_404(lines, pk=line)
    if request.method == "POST":
        operations.remove_development(development_id=wrong.pk, by=request.user, at=clock.now())
        notices.done(request, f"“{wrong.title}” is removed")
        return redirect("staff-member", centre.number, entry.pk)
    return render(
        request, "centres/people/confirm.html",
        {"heading": f"Remove “{wrong.title}” of {entry.name}?", "caption": centre.name,
         "breadcrumbs": _crumbs(centre), "consequences": ["The line is deleted; only that there was one is kept"],
         "verb": "Remove the line", "danger": True,
         "back_url": reverse("staff-member", args=[centre.number, entry.pk])},
    )  # fmt: skip


@require_safe
@centre_page(Permission.PEOPLE_READ)
def download(request: HttpRequest, centre: Centre) -> HttpResponse:
    """The staff register as CSV, one line for each qualification or piece of development."""
    answer = HttpResponse(content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="staff-register-{centre.number}.csv"'
    answer.write("\ufeff")
    writer = csv.writer(answer)
    writer.writerow(
        ["Name", "Roles", "Sector", "Site", "Started on", "Left on", "Kind", "What", "Date", "Hours"]
    )
    for entry in queries.staff_register(request.user, centre):
        own = [
            entry.name, role_words(entry.roles), entry.sector.name if entry.sector else "",
            entry.site.name if entry.site else "", entry.started_on or "", entry.left_on or "",
        ]  # fmt: skip
        lines: list[Any] = list(entry.development.all()) or [None]
        for line in lines:
            told = [line.get_kind_display(), line.title, line.on_date, line.hours or ""] if line else [""] * 4
            writer.writerow([_safe_cell(value) for value in [*own, *told]])
    return answer


def _safe_cell(value: Any) -> Any:
    """Spreadsheets run cells that begin so as formulas."""
    return f"'{value}" if isinstance(value, str) and value[:1] in ("=", "+", "-", "@", "\t", "\r") else value


def _find(request: HttpRequest, centre: Centre, pk: int) -> StaffMember:
    rows = StaffMember.objects.visible_to(request.user).filter(centre_id=centre.pk)
    return get_object_or_404(rows.select_related("sector", "site", "person"), pk=pk)


def _sites(request: HttpRequest, centre: Centre) -> Any:
    return Site.objects.visible_to(request.user).filter(centre_id=centre.pk).order_by("name")


def _people(centre: Centre, linked_id: int | None = None) -> Any:
    """Whose account an entry may be: the centre's own people, and whoever it is linked to now."""
    return Person.objects.filter(
        Q(pk__in=queries.team(centre, clock.today()).values("pk")) | Q(pk=linked_id)
    ).order_by("name_key")


def _form(request: HttpRequest, centre: Centre, form: Any, heading: str, button: str) -> HttpResponse:
    context = {"heading": heading, "caption": centre.name, "breadcrumbs": _crumbs(centre), "form": form}
    context |= {"button": button, "back_url": reverse("people", args=[centre.number]) + "#staff"}
    return render(request, "centres/people/form.html", context)


def _crumbs(centre: Centre) -> list[tuple[str, str]]:
    return [("Home", "/"), ("People", reverse("people", args=[centre.number]))]


def _pk(thing: Any) -> int | None:
    return thing.pk if thing else None
