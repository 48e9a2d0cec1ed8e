"""What a verifier judges an item by, and what their answers come to."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from centres.models import Unit
from sampling.models import SampledItem

#: Stands for the decision as a whole where the register holds no criteria for it.
WHOLE = "decision"


@dataclass(frozen=True)
class Criterion:
    """One criterion of an item: its code and text, and what the assessor decided of it."""

    code: str
    text: str
    met: bool | None

    @property
    def assessor(self) -> str:
        """What the assessor decided, in words."""
        return "" if self.met is None else "Met" if self.met else "Not met"


@dataclass(frozen=True)
class Answer:
    """The verifier's answer to one criterion; ``agree`` is None while it is open."""

    agree: bool | None
    why: str = ""

    def as_json(self) -> dict[str, Any]:
        """The answer as a judgement keeps it."""
        return {"agree": self.agree, "why": self.why.strip()}


def criteria_of(facts: Mapping[str, Any], unit: Unit) -> tuple[Criterion, ...]:
    """The criteria of a frozen decision in the unit's order; the decision as a whole where it has none."""
    decided = facts.get("criteria") or {}
    known = {str(each["code"]): str(each["text"]) for each in unit.criteria}
    codes = [code for code in known if code in decided] + [code for code in decided if code not in known]
    if not codes:
        return (Criterion(WHOLE, f"The decision as a whole: {facts.get('grade', '')}", None),)
    return tuple(Criterion(code, known.get(code, ""), bool(decided[code])) for code in codes)


def criteria_of_item(item: SampledItem) -> tuple[Criterion, ...]:
    """The criteria of an item, whose decision, assignment and unit are selected with it."""
    return criteria_of(item.facts, item.decision.assignment.unit)


def is_complete(criteria: Sequence[Criterion], answers: Mapping[str, Answer]) -> bool:
    """Whether every criterion is answered."""
    return all(answers.get(each.code, Answer(None)).agree is not None for each in criteria)


def unexplained(criteria: Sequence[Criterion], answers: Mapping[str, Answer]) -> list[str]:
    """Codes that are disagreed with and have no reason."""
    return [
        each.code
        for each in criteria
        if (answer := answers.get(each.code)) and answer.agree is False and not answer.why.strip()
    ]
