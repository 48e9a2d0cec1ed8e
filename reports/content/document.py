"""The document model of every report: cover, outcome, sections of text, tables and actions, and how it was issued.

A document is plain JSON, complete in itself: pages and PDFs print it without reading anything else, so an issued
report stays as it was. Builders of a kind (visit, sample, final) only choose what goes in.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.conf import settings

from centres import academic_year
from qa_portal.wording import date_short, date_year

SCHEMA = 1
Json = dict[str, Any]


def cell(
    text: str, *, shape: str = "", strong: bool = False, second: str = "", correctable: bool = False
) -> Json:
    """One cell of a table: text, perhaps with a shape before it and a second line below."""
    made: Json = {"text": text}
    if shape:
        made["shape"] = shape
    if strong:
        made["strong"] = True
    if second:
        made["second"] = second
    if correctable:
        made["correctable"] = True
    return made


def figure(label: str, word: str, *, shape: str = "") -> Json:
    """One figure of the outcome block: label above, word with its shape below."""
    return {"label": label, "word": word, "shape": shape}


def text_section(key: str, title: str, text: str) -> Json:
    """A section that a person wrote; a correction may replace its text."""
    return {"key": key, "title": title, "kind": "text", "text": text.strip()}


def table_section(
    key: str,
    title: str,
    columns: Sequence[tuple[str, int]],
    rows: Sequence[tuple[str, Sequence[Json]]],
    *,
    empty: str = "",
    together: bool = False,
) -> Json:
    """A table: ``columns`` are (title, width in percent, adding up to 100), ``rows`` are (key, cells).

    The first cell of a row is its heading. ``together`` keeps it on one page where it fits; ``empty`` is what stands
    there when there are no rows.
    """
    if sum(width for _, width in columns) != 100:
        raise ValueError(f"The widths of the columns of “{title}” do not add up to 100.")
    return {
        "key": key,
        "title": title,
        "kind": "table",
        "columns": [{"title": name, "width": width} for name, width in columns],
        "rows": [{"key": row, "cells": list(cells)} for row, cells in rows],
        "empty": empty,
        "together": together,
    }


#: What a report says of an action that suspends direct claims status once it is overdue (R74).
CONSEQUENCE = "If overdue, direct claims are suspended."


@dataclass(frozen=True)
class ActionLine:
    """An action as a report tells it."""

    number: int
    level: str
    text: str
    criterion: str
    owner: str
    due_on: date
    programme: str = ""
    risk: bool = False
    consequence: str = ""


_LEVELS = {"ESSENTIAL": ("suspended", "Essential", True), "RECOMMENDED": ("careful", "Recommended", False)}


def actions_section(lines: Sequence[ActionLine], *, title: str = "Actions", key: str = "actions") -> Json:
    """The table of actions: number, level, what the centre does, who, due."""
    rows = [(str(line.number), _action_cells(line)) for line in lines]
    columns = (("No.", 6), ("Level", 18), ("What the centre does", 41), ("Who", 18), ("Due", 17))
    return table_section(
        key, title, columns, rows, empty="There are no actions from this report.", together=True
    )


def _action_cells(line: ActionLine) -> list[Json]:
    shape, word, strong = _LEVELS[line.level]
    second = [part for part in (line.criterion, line.programme) if part]
    about = ", ".join(second) + "."
    if line.risk:
        about += " Risk to valid certification."
    if line.consequence:
        about += f" {line.consequence}"
    return [
        cell(str(line.number)),
        cell(word, shape=shape, strong=strong),
        cell(line.text, second=about),
        cell(line.owner),
        cell(f"{date_short(line.due_on)[:3]}\N{NO-BREAK SPACE}{date_year(line.due_on)}"),
    ]


def counted_actions(lines: Sequence[ActionLine]) -> str:
    """Say "1 essential, 2 recommended", or "None"."""
    counts = [
        (sum(line.level == level for line in lines), word.lower()) for level, (_, word, _) in _LEVELS.items()
    ]
    return ", ".join(f"{number} {word}" for number, word in counts if number) or "None"


@dataclass(frozen=True)
class Issuing:
    """By whom, when, as what and for whom a report is issued."""

    number: str
    version: int
    by_id: int
    by_name: str
    by_role: str
    at: datetime
    copies: tuple[str, ...]


def document(
    *,
    kind: str,
    title: str,
    short_title: str,
    centre: Any,
    year: int,
    scheme: Any,
    cover: Sequence[tuple[tuple[str, str], tuple[str, str]]],
    outcome: Json,
    sections: Sequence[Json],
    issuing: Issuing,
    about: str = "",
    closing: str = "",
    record: Mapping[str, Any] | None = None,
) -> Json:
    """Put a whole document together.

    ``about`` names what it is about besides the centre (a programme); ``cover`` holds rows of two (term, value) pairs;
    ``outcome`` is {"figures": [...], "text": ...}; ``record`` keeps ids and codes behind the words, for those who read
    reports by machine.
    """
    return {
        "schema": SCHEMA,
        "kind": str(kind),
        "title": title,
        "short_title": short_title,
        "about": about,
        "number": issuing.number,
        "version": issuing.version,
        "organisation": settings.PORTAL["organisation"],
        "service": settings.PORTAL["service"],
        "centre": {"id": centre.pk, "number": centre.number, "name": centre.name},
        "year": year,
        "year_label": academic_year.label(year),
        "scheme": {"code": scheme.code, "version": scheme.version},
        "cover": [[list(left), list(right)] for left, right in cover],
        "outcome": outcome,
        "sections": [section for section in sections if section["kind"] != "text" or section["text"]],
        "closing": closing,
        "issued": {
            "by": {"id": issuing.by_id, "name": issuing.by_name, "role": issuing.by_role},
            "at": issuing.at.isoformat(),
            "copies": list(issuing.copies),
        },
        "correction": None,
        "record": dict(record or {}),
    }


def digest(content: Json) -> str:
    """SHA-256 over the canonical JSON of a document: what proves later that it is the one that was issued."""
    canonical = json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(canonical.encode()).hexdigest()


@dataclass(frozen=True)
class Correctable:
    """A text of an issued report that a correction may replace."""

    key: str
    label: str
    text: str


def correctable(content: Json) -> Iterator[Correctable]:
    """The texts of a document that a new version may word differently, in their order."""
    yield Correctable("outcome", "Summary", content["outcome"]["text"])
    for section in content["sections"]:
        if section["kind"] == "text":
            yield Correctable(section["key"], section["title"], section["text"])
            continue
        for row in section["rows"]:
            for each in row["cells"]:
                if each.get("correctable"):
                    yield Correctable(
                        f"{section['key']}.{row['key']}",
                        f"{section['title']}: {row['cells'][0]['text']}",
                        each["text"],
                    )


def corrected(content: Json, changes: Mapping[str, str]) -> Json:
    """A copy of a document with the texts of ``changes`` (by key) in place of the old ones."""
    made: Json = json.loads(json.dumps(content))
    if "outcome" in changes:
        made["outcome"]["text"] = changes["outcome"].strip()
    for section in made["sections"]:
        if section["kind"] == "text" and section["key"] in changes:
            section["text"] = changes[section["key"]].strip()
        for row in section.get("rows", []):
            new = changes.get(f"{section['key']}.{row['key']}")
            for each in row["cells"]:
                if new is not None and each.get("correctable"):
                    each["text"] = new.strip()
    return made
