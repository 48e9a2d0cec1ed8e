"""Whether a verifier may be allocated to a centre at all: competence, conflicts, capacity and absence."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal

LSV = "LSV"
SV = "SV"

#: Days of work are whole or half days.
Days = int | Decimal

SATURDAY = 5


@dataclass(frozen=True)
class Absence:
    """Days on which a verifier is away, both ends included."""

    first: date
    last: date


@dataclass(frozen=True)
class Conflict:
    """A declared conflict of interest, without its story.

    It stands while ``is_open``; a closed one still stands up to and including ``cooling_off_until``.
    """

    centre: str
    category: str
    declared_on: date
    is_open: bool = True
    cooling_off_until: date | None = None

    def stands_on(self, day: date) -> bool:
        """Whether the conflict keeps the person away from the centre on ``day``."""
        return self.is_open or (self.cooling_off_until is not None and day <= self.cooling_off_until)


@dataclass(frozen=True)
class Tenure:
    """Service at a centre up to last year: the roles held last year, and years in a row in any role."""

    centre: str
    roles_last_year: frozenset[str]
    years_in_a_row: int


@dataclass(frozen=True)
class Verifier:
    """A verifier as the allocation sees them.

    ``sectors`` they are competent for; ``current_sv_sectors`` they are an SV of at present; ``miles`` by
    centre, where known; ``tenures`` one for each centre that they served last year.
    """

    id: str
    name: str
    days_per_year: Days
    days_taken: Days
    lsv_qualified: bool = False
    sectors: frozenset[str] = frozenset()
    current_sv_sectors: frozenset[str] = frozenset()
    base: str = ""
    absences: tuple[Absence, ...] = ()
    conflicts: tuple[Conflict, ...] = ()
    tenures: tuple[Tenure, ...] = ()
    miles: Mapping[str, int] = field(default_factory=dict)

    @property
    def days_left(self) -> Days:
        """Days of the year not taken yet."""
        return self.days_per_year - self.days_taken


@dataclass(frozen=True)
class Demand:
    """A place to fill: an LSV for a centre, or an SV for a programme or sector at a centre.

    ``sectors``: for an SV the one sector needed, for an LSV those of the centre's programmes. The work
    takes ``days`` within ``first`` to ``last``. ``counterparts`` are the verifiers who hold the other role
    at this centre this year.
    """

    id: str
    kind: str
    centre: str
    centre_name: str
    days: Days
    first: date
    last: date
    sectors: tuple[str, ...] = ()
    counterparts: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Obstacle:
    """Why a person cannot be allocated, and what would change it."""

    code: str
    text: str
    change: str
    rule: str = ""


def obstacles(demand: Demand, verifier: Verifier, *, on: date) -> tuple[Obstacle, ...]:
    """List what stands in the way of an allocation: conflict, competence, capacity, absence (R7, R24)."""
    found = (
        conflict_obstacle(demand, verifier, on=on),
        competence_obstacle(demand, verifier),
        capacity_obstacle(demand, verifier),
        absence_obstacle(demand, verifier),
    )
    return tuple(obstacle for obstacle in found if obstacle)


def conflict_obstacle(demand: Demand, verifier: Verifier, *, on: date) -> Obstacle | None:
    """A declared conflict for the centre that stands on the day, by category and dates only (R24)."""
    for conflict in verifier.conflicts:
        if conflict.centre != demand.centre or not conflict.stands_on(on):
            continue
        declared = f"declared {day_text(conflict.declared_on)}"
        if conflict.is_open:
            text = f"Declared conflict: {conflict.category}, {declared}"
            return Obstacle("conflict", text, "The conflict ends, or a second person countersigns", "R24")
        assert conflict.cooling_off_until is not None
        until = conflict.cooling_off_until
        text = f"Cooling-off after a conflict: {conflict.category}, {declared}, until {day_text(until)}"
        return Obstacle("cooling_off", text, f"From {day_text(until + timedelta(days=1))}", "R24")
    return None


def competence_obstacle(demand: Demand, verifier: Verifier) -> Obstacle | None:
    """The LSV qualification for an LSV, competence for the sector for an SV (R7, R9)."""
    if demand.kind == LSV:
        if verifier.lsv_qualified:
            return None
        return Obstacle("not_lsv_qualified", "No LSV qualification", "Completing the LSV course", "R7")
    missing = [sector for sector in demand.sectors if sector not in verifier.sectors]
    if not missing:
        return None
    sectors = " or ".join(missing)
    return Obstacle(
        "sector", f"Not competent for {sectors}", f"{sectors} added to the register after a check", "R9"
    )


def capacity_obstacle(demand: Demand, verifier: Verifier) -> Obstacle | None:
    """Too few days left in the year for this work."""
    left = verifier.days_left
    if left >= demand.days:
        return None
    taken = f"{days_text(verifier.days_taken)} of {days_text(verifier.days_per_year)}"
    if left <= 0:
        text = f"No days left: {taken} taken"
    else:
        text = f"{count_days(left)} left and {days_text(demand.days)} needed: {taken} taken"
    short = count_days(demand.days - max(left, 0))
    return Obstacle("capacity", text, f"{short} of other work moved to someone else")


def absence_obstacle(demand: Demand, verifier: Verifier) -> Obstacle | None:
    """Away so long that the window has too few weekdays left for the work (R8)."""
    away = absences_in(verifier, demand.first, demand.last)
    if not away:
        return None
    free = sum(
        not any(a.first <= day <= a.last for a in away) for day in _weekdays(demand.first, demand.last)
    )
    if free >= demand.days:
        return None
    when = ", ".join(f"{day_text(absence.first)} to {day_text(absence.last)}" for absence in away)
    after = day_text(max(absence.last for absence in away) + timedelta(days=1))
    change = f"A date from {after}, with a reason" if demand.kind == LSV else f"A sample from {after}"
    return Obstacle("absence", f"Away {when}", change, "R8" if demand.kind == LSV else "")


def absences_in(verifier: Verifier, first: date, last: date) -> tuple[Absence, ...]:
    """The verifier's absences that touch the days from ``first`` to ``last``, in order."""
    touching = (absence for absence in verifier.absences if absence.first <= last and absence.last >= first)
    return tuple(sorted(touching, key=lambda absence: (absence.first, absence.last)))


def days_text(days: Days) -> str:
    """Days as a number without needless decimals: 2, 1.5."""
    return f"{Decimal(days).normalize():f}"


def count_days(days: Days) -> str:
    """Days with their noun: "1 day", "1.5 days"."""
    return "1 day" if days == 1 else f"{days_text(days)} days"


def day_text(day: date) -> str:
    """A day in prose: 31 October 2026."""
    return f"{day.day} {day:%B %Y}"


def _weekdays(first: date, last: date) -> Iterable[date]:
    days = (first + timedelta(days=number) for number in range((last - first).days + 1))
    return (day for day in days if day.weekday() < SATURDAY)
