"""What a measurement found, and the page docs/benchmarks.md made of it."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field
from pathlib import Path


@dataclass(frozen=True)
class Result:
    """One table of the page: what was measured, how, the figures, and what is to be known beside them."""

    title: str
    how: str
    columns: list[str]
    rows: list[list[str]]
    notes: list[str] = field(default_factory=list)

    def to_json(self) -> str:
        return json.dumps(asdict(self))

    @classmethod
    def from_json(cls, text: str) -> Result:
        return cls(**json.loads(text))

    def markdown(self) -> str:
        lines = [f"## {self.title}", "", self.how, ""]
        lines += [_line(self.columns), _line(["---"] * len(self.columns))]
        lines += [_line(row) for row in self.rows]
        lines += ["", *(f"- {note}" for note in self.notes)] if self.notes else []
        return "\n".join(lines) + "\n"


def verdict(met: bool) -> str:
    """The word of the last column."""
    return "met" if met else "**missed**"


def write(path: Path, results: list[Result], facts: list[str]) -> None:
    """Write the page."""
    head = ["# Benchmarks", "", *facts, ""]
    body = "\n".join(result.markdown() for result in results)
    path.write_text("\n".join(head) + "\n" + body)


def _line(cells: list[str]) -> str:
    return "| " + " | ".join(cells) + " |"
