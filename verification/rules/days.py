"""How far ahead a day may lie that somebody chooses."""

from __future__ import annotations

from datetime import date

from centres import academic_year
from qa_portal.errors import RuleViolation
from qa_portal.wording import date_long, date_plain


def latest_day(on: date) -> date:
    """The last day that anything is dated or due: the end of the next academic year."""
    return academic_year.bounds(academic_year.year_of(on) + 1)[1]


def is_in_reach(day: date, *, on: date, rule: str = "") -> None:
    """The day lies no further ahead than the next academic year; a mistyped year is caught. Raises RuleViolation."""
    latest = latest_day(on)
    if day > latest:
        raise RuleViolation(
            f"{date_long(day)} is too far ahead. The latest day is {date_plain(latest)}, the end of the next academic "
            "year.",
            rule=rule,
        )
