"""The frozen content of a final annual report."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from centres.schemes import Scheme
from qa_portal.wording import counted, date_year
from reports.content.document import (
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
from reports.year_record import SampleLine, YearRecord
from verification.models import CentreYear, ReportDraft

FINAL_RATING = "Final risk rating"
_RISK = {
    "LOW": ("done", "Low"),
    "MEDIUM": ("careful", "Medium"),
    "HIGH": ("overdue", "High"),
    "": ("not-held", "Not rated"),
}
_CLAIMS = {
    "ACTIVE": ("done", "Active"),
    "SUSPENDED": ("suspended", "Suspended"),
    "NOT_HELD": ("not-held", "Not held"),
}
_OUTCOME = {
    "RELEASED": ("done", "Released"),
    "PENDING": ("disagreed", "Certification pending"),
}


def final_content(
    centre_year: CentreYear, record: YearRecord, draft: ReportDraft, scheme: Scheme, issuing: Issuing
) -> Json:
    """Everything the final annual report prints (R10, R11)."""
    title = scheme.verification.reports["final_annual"].title
    actions = [_action(action) for action in record.open_actions]
    return document(
        kind="FINAL",
        title=title,
        short_title="Final annual report",
        centre=centre_year.centre,
        year=centre_year.year,
        scheme=scheme,
        cover=_cover(centre_year, record, issuing),
        outcome=_outcome(record, draft, actions),
        sections=[
            *_visit(record),
            _samples(record),
            _claims(record),
            text_section("rating_reasons", "Why this rating", draft.rating_reasons),
            text_section("good_practice", "Good practice", draft.good_practice),
            actions_section(actions, title="Open actions"),
            _cycle(record, draft, scheme),
            text_section("next_steps", "What happens next", draft.next_steps),
        ],
        issuing=issuing,
        record={
            "centre_year": centre_year.pk,
            "rating": draft.rating,
            "recommended_cycle": draft.recommended_cycle,
            "open_actions": [action.pk for action in record.open_actions],
        },
    )


def _cover(centre_year: CentreYear, record: YearRecord, issuing: Issuing) -> list:
    centre = centre_year.centre
    items = sum(line.judged for line in record.samples)
    disagreed = sum(line.disagreed for line in record.samples)
    return [
        (("Centre", f"{centre.name}, {centre.number}"), ("Lead verifier", issuing.by_name)),
        (
            ("Programmes", counted(len(record.releases), "programme")),
            ("Samples", counted(len(record.samples), "sample") + f", {counted(items, 'item')} judged"),
        ),
        (
            ("Disagreed", counted(disagreed, "item")),
            ("Actions", f"{record.actions_opened} opened this year, {record.actions_closed} of them closed"),
        ),
    ]


def _outcome(record: YearRecord, draft: ReportDraft, actions: list[ActionLine]) -> Json:
    shape, word = _RISK[draft.rating]
    first_shape, first_word = _RISK[record.initial_rating]
    at_risk = any(status != "RELEASED" for status in record.releases.values()) or any(a.risk for a in actions)
    return {
        "figures": [
            figure(
                "Risk to valid certification",
                "Yes" if at_risk else "No",
                shape="overdue" if at_risk else "done",
            ),
            figure(FINAL_RATING, word, shape=shape),
            figure("After the visit", first_word, shape=first_shape),
            figure("Open actions", counted_actions(actions)),
        ],
        "text": draft.summary.strip(),
    }


def _visit(record: YearRecord) -> list[Json]:
    """Why there was no LSV visit, where there was none (R10)."""
    if not record.visit_waived:
        return []
    cells = [cell("LSV visit"), cell("Waived", shape="not-held"), cell(record.visit_waived)]
    columns = (("Activity", 25), ("Outcome", 20), ("Why", 55))
    return [table_section("visit", "LSV visit", columns, [("visit", cells)])]


def _samples(record: YearRecord) -> Json:
    rows = [(str(line.activity_id), _sample(line)) for line in record.samples]
    columns = (("Programme", 40), ("Outcome", 25), ("Judged", 12), ("What was found", 23))
    return table_section("samples", "Samples", columns, rows, empty="No sample was planned this year.")


def _sample(line: SampleLine) -> list[Json]:
    if line.status == "WAIVED":
        shape, word = "not-held", "Waived"
        found = f"{line.note} Waived by {line.waived_by}." if line.waived_by else line.note
    else:
        shape, word = _OUTCOME.get(line.outcome, ("not-started", "Not concluded"))
        found = (
            f"{counted(line.disagreed, 'decision')} not agreed" if line.disagreed else "All decisions agreed"
        )
    second = f"{line.qan}, sample {line.number}" + (f", {line.verifier}" if line.verifier else "")
    return [cell(line.programme, second=second), cell(word, shape=shape), cell(str(line.judged)), cell(found)]


def _claims(record: YearRecord) -> Json:
    rows = []
    for status in record.claims:
        shape, word = _CLAIMS[status.status]
        review = date_year(status.review_due) if status.review_due else "\N{EN DASH}"
        name = status.programme.qualification.short_title
        rows.append((str(status.programme_id), [cell(name), cell(word, shape=shape), cell(review)]))
    columns = (("Programme", 50), ("Status", 25), ("Review due", 25))
    return table_section(
        "direct_claims", "Direct claims status", columns, rows, empty="No programme is approved."
    )


def decided_otherwise(content: Json, rating: str, cycle: Mapping[str, str], scheme: Scheme) -> Json:
    """A copy of a final report with another rating and other recommended cycles (R11, R69)."""
    made: Json = json.loads(json.dumps(content))
    shape, word = _RISK[rating]
    for each in made["outcome"]["figures"]:
        if each["label"] == FINAL_RATING:
            each |= figure(FINAL_RATING, word, shape=shape)
    titles = _titles(scheme)
    for section in made["sections"]:
        if section["key"] == "next_cycle":
            for row in section["rows"]:
                title, text = titles[cycle[row["key"]]]
                row["cells"][1:] = [cell(title, strong=True), cell(text)]
    made["record"] |= {"rating": rating, "recommended_cycle": dict(cycle)}
    return made


def _titles(scheme: Scheme) -> dict[str, tuple[str, str]]:
    return {cycle.key: (cycle.title, cycle.help) for cycle in scheme.verification.cycles}


def _cycle(record: YearRecord, draft: ReportDraft, scheme: Scheme) -> Json:
    titles = _titles(scheme)
    names = {status.programme_id: status.programme.qualification.short_title for status in record.claims}
    rows = []
    for programme_id in record.releases:
        title, text = titles.get(draft.recommended_cycle.get(str(programme_id), ""), ("Not yet chosen", ""))
        rows.append(
            (str(programme_id), [cell(names.get(programme_id, "")), cell(title, strong=True), cell(text)])
        )
    columns = (("Programme", 38), ("Cycle", 24), ("What it means", 38))
    return table_section("next_cycle", "Recommended cycle for next year", columns, rows)


def _action(action: Any) -> ActionLine:
    return ActionLine(
        number=action.number,
        level=action.level,
        text=action.text,
        criterion=action.criterion.replace("_", " ").capitalize(),
        owner=action.owner.name,
        due_on=action.due_on,
        programme=action.programme.qualification.short_title if action.programme else "",
        risk=action.risk_to_valid_certification,
    )
