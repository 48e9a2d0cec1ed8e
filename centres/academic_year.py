"""The academic year, 1 September to 31 August, known by the calendar year in which it begins."""

import re
from datetime import date

FIRST_MONTH = 9
_LABEL = re.compile(r"(\d{4})-(\d{2})")


def year_of(day: date) -> int:
    """Say in which academic year a day lies: 2026 stands for 2026-27."""
    return day.year if day.month >= FIRST_MONTH else day.year - 1


def label(year: int) -> str:
    """Write an academic year as people do: 2026 becomes "2026-27"."""
    return f"{year}-{(year + 1) % 100:02d}"


def from_label(text: str) -> int:
    """Read "2026-27" back as 2026.

    Raises ValueError when the text has another shape or its two halves do not follow each other.
    """
    found = _LABEL.fullmatch(text.strip())
    if not found or label(int(found[1])) != text.strip():
        raise ValueError(f"“{text}” is not an academic year. Write it like 2026-27.")
    return int(found[1])


def bounds(year: int) -> tuple[date, date]:
    """Give the first and the last day of an academic year, both inclusive."""
    return date(year, FIRST_MONTH, 1), date(year + 1, FIRST_MONTH - 1, 31)


def contains(year: int, day: date) -> bool:
    """Say whether a day lies in an academic year."""
    return year_of(day) == year


def day_in(year: int, month: int, day: int) -> date:
    """Give the one date in an academic year that has this month and day.

    Raises ValueError when the date does not exist that year (29 February).
    """
    return date(year if month >= FIRST_MONTH else year + 1, month, day)
