"""What must hold when an activity gets, keeps or loses its date (R8, R9, R99, R100)."""

from __future__ import annotations

from collections.abc import Set as AbstractSet
from datetime import date
from typing import Any

from centres import working_days
from centres.academic_year import year_of
from centres.permissions import Permission
from centres.schemes import Scheme
from qa_portal.actors import Actor
from qa_portal.errors import NotPermitted, RuleViolation
from qa_portal.wording import counted, date_long, date_plain
from verification.models import Activity, ActivityKind, CentreYear


def is_their_own_or_planned(activity: Activity, by: Actor) -> None:
    """Dates are set by the allocated verifier or a planner. Raises NotPermitted."""
    if by.pk is None or by.may(Permission.ALLOCATION_MAKE, activity.centre_id):
        return
    allocation = activity.allocation
    if allocation is None or allocation.verifier.person_id != by.pk:
        raise NotPermitted("This activity belongs to another verifier.")


def has_a_day(activity: Activity, by: Actor) -> None:
    """There is a date to agree to. Raises RuleViolation."""
    if activity.day is None:
        raise RuleViolation("No date has been proposed yet.")


def is_a_visit(activity: Activity, by: Actor) -> None:
    """Only LSV visits go this way. Raises RuleViolation."""
    if activity.kind != ActivityKind.VISIT:
        raise RuleViolation("This is standards verification, not an LSV visit.")


def is_not_their_own_visit(activity: Activity, by: Actor) -> None:
    """No LSV excuses themselves: a quality manager waives the visit. Raises NotPermitted (R10)."""
    allocation = activity.allocation
    own = allocation is not None and allocation.verifier.person_id == by.pk
    is_not_the_lsv(activity.centre_year, by, own=own)


def is_not_the_lsv(centre_year: CentreYear, by: Actor, *, own: bool = False) -> None:
    """The year's LSV does not waive the year's visit. Raises NotPermitted (R10)."""
    if by.pk is not None and (own or centre_year.lsv_id == by.pk):
        raise NotPermitted(
            "A quality manager decides whether your visit is waived. Write to them.", rule="R10"
        )


def is_standards_verification(activity: Activity, by: Actor) -> None:
    """Only standards verification goes this way. Raises RuleViolation."""
    if activity.kind != ActivityKind.SAMPLING:
        raise RuleViolation("This is an LSV visit, not standards verification.")


def is_a_working_day(day: date, holidays: AbstractSet[date]) -> None:
    """People work on the day, in the nation of the centre. Raises RuleViolation."""
    if not working_days.is_working_day(day, holidays):
        raise RuleViolation(f"{date_long(day)} is not a working day where the centre is. Choose another day.")


def has_notice(day: date, *, on: date, holidays: AbstractSet[date], scheme: Scheme, short: bool) -> None:
    """A centre is told in time; a short-notice visit says so and lies at most a few days ahead.

    Raises RuleViolation (R99).
    """
    given = working_days.working_days_between(on, day, holidays)
    if day < on:
        raise RuleViolation(f"{date_long(day)} is in the past. Choose a day to come.", rule="R99")
    scheduling = scheme.scheduling
    if short:
        most = scheduling.short_notice_working_days.value
        if given > most:
            raise RuleViolation(
                f"Short notice means at most {counted(most, 'working day')}; this is {given}. "
                "Take away the short-notice mark.",
                rule="R99",
            )
        return
    least = scheduling.notice_working_days.value
    if given < least:
        raise RuleViolation(
            f"A centre gets at least {counted(least, 'working day')} notice; this is {given}. "
            "Choose a later day, or have the centre propose this one.",
            rule="R99",
        )


def urgent_claims_until(scheme: Scheme, on: date) -> date:
    """The last day of the weeks for urgent claims in which ``on`` lies. Raises RuleViolation outside them (R10)."""
    window, year = scheme.windows["urgent_claims"], year_of(on)
    for begun in (year - 1, year):
        if window.is_open(begun, on):
            return window.deadline(begun)
    first, last = window.on(year)
    raise RuleViolation(
        f"Samples for urgent claims are planned from {date_plain(first)} to {date_plain(last)}. "
        "Agree on another number of samples instead.",
        rule="R10",
    )


def late_has_a_reason(activity: Activity, day: date, late_reason: str) -> None:
    """A day outside the window needs a reason. Raises RuleViolation (R8 for visits, R9 for samples)."""
    if late_reason.strip():
        return
    rule = "R8" if activity.kind == ActivityKind.VISIT else "R9"
    if day > activity.window_until:
        raise RuleViolation(
            f"This is due by {date_plain(activity.window_until)}. A later day needs a reason.", rule=rule
        )
    if day < activity.window_from:
        raise RuleViolation(
            f"The window opens on {date_plain(activity.window_from)}. An earlier day needs a reason.",
            rule=rule,
        )


def is_late_cancellation(day: date, *, on: date, holidays: AbstractSet[date], scheme: Scheme) -> bool:
    """Whether a centre cancels with fewer working days left than the scheme allows (R100)."""
    least = scheme.scheduling.late_cancellation_working_days.value
    return working_days.working_days_between(on, day, holidays) < least


def has_a_reason(reason: str, what: str) -> None:
    """Something that ends another's plans says why. Raises RuleViolation."""
    if not reason.strip():
        raise RuleViolation(f"Say why {what}.")


def waits_for(activity: Any) -> str:
    """Whose answer a proposed date waits for: "verifier", "centre", or "" when both have agreed."""
    if activity.verifier_agreed_at is None:
        return "verifier"
    return "" if activity.centre_agreed_at else "centre"
