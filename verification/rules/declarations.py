"""When and with what words the annual declaration may be signed (R3, R4)."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date

from centres import academic_year
from centres.schemes.questions import Statement
from centres.schemes.year import Window
from qa_portal.errors import Reason, RuleViolation
from qa_portal.wording import date_long


def is_late(window: Window, year: int, day: date) -> bool:
    """Whether a day lies after the last one on which the declaration is in time, both days inclusive (R3)."""
    return day > window.deadline(year)


def signed_in_its_time(window: Window, year: int, day: date, late_reason: str) -> None:
    """Refuse before the window opens, and after it without a reason.

    Raises RuleViolation. Source: R3, AQD.
    """
    first, last = window.on(year)
    if day < first:
        raise RuleViolation(
            f"The annual declaration {academic_year.label(year)} can be signed from {date_long(first)}.",
            rule="R3",
        )
    if day > last and not late_reason.strip():
        raise RuleViolation(f"Say why the declaration is late. It was due by {date_long(last)}.", rule="R3")


def every_statement_accepted(required: Collection[Statement], accepted: Collection[str]) -> None:
    """Refuse to sign while a required statement is not confirmed.

    Raises RuleViolation with one reason per statement. Source: R4.
    """
    missing = [statement for statement in required if statement.key not in set(accepted)]
    if missing:
        raise RuleViolation(
            "The declaration cannot be signed while a statement is not confirmed.",
            rule="R4",
            reasons=[
                Reason(f"“{statement.title}” is not confirmed.", mend="Confirm it.", rule="R4")
                for statement in missing
            ],
        )
