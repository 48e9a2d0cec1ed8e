"""Concluding a sample: what will happen, then one button that issues its report."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from centres.pages import needs
from centres.permissions import Permission as P
from centres.queries.schemes import scheme_of
from qa_portal import clock, notices
from qa_portal.errors import RuleViolation
from qa_portal.wording import counted, date_long
from reports.models import Report, ReportKind
from reports.operations import issue
from reports.operations.issue_sample import issue_sample_report
from sampling.lifecycle import SAMPLE
from sampling.models import Sample, SampleStatus
from sampling.rules import standing
from sampling.views import pages


@require_http_methods(["GET", "POST"])
@needs(P.REPORT_ISSUE_SAMPLE)
def conclude(request: HttpRequest, pk: int) -> HttpResponse:
    """Ask once, with what will happen; or say what still stands in the way."""
    found = pages.the_sample(request, pk, P.REPORT_ISSUE_SAMPLE)
    if request.method == "POST":
        report = issue_sample_report(sample_id=found.pk, by=request.user, at=clock.now())
        notices.done(
            request,
            f"Sample concluded, report {report.number} issued",
            "The centre and its LSV have been told. The PDF is being prepared.",
        )
        return redirect("report", pk=report.pk)
    if found.status == SampleStatus.CONCLUDED:
        newest = Report.objects.filter(centre_id=found.centre_id, activity=found.activity_id)
        report = newest.order_by("-version").first()
        if report is not None:
            return redirect("report", pk=report.pk)
    context = {
        "caption": pages.name_of(found),
        "breadcrumbs": pages.way(request, found, ("Conclude", None)),
        "back_url": reverse("sample", args=[found.pk]),
        "reasons": _in_the_way(request, found),
    }
    if context["reasons"]:
        return render(
            request, "sampling/not_yet.html", context | {"heading": "This sample cannot be concluded yet"}
        )
    context |= {
        "heading": "Conclude this sample and issue its report?",
        "consequences": _consequences(found),
        "verb": "Conclude and issue the report",
        "back_text": "Back to the sample",
    }
    return render(request, "sampling/form.html", context)


def _in_the_way(request: HttpRequest, found: Sample) -> list[object]:
    if found.status == SampleStatus.REQUESTED:
        return [{"what": "No item is judged yet.", "mend": "Open the first item.", "rule": "R68"}]
    try:
        SAMPLE["conclude"].check(found, by=request.user)
    except RuleViolation as refusal:
        return list(refusal.reasons) or [{"what": refusal.message, "rule": refusal.rule}]
    return []


def _consequences(found: Sample) -> list[str]:
    stands, scheme = standing(found), scheme_of(found.scheme_version)
    missing = len(stands.items) - stands.agreed - stands.disagreed
    lines = [f"{counted(stands.agreed, 'item')} agreed, {stands.disagreed} not agreed, {missing} missing."]
    if stands.disagreed:
        days = scheme.sampling.second_sample.due_days_after_corrective_action.value
        lines.append(
            "Certification of this programme is pending until the centre has acted and a second sample passes."
        )
        lines.append(
            f"A second sample, on enhanced control, is due within {days} days of the centre’s action."
        )
    else:
        lines.append("Certification of this programme is released.")
    lines.append("The centre reads every judgement with its reasons.")
    lines += [
        f"An action starts: due {date_long(action.due_on)}, {action.owner.name}." for action in stands.actions
    ]
    lines.append("A quality manager decides on your recommendation about direct claims status.")
    lines.append(
        f"The report goes to: {issue.copies_in_words(scheme, ReportKind.SAMPLE)}. It cannot be changed."
    )
    return lines
