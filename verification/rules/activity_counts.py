"""What must hold before the number of a programme's sampling activities is agreed (R9, R12, R67)."""

from __future__ import annotations

from qa_portal.actors import Actor
from qa_portal.errors import NotPermitted, RuleViolation
from qa_portal.wording import counted
from verification.models import ActivityCount, AllocationKind, AllocationStatus


def is_one_of_the_two_verifiers(count: ActivityCount, by: Actor) -> None:
    """Only the programme's SV and the centre's LSV speak about the number. Raises NotPermitted (R9)."""
    if by.pk not in verifiers(count):
        raise NotPermitted(
            "The number of activities is agreed between the programme's SV and the centre's LSV.", rule="R9"
        )


def is_confirmed_by_the_other_verifier(count: ActivityCount, by: Actor) -> None:
    """One verifier proposes and the other confirms, unless one person is both (R14). Raises NotPermitted (R9)."""
    is_one_of_the_two_verifiers(count, by)
    if by.pk == count.proposed_by_id and not one_person_is_both(count):
        raise NotPermitted("The other verifier confirms a number that you proposed.", rule="R9")


def is_at_least_the_minimum(count: int, minimum: int) -> None:
    """No programme gets fewer activities than its rules ask for. Raises RuleViolation (R9, R12, R67)."""
    if count < minimum:
        raise RuleViolation(
            f"This programme needs at least {counted(minimum, 'sample')} this year. Enter {minimum} or more.",
            rule="R9",
        )


def is_not_below_what_there_is(count: int, dated: int) -> None:
    """Samples with a date, or under way, are not planned away. Raises RuleViolation (R9)."""
    if count < dated:
        raise RuleViolation(
            f"This programme already has {counted(dated, 'sample')} with a date. Enter {dated} or more.",
            rule="R9",
        )


def verifiers(count: ActivityCount) -> dict[int, set[str]]:
    """The people allocated to agree on the number, each with the kinds of allocation they hold."""
    found: dict[int, set[str]] = {}
    # A page with every programme of a year has prefetched them.
    for allocation in count.centre_year.allocations.all():
        for_it = allocation.kind == AllocationKind.LSV or allocation.programme_id == count.programme_id
        if for_it and allocation.status == AllocationStatus.ACTIVE:
            found.setdefault(allocation.verifier.person_id, set()).add(allocation.kind)
    return found


def one_person_is_both(count: ActivityCount) -> bool:
    """Whether LSV and SV are the same person (R14), so that nobody else can confirm."""
    return list(verifiers(count).values()) == [{AllocationKind.LSV, AllocationKind.SV}]
