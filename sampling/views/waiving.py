"""Doing without a sample, a programme's year or an LSV visit: the reason is asked for once, with what follows (R10)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from centres import academic_year
from centres.models import Centre
from centres.pages import centre_page, find, needs
from centres.permissions import Permission as P
from qa_portal import clock, notices
from sampling.forms.samples import ReasonForm
from sampling.operations import waive as waiving
from verification.lifecycle.activities import ACTIVITY
from verification.models import Activity, CentreYear, Release
from verification.operations import waivers
from verification.queries.activities import with_everything
from verification.rules.activities import is_not_the_lsv

OF_A_SAMPLE = (
    "It releases nothing: without direct claims status the programme cannot claim this year.",
    "The reason and your name stand in the final annual report.",
)
OF_A_VISIT = (
    "The centre gets no LSV visit and no visit report this year.",
    "The LSV and the Quality Nominee are told why.",
    "The reason and your name stand in the final annual report.",
)


@require_http_methods(["GET", "POST"])
@needs(P.SAMPLE_WAIVE)
def waive(request: HttpRequest, pk: int) -> HttpResponse:
    """Do without one activity: a sample, or the LSV visit."""
    activity = find(request, with_everything(Activity.objects.visible_to(request.user)), pk, P.SAMPLE_WAIVE)
    back = reverse("activity", args=[activity.pk])
    if activity.programme is None:
        ACTIVITY["waive_visit"].check(activity, by=request.user)
        return _asked(
            request,
            activity.centre,
            what="LSV visit",
            back=back,
            consequences=("The visit’s day is free again.", *OF_A_VISIT),
            operation=lambda **how: waivers.waive_visit(activity_id=activity.pk, **how),
            told="The LSV and the Quality Nominee have been told.",
        )
    return _asked(
        request,
        activity.centre,
        what=f"sample of {activity.programme.qualification.label}",
        back=back,
        consequences=("The activity ends, and no work is asked for.", *OF_A_SAMPLE),
        operation=lambda **how: waiving.waive(activity_id=activity.pk, **how),
        told="The SV and the Quality Nominee have been told.",
    )


@require_http_methods(["GET", "POST"])
@centre_page(P.SAMPLE_WAIVE)
def waive_programme(request: HttpRequest, centre: Centre, year: int, programme_id: int) -> HttpResponse:
    """Do without any sample of a programme for which none is planned, also while it has no SV."""
    centre_year = _year(request, centre, year)
    releases = Release.objects.visible_to(request.user).filter(centre=centre, centre_year=centre_year)
    release = releases.select_related("programme__qualification").filter(programme=programme_id).first()
    if release is None:
        raise Http404
    return _asked(
        request,
        centre,
        what=f"sample of {release.programme.qualification.label} {academic_year.label(year)}",
        back=_final_report(request, centre, year),
        consequences=("No sample of this programme is planned, and none will be.", *OF_A_SAMPLE),
        operation=lambda **how: waiving.waive_programme(
            centre_year_id=centre_year.pk, programme_id=programme_id, **how
        ),
        told="The Quality Nominee has been told.",
    )


@require_http_methods(["GET", "POST"])
@centre_page(P.SAMPLE_WAIVE)
def waive_year_without_visit(request: HttpRequest, centre: Centre, year: int) -> HttpResponse:
    """Do without the LSV visit of a year for which none stands in the list of activities."""
    centre_year = _year(request, centre, year)
    is_not_the_lsv(centre_year, request.user)
    return _asked(
        request,
        centre,
        what=f"LSV visit {academic_year.label(year)}",
        back=_final_report(request, centre, year),
        consequences=OF_A_VISIT,
        operation=lambda **how: waivers.waive_year_without_visit(centre_year_id=centre_year.pk, **how),
        told="The Quality Nominee has been told.",
    )


def _asked(
    request: HttpRequest,
    centre: Centre,
    *,
    what: str,
    back: str,
    consequences: tuple[str, ...],
    operation: Callable[..., Activity],
    told: str,
) -> HttpResponse:
    """Ask for the reason, with what will happen; then do it."""
    noun = "visit" if what.startswith("LSV") else "sample"
    form = ReasonForm(
        request.POST or None,
        label=f"Why no {noun} is needed",
        help_text="The final annual report states this.",
        required=f"Say why no {noun} is needed",
    )
    if request.method == "POST" and form.is_valid():
        operation(reason=form.cleaned_data["reason"], by=request.user, at=clock.now())
        notices.done(request, f"{noun.capitalize()} waived", told)
        return redirect(back)
    context: dict[str, Any] = {
        "heading": f"Do without the {what}?",
        "caption": f"{centre.name}, centre {centre.number}",
        "breadcrumbs": [("Back", back), ("Waive", None)],
        "consequences": list(consequences),
        "form": form,
        "verb": f"Waive this {noun}",
        "back_url": back,
    }
    return render(request, "sampling/form.html", context)


def _year(request: HttpRequest, centre: Centre, year: int) -> CentreYear:
    found = CentreYear.objects.visible_to(request.user).filter(centre=centre, year=year).first()
    if found is None:
        raise Http404
    return found


def _final_report(request: HttpRequest, centre: Centre, year: int) -> str:
    """Where whoever waives came from: the LSV from the final report, a quality manager from the activities."""
    if request.user.may(P.REPORT_ISSUE_FINAL, centre.pk):
        return reverse("final-report-of-year", args=[centre.number, year])
    return reverse("activities", args=[centre.number])
