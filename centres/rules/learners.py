"""What makes a learner's details acceptable (R31, R32)."""

from __future__ import annotations

import re
from datetime import date

from centres import identifiers
from centres.schemes import Scheme
from qa_portal.errors import RuleViolation

_YOUNGEST, _OLDEST = 10, 110


def tidy(name: str) -> str:
    """A name as it is kept: no spaces at the ends, one between words."""
    return re.sub(r"\s+", " ", name).strip()


def acceptable_uln(uln: str, scheme: Scheme) -> str:
    """The ULN without spaces, or an empty text where there is none and the scheme does not ask for one.

    Raises RuleViolation for a mistyped number (R32).
    """
    number = identifiers.squeeze(uln)
    if not number:
        if scheme.registration.uln_required.value:
            raise RuleViolation("Enter the learner's ULN: it has 10 digits.", rule="R31")
        return ""
    finding = identifiers.check_uln(
        number, accepts_placeholder=scheme.registration.uln_placeholder_accepted.value
    )
    if finding is not None:
        raise RuleViolation(finding.message, rule=finding.rule)
    return number


def plausible_birth(born: date | None, today: date) -> None:
    """A learner is between 10 and 110 years old. Raises RuleViolation for a date that is surely mistyped."""
    if born is None:
        return
    if born > today.replace(year=today.year - _YOUNGEST, day=min(today.day, 28)):
        raise RuleViolation("This date of birth makes the learner younger than 10. Check the year.")
    if born.year < today.year - _OLDEST:
        raise RuleViolation("This date of birth makes the learner older than 110. Check the year.")
