"""Pages of cohorts and of the sites where they are taught."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from centres import pages
from centres.forms.register import CohortForm, SiteForm
from centres.models import Centre, Cohort, Programme, Site
from centres.operations import cohorts, sites
from centres.permissions import Permission as P
from centres.views.register import attempt, form_page
from qa_portal import clock, notices
from qa_portal.wording import date_short


def _programme(request: HttpRequest, pk: int, *permissions: str) -> Programme:
    rows = Programme.objects.visible_to(request.user).select_related("centre", "qualification")
    return pages.find(request, rows, pk, *permissions)


@require_http_methods(["GET", "POST"])
@pages.person_page
def add_cohort(request: HttpRequest, pk: int) -> HttpResponse:
    """Add a cohort to a programme."""
    programme = _programme(request, pk, P.COHORT_EDIT)
    back = reverse("programme", args=[programme.pk])
    form = CohortForm(request.POST or None, centre_id=programme.centre_id)
    if request.method == "POST" and form.is_valid():
        values = form.cleaned_data
        site = values.pop("site")
        cohort = attempt(
            form,
            lambda: cohorts.add(
                programme_id=programme.pk, site_id=site.pk, by=request.user, at=clock.now(), **values
            ),
        )
        if cohort is not None:
            notices.done(request, f"Cohort {cohort.name} added", "Learners can be enrolled in it now.")
            return redirect(back)
    return form_page(
        request,
        form,
        f"Add a cohort to {programme.qualification.short_title}",
        "Add the cohort",
        programme.centre,
        back,
    )


@require_http_methods(["GET", "POST"])
@pages.person_page
def change_cohort(request: HttpRequest, pk: int) -> HttpResponse:
    """Change a cohort."""
    rows = Cohort.objects.visible_to(request.user).select_related(
        "centre", "programme__qualification", "site"
    )
    cohort = pages.find(request, rows, pk, P.COHORT_EDIT)
    names = ("name", "site", "delivery_pattern", "starts_on", "ends_on", "certification_needed_by")
    form = CohortForm(
        request.POST or None,
        centre_id=cohort.centre_id,
        initial={name: getattr(cohort, name) for name in names},
    )
    back = reverse("programme", args=[cohort.programme_id])
    if request.method == "POST" and form.is_valid():
        values = form.cleaned_data
        site = values.pop("site")
        if attempt(
            form,
            lambda: cohorts.change(
                cohort_id=cohort.pk, site_id=site.pk, by=request.user, at=clock.now(), **values
            ),
        ):
            notices.done(request, f"Cohort {values['name']} changed")
            return redirect(back)
    return form_page(request, form, f"Change the cohort {cohort.name}", "Save", cohort.centre, back)


@require_safe
@pages.centre_page(P.CENTRE_READ)
def site_list(request: HttpRequest, centre: Centre) -> HttpResponse:
    """Where the centre delivers."""
    may_edit = request.user.may(P.SITE_EDIT, centre.pk)
    rows = [
        {
            "site": site,
            "closed": date_short(site.closed_on),
            "url": reverse("site-change", args=[site.pk]) if may_edit else "",
        }
        for site in Site.objects.visible_to(request.user)
        .filter(centre_id=centre.pk)
        .order_by("-is_main", "name")
    ]
    context = {
        "heading": "Sites",
        "caption": f"{centre.name}, centre {centre.number}",
        "breadcrumbs": [(centre.name, centre.get_absolute_url())],
        "rows": rows,
        "add_url": reverse("site-add", args=[centre.number]) if may_edit else "",
    }
    return render(request, "centres/sites.html", context)


@require_http_methods(["GET", "POST"])
@pages.centre_page(P.SITE_EDIT)
def add_site(request: HttpRequest, centre: Centre) -> HttpResponse:
    """Add a site."""
    form = SiteForm(request.POST or None)
    del form.fields["closed_on"]
    back = reverse("sites", args=[centre.number])
    if request.method == "POST" and form.is_valid():
        site = attempt(
            form, lambda: sites.add(centre_id=centre.pk, by=request.user, at=clock.now(), **form.cleaned_data)
        )
        if site is not None:
            notices.done(request, f"{site.name} added")
            return redirect(back)
    return form_page(request, form, "Add a site", "Add the site", centre, back)


@require_http_methods(["GET", "POST"])
@pages.person_page
def change_site(request: HttpRequest, pk: int) -> HttpResponse:
    """Change a site, or close it."""
    site = pages.find(
        request, Site.objects.visible_to(request.user).select_related("centre"), pk, P.SITE_EDIT
    )
    initial = {"name": site.name, "address": site.address, "closed_on": site.closed_on}
    form = SiteForm(request.POST or None, initial=initial | {"is_main": "yes" if site.is_main else "no"})
    back = reverse("sites", args=[site.centre.number])
    if request.method == "POST" and form.is_valid():
        done = attempt(
            form, lambda: sites.change(site_id=site.pk, by=request.user, at=clock.now(), **form.cleaned_data)
        )
        if done is not None:
            notices.done(request, f"{form.cleaned_data['name']} changed")
            return redirect(back)
    return form_page(request, form, f"Change the site {site.name}", "Save", site.centre, back)
