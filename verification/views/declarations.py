"""The annual declaration: signing it, and reading the signed words."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from centres import academic_year
from centres.models import Centre
from centres.pages import centre_page
from centres.permissions import Permission as P
from centres.permissions import RoleCode
from qa_portal import clock, notices
from qa_portal.templatetags.portal import tag
from qa_portal.wording import date_long, date_plain, days_from, moment
from verification.forms.self_assessments import DeclarationForm
from verification.models import AnnualDeclaration
from verification.operations import declarations
from verification.queries import years
from verification.rules.declarations import is_late

PAGE = "verification/declaration/declaration.html"


@require_http_methods(["GET", "HEAD", "POST"])
@centre_page(P.SELF_ASSESSMENT_READ)
def declaration(request: HttpRequest, centre: Centre, year: int | None = None) -> HttpResponse:
    """Sign the declaration, or read it as it was signed."""
    this_year = academic_year.year_of(clock.today())
    year = this_year if year is None else year
    found = _find(request, centre, year)
    if found is None:
        if year != this_year:
            raise Http404
        return render(request, "verification/declaration/nothing.html", _frame(centre, year))
    if found.status == "SIGNED" and request.method != "POST":
        return render(request, PAGE, {**_frame(centre, year), **_signed(request, found)})
    if not request.user.may(P.DECLARATION_SIGN, centre.pk) and request.method != "POST":
        return render(request, PAGE, {**_frame(centre, year), **_waiting(centre, found)})
    return _sign(request, centre, found)


def _sign(request: HttpRequest, centre: Centre, found: AnnualDeclaration) -> HttpResponse:
    scheme = years.scheme_of_year(found.centre_year)
    window, today = scheme.windows["annual_declaration"], clock.today()
    late = is_late(window, found.centre_year.year, today)
    statements = years.required_statements(found.centre_year)
    form = DeclarationForm(request.POST or None, statements=statements, late=late)
    declarations.may_sign(found, by=request.user)
    if request.method == "POST" and form.is_valid():
        declarations.sign(
            declaration_id=found.pk,
            accepted=form.accepted(),
            late_reason=form.cleaned_data.get("late_reason", ""),
            by=request.user,
            at=clock.now(),
        )
        notices.done(
            request,
            "The annual declaration is signed",
            "The Quality Nominee has been told. The signed words are kept here for ever.",
        )
        return redirect(request.path)
    words = scheme.annual_declaration
    first, last = window.on(found.centre_year.year)
    context = {
        **_frame(centre, found.centre_year.year),
        "fact": _due_tag(last, today, late),
        "words": words,
        "form": form,
        "fields": [(statement, form[f"s_{statement.key}"]) for statement in form.statements],
        "reminders": [s for s in words.statements if s.kind == "reminder"],
        "late": late,
        "last": last,
        "not_before": first if today < first else None,
        "name": request.user.name,
    }
    return render(request, PAGE, context)


def _find(request: HttpRequest, centre: Centre, year: int) -> AnnualDeclaration | None:
    rows = AnnualDeclaration.objects.visible_to(request.user).filter(centre=centre, centre_year__year=year)
    return (
        rows.select_related("centre", "centre_year__scheme_version", "centre_year__centre", "signed_by")
        .defer("centre_year__scheme_version__content")
        .first()
    )


def _frame(centre: Centre, year: int) -> dict[str, Any]:
    label = academic_year.label(year)
    return {
        "heading": f"Annual declaration {label}",
        "caption": f"{centre.name}, centre {centre.number}",
        "breadcrumbs": [("Home", reverse("home")), (f"Annual declaration {label}", "")],
        "year_words": label,
    }


def _due_tag(last: Any, today: Any, late: bool) -> str:
    if late:
        return tag("stop", f"Due {date_plain(last)}, {days_from(last, today)}", shape="overdue")
    return tag("moving", f"Due by {date_plain(last)}, {days_from(last, today)}", shape="date-set")


def _signed(request: HttpRequest, found: AnnualDeclaration) -> dict[str, Any]:
    content = found.signed_content or {}
    fact = tag("good", f"Signed {date_plain(found.signed_at)}", shape="done")
    if content.get("late"):
        fact = tag("careful", f"Signed late, {date_plain(found.signed_at)}", shape="careful")
    rows = AnnualDeclaration.objects.visible_to(request.user).filter(
        centre_id=found.centre_id, status="SIGNED"
    )
    others = (
        rows.exclude(pk=found.pk).order_by("-centre_year__year").values_list("centre_year__year", flat=True)
    )
    return {
        "fact": fact,
        "signed": found,
        "content": content,
        "signed_words": f"{found.signed_name}, {content.get('signed_as', '')}, {moment(found.signed_at)}",
        "other_years": [
            {
                "label": academic_year.label(year),
                "url": reverse("declaration-year", args=[found.centre.number, year]),
            }
            for year in others
        ],
    }


def _waiting(centre: Centre, found: AnnualDeclaration) -> dict[str, Any]:
    scheme = years.scheme_of_year(found.centre_year)
    window, today = scheme.windows["annual_declaration"], clock.today()
    last = window.deadline(found.centre_year.year)
    heads = years.holders(centre.pk, RoleCode.HEAD_OF_CENTRE, timezone.localdate(clock.now()))
    late = is_late(window, found.centre_year.year, today)
    return {
        "fact": _due_tag(last, today, late),
        "words": scheme.annual_declaration,
        "to_sign": years.required_statements(found.centre_year),
        "who_signs": heads[0].name if heads else "",
        "due_words": date_long(last),
        "late": late,
    }
