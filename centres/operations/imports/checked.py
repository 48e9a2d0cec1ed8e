"""What checking a file found, and how its good rows are saved."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from qa_portal.pack import DATE_FORMATS


@dataclass
class Checked:
    """Rows in all, rows without an error, every problem by row, what would be made, and how to make it."""

    total: int
    good: int
    problems: list[dict[str, Any]]
    would: dict[str, int]
    save: Callable[[Any], dict[str, int]]


@dataclass
class Problems:
    """The problems of a file's rows as they are found; a row with an error is not saved."""

    found: list[dict[str, Any]] = field(default_factory=list)
    bad_rows: set[int] = field(default_factory=set)

    def error(self, row: int, column: str, message: str) -> None:
        self.found.append({"row": row, "column": column, "message": message, "level": "error"})
        self.bad_rows.add(row)

    def warning(self, row: int, column: str, message: str) -> None:
        self.found.append({"row": row, "column": column, "message": message, "level": "warning"})

    def change(self, row: int, column: str, message: str) -> None:
        """Note what a good row changes of something that is there, so that the dry run shows it."""
        self.found.append({"row": row, "column": column, "message": message, "level": "change"})

    def in_order(self) -> list[dict[str, Any]]:
        return sorted(self.found, key=lambda problem: (problem["row"], problem["level"]))


def read_date(text: str) -> date | None:
    """A date in any of the ways people write one, or None."""
    for pattern in DATE_FORMATS:
        try:
            return datetime.strptime(text, pattern).date()  # noqa: DTZ007  (a date has no time zone)
        except ValueError:
            continue
    return None


def dates_of(texts: Iterable[str]) -> dict[str, date | None]:
    """Each different text with the date it stands for, read once."""
    return {text: read_date(text) for text in set(texts)}


YES = frozenset({"yes", "y", "true", "1", "x"})
NO = frozenset({"", "no", "n", "false", "0"})
