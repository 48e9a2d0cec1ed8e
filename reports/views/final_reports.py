"""The LSV's pages for the final annual report: the draft beside the year's record, and its issue."""

from __future__ import annotations

from typing import Any

from django.db.models import Exists, OuterRef
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from centres import academic_year
from centres.models import Centre
from centres.pages import centre_page
from centres.permissions import Permission
from qa_portal import clock, notices
from qa_portal.errors import EditConflict
from qa_portal.wording import date_plain
from reports.forms import FinalReportForm
from reports.models import Report, ReportKind
from reports.operations import final_reports
from reports.queries import final as queries
from reports.rules import final as rules
from reports.year_record import SampleLine, YearRecord
from verification.models import CentreYear, StageState
from verification.queries.years import scheme_of_year


@require_safe
@centre_page(Permission.REPORT_ISSUE_FINAL)
def outstanding(request: HttpRequest, centre: Centre) -> HttpResponse:
    """Lead to the final report that is due first: of the oldest year that has none, else the newest there is."""
    years = _years(request, centre)
    if not years:
        raise Http404
    waiting = [year for year in years if not _is_over(year)]
    year = waiting[0] if waiting else years[-1]
    return redirect("final-report-of-year", centre.number, year.year)


@require_http_methods(["GET", "POST"])
@centre_page(Permission.REPORT_ISSUE_FINAL)
def final_report(request: HttpRequest, centre: Centre, year: int) -> HttpResponse:
    """Write the final report of a year; what the record says stands beside it. An issued one is shown instead."""
    years = _years(request, centre)
    centre_year = _year(years, year)
    issued = _issued(centre_year)
    if issued is not None:
        return _to_the_issued(request, issued)
    return _write(request, centre, centre_year, _other_years(centre, years, centre_year))


def _write(request: HttpRequest, centre: Centre, year: CentreYear, other_years: list[Any]) -> HttpResponse:
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
                return redirect("final-report-issue", centre.number, year.year)
            notices.done(request, "Draft saved", "Only you and the awarding organisation can read it.")
            return redirect("final-report-of-year", centre.number, year.year)
    context = _frame(centre, year) | {
        "form": form,
        "record": record,
        "lines": [_line(line) for line in record.samples],
        "theirs": draft if status == 409 else None,
        "other_years": other_years,
    }
    return render(request, "reports/final_report.html", context, status=status)


@require_safe
@centre_page(Permission.REPORT_ISSUE_FINAL)
def issue_page(request: HttpRequest, centre: Centre, year: int) -> HttpResponse:
    """Ask before the report is issued, or say what stands in the way."""
    centre_year = _year(_years(request, centre), year)
    issued = _issued(centre_year)
    if issued is not None:
        return _to_the_issued(request, issued)
    record, draft = queries.record_of(centre_year), queries.draft_of(centre_year)
    rules.may_be_issued(centre_year, record, draft, scheme_of_year(centre_year))
    context = _frame(centre, centre_year) | {
        "heading": f"Issue the final annual report {academic_year.label(year)}?",
        "consequences": [
            f"{centre.name}, its Head of Centre and its quality manager get it now",
            "The final risk rating and next year's cycle take effect",
            "It cannot be changed. A correction is a new version",
        ],
        "verb": "Issue the report",
        "back_url": reverse("final-report-of-year", args=[centre.number, year]),
        "back_text": "Back to the draft",
        "action": reverse("final-report-issue-now", args=[centre.number, year]),
    }
    return render(request, "reports/final_report_issue.html", context)


@require_POST
@centre_page(Permission.REPORT_ISSUE_FINAL)
def issue(request: HttpRequest, centre: Centre, year: int) -> HttpResponse:
    """Issue it; a second press leads to the report that the first one issued."""
    centre_year = _year(_years(request, centre), year)
    issued = _issued(centre_year)
    if issued is not None:
        return _to_the_issued(request, issued)
    report = final_reports.issue_final_report(centre_year_id=centre_year.pk, by=request.user, at=clock.now())
    notices.done(
        request, "Final annual report issued", "The centre has been told. The PDF is being prepared."
    )
    return redirect("report", report.pk)


def _years(request: HttpRequest, centre: Centre) -> list[CentreYear]:
    """The centre's years that have begun, oldest first, and whether the final report of each is issued."""
    issued = Report.objects.filter(
        centre_id=OuterRef("centre_id"), centre_year=OuterRef("pk"), kind=ReportKind.FINAL
    )
    return list(
        CentreYear.objects.visible_to(request.user)
        .filter(centre_id=centre.pk, year__lte=academic_year.year_of(clock.today()))
        .select_related("centre", "scheme_version")
        .annotate(is_issued=Exists(issued))
        .order_by("year")
    )


def _year(years: list[CentreYear], year: int) -> CentreYear:
    found = next((each for each in years if each.year == year), None)
    if found is None or found.final_report_state == StageState.NOT_NEEDED:
        raise Http404
    return found


def _issued(year: CentreYear) -> Report | None:
    return queries.issued_report(year) if year.is_issued else None  # type: ignore[attr-defined]


def _is_over(year: CentreYear) -> bool:
    return year.final_report_state in (StageState.DONE, StageState.NOT_NEEDED)


def _other_years(centre: Centre, years: list[CentreYear], this: CentreYear) -> list[tuple[str, str, str]]:
    """The final reports of other years: label, address, and how far each is."""
    return [
        (
            academic_year.label(year.year),
            reverse("final-report-of-year", args=[centre.number, year.year]),
            "issued" if _is_over(year) else "not issued",
        )
        for year in years
        if year.pk != this.pk and year.final_report_state != StageState.NOT_NEEDED
    ]


def _to_the_issued(request: HttpRequest, issued: Report) -> HttpResponse:
    by_and_when = f"{issued.issued_by} issued it on {date_plain(issued.issued_at)}."
    notices.note(
        request, f"Report {issued.number} is issued", f"{by_and_when} A correction is a new version."
    )
    return redirect("report", issued.pk)


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
