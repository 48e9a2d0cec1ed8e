"""The standards verification report: the sample, its outcome, judgements, compliance and actions (R65, R68)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from centres.queries.schemes import scheme_of
from centres.schemes import Scheme
from qa_portal.wording import counted, date_long, date_plain, joined
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
from sampling.models import (
    ComplianceCheck,
    ComplianceJudgement,
    Judgement,
    Sample,
    SampledItem,
    SampleOutcome,
    Verdict,
)
from sampling.rules import draft_of, text_of
from verification.models import Action, DirectClaimsRecommendation, DirectClaimsStatus, ReportDraft
from verification.queries import actions as action_queries
from verification.rules.direct_claims import suspends_when_overdue

SHORT_TITLE = "Standards verification report"
COMPLIANCE = {
    ComplianceJudgement.MET: "done",
    ComplianceJudgement.PARTLY_MET: "careful",
    ComplianceJudgement.NOT_MET: "disagreed",
}
OUTCOME = {
    SampleOutcome.RELEASED: ("done", "Released"),
    SampleOutcome.PENDING: ("suspended", "Certification pending"),
}


def sample_report(
    sample: Sample,
    *,
    issuing: Issuing,
    opened: Sequence[Action],
    recommendation: DirectClaimsRecommendation,
    second_due: Any = None,
) -> Json:
    """Build the whole document of a concluded sample.

    ``opened`` are the actions that start with it, ``second_due`` the day by which a second sample is due, or None.
    Learners are named by their number in the sample only. Nothing is saved.
    """
    scheme = scheme_of(sample.scheme_version)
    draft = draft_of(sample)
    items = list(
        SampledItem.objects.filter(centre_id=sample.centre_id, sample=sample)
        .prefetch_related("judgements")
        .order_by("position")
    )
    lines = action_lines(opened, scheme)
    label = sample.programme.qualification.short_title
    content = document(
        kind=ReportKind.SAMPLE,
        title=scheme.verification.reports["standards_verification"].title,
        short_title=SHORT_TITLE,
        centre=sample.activity.centre,
        year=sample.year,
        scheme=scheme,
        cover=_cover(sample, items, issuing),
        outcome=_outcome(sample, draft, lines),
        sections=[
            _drawn(sample, scheme),
            _judgements(items),
            text_section("staffing", "Staffing", text_of(draft, "staffing")),
            text_section("resources", "Resources", text_of(draft, "resources")),
            _compliance(sample, scheme),
            _direct_claims(sample, recommendation),
            text_section("good_practice", "Good practice", text_of(draft, "good_practice")),
            actions_section(lines),
            text_section("next_steps", "What happens next", text_of(draft, "next_steps")),
        ],
        closing=_closing(second_due),
        issuing=issuing,
        record=_record(sample, items, opened),
    )
    return content | {"about": label}


def action_lines(opened: Sequence[Action], scheme: Scheme) -> list[ActionLine]:
    """The actions as the report tells them."""
    titles = action_queries.criterion_titles(scheme)
    return [
        ActionLine(
            number=action.number,
            level=action.level,
            text=action.text,
            criterion=titles[action.criterion],
            owner=action.owner.name,
            due_on=action.due_on,
            risk=action.risk_to_valid_certification,
            consequence=CONSEQUENCE if suspends_when_overdue(action, scheme) else "",
        )
        for action in opened
    ]


def _cover(
    sample: Sample, items: Sequence[SampledItem], issuing: Issuing
) -> list[tuple[tuple[str, str], tuple[str, str]]]:
    centre, qualification = sample.activity.centre, sample.programme.qualification
    units = joined([unit["unit"] for unit in sample.units_in_scope])
    when = date_long(sample.activity.day) if sample.activity.day else "No day agreed"
    assessors = joined(sorted({item.facts["assessor"]["name"] for item in items}))
    sites = joined(sorted({item.facts["site"]["name"] for item in items}))
    return [
        (
            ("Centre", f"{centre.name}, {centre.number}"),
            ("Sample", f"{when}, number {sample.round} of the year"),
        ),
        (
            ("Programme", f"{qualification.short_title}, {qualification.qan}"),
            ("Standards verifier", issuing.by_name),
        ),
        (("Units", units), ("Control measure", sample.control_measure.capitalize())),
        (("Assessors", assessors), ("Sites", sites)),
    ]


def _outcome(sample: Sample, draft: ReportDraft | None, lines: Sequence[ActionLine]) -> Json:
    shape, word = OUTCOME[SampleOutcome(sample.outcome)]
    counts = sample.outcome_facts["facts"]
    judged = f"{counts['agreed']} agreed, {counts['disagreed']} not agreed"
    if counts["missing"]:
        judged += f", {counts['missing']} missing"
    return {
        "figures": [
            figure("Certification", word, shape=shape),
            figure("Decisions", judged),
            figure("Actions", counted_actions(lines)),
        ],
        "text": text_of(draft, "summary"),
    }


def _drawn(sample: Sample, scheme: Scheme) -> Json:
    """How large the sample is and why, how it was drawn, and what it can find."""
    rows = [
        ("size", "Size", sample.size_facts.get("explanation", "")),
        ("small_frame", "Why with so little work", sample.small_frame_reason),
        ("units", "Units", ". ".join(unit["why"] for unit in sample.units_in_scope)),
        ("power", "What it can find", sample.outcome_facts.get("power", "")),
        (
            "frame",
            "Frame",
            f"{counted(sample.frame_size, 'decision')}; fingerprint {_grouped(sample.frame_sha256)}",
        ),
        ("seed", "Seed", _grouped(sample.seed)),
    ]
    rows += [
        (f"note{i}", "Note", str(each["text"])) for i, each in enumerate(sample.warnings) if each.get("text")
    ]
    cells = [(key, [cell(title, strong=True), cell(text)]) for key, title, text in rows if text]
    return table_section("sample", "The sample", (("About", 20), ("How it was", 80)), cells)


def _grouped(digest: str) -> str:
    """A long digest in groups of sixteen, which a narrow page can break."""
    return " ".join(digest[i : i + 16] for i in range(0, len(digest), 16))


def _judgements(items: Sequence[SampledItem]) -> Json:
    rows = [(str(item.position), _judged(item)) for item in items]
    columns = (("Item", 8), ("Work", 34), ("Judgement", 18), ("What was found", 40))
    return table_section("judgements", "Judgements", columns, rows)


def _judged(item: SampledItem) -> list[Json]:
    facts, judgement = item.facts, next(iter(item.judgements.all()), None)
    unit, assignment = facts["unit"]["number"], facts["assignment"]["number"]
    work = f"Unit {unit}, assignment {assignment}, grade {facts['grade']}"
    cells = [
        cell(str(item.position)),
        cell(work, second=f"{facts['assessor']['name']}, {facts['site']['name']}"),
    ]
    if judgement is None or not judgement.complete:
        return [*cells, cell("Evidence missing", shape="careful"), cell(item.missing_reason)]
    if judgement.verdict == Verdict.AGREE:
        return [*cells, cell("Agreed", shape="done"), cell(judgement.feedback, second=_seen(judgement))]
    return [
        *cells,
        cell("Disagreed", shape="disagreed", strong=True),
        cell(_why(judgement), second=" ".join(filter(None, [judgement.feedback, _seen(judgement)]))),
    ]


def _seen(judgement: Judgement) -> str:
    """Where work was seen that was not sent."""
    return f"Work seen: {judgement.work_seen}" if judgement.work_seen else ""


def _why(judgement: Judgement) -> str:
    disagreed = [
        f"{code}: {each['why']}" for code, each in judgement.criteria.items() if each["agree"] is False
    ]
    return " ".join(disagreed)


def _compliance(sample: Sample, scheme: Scheme) -> Json:
    checks = {
        check.criterion: check
        for check in ComplianceCheck.objects.filter(centre_id=sample.centre_id, sample=sample)
    }
    rows = []
    for criterion in scheme.verification.standards_verification.criteria:
        check = checks[criterion.key]
        judged = ComplianceJudgement(check.judgement)
        cells = [
            cell(criterion.title, strong=True),
            cell(judged.label, shape=COMPLIANCE[judged]),
            cell(check.evidence_seen, correctable=True),
        ]
        rows.append((criterion.key, cells))
    columns = (("Requirement", 27), ("Judgement", 15), ("What was seen", 58))
    return table_section("compliance", "Compliance with the specification and handbooks", columns, rows)


def _direct_claims(sample: Sample, recommendation: DirectClaimsRecommendation) -> Json:
    status = DirectClaimsStatus.objects.get(centre_id=sample.centre_id, programme_id=sample.programme_id)
    advice = f"{recommendation.get_kind_display()}. {recommendation.reasons}"
    rows = [
        ("status", [cell("Status today", strong=True), cell(status.get_status_display())]),
        (
            "recommended",
            [
                cell("Recommended", strong=True),
                cell(advice, second="Somebody else decides."),
            ],
        ),
    ]
    return table_section("direct_claims", "Direct claims status", (("About", 20), ("What", 80)), rows)


def _closing(second_due: Any) -> str:
    if second_due is None:
        return ""
    return f"Certification is pending. A second sample is due by {date_plain(second_due)}, after the centre's action."


def _record(sample: Sample, items: Sequence[SampledItem], opened: Sequence[Action]) -> Mapping[str, Any]:
    return {
        "sample": sample.pk,
        "activity": sample.activity_id,
        "programme": {"id": sample.programme_id, "qan": sample.programme.qualification.qan},
        "round": sample.round,
        "outcome": sample.outcome,
        "counts": sample.outcome_facts["facts"],
        "items": [{"id": item.pk, "decision": item.decision_id, "position": item.position} for item in items],
        "frame_sha256": sample.frame_sha256,
        "seed": sample.seed,
        "actions": [{"id": row.pk, "number": row.number, "level": row.level} for row in opened],
    }
