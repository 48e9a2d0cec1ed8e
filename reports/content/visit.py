"""The LSV visit report: what was found, rated and asked for, from the record of the visit."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.utils import timezone

from centres import academic_year
from centres.queries.schemes import in_force
from centres.schemes import Scheme
from qa_portal.wording import clock_time, date_long, date_plain, in_words
from reports.content.document import (
    CONSEQUENCE,
    ActionLine,
    Issuing,
    Json,
    actions_section,
    cell,
    counted_actions,
    document,
    figure,
    table_section,
    text_section,
)
from reports.models import ReportKind
from verification.models import (
    Action,
    Activity,
    DraftAction,
    FactCheckStatus,
    Finding,
    FindingJudgement,
    ReportDraft,
    RiskLevel,
)
from verification.queries import actions as action_queries
from verification.queries import visits as queries
from verification.queries.years import scheme_of_year
from verification.rules.direct_claims import suspends_when_overdue

SHORT_TITLE = "LSV visit report"
JUDGEMENT = {
    FindingJudgement.MET: "done",
    FindingJudgement.PARTLY: "careful",
    FindingJudgement.NOT_MET: "disagreed",
}
RATING = {RiskLevel.LOW: "done", RiskLevel.MEDIUM: "careful", RiskLevel.HIGH: "suspended"}


def visit_report(activity: Activity, *, issuing: Issuing, opened: Sequence[Action] | None = None) -> Json:
    """Build the whole document of a visit.

    ``activity`` comes from ``queries.detailed``; ``opened`` are the actions as opened, or None for a draft, whose
    actions carry the numbers that they would get. Nothing is saved.
    """
    scheme = scheme_of_year(activity.centre_year)
    draft = queries.draft_of(activity)
    findings = queries.findings_of(activity)
    lines = action_lines(activity, opened)
    numbers = queries.numbers_of(activity.centre_id, activity.centre_year.year)
    return document(
        kind=ReportKind.VISIT,
        title=scheme.verification.reports["lsv_visit"].title,
        short_title=SHORT_TITLE,
        centre=activity.centre,
        year=activity.centre_year.year,
        scheme=scheme,
        cover=_cover(activity, issuing, numbers),
        outcome=_outcome(draft, findings, lines),
        sections=[
            text_section("rating_reasons", "Why this rating", draft.rating_reasons if draft else ""),
            _findings(activity, findings),
            text_section("good_practice", "Good practice", draft.good_practice if draft else ""),
            actions_section(lines),
            text_section("next_steps", "What happens next", draft.next_steps if draft else ""),
        ],
        closing=_closing(activity),
        issuing=issuing,
        record=_record(activity, draft, findings, opened, numbers),
    )


def action_lines(activity: Activity, opened: Sequence[Action] | None) -> list[ActionLine]:
    """The actions of a report as it tells them, numbered; those of a draft as they would be."""
    scheme = scheme_of_year(activity.centre_year)
    titles = action_queries.criterion_titles(scheme)
    rows: list[Any] = list(opened) if opened is not None else queries.draft_actions_of(activity)
    return [
        ActionLine(
            number=row.number if isinstance(row, Action) else (row.last_number or 0) + 1 + i,
            level=row.level,
            text=row.text,
            criterion=titles.get(row.criterion, row.criterion),
            owner=row.owner.name,
            due_on=row.due_on,
            programme=row.programme.qualification.label if row.programme else "",
            risk=row.risk_to_valid_certification,
            consequence=CONSEQUENCE if suspends_when_overdue(row, _scheme_of(row, activity, scheme)) else "",
        )
        for i, row in enumerate(rows)
    ]


def _scheme_of(row: Action | DraftAction, activity: Activity, of_the_year: Scheme) -> Scheme:
    """The scheme that governs an action: its programme's suite's, or the year's for the whole centre."""
    if row.programme is None:
        return of_the_year
    first, _ = academic_year.bounds(activity.centre_year.year)
    return in_force(row.programme.qualification.suite, first).scheme


def _cover(
    activity: Activity, issuing: Issuing, numbers: queries.Numbers
) -> list[tuple[tuple[str, str], tuple[str, str]]]:
    centre = activity.centre
    when = [date_long(activity.day)] if activity.day else []
    when += [clock_time(activity.starts_at)] if activity.starts_at else []
    when.append(
        activity.site.name if activity.site and activity.mode == "ON_SITE" else activity.get_mode_display()
    )
    return [
        (("Centre", f"{centre.name}, {centre.number}"), ("Visit", ", ".join(when))),
        (("Programmes", numbers.programmes_in_words), ("Lead verifier", issuing.by_name)),
        (("Learners, staff", numbers.people_in_words), ("Seen at the centre", activity.people_seen)),
    ]


def _outcome(draft: ReportDraft | None, findings: Mapping[str, Finding], lines: Sequence[ActionLine]) -> Json:
    at_risk = any(finding.risk_to_valid_certification for finding in findings.values())
    level = draft.rating if draft else ""
    rating = RiskLevel(level).label if level else "Not rated yet"
    return {
        "figures": [
            figure(
                "Risk to valid certification",
                "Yes" if at_risk else "No",
                shape="overdue" if at_risk else "done",
            ),
            figure("Initial risk rating", rating, shape=RATING[RiskLevel(level)] if level else "not-started"),
            figure("Actions", counted_actions(lines)),
        ],
        "text": draft.summary if draft else "",
    }


def _findings(activity: Activity, findings: Mapping[str, Finding]) -> Json:
    rows = []
    for criterion in queries.visit_of(activity).criteria:
        finding = findings.get(criterion.key)
        judged = FindingJudgement(finding.judgement) if finding and finding.judgement else None
        risk = "Risk to valid certification" if finding and finding.risk_to_valid_certification else ""
        cells = [
            cell(criterion.title, strong=True),
            cell(judged.label, shape=JUDGEMENT[judged])
            if judged
            else cell("Not judged", shape="not-started"),
            cell(finding.seen if finding else "", second=risk, correctable=True),
        ]
        rows.append((criterion.key, cells))
    columns = (("Management system", 27), ("Judgement", 15), ("What was seen", 58))
    return table_section("findings", "Findings", columns, rows)


def _closing(activity: Activity) -> str:
    """How the centre checked the facts, in one sentence."""
    check = queries.fact_check_of(activity)
    if check is None:
        return ""
    if check.status == FactCheckStatus.CLOSED or check.answered_at is None:
        return f"The centre was asked to check the facts by {date_plain(check.due_on)} and did not answer."
    on = date_plain(check.answered_at)
    corrections = len(check.corrections)
    if not corrections:
        return f"The centre checked the facts of the draft on {on} and asked for no correction."
    number = in_words(corrections)
    return f"The centre checked the facts of the draft on {on} and asked for {number} correction" + (
        "." if corrections == 1 else "s."
    )


def _record(
    activity: Activity,
    draft: ReportDraft | None,
    findings: Mapping[str, Finding],
    opened: Sequence[Action] | None,
    numbers: queries.Numbers,
) -> dict[str, Any]:
    return {
        "activity": activity.pk,
        "day": activity.day.isoformat() if activity.day else None,
        "mode": activity.mode,
        "rating": draft.rating if draft else "",
        "programmes": [
            {"id": p.pk, "qan": p.qualification.qan, "title": p.qualification.title}
            for p in numbers.programmes
        ],
        "learners": numbers.learners,
        "findings": {
            key: {"judgement": row.judgement, "risk": row.risk_to_valid_certification}
            for key, row in findings.items()
        },
        "actions": [{"id": row.pk, "number": row.number, "level": row.level} for row in opened or ()],
    }


def draft_issuing(activity: Activity, *, at: datetime) -> Issuing:
    """Whose draft a preview is, and of when."""
    lsv = activity.allocation.verifier.person if activity.allocation else activity.centre_year.lsv
    return Issuing(
        number="draft",
        version=0,
        by_id=lsv.pk if lsv else 0,
        by_name=lsv.name if lsv else "",
        by_role="Lead Standards Verifier",
        at=timezone.localtime(at),
        copies=(),
    )
