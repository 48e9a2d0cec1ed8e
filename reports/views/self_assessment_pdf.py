"""A centre's self-assessment as a PDF file: as it stands, as it was submitted, or blank."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from centres.models import Centre
from centres.pages import centre_page
from centres.permissions import Permission as P
from qa_portal import clock
from reports.pdf import render_page
from verification.views.self_assessment_papers import paper

WIDTHS = (17, 18, 20, 30, 35, 48)


@require_safe
@centre_page(P.SELF_ASSESSMENT_READ)
def pdf(request: HttpRequest, centre: Centre, year: int) -> HttpResponse:
    """The form as it is printed, in the fonts of the reports; who may read which version is as on the page."""
    context = paper(request, centre, year)
    context |= {
        "organisation": settings.PORTAL["organisation"],
        "service": settings.PORTAL["service"],
        "foot": f"{context['heading']}, {centre.name} ({centre.number}). {context['below']}",
        "at": clock.now(),
    }
    body = render_page("reports/print/self_assessment.html", context, widths=WIDTHS)
    response = HttpResponse(body, content_type="application/pdf")
    kind = "-blank" if context["blank"] else ""
    response["Content-Disposition"] = (
        f'attachment; filename="self-assessment-{centre.number}-{year}{kind}.pdf"'
    )
    response["Cache-Control"] = "private, no-store"
    return response
