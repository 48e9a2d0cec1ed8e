"""The year planner of a scheme: windows that open and close on the same month and day every year."""

import re
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import date
from typing import ClassVar, Literal

from centres import academic_year
from centres.schemes.reading import Rule
from centres.schemes.terms import Problem, Role
from centres.working_days import next_working_day, previous_working_day

_MONTH_DAY = re.compile(r"([0-9]{2})-([0-9]{2})")
_ANY_COMMON_YEAR = 2025


@dataclass(frozen=True, order=True)
class MonthDay:
    """A day that comes every year; 29 February does not, so it is refused."""

    month: int
    day: int

    MEND: ClassVar[str] = "Write month and day like 10-14; 29 February does not come every year."

    @classmethod
    def from_text(cls, text: str) -> "MonthDay":
        """Read "10-14". Raises ValueError for another shape or a day that does not come every year."""
        found = _MONTH_DAY.fullmatch(text)
        if not found:
            raise ValueError(text)
        day = date(_ANY_COMMON_YEAR, int(found[1]), int(found[2]))
        return cls(day.month, day.day)

    def in_year(self, year: int) -> date:
        """Give this day in an academic year."""
        return academic_year.day_in(year, self.month, self.day)

    def on_or_after(self, day: date) -> date:
        """Give the first time this day comes, from `day` on."""
        same = date(day.year, self.month, self.day)
        return same if same >= day else date(day.year + 1, self.month, self.day)

    def __str__(self) -> str:
        return f"{self.month:02d}-{self.day:02d}"


@dataclass(frozen=True)
class Window:
    """A stretch of the year, both days inclusive; its last day is the deadline."""

    title: str
    first: MonthDay
    last: MonthDay
    who: Role
    rule: Rule
    source: str
    late: Literal["with_reason", "shown_overdue", "at_a_fee", "not_taken"] = "shown_overdue"
    stage: int | None = None

    def on(self, year: int) -> tuple[date, date]:
        """Give first and last day in an academic year; urgent claims run on into the next one."""
        first = self.first.in_year(year)
        return first, self.last.on_or_after(first)

    def deadline(self, year: int) -> date:
        """Give the last day on which this is in time."""
        return self.on(year)[1]

    def is_open(self, year: int, day: date) -> bool:
        """Say whether a day lies in the window of an academic year."""
        first, last = self.on(year)
        return first <= day <= last

    def working_bounds(self, year: int, holidays: AbstractSet[date] = frozenset()) -> tuple[date, date]:
        """Give the first and the last working day inside the window."""
        first, last = self.on(year)
        return next_working_day(first, holidays), previous_working_day(last, holidays)

    def problems(self) -> list[Problem]:
        """Refuse a late rule that has nothing to stand on."""
        if self.stage is not None and not 1 <= self.stage <= 4:
            return [(".stage", f"There is no stage {self.stage}.", "Choose 1, 2, 3 or 4.")]
        return []
