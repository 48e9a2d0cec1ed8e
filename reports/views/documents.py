"""Pages of reports: lists, one report as it was issued, its PDF, its check, and corrections."""

from __future__ import annotations

import hashlib
from typing import Any

from django.core.files.storage import default_storage
from django.core.paginator import Paginator
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from centres.models import Centre
from centres.pages import centre_page, enter_centre, find, needs, person_page
from centres.permissions import Permission as P
from qa_portal import clock, notices
from qa_portal.errors import NotPermitted
from reports.content.document import correctable, digest
from reports.forms.documents import CheckForm, CorrectionForm, Decision
from reports.models import Report, ReportKind
from reports.operations import background as operations
from reports.operations import corrections, issue, readings
from reports.pdf.presentation import grouped, presented
from reports.queries import background
from reports.queries import documents as queries
from verification.queries.years import scheme_of_year

PAGE = 50
either = require_http_methods(["GET", "POST"])


@require_safe
@centre_page(P.REPORT_READ)
def of_centre(request: HttpRequest, centre: Centre) -> HttpResponse:
    """Every report of a centre, all years, all versions."""
    reports = Report.objects.visible_to(request.user).filter(centre=centre)
    context = _listed(request, reports) | {
        "caption": f"{centre.name}, centre {centre.number}",
        "breadcrumbs": [(centre.name, centre.get_absolute_url()), ("Reports", None)],
        "show_centre": False,
    }
    return render(request, "reports/pages/list.html", context)


@require_safe
@person_page
def of_caseload(request: HttpRequest) -> HttpResponse:
    """Reports of a verifier's centres, and those they issued at centres that they have left."""
    context = _listed(request, Report.objects.visible_to(request.user))
    if not context["rows"] and not request.user.may(P.REPORT_READ):
        raise NotPermitted("Reports are not part of your role.")
    return render(
        request, "reports/pages/list.html", context | {"caption": "Your centres", "show_centre": True}
    )


def _listed(request: HttpRequest, reports: Any) -> dict[str, Any]:
    listed = background.with_given_up_pdf(queries.listed(reports))
    page = Paginator(listed, PAGE).get_page(request.GET.get("page"))
    rows = list(page)
    for report in rows:
        report.cycle = queries.cycle_of(report, request.user)
    return {"heading": "Reports", "page": page, "rows": rows}


@require_safe
@person_page
def one(request: HttpRequest, pk: int) -> HttpResponse:
    """A report as it was issued; opening it leaves a receipt, except for whoever issued it."""
    report, here = _find(request, pk)
    if here and report.issued_by_id != request.user.pk:
        readings.note(report=report, by=request.user, at=clock.now())
    failed = report.pdf_at is None and background.failed_pdf_jobs(report).exists()
    context = _page(request, report, here) | {
        "pdf_failed": failed,
        "may_try_again": failed and here and background.may_try_again(report, request.user),
    }
    response = render(request, "reports/pages/report.html", context)
    if report.pdf_at is None and not failed:
        response["Refresh"] = "5"
    return response


@require_safe
@person_page
def by_number(request: HttpRequest, number: str) -> HttpResponse:
    """The address printed on a report: the newest version of this number, for who may read it."""
    reports = Report.objects.visible_to(request.user).filter(number=number).order_by("-version")
    newest = reports.values_list("pk", flat=True).first()
    if newest is None:
        raise Http404
    return redirect("report", pk=newest)


@require_safe
@person_page
def pdf(request: HttpRequest, pk: int) -> HttpResponse:
    """The PDF as it was printed once."""
    report, here = _find(request, pk)
    if report.pdf_at is None:
        return redirect("report", pk=report.pk)
    if here and report.issued_by_id != request.user.pk:
        readings.note(report=report, by=request.user, at=clock.now())
    name = f"{report.number}-version-{report.version}.pdf"
    response = FileResponse(
        default_storage.open(report.pdf_name, "rb"),
        as_attachment=True,
        filename=name,
        content_type="application/pdf",
    )
    response["Cache-Control"] = "private, no-store"
    return response


@require_POST
@person_page
def pdf_again(request: HttpRequest, pk: int) -> HttpResponse:
    """Have a PDF prepared whose preparation failed."""
    report, _ = _find(request, pk)
    operations.try_pdf_again(report_id=report.pk, by=request.user, at=clock.now())
    notices.done(request, "The PDF was asked for again", "It is here as soon as it is ready.")
    return redirect("report", pk=report.pk)


@either
@person_page
def check(request: HttpRequest, pk: int) -> HttpResponse:
    """Compare what somebody holds with what was issued."""
    report, _ = _find(request, pk)
    form = CheckForm(*((request.POST, request.FILES) if request.method == "POST" else ()))
    verdict = ""
    if request.method == "POST" and form.is_valid():
        verdict = _verdict(report, form)
    context = {
        "report": report,
        "heading": "Check a report",
        "caption": f"{report.number}, version {report.version}",
        "breadcrumbs": _breadcrumbs(report, "Check it"),
        "form": form,
        "verdict": verdict,
        "content_digest": grouped(report.sha256, whole=True),
        "pdf_digest": grouped(report.pdf_sha256, whole=True),
        "intact": digest(report.content) == report.sha256,
    }
    return render(request, "reports/pages/check.html", context)


def _verdict(report: Report, form: CheckForm) -> str:
    """Whether what was entered is this version: "same", or "other"."""
    upload = form.cleaned_data["file"]
    if upload:
        held = hashlib.sha256()
        for chunk in upload.chunks():
            held.update(chunk)
        return "same" if report.pdf_sha256 and held.hexdigest() == report.pdf_sha256 else "other"
    written = form.cleaned_data["digest"]
    return "same" if report.sha256.startswith(written) or report.pdf_sha256.startswith(written) else "other"


@either
@needs(P.REPORT_ISSUE_VISIT, P.REPORT_ISSUE_SAMPLE, P.REPORT_ISSUE_FINAL)
def correct(request: HttpRequest, pk: int) -> HttpResponse:
    """A new version of a report with other words in some of its texts."""
    reports = Report.objects.visible_to(request.user).select_related("centre")
    report = find(request, reports, pk, P.REPORT_ISSUE_VISIT, P.REPORT_ISSUE_SAMPLE, P.REPORT_ISSUE_FINAL)
    form = CorrectionForm(request.POST or None, texts=correctable(report.content), decision=_decision(report))
    if request.method == "POST" and form.is_valid():
        decided = form.decided()
        new = corrections.issue_correction(
            report_id=report.pk,
            by=request.user,
            at=clock.now(),
            reason=form.cleaned_data["reason"],
            changes=form.changes(),
            decided=corrections.Decided(*decided) if decided else None,
        )
        notices.done(
            request,
            f"Version {new.version} issued",
            "Everybody who got the report has been told. The earlier version stays readable.",
        )
        return redirect("report", pk=new.pk)
    context = {
        "report": report,
        "heading": f"Correct {report.number}",
        "caption": report.title,
        "breadcrumbs": _breadcrumbs(report, "Correct it"),
        "form": form,
    }
    return render(request, "reports/pages/correct.html", context)


def _decision(report: Report) -> Decision | None:
    """What a correction of a final report may decide otherwise; None for every other report (R11)."""
    if report.kind != ReportKind.FINAL:
        return None
    record, sections = report.content["record"], report.content["sections"]
    rows = next(section["rows"] for section in sections if section["key"] == "next_cycle")
    names = {row["key"]: row["cells"][0]["text"] for row in rows}
    cycles = scheme_of_year(report.centre_year).verification.cycles
    return Decision(
        record["rating"],
        {pk: (names.get(pk, ""), key) for pk, key in record["recommended_cycle"].items()},
        [(cycle.key, cycle.title) for cycle in cycles],
    )


def _find(request: HttpRequest, pk: int) -> tuple[Report, bool]:
    """The report, and whether its centre is still one of this person's.

    Somebody who issued it reads it also after their work there has ended. The scope then stays without the centre: only
    the report itself is theirs to read (R23, R69).
    """
    reports = Report.objects.visible_to(request.user).select_related("issued_by")
    report = queries.with_open_actions(reports).filter(pk=pk).first()
    if report is None:
        raise Http404
    centre = Centre.objects.visible_to(request.user).filter(pk=report.centre_id).first()
    if centre is None:
        return report, False
    if report.issued_by_id != request.user.pk:
        enter_centre(request, centre.pk, P.REPORT_READ)
    else:
        enter_centre(request, centre.pk)
    request.centre = centre  # type: ignore[attr-defined]
    request.found = report  # type: ignore[attr-defined]
    return report, True


def _page(request: HttpRequest, report: Report, here: bool) -> dict[str, Any]:
    person = request.user
    versions = queries.versions_of(report)
    side = person.access.side
    newest = versions[0] if versions else report
    may_correct = (
        here
        and newest.pk == report.pk
        and person.may(issue.MAY_ISSUE[ReportKind(report.kind)], report.centre_id)
    )
    return presented(report.content, sha256=report.sha256) | {
        "report": report,
        "heading": report.content["title"],
        "caption": f"{report.content['centre']['name']}, {report.content['year_label']}",
        "breadcrumbs": _breadcrumbs(report, report.number, here=here),
        "versions": versions,
        "newest": newest,
        "readings": queries.readings_of(report) if here and side != "centre" else [],
        "may_correct": may_correct,
        "cycle": queries.cycle_of(report, person),
    }


def _breadcrumbs(report: Report, last: str, *, here: bool = True) -> list[tuple[str, str | None]]:
    centre = report.content["centre"]
    if not here:
        return [("Reports", reverse("caseload-reports")), (last, None)]
    trail: list[tuple[str, str | None]] = [
        (centre["name"], reverse("centre", args=[centre["number"]])),
        ("Reports", reverse("reports", args=[centre["number"]])),
    ]
    if last != report.number:
        trail.append((report.number, reverse("report", args=[report.pk])))
    return [*trail, (last, None)]
