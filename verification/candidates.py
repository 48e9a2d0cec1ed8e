"""Who may be allocated to a place, best first with reasons, and what stands in the way of everyone else."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from verification.eligibility import (
    LSV,
    SV,
    Days,
    Demand,
    Obstacle,
    Tenure,
    Verifier,
    absences_in,
    count_days,
    day_text,
    obstacles,
)

FEW_DAYS_LEFT = 3


@dataclass(frozen=True)
class Preferences:
    """What a scheme prefers: years at one centre (R13), and an LSV who is an SV of the sector."""

    years_at_one_centre: int = 4
    lsv_is_current_sv: bool = True


AS_HOPED_FOR = Preferences()


@dataclass(frozen=True)
class Candidate:
    """A person who can be allocated, with what speaks for and against it.

    ``must_record`` says what needs a written reason before this person is allocated; empty: nothing.
    """

    verifier: str
    name: str
    base: str
    pros: tuple[str, ...]
    cons: tuple[str, ...]
    must_record: str
    days_per_year: Days
    days_taken: Days
    days_with_this: Days
    days_left: Days


@dataclass(frozen=True)
class Ineligible:
    """A person who cannot be allocated now, with everything that stands in the way."""

    verifier: str
    name: str
    base: str
    obstacles: tuple[Obstacle, ...]
    days_per_year: Days
    days_taken: Days


@dataclass(frozen=True)
class Shortlist:
    """Everybody who was considered for a demand: candidates best first, the others by name."""

    demand: Demand
    candidates: tuple[Candidate, ...]
    ineligible: tuple[Ineligible, ...]


def shortlist(
    demand: Demand, verifiers: Iterable[Verifier], *, on: date, preferences: Preferences = AS_HOPED_FOR
) -> Shortlist:
    """Rank everyone who may be allocated to a demand, and say of everyone else what stands in the way.

    Order: continuity, the LSV also an SV of the sector or one person for both roles (R14), travel, load,
    name. Years beyond the hoped-for four rank last and must be recorded, but do not exclude (R13). ``on``
    is the day of allocation, on which conflicts must not stand (R24).
    """
    considered = [(verifier, obstacles(demand, verifier, on=on)) for verifier in verifiers]
    eligible = sorted(
        (verifier for verifier, in_the_way in considered if not in_the_way),
        key=lambda verifier: rank(demand, verifier, preferences),
    )
    compared = _comparisons(demand, eligible)
    return Shortlist(
        demand,
        tuple(_candidate(demand, verifier, preferences, compared) for verifier in eligible),
        tuple(
            Ineligible(v.id, v.name, v.base, in_the_way, v.days_per_year, v.days_taken)
            for v, in_the_way in sorted(considered, key=lambda pair: (pair[0].name, pair[0].id))
            if in_the_way
        ),
    )


def continuity(demand: Demand, verifier: Verifier, preferences: Preferences) -> int:
    """Where a person stands here: 0 same role, 1 another role, 2 new, 3 longer than hoped for (R13)."""
    tenure = tenure_at(verifier, demand.centre)
    if tenure is None or not tenure.years_in_a_row:
        return 2
    if tenure.years_in_a_row >= preferences.years_at_one_centre:
        return 3
    return 0 if demand.kind in tenure.roles_last_year else 1


def one_team(demand: Demand, verifier: Verifier, preferences: Preferences) -> int:
    """0 if the person joins roles as preferred (the other role here, or an SV as LSV), else 1 (R14)."""
    if verifier.id in demand.counterparts:
        return 0
    if demand.kind == LSV and preferences.lsv_is_current_sv:
        return int(not verifier.current_sv_sectors.intersection(demand.sectors))
    return 1


def tenure_at(verifier: Verifier, centre: str) -> Tenure | None:
    """The person's service at a centre up to last year, if any."""
    return next((tenure for tenure in verifier.tenures if tenure.centre == centre), None)


def load(verifier: Verifier, more: Days = 0) -> float:
    """Share of the year's days that is taken, with ``more`` days added."""
    return (
        float(verifier.days_taken + more) / float(verifier.days_per_year) if verifier.days_per_year else 1.0
    )


def rank(demand: Demand, verifier: Verifier, preferences: Preferences) -> tuple[float | str, ...]:
    """The sort key of a candidate, smallest first; an unknown distance counts as middling."""
    return (
        continuity(demand, verifier, preferences),
        one_team(demand, verifier, preferences),
        travel_band(verifier.miles.get(demand.centre)),
        load(verifier, demand.days),
        verifier.name,
        verifier.id,
    )


def travel_band(miles: int | None) -> int:
    """0 up to 20 miles, 1 up to 40 or unknown, 2 up to 80, 3 beyond."""
    if miles is None:
        return 1
    return sum(miles > limit for limit in (20, 40, 80))


def reasons(
    demand: Demand, verifier: Verifier, preferences: Preferences
) -> tuple[tuple[str, ...], tuple[str, ...], str]:
    """What speaks for a person, what against, and what must be recorded (R13), each in plain words."""
    pros: list[str] = []
    cons: list[str] = []
    must_record = _continuity_reasons(demand, verifier, preferences, pros, cons)
    if verifier.id in demand.counterparts:
        pros.append(f"{SV if demand.kind == LSV else LSV} here this year: one person for both")
    if demand.kind == LSV and demand.sectors:
        shared = [sector for sector in demand.sectors if sector in verifier.current_sv_sectors]
        if shared:
            pros.append(f"Current SV for {', '.join(shared)}")
        elif preferences.lsv_is_current_sv:
            cons.append(f"Has no programme in {', '.join(demand.sectors)} as SV at present")
    miles = verifier.miles.get(demand.centre)
    if miles is not None:
        (pros if travel_band(miles) < 2 else cons).append("1 mile" if miles == 1 else f"{miles} miles")
    left = verifier.days_left - demand.days
    if 0 <= left <= FEW_DAYS_LEFT:
        cons.append(f"{count_days(left) if left else 'No days'} left afterwards")
    if away := absences_in(verifier, demand.first, demand.last):
        when = ", ".join(f"{day_text(absence.first)} to {day_text(absence.last)}" for absence in away)
        cons.append(f"Away for part of the time: {when}")
    return tuple(pros), tuple(cons), must_record


def _continuity_reasons(
    demand: Demand, verifier: Verifier, preferences: Preferences, pros: list[str], cons: list[str]
) -> str:
    tenure = tenure_at(verifier, demand.centre)
    if tenure is None or not tenure.years_in_a_row:
        cons.append("New to this centre")
        return ""
    years = tenure.years_in_a_row
    roles = " and ".join(sorted(tenure.roles_last_year))
    so_far = f"{roles} here" if roles else "Here"
    so_far += " for 1 year" if years == 1 else f" for {years} years"
    if years < preferences.years_at_one_centre:
        pros.append(f"{so_far}: continuity")
        return ""
    cons.append(f"{so_far}: time to move on")
    limit = preferences.years_at_one_centre
    return f"Why year {years + 1} in a row at this centre, beyond the {limit} hoped for (R13)"


def _candidate(
    demand: Demand, verifier: Verifier, preferences: Preferences, compared: Mapping[str, list[str]]
) -> Candidate:
    pros, cons, must_record = reasons(demand, verifier, preferences)
    return Candidate(
        verifier=verifier.id,
        name=verifier.name,
        base=verifier.base,
        pros=(*pros, *compared.get(verifier.id, ())),
        cons=cons,
        must_record=must_record,
        days_per_year=verifier.days_per_year,
        days_taken=verifier.days_taken,
        days_with_this=verifier.days_taken + demand.days,
        days_left=verifier.days_left - demand.days,
    )


def _comparisons(demand: Demand, eligible: list[Verifier]) -> dict[str, list[str]]:
    """What only a look at all candidates shows: who is nearest, and who has the lightest load."""
    said: dict[str, list[str]] = {}
    if len(eligible) < 2:
        return said
    known = [verifier for verifier in eligible if demand.centre in verifier.miles]
    if len(known) > 1 and (nearest := _only_smallest(known, [float(v.miles[demand.centre]) for v in known])):
        said.setdefault(nearest.id, []).append("The nearest")
    if lightest := _only_smallest(eligible, [load(verifier) for verifier in eligible]):
        said.setdefault(lightest.id, []).append(f"Lightest load of the {len(eligible)}")
    return said


def _only_smallest(verifiers: list[Verifier], values: list[float]) -> Verifier | None:
    smallest = min(values)
    return verifiers[values.index(smallest)] if values.count(smallest) == 1 else None
