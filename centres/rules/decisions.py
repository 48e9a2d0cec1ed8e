"""What makes an assessment decision acceptable (R15, R54)."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import date
from typing import TYPE_CHECKING

from centres.models import Registration, RegistrationStatus, StaffMember, Unit
from qa_portal.errors import RuleViolation
from qa_portal.wording import date_plain, joined

if TYPE_CHECKING:
    from qa_portal.actors import Actor

NOT_YET = "U"


def grade_in_scale(grade: str, grades: Collection[str]) -> None:
    """A grade is one of the qualification's, or U for work that does not meet the criteria. Raises RuleViolation."""
    if grade not in (*grades, NOT_YET):
        raise RuleViolation(
            f"“{grade}” is not a grade of this qualification. Use {joined([*grades, NOT_YET], 'or')}."
        )


def criteria_of_unit(criteria: Mapping[str, bool], unit: Unit) -> None:
    """Criteria are named by the codes of the unit. Raises RuleViolation."""
    known = {criterion["code"] for criterion in unit.criteria}
    strange = sorted(set(criteria) - known)
    if strange:
        raise RuleViolation(
            f"Unit {unit.number} has no criterion {joined(strange)}. Check the unit and the codes."
        )


def learner_is_assessed_while_enrolled(registration: Registration, decided_on: date, today: date) -> None:
    """A decision falls between enrolment and today, on a registration that is not withdrawn. Raises RuleViolation."""
    if registration.status == RegistrationStatus.WITHDRAWN:
        raise RuleViolation("The learner was withdrawn from this programme. Reopen the registration first.")
    if decided_on > today:
        raise RuleViolation("The date of the decision is in the future.")
    if decided_on < registration.enrolled_on:
        raise RuleViolation(
            f"The learner enrolled on {date_plain(registration.enrolled_on)}; a decision cannot be earlier."
        )


def assessor_is_on_the_register(assessor: StaffMember, decided_on: date) -> None:
    """Whoever decides is an assessor on the staff register on that day. Raises RuleViolation."""
    if "assessor" not in assessor.roles:
        raise RuleViolation(f"{assessor.name} is not an assessor on your staff register.")
    if assessor.left_on is not None and assessor.left_on <= decided_on:
        raise RuleViolation(f"{assessor.name} left on {date_plain(assessor.left_on)}.")


def not_their_own_decision(assessor: StaffMember, verifier: StaffMember | None, by: Actor) -> None:
    """Nobody internally verifies a decision that they made: not under a second entry of the staff register, and not
    by entering somebody else as the verifier.

    Raises RuleViolation (R15).
    """
    if verifier is None:
        return
    if _same_person(assessor, verifier):
        raise RuleViolation(
            f"{verifier.name} made this decision: an internal verifier does not verify a decision that they made "
            "themselves. Another internal verifier verifies it.",
            rule="R15",
        )
    if by.pk is not None and _is_entry_of(assessor, by):
        raise RuleViolation(
            "You made this decision yourself, so somebody else records its internal verification.", rule="R15"
        )


def _same_person(one: StaffMember, other: StaffMember) -> bool:
    """Whether two entries are one person: the same account or, where an entry has none, the same name."""
    if one.pk == other.pk:
        return True
    if one.person_id and other.person_id:
        return one.person_id == other.person_id
    return _plain(one.name) == _plain(other.name)


def _is_entry_of(entry: StaffMember, by: Actor) -> bool:
    if entry.person_id:
        return entry.person_id == by.pk
    return _plain(entry.name) == _plain(str(getattr(by, "name", "")))


def _plain(name: str) -> str:
    return " ".join(name.casefold().split())


def verification_is_complete(
    internal_verifier_id: int | None, outcome: str, verified_on: date | None, decided_on: date
) -> None:
    """Internal verification has a person, an outcome and a date, or none of them, and comes after the decision.

    Raises RuleViolation.
    """
    parts = (internal_verifier_id is not None, outcome != "NONE", verified_on is not None)
    if any(parts) and not all(parts):
        raise RuleViolation("Enter who verified, with what outcome, and when, or leave all three empty.")
    if verified_on is not None and verified_on < decided_on:
        raise RuleViolation("The internal verification is dated before the decision.")
