"""Issuing reports: content frozen with its digest, people told, the PDF asked for."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any, Literal

from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from centres.permissions import ROLES, Permission, RoleCode
from centres.schemes import Scheme
from qa_portal import audit, jobs, mail
from qa_portal.actors import Actor
from qa_portal.errors import NotPermitted, RuleViolation
from qa_portal.wording import counted
from reports.content.document import Issuing, digest
from reports.content.visit import visit_report
from reports.models import Report, ReportKind
from reports.rules.issued import was_issued
from verification.models import Activity, CentreYear
from verification.operations import visits
from verification.queries.years import holders, scheme_of_year

PREFIX = {ReportKind.VISIT: "LSV", ReportKind.SAMPLE: "SV", ReportKind.FINAL: "FAR"}
FORM: dict[str, Literal["lsv_visit", "standards_verification", "final_annual"]] = {
    ReportKind.VISIT: "lsv_visit",
    ReportKind.SAMPLE: "standards_verification",
    ReportKind.FINAL: "final_annual",
}
MAY_ISSUE = {
    ReportKind.VISIT: Permission.REPORT_ISSUE_VISIT,
    ReportKind.SAMPLE: Permission.REPORT_ISSUE_SAMPLE,
    ReportKind.FINAL: Permission.REPORT_ISSUE_FINAL,
}


@transaction.atomic
def issue_visit_report(*, activity_id: int, by: Actor, at: datetime) -> Report:
    """Issue the LSV report: the visit is concluded, actions start, the centre gets the report now.

    Raises NotPermitted, RuleViolation with every reason why it is not complete, or when it was issued already, so that
    a double click makes one report (R12, R69, R81).
    """
    if not by.may(Permission.REPORT_ISSUE_VISIT):
        raise NotPermitted("Issuing the report of a visit is not part of your role.")
    try:
        concluded = visits.conclude(activity_id=activity_id, by=by, at=at)
    except RuleViolation as refusal:
        raise issued_already(activity_id) or refusal from None
    activity = concluded.activity
    issuing = next_issuing(activity.centre_year, ReportKind.VISIT, by=by, at=at)
    content = visit_report(activity, issuing=issuing, opened=concluded.actions)
    return freeze(
        content, kind=ReportKind.VISIT, centre_year=activity.centre_year, activity=activity, by=by, at=at
    )


def issued_already(activity_id: int) -> RuleViolation | None:
    """The refusal that names an activity's report, where it is issued already; else None (R69)."""
    issued = Report.objects.filter(activity_id=activity_id).select_related("issued_by").order_by("version")
    newest = issued.last()
    return was_issued(newest) if newest else None


def next_issuing(centre_year: CentreYear, kind: ReportKind, *, by: Actor, at: datetime) -> Issuing:
    """Number, issuer and copies of the next report of a kind in a centre's year; called with the year locked."""
    numbers = Report.objects.filter(centre_id=centre_year.centre_id, centre_year=centre_year, kind=kind)
    taken = numbers.values("number").distinct().count()
    form = scheme_of_year(centre_year).verification.reports[FORM[kind]]
    return Issuing(
        number=f"{PREFIX[kind]}-{centre_year.centre.number}-{centre_year.year}-{taken + 1}",
        version=1,
        by_id=by.pk,
        by_name=str(by),
        by_role=RoleCode(form.written_by).label,
        at=timezone.localtime(at),
        copies=tuple(RoleCode(role).label for role in form.copies_to),
    )


def freeze(
    content: Mapping[str, Any],
    *,
    kind: ReportKind,
    centre_year: CentreYear,
    by: Actor,
    at: datetime,
    activity: Activity | None = None,
    programme_id: int | None = None,
    supersedes: Report | None = None,
    reason: str = "",
) -> Report:
    """Keep a document as issued: it never changes from here on; copies go out and the PDF is asked for (R69, R70).

    ``content`` is what ``reports.content.document`` makes. Called inside the operation that concludes the work.
    """
    report = Report.objects.create(
        centre_id=centre_year.centre_id,
        centre_year=centre_year,
        activity=activity,
        programme_id=programme_id,
        kind=kind,
        number=content["number"],
        version=content["version"],
        title=title_of(content),
        content=dict(content),
        sha256=digest(dict(content)),
        issued_at=at,
        issued_by_id=by.pk,
        supersedes=supersedes,
        correction_reason=reason,
    )
    _send_copies(report, scheme_of_year(centre_year), at)
    jobs.enqueue("reports.prepare_pdf", centre_id=report.centre_id, report_id=report.pk)
    audit.record(
        "report.corrected" if supersedes else "report.issued",
        by=by,
        target=report,
        at=at,
        number=report.number,
        version=report.version,
        sha256=report.sha256,
        reason=reason,
    )
    return report


def title_of(content: Mapping[str, Any]) -> str:
    """What lists call a report: "LSV visit report 2026-27"."""
    about = f": {content['about']}" if content.get("about") else ""
    return f"{content['short_title']} {content['year_label']}{about}"[:160]


def _send_copies(report: Report, scheme: Scheme, at: datetime) -> None:
    """Tell everybody who gets a copy, each once (R70)."""
    content = report.content
    version = f", version {report.version}" if report.version > 1 else ""
    for person_id in _receivers(
        report, scheme.verification.reports[FORM[ReportKind(report.kind)]].copies_to, at
    ):
        mail.write(
            centre_id=report.centre_id,
            to_id=person_id,
            kind="report.issued",
            key=f"report-{report.pk}-{person_id}",
            subject=f"{content['title']}, {content['centre']['name']}{version}",
            body=_body(report),
            url=reverse("report", args=[report.pk]),
            at=at,
        )


def _receivers(report: Report, roles: Iterable[str], at: datetime) -> list[int]:
    on = timezone.localdate(at)
    found: list[int] = []
    for role in roles:
        if role == RoleCode.QUALITY_MANAGER and report.centre_year.centre.quality_manager_id:
            found.append(report.centre_year.centre.quality_manager_id)
        else:
            found += [person.pk for person in holders(report.centre_id, role, on)]
    return [pk for pk in dict.fromkeys(found) if pk != report.issued_by_id]


def _body(report: Report) -> str:
    content = report.content
    figures = ". ".join(f"{figure['label']}: {figure['word']}" for figure in content["outcome"]["figures"])
    opening = f"{content['issued']['by']['name']} has issued it. "
    if report.correction_reason:
        opening = f"It replaces version {report.version - 1}: {report.correction_reason} "
    return f"{opening}{figures}."


def copies_in_words(scheme: Scheme, kind: ReportKind) -> str:
    """Who gets a copy, for the page that asks before issuing: "Quality Nominee, Head of Centre"."""
    roles = scheme.verification.reports[FORM[kind]].copies_to
    return ", ".join(RoleCode(role).label for role in roles if role in ROLES)


def actions_in_words(number: int) -> str:
    """ "2 actions start"."""
    return f"{counted(number, 'action')} start" + ("s" if number == 1 else "")
