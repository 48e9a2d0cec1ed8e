"""A self-assessment to keep: one submitted version, and the form for printing, filled in or blank."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from centres.models import Centre
from centres.pages import centre_page
from centres.permissions import Permission as P
from qa_portal import clock
from qa_portal.tenancy import Side
from qa_portal.wording import moment
from verification.models import SelfAssessment, SelfAssessmentVersion
from verification.queries.self_assessment_content import content_of
from verification.queries.self_assessment_register import register_of
from verification.queries.self_assessments import latest_version, sections_of
from verification.views import self_assessment_parts as parts
from verification.views.self_assessment_reading import register_to_read, sections_to_read


@require_safe
@centre_page(P.SELF_ASSESSMENT_READ)
def version(request: HttpRequest, centre: Centre, year: int, number_of_version: int) -> HttpResponse:
    """The answers as they were submitted once."""
    found = parts.find_year(request, centre, year)
    rows = SelfAssessmentVersion.objects.visible_to(request.user).filter(centre=centre, self_assessment=found)
    frozen = rows.select_related("submitted_by").filter(number=number_of_version).first()
    if frozen is None:
        raise Http404
    context = {
        **parts.frame(centre, found, (f"Version {frozen.number}", "")),
        "heading": f"{frozen.content['title']} {frozen.content['year']}",
        "caption": f"{centre.name}, version {frozen.number}",
        "version": frozen,
        "below": f"Submitted {moment(frozen.submitted_at)} by {frozen.submitted_by.name}.",
        "read": sections_to_read(frozen.content),
        "register": register_to_read(frozen.content.get("register")),
        "print_url": reverse("self-assessment-print", args=[centre.number, year])
        + f"?version={frozen.number}",
    }
    return render(request, "verification/self_assessment/version.html", context)


@require_safe
@centre_page(P.SELF_ASSESSMENT_READ)
def printed(request: HttpRequest, centre: Centre, year: int) -> HttpResponse:
    """The form on paper: as it stands, as a version was submitted, or blank."""
    return render(request, "verification/self_assessment/print.html", paper(request, centre, year))


def paper(request: HttpRequest, centre: Centre, year: int) -> dict[str, Any]:
    """What stands on paper for this person: ``?version=2``, ``?blank=1``, or as it stands; 404 where there is none."""
    found = parts.find_year(request, centre, year)
    blank = "blank" in request.GET
    frozen = None
    if request.GET.get("version", "").isdigit():
        rows = SelfAssessmentVersion.objects.visible_to(request.user).filter(self_assessment=found)
        frozen = rows.select_related("submitted_by").filter(number=int(request.GET["version"])).first()
        if frozen is None:
            raise Http404
    if frozen is None and not blank and request.user.access.side != Side.CENTRE:
        frozen = latest_version(found)
        if frozen is None:
            raise Http404  # what is not submitted yet is the centre's own
    content = frozen.content if frozen else content_of(found, blank=blank)
    pdf_url = reverse("self-assessment-pdf", args=[centre.number, year])
    return {
        **parts.frame(centre, found, ("Print", "")),
        "heading": f"{content['title']} {content['year']}",
        "caption": f"{centre.name}, centre {centre.number}",
        "below": _state_of_paper(found, frozen, blank=blank) + ".",
        "blank": blank,
        "sha256": frozen.sha256 if frozen else "",
        "read": sections_to_read(content),
        "register": register_to_read(content.get("register")),
        "back_url": parts.home_of(found),
        "pdf_url": f"{pdf_url}?{request.GET.urlencode()}" if request.GET else pdf_url,
    }


def _state_of_paper(found: SelfAssessment, frozen: SelfAssessmentVersion | None, *, blank: bool) -> str:
    if frozen:
        return (
            f"Version {frozen.number}, submitted {moment(frozen.submitted_at)} by {frozen.submitted_by.name}"
        )
    return (
        "Blank form" if blank else f"As it stood {moment(clock.now())}: {found.get_status_display().lower()}"
    )


@require_safe
@centre_page(P.SELF_ASSESSMENT_READ)
def register(request: HttpRequest, centre: Centre, year: int) -> HttpResponse:
    """The sections that are not asked, because the register holds them."""
    found = parts.find_year(request, centre, year)
    sections = list(sections_of(found))
    at_the_centre = request.user.access.side == Side.CENTRE
    context = {
        **parts.frame(centre, found),
        "heading": "Programmes and staff",
        "caption": parts.title_of(found),
        "register": register_to_read(register_of(centre.pk, year)),
        "groups": parts.section_groups(found, sections, linked=at_the_centre),
        "jump_text": parts.jump_text(sections),
    }
    return render(request, "verification/self_assessment/register.html", context)
