"""What must hold before a verifier is allocated to a centre or programme (R7, R13, R14, R24)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

from centres.queries.schemes import scheme_of
from qa_portal.actors import Actor
from qa_portal.errors import NotPermitted, RuleViolation
from verification.eligibility import day_text
from verification.models import Allocation, AllocationKind, ConflictDeclaration


def is_on_the_register(allocation: Allocation, by: Actor) -> None:
    """The person has not left the verifier register. Raises RuleViolation (R7)."""
    verifier = allocation.verifier
    if verifier.left_on and verifier.left_on <= _day(allocation):
        raise RuleViolation(
            f"{verifier} left the verifier register on {day_text(verifier.left_on)}. Choose somebody else.",
            rule="R7",
        )


def is_competent(allocation: Allocation, by: Actor) -> None:
    """An LSV holds the LSV qualification, an SV is competent for the programme's sector. Raises RuleViolation (R7)."""
    verifier = allocation.verifier
    if allocation.kind == AllocationKind.LSV:
        if not verifier.is_lsv:
            raise RuleViolation(
                f"{verifier} does not hold the LSV qualification. It is entered on the verifier register.",
                rule="R7",
            )
        return
    assert allocation.programme is not None
    sector = allocation.programme.qualification.sector
    day = _day(allocation)
    held = verifier.sectors.filter(sector=sector, starts_on__lte=day)
    if not any(row.ends_on is None or row.ends_on > day for row in held):
        raise RuleViolation(
            f"{verifier} is not competent for {sector}. Sectors are entered on the verifier register.",
            rule="R7",
        )


def has_no_open_conflict_or_a_countersignature(allocation: Allocation, by: Actor) -> None:
    """A declared conflict keeps the verifier away, unless a second person has signed. Raises RuleViolation (R24)."""
    if allocation.countersigned_by_id is not None:
        return
    years = scheme_of(allocation.centre_year.scheme_version).allocation.cooling_off_years.value
    conflict = (
        ConflictDeclaration.objects.filter(
            centre_id=allocation.centre_id, verifier_person_id=allocation.verifier.person_id
        )
        .standing_on(_day(allocation), cooling_off_years=years)
        .first()
    )
    if conflict is not None:
        raise RuleViolation(
            f"{allocation.verifier} has declared a conflict with this centre ({_category(conflict)}). "
            "Choose somebody else, or have a second person countersign.",
            rule="R24",
        )


def is_countersigned_by_somebody_else(allocation: Allocation, by: Actor) -> None:
    """The second signature comes from another person than the first. Raises NotPermitted (R24)."""
    if by.pk is None or by.pk in (allocation.made_by_id, allocation.verifier.person_id):
        raise NotPermitted(
            "A conflict is countersigned by somebody other than the planner and the verifier.", rule="R24"
        )


def long_stay_has_a_reason(allocation: Allocation, by: Actor) -> None:
    """More years in a row than the scheme hopes for need a recorded reason. Raises RuleViolation (R13)."""
    if allocation.long_stay_reason.strip():
        return
    limit = scheme_of(allocation.centre_year.scheme_version).allocation.max_consecutive_years.value
    years = years_in_a_row_before(allocation)
    if years >= limit:
        raise RuleViolation(
            f"{allocation.verifier} has been at this centre for {years} years in a row. "
            f"Record why year {years + 1} is needed, or choose somebody else.",
            rule="R13",
        )


def years_in_a_row_before(allocation: Allocation) -> int:
    """How many academic years in a row the verifier served this centre, in any role, up to last year (R13)."""
    served = (
        Allocation.objects.made()
        .filter(centre_id=allocation.centre_id, verifier_id=allocation.verifier_id)
        .values_list("centre_year__year", flat=True)
    )
    return count_back(served, allocation.centre_year.year)


def count_back(years: Iterable[int], before: int) -> int:
    """How many of ``years`` stand in a row directly before a year."""
    known, year = set(years), before - 1
    while year in known:
        year -= 1
    return before - 1 - year


def has_no_standing_conflict(*, person_id: int, centre_id: int, on: date) -> None:
    """A verifier with an open conflict may not plan, judge or decide at the centre. Raises NotPermitted (R24).

    An allocation that was countersigned lifts this for its own year; later years ask again.
    """
    conflict = (
        ConflictDeclaration.objects.filter(centre_id=centre_id, verifier_person_id=person_id)
        .standing_on(on)
        .first()
    )
    if conflict is None:
        return
    lifted = Allocation.objects.active().filter(
        centre_id=centre_id,
        verifier__person_id=person_id,
        countersigned_by__isnull=False,
        made_at__date__gte=conflict.starts_on,
    )
    if not lifted.exists():
        raise NotPermitted(
            f"You declared a conflict with this centre ({_category(conflict)}). Ask the planner for another "
            "verifier, or for a countersignature.",
            rule="R24",
        )


def _category(conflict: ConflictDeclaration) -> str:
    return str(conflict.get_category_display()).lower()  # type: ignore[attr-defined]


def _day(allocation: Any) -> date:
    return allocation.started_on or allocation.made_at.date()
