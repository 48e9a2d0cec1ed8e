"""What a registration costs and why, who is enrolled but not registered, and until when the fee stays as it is."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django.db.models import Count

from centres.models import Registration, RegistrationStatus
from centres.queries.schemes import InForce, in_force
from qa_portal.wording import counted, date_plain


@dataclass(frozen=True)
class FeeNow:
    """What registering costs on a day as a multiple of the basic fee, until when, and what then."""

    multiplier: Decimal
    last_day: date | None
    next_multiplier: Decimal | None
    facts: dict[str, Any]


def fee(suite: str, pattern: str, *, enrolled_on: date, on: date) -> FeeNow:
    """The fee of a registration made on a day, with everything that decided it (R27, R28).

    ``pattern`` is the cohort's delivery pattern; the scheme is the one in force for the suite on that day.
    """
    force = in_force(suite, on)
    rules = force.scheme.registration
    found = rules.fee(pattern, enrolled_on=enrolled_on, registered_on=on)
    tariff = rules.tariffs[found.tariff]
    rise = tariff.next_rise(enrolled_on=enrolled_on, today=on)
    facts = force.scheme.basis(
        found.rule,
        tariff=found.tariff,
        title=tariff.title,
        counted=tariff.counted,
        pattern=pattern,
        enrolled_on=enrolled_on.isoformat(),
        registered_on=on.isoformat(),
        days_after_enrolment=found.days_after_enrolment,
        late=rules.is_late(enrolled_on=enrolled_on, registered_on=on),
        late_after_days=rules.late_after_days.value,
        multiplier=str(found.multiplier),
        last_day=rise[0].isoformat() if rise else None,
    )
    return FeeNow(found.multiplier, rise[0] if rise else None, rise[1] if rise else None, facts)


def explanation(facts: dict[str, Any]) -> list[str]:
    """Say in sentences why a registration costs what it costs, from the facts recorded with it."""
    if not facts or "facts" not in facts:
        return []
    known = facts["facts"]
    days = known["days_after_enrolment"]
    enrolled, registered = (
        date_plain(date.fromisoformat(known[k])) for k in ("enrolled_on", "registered_on")
    )
    lines = [f"Enrolled on {enrolled}, registered on {registered}, {counted(days, 'day')} later."]
    if known.get("late"):
        lines.append(f"A registration is late after {counted(known['late_after_days'], 'day')}.")
    counting = {
        "by_day_of_year": "The fee rises by the day of the academic year",
        "by_days_after_enrolment": "The fee rises with the days since enrolment",
    }[known["counted"]]
    until = f" until {date_plain(date.fromisoformat(known['last_day']))}" if known.get("last_day") else ""
    lines.append(f"{counting}: {in_words(Decimal(known['multiplier']))}{until}.")
    lines.append(
        f"Decided by scheme {facts['scheme'].upper()}, version {facts['version']}, rule {facts['rule']}."
    )
    return lines


def in_words(multiplier: Decimal) -> str:
    """A multiple of the fee as people say it: the basic fee, 5 % more, twice the fee."""
    if multiplier == 1:
        return "the basic fee"
    if multiplier == 2:
        return "twice the basic fee"
    return f"{(multiplier - 1) * 100:.0f}\N{NO-BREAK SPACE}% more than the basic fee"


@dataclass(frozen=True)
class Unregistered:
    """Learners of a programme who are enrolled and not registered: how many, the last day at today's fee, what then."""

    learners: int
    due_on: date
    next_multiplier: Decimal | None


def unregistered(programme_id: int, centre_id: int, suite: str, today: date) -> Unregistered | None:
    """Who of a programme waits for registration, and the first day on which it is too late to pay no more.

    The day is that of the first fee rise after each enrolment (so it does not move by itself); where the fee is at its
    highest, the day from which a registration is late (R27). None when nobody waits.
    """
    rows = (
        Registration.objects.filter(
            centre_id=centre_id, programme_id=programme_id, status=RegistrationStatus.ENROLLED
        )
        .values("cohort__delivery_pattern", "enrolled_on")
        .annotate(learners=Count("pk"))
        .order_by()
    )
    found = list(rows)
    if not found:
        return None
    force = in_force(suite, today)
    rises = [_first_rise(force, row["cohort__delivery_pattern"], row["enrolled_on"]) for row in found]
    due_on, multiplier = min(rises, key=lambda rise: rise[0])
    return Unregistered(sum(row["learners"] for row in found), due_on, multiplier)


def _first_rise(force: InForce, pattern: str, enrolled_on: date) -> tuple[date, Decimal | None]:
    rules = force.scheme.registration
    tariff = rules.tariffs[rules.tariff_for[pattern.lower()]]  # type: ignore[index]
    rise = tariff.next_rise(enrolled_on=enrolled_on, today=enrolled_on)
    return rise or (enrolled_on + timedelta(days=rules.late_after_days.value), None)
