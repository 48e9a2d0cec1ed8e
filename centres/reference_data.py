"""The reference data that comes with the portal, read from files: qualifications, units, rules."""

import csv
import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import Literal

FOLDER = Path(__file__).parent / "data"


@dataclass(frozen=True)
class CriterionRecord:
    """One assessment criterion of a unit: 4.P1, what the learner shows, and the grade it counts towards."""

    code: str
    text: str
    grade: str


@dataclass(frozen=True)
class UnitRecord:
    """A unit with its criteria in their order; `source` is "portal" where title and criteria are our own."""

    number: int
    title: str
    urn: str
    mandatory: bool
    guided_learning_hours: int
    criteria: tuple[CriterionRecord, ...]
    source: str


@dataclass(frozen=True)
class QaModelRecord:
    """The quality assurance model of a qualification from a day on, up to and including another."""

    model: Literal["WBL", "BTEC"]
    starts_on: date
    ends_on: date | None


@dataclass(frozen=True)
class QualificationRecord:
    """A qualification with everything that hangs on it; grades run from the lowest pass to the highest.

    `lead_iv_required` is None where no source says it; `label` is the shortest name, for side lists.
    """

    qan: str
    title: str
    short_title: str
    label: str
    level: str
    sector: str
    suite: str
    grades: tuple[str, ...]
    moderated: bool
    lead_iv_required: bool | None
    operational_start: date | None
    operational_end: date | None
    is_sample_data: bool
    source: str
    units: tuple[UnitRecord, ...]
    qa_models: tuple[QaModelRecord, ...]


@dataclass(frozen=True)
class RuleRecord:
    """A rule as people read it at /help/rules/; `enforced` is True, False or "planned"."""

    number: str
    group: str
    title: str
    explanation: str
    concerns: tuple[str, ...]
    sources: tuple[str, ...]
    enforced: bool | str
    set_by_scheme: bool


def sectors() -> tuple[tuple[str, str], ...]:
    """List sector codes with their names."""
    return tuple((row["code"], row["name"]) for row in _rows("sectors"))


def qualifications() -> tuple[QualificationRecord, ...]:
    """Read every qualification with its units, criteria, grades and quality assurance models."""
    return tuple(_qualification(row) for row in _rows("qualifications"))


@cache
def rules() -> tuple[RuleRecord, ...]:
    """Read the rules catalogue in the order of the numbers."""
    read = json.loads((FOLDER / "rules.json").read_text("utf-8"))
    return tuple(
        RuleRecord(**{**rule, "concerns": tuple(rule["concerns"]), "sources": tuple(rule["sources"])})
        for rule in read
    )


def rule(number: str) -> RuleRecord:
    """Find a rule by its number. Raises KeyError."""
    return {each.number: each for each in rules()}[number]


def _qualification(row: dict[str, str]) -> QualificationRecord:
    level = row["level"] if row["framework"] == "RQF" else f"{row['level']} ({row['framework']})"
    return QualificationRecord(
        qan=row["qan"],
        title=row["title"],
        short_title=row["short_title"],
        label=row["label"],
        level=level,
        sector=row["sector"],
        suite=row["suite"],
        grades=_grades(row["grade_scale"]),
        moderated=row["moderated"] == "yes",
        lead_iv_required={"yes": True, "no": False}.get(row["lead_iv_required"]),
        operational_start=_day(row["operational_start"]),
        operational_end=_day(row["operational_end"]),
        is_sample_data=row["sample_data"] == "yes",
        source=row["source"],
        units=tuple(_unit(unit) for unit in _rows("units") if unit["qan"] == row["qan"]),
        qa_models=tuple(_qa_model(period) for period in _rows("qa_models") if period["qan"] == row["qan"]),
    )


def _unit(row: dict[str, str]) -> UnitRecord:
    criteria = tuple(
        CriterionRecord(each["code"], each["text"], each["grade"])
        for each in _rows("criteria")
        if (each["qan"], each["unit"]) == (row["qan"], row["unit"])
    )
    return UnitRecord(
        number=int(row["unit"]),
        title=row["title"],
        urn=row["urn"],
        mandatory=row["mandatory"] == "yes",
        guided_learning_hours=int(row["guided_learning_hours"]),
        criteria=criteria,
        source=row["source"],
    )


def _qa_model(row: dict[str, str]) -> QaModelRecord:
    if row["model"] not in ("WBL", "BTEC"):
        raise ValueError(
            f"{row['qan']}: “{row['model']}” is not a quality assurance model. Write WBL or BTEC."
        )
    return QaModelRecord(
        "WBL" if row["model"] == "WBL" else "BTEC", date.fromisoformat(row["starts_on"]), _day(row["ends_on"])
    )


def _grades(scale: str) -> tuple[str, ...]:
    rows = [row for row in _rows("grade_scales") if row["scale"] == scale]
    if not rows:
        raise ValueError(f"There is no grade scale “{scale}”.")
    passing = [row for row in rows if row["passing"] == "yes" and row["decided_by_assessor"] == "yes"]
    return tuple(row["grade"] for row in sorted(passing, key=lambda row: int(row["rank"])))


def _day(text: str) -> date | None:
    return date.fromisoformat(text) if text else None


def _rows(name: str) -> Iterator[dict[str, str]]:
    with (FOLDER / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        yield from csv.DictReader(file)
