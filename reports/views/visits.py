"""Issuing the report of a visit: what will happen, then one button; and its draft as a PDF."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from centres.pages import needs
from centres.permissions import Permission as P
from qa_portal import clock, notices
from qa_portal.errors import RuleViolation
from qa_portal.wording import date_long
from reports.content.visit import action_lines, draft_issuing, visit_report
from reports.models import Report, ReportKind
from reports.operations import issue
from reports.pdf import render as render_pdf
from verification.lifecycle.activities import ACTIVITY
from verification.models import Activity, ActivityStatus
from verification.queries.years import scheme_of_year
from verification.views.visits import find_visit, frame


@require_http_methods(["GET", "POST"])
@needs(P.REPORT_ISSUE_VISIT)
def issue_report(request: HttpRequest, pk: int) -> HttpResponse:
    """Ask once, with what will happen; or say what still stands in the way."""
    visit = find_visit(request, pk, P.REPORT_ISSUE_VISIT)
    if request.method == "POST":
        report = issue.issue_visit_report(activity_id=visit.pk, by=request.user, at=clock.now())
        notices.done(
            request, f"Report {report.number} issued", "The centre has been told. The PDF is being prepared."
        )
        return redirect("report", pk=report.pk)
    if visit.status == ActivityStatus.CONCLUDED:
        newest = Report.objects.filter(centre_id=visit.centre_id, activity=visit).order_by("-version").first()
        if newest is not None:
            return redirect("report", pk=newest.pk)
    context = frame(visit, "issue") | {"heading": "Issue the report", "reasons": _in_the_way(visit, request)}
    if context["reasons"]:
        return render(request, "reports/pages/not_yet.html", context)
    context |= {
        "heading": "Issue this report?",
        "fact": "",
        "below": "",
        "consequences": _consequences(visit),
        "verb": "Issue the report",
        "back_url": reverse("visit-texts", args=[visit.pk]),
        "back_text": "Back to the draft",
        "draft_url": reverse("visit-draft", args=[visit.pk]),
    }
    return render(request, "reports/pages/issue.html", context)


def _in_the_way(visit: Activity, request: HttpRequest) -> list[object]:
    try:
        ACTIVITY["conclude_visit"].check(visit, by=request.user)
    except RuleViolation as refusal:
        return list(refusal.reasons) or [{"what": refusal.message, "rule": refusal.rule}]
    return []


def _consequences(visit: Activity) -> list[str]:
    copies = issue.copies_in_words(scheme_of_year(visit.centre_year), ReportKind.VISIT)
    lines = [f"{visit.centre.name} gets it now: {copies}"]
    lines += [
        f"Action {line.number} starts: due {date_long(line.due_on)}, {line.owner}"
        for line in action_lines(visit, None)
    ]
    lines.append("It cannot be changed. A correction is a new version")
    return lines


@require_safe
@needs(P.VISIT_CONDUCT)
def draft(request: HttpRequest, pk: int) -> HttpResponse:
    """The draft as a PDF that says it is not issued; nothing is kept of it."""
    visit = find_visit(request, pk, P.VISIT_CONDUCT)
    content = visit_report(visit, issuing=draft_issuing(visit, at=clock.now()))
    response = HttpResponse(render_pdf(content, draft=True), content_type="application/pdf")
    response["Content-Disposition"] = f'attachment; filename="draft-{visit.centre.number}.pdf"'
    response["Cache-Control"] = "private, no-store"
    return response
