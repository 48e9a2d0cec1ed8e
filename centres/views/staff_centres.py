"""The awarding organisation's registers: centres with their filters and files, and qualifications with their units."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from centres import csv_files, import_kinds, pages
from centres.forms.imports import CentresFileForm
from centres.forms.register import CentreFilterForm, CentreForm
from centres.models import AccessGrant, Centre, Person, Qualification
from centres.operations import centres
from centres.operations.centres import CentreDetails
from centres.operations.imports import centres as centres_import
from centres.permissions import Permission as P
from centres.permissions import RoleCode
from centres.queries import centres as queries
from centres.queries.programmes import number_warnings
from centres.views.imports import csv_response
from centres.views.register import attempt, confirm_page, form_page
from qa_portal import clock, notices
from qa_portal.wording import counted, date_year

_CRUMBS = [("Centres", "/staff/centres/")]


@require_safe
@pages.needs(P.CENTRE_READ)
def centre_list(request: HttpRequest) -> HttpResponse:
    """The register of centres, found by the beginning of a name or number, by status, nation and programmes."""
    form = CentreFilterForm(request.GET)
    wanted = _wanted(form)
    after = request.GET.get("after", "")
    found, mark = queries.one_page(queries.centres_of(request.user, wanted, clock.today(), after=after))
    query = request.GET.copy()
    query.pop("after", None)
    first = f"{request.path}?{query.urlencode()}"
    query["after"] = mark
    may_edit = request.user.may(P.CENTRE_EDIT)
    context = {
        "heading": "Centres",
        "filter_form": form,
        "filtered": wanted != queries.CentreFilter(),
        "list_url": request.path,
        "rows": [_row(centre, may_edit) for centre in found],
        "first_url": first if after else "",
        "next_url": f"{request.path}?{query.urlencode()}" if mark else "",
        "csv_url": f"{reverse('staff-centres-csv')}?{request.GET.urlencode()}",
        "add_url": reverse("staff-centre-add") if may_edit else "",
        "import_url": reverse("staff-centres-import") if may_edit else "",
        "qualifications_url": reverse("staff-qualifications"),
    }
    return render(request, "centres/staff_centres.html", context)


def _wanted(form: CentreFilterForm) -> queries.CentreFilter:
    form.is_valid()
    values = form.cleaned_data
    return queries.CentreFilter(
        text=values.get("q", ""),
        status=values.get("status", ""),
        nation=values.get("nation", ""),
        programmes=values.get("programmes", ""),
    )


def _row(centre: Centre, may_edit: bool) -> dict[str, Any]:
    return {
        "name": centre.name,
        "url": centre.get_absolute_url(),
        "number": centre.number,
        "town": centre.town,
        "nation": centre.get_nation_display(),
        "manager": centre.quality_manager.name if centre.quality_manager else "",
        "programmes": centre.programmes,  # type: ignore[attr-defined]
        "approved": date_year(centre.approved_on),
        "closed": centre.status == "CLOSED",
        "change_url": reverse("staff-centre-change", args=[centre.number]) if may_edit else "",
    }


@require_safe
@pages.needs(P.CENTRE_READ)
def centre_csv(request: HttpRequest) -> HttpResponse:
    """The centres of the list as a file."""
    rows = queries.centres_of(request.user, _wanted(CentreFilterForm(request.GET)), clock.today())
    headings = ["number", "name", "status", "nation", "town", "approved_on", "quality_manager", "programmes"]
    lines = (
        [
            centre.number, centre.name, centre.get_status_display(), centre.get_nation_display(), centre.town,
            centre.approved_on, centre.quality_manager.email if centre.quality_manager else "", centre.programmes,
        ]
        for centre in rows
    )  # fmt: skip
    return csv_response(csv_files.write(headings, lines), "centres.csv")


def _managers() -> Any:
    holders = AccessGrant.objects.filter(role=RoleCode.QUALITY_MANAGER).active_on(clock.today())
    return Person.objects.filter(pk__in=holders.values("person_id")).order_by("name_key")


def _details(form: CentreForm) -> CentreDetails:
    values = {name: value for name, value in form.cleaned_data.items() if name != "number"}
    manager = values.pop("quality_manager")
    return CentreDetails(**values, quality_manager_id=manager.pk if manager else None)


@require_http_methods(["GET", "POST"])
@pages.needs(P.CENTRE_EDIT)
def add(request: HttpRequest) -> HttpResponse:
    """Add a centre to the register."""
    form = CentreForm(request.POST or None, managers=_managers(), new=True)
    if request.method == "POST" and form.is_valid():
        centre = attempt(
            form,
            lambda: centres.add(
                number=form.cleaned_data["number"], details=_details(form), by=request.user, at=clock.now()
            ),
            field="number",
        )
        if centre is not None:
            notices.done(
                request, f"{centre.name} added", "Approve its programmes and invite its Head of Centre next."
            )
            return redirect(centre.get_absolute_url())
    return form_page(
        request, form, "Add a centre", "Add the centre", None, reverse("staff-centres"), breadcrumbs=_CRUMBS
    )


@require_http_methods(["GET", "POST"])
@pages.centre_page(P.CENTRE_EDIT)
def change(request: HttpRequest, centre: Centre) -> HttpResponse:
    """Change what the register holds of a centre."""
    form = CentreForm(
        request.POST or None, managers=_managers(), new=False, initial=CentreForm.values_of(centre)
    )
    if request.method == "POST" and form.is_valid():
        done = attempt(
            form,
            lambda: centres.change(
                centre_id=centre.pk, details=_details(form), by=request.user, at=clock.now()
            ),
        )
        if done is not None:
            notices.done(request, f"{done.name} changed")
            return redirect("staff-centres")
    other = "reopen" if centre.status == "CLOSED" else "close"
    return form_page(
        request,
        form,
        f"Change {centre.name}",
        "Save",
        centre,
        reverse("staff-centres"),
        second={
            "url": reverse(f"staff-centre-{other}", args=[centre.number]),
            "text": f"{other.capitalize()} this centre",
        },
    )


@require_http_methods(["GET", "POST"])
@pages.centre_page(P.CENTRE_EDIT)
def close(request: HttpRequest, centre: Centre) -> HttpResponse:
    """Ask, then close a centre in the register."""
    if request.method == "POST":
        centres.close(centre_id=centre.pk, by=request.user, at=clock.now())
        notices.done(request, f"{centre.name} closed")
        return redirect("staff-centres")
    return confirm_page(
        request,
        f"Close {centre.name} in the register?",
        [
            "No programme can be approved for it any more.",
            "Everything about it stays readable.",
            "It can be reopened.",
        ],
        "Close the centre",
        reverse("staff-centre-change", args=[centre.number]),
    )


@require_http_methods(["GET", "POST"])
@pages.centre_page(P.CENTRE_EDIT)
def reopen(request: HttpRequest, centre: Centre) -> HttpResponse:
    """Ask, then put a centre back among the approved ones."""
    if request.method == "POST":
        centres.reopen(centre_id=centre.pk, by=request.user, at=clock.now())
        notices.done(request, f"{centre.name} reopened")
        return redirect("staff-centres")
    return confirm_page(
        request,
        f"Reopen {centre.name} in the register?",
        ["Programmes can be approved for it again."],
        "Reopen the centre",
        reverse("staff-centre-change", args=[centre.number]),
    )


@require_http_methods(["GET", "POST"])
@pages.needs(P.CENTRE_EDIT)
def import_centres(request: HttpRequest) -> HttpResponse:
    """Check a file of centres, show what it would add, and save it on a second step."""
    checking = request.method == "POST" and "content" not in request.POST
    form = CentresFileForm(request.POST if checking else None, request.FILES if checking else None)
    context: dict[str, Any] = {
        "heading": "Import centres",
        "breadcrumbs": _CRUMBS,
        "form": form,
        "kind": import_kinds.CENTRES,
        "template_url": reverse("staff-centres-template"),
    }
    if request.method == "GET":
        return render(request, "centres/staff_import.html", context)
    if checking and not form.is_valid():
        return render(request, "centres/staff_import.html", context, status=422)
    text = form.cleaned_data["file"] if checking else request.POST["content"]
    try:
        checked = centres_import.check(text, at=clock.now())
    except csv_files.Unreadable as problem:
        form.add_error("file", str(problem)) if checking else None
        return render(request, "centres/staff_import.html", context, status=422)
    only_good = "only_good_rows" in request.POST
    if not checking and (checked.all_good or only_good):
        made = centres_import.save(text=text, only_good_rows=only_good, by=request.user, at=clock.now())
        notices.done(request, f"{counted(len(made), 'centre')} added")
        return redirect("staff-centres")
    context |= {
        "checked": checked,
        "content": text,
        "new": len(checked.new),
        "problems": checked.problems.in_order()[:500],
        "bad_rows": len(checked.problems.bad_rows),
        "page_errors": []
        if checking
        else [("only_good_rows", "Mend the file, or tick that good rows are saved")],
    }
    return render(request, "centres/staff_import.html", context, status=200 if checking else 422)


@require_safe
@pages.needs(P.CENTRE_EDIT)
def template(request: HttpRequest) -> HttpResponse:
    """The file of centres to fill in."""
    return csv_response(import_kinds.CENTRES.template(), "centres.csv")


@require_safe
@pages.needs(P.SCHEME_READ)
def qualification_list(request: HttpRequest) -> HttpResponse:
    """The qualifications that centres may be approved for, by suite."""
    today = clock.today()
    context = {
        "heading": "Qualifications",
        "breadcrumbs": _CRUMBS,
        "rows": [
            {
                "name": row.short_title,
                "url": reverse("staff-qualification", args=[row.pk]),
                "qan": row.qan,
                "suite": row.suite,
                "level": f"Level {row.level}",
                "model": row.qa_model or "",  # type: ignore[attr-defined]
                "units": row.unit_count,  # type: ignore[attr-defined]
                "centres": row.centre_count,  # type: ignore[attr-defined]
                "ended": date_year(row.certification_end),
            }
            for row in queries.qualifications(today)
        ],
    }
    return render(request, "centres/staff_qualifications.html", context)


@require_safe
@pages.needs(P.SCHEME_READ)
def qualification_page(request: HttpRequest, pk: int) -> HttpResponse:
    """One qualification with its units, their criteria, and warnings about its numbers (R33, R34)."""
    qualification = get_object_or_404(Qualification.objects.select_related("sector"), pk=pk)
    units = list(qualification.units.order_by("number"))
    facts = [
        {"term": "Qualification number", "value": qualification.qan},
        {"term": "Title", "value": qualification.title},
        {"term": "Suite and level", "value": f"{qualification.suite}, level {qualification.level}"},
        {"term": "Sector", "value": qualification.sector.name},
        {"term": "Grades", "value": ", ".join(qualification.grades)},
        {"term": "Offered", "value": _span(qualification)},
        {"term": "Source", "value": qualification.source},
    ]
    context = {
        "heading": qualification.short_title,
        "caption": "Qualification",
        "breadcrumbs": [*_CRUMBS, ("Qualifications", reverse("staff-qualifications"))],
        "facts": facts,
        "models": [
            {"model": p.get_model_display(), "from": date_year(p.starts_on), "to": date_year(p.ends_on)}
            for p in qualification.qa_models.order_by("starts_on")
        ],
        "warnings": number_warnings(qualification, units),
        "units": units,
    }
    return render(request, "centres/staff_qualification.html", context)


def _span(qualification: Qualification) -> str:
    first, last = date_year(qualification.operational_start), date_year(qualification.operational_end)
    return " ".join([f"from {first}" if first else "", f"to {last}" if last else ""]).strip().capitalize()
