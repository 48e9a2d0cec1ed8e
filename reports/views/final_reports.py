"""The LSV's pages for the final annual report: the draft beside the year's record, and its issue."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from centres import academic_year
from centres.models import Centre
from centres.pages import centre_page
from centres.permissions import Permission
from qa_portal import clock, notices
from qa_portal.errors import EditConflict, RuleViolation
from reports.forms import FinalReportForm
from reports.operations import final_reports
from reports.queries import final as queries
from reports.rules import final as rules
from reports.year_record import SampleLine, YearRecord
from verification.models import CentreYear
from verification.queries.years import scheme_of_year


@require_http_methods(["GET", "POST"])
@centre_page(Permission.REPORT_ISSUE_FINAL)
def final_report(request: HttpRequest, centre: Centre) -> HttpResponse:
    """Write the final report; what the record says stands beside it."""
    year = _year(request, centre)
    record, draft, scheme = queries.record_of(year), queries.draft_of(year), scheme_of_year(year)
    form = _form(request, record, draft, scheme)
    status = 200
    if request.method == "POST" and form.is_valid():
        try:
            _save(request, year, form)
        except EditConflict as conflict:
            form.add_error(None, f"{conflict} Their version stands below yours; save again to keep yours.")
            form.data = form.data.copy()
            draft = queries.draft_of(year)
            form.data["revision"] = draft.revision if draft else 0
            status = 409
        else:
            if "issue" in request.POST:
                return redirect("final-report-issue", centre.number)
            notices.done(request, "Draft saved", "Only you and the awarding organisation can read it.")
            return redirect("final-report", centre.number)
    context = _frame(centre, year) | {
        "form": form,
        "record": record,
        "lines": [_line(line) for line in record.samples],
        "theirs": draft if status == 409 else None,
    }
    return render(request, "reports/final_report.html", context, status=status)


@centre_page(Permission.REPORT_ISSUE_FINAL)
def issue_page(request: HttpRequest, centre: Centre) -> HttpResponse:
    """Ask before the report is issued, or say what stands in the way."""
    year = _year(request, centre)
    record, draft = queries.record_of(year), queries.draft_of(year)
    rules.may_be_issued(year, record, draft, scheme_of_year(year))
    context = _frame(centre, year) | {
        "heading": "Issue the final annual report?",
        "consequences": [
            f"{centre.name}, its Head of Centre and its quality manager get it now",
            "The final risk rating and next year's cycle take effect",
            "It cannot be changed. A correction is a new version",
        ],
        "verb": "Issue the report",
        "back_url": reverse("final-report", args=[centre.number]),
        "back_text": "Back to the draft",
        "action": reverse("final-report-issue-now", args=[centre.number]),
    }
    return render(request, "reports/final_report_issue.html", context)


@require_POST
@centre_page(Permission.REPORT_ISSUE_FINAL)
def issue(request: HttpRequest, centre: Centre) -> HttpResponse:
    """Issue it."""
    year = _year(request, centre)
    report = final_reports.issue_final_report(centre_year_id=year.pk, by=request.user, at=clock.now())
    notices.done(
        request, "Final annual report issued", "The centre has been told. The PDF is being prepared."
    )
    return redirect("report", report.pk)


def _year(request: HttpRequest, centre: Centre) -> CentreYear:
    """The newest year that has no final report yet; in the autumn that may still be last year's."""
    years = (
        CentreYear.objects.visible_to(request.user)
        .filter(centre_id=centre.pk, year__lte=academic_year.year_of(clock.today()))
        .select_related("centre", "scheme_version")
    )
    year = years.exclude(final_report_state__in=["DONE", "NOT_NEEDED"]).order_by("year").last()
    if year is None:
        if years.exists():
            raise RuleViolation(
                "The final report of this year is issued. A correction is a new version.", rule="R69"
            )
        raise Http404
    return year


def _form(request: HttpRequest, record: YearRecord, draft: Any, scheme: Any) -> FinalReportForm:
    cycles = scheme.verification.cycles
    names = {status.programme_id: status.programme.qualification.short_title for status in record.claims}
    programmes = [(pk, names.get(pk, "")) for pk in record.releases]
    chosen = (draft.recommended_cycle if draft else {}) or queries.suggested_cycle(
        record, [c.key for c in cycles]
    )
    initial: dict[str, Any] = {f"cycle_{pk}": chosen.get(str(pk), "") for pk, _ in programmes}
    initial["revision"] = draft.revision if draft else 0
    if draft:
        initial |= {field: getattr(draft, field) for field in final_reports.TEXTS}
    return FinalReportForm(request.POST or None, initial=initial, cycles=cycles, programmes=programmes)


def _save(request: HttpRequest, year: CentreYear, form: FinalReportForm) -> None:
    final_reports.save_draft(
        centre_year_id=year.pk,
        texts={field: form.cleaned_data[field] for field in final_reports.TEXTS},
        recommended_cycle=form.cycles(),
        revision=form.cleaned_data["revision"],
        by=request.user,
        at=clock.now(),
    )


def _frame(centre: Centre, year: CentreYear) -> dict[str, Any]:
    label = academic_year.label(year.year)
    return {
        "heading": f"Final annual report {label}",
        "caption": f"{centre.name}, centre {centre.number}",
        "breadcrumbs": [(centre.name, centre.get_absolute_url()), (f"Final annual report {label}", "")],
    }


def _line(line: SampleLine) -> dict[str, Any]:
    if line.outcome == "RELEASED":
        shape, word = "done", "Released"
    elif line.outcome == "PENDING":
        shape, word = "disagreed", "Certification pending"
    elif line.status == "WAIVED":
        shape, word = "not-held", "Waived"
    else:
        shape, word = "not-started", "Not concluded"
    return {"line": line, "shape": shape, "word": word}
