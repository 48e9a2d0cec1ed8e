"""Places by people as arrays: who may take what, what each pair costs, and what the solver decided."""

from collections.abc import Callable, Collection, Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from math import gcd

import numpy as np
from numpy.typing import NDArray

from verification.allocation_flow import UNMET, Problem, solve
from verification.candidates import Preferences, continuity, one_team, travel_band
from verification.eligibility import (
    LSV,
    Days,
    Demand,
    Verifier,
    absence_obstacle,
    capacity_obstacle,
    competence_obstacle,
    conflict_obstacle,
    obstacles,
)

Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]

LOAD_BANDS = 6
TRAVEL_WEIGHT = 2  # a travel band counts as two bands of the yearly load
FARTHEST_BAND = 3
NEW_TO_THE_CENTRE = 2
WORST_CONTINUITY = 3


@dataclass(frozen=True)
class Decision:
    """Who takes what, frozen places included, and how good that is.

    ``short_demands`` compete for ``people_short`` people whose days are all taken.
    """

    chosen: Mapping[str, str]
    proven: bool
    gap: float
    strict: bool
    short_demands: Collection[str]
    people_short: int


class Board:
    """All places and all people of one allocation."""

    def __init__(
        self, demands: Sequence[Demand], verifiers: Sequence[Verifier], *, on: date, preferences: Preferences
    ) -> None:
        self.demands = self._as_given = tuple(demands)
        self.verifiers = tuple(sorted(verifiers, key=lambda verifier: verifier.id))
        self.on, self.preferences = on, preferences
        self._column = {verifier.id: number for number, verifier in enumerate(self.verifiers)}

    def verifier(self, verifier_id: str) -> Verifier | None:
        """The person with that id, None if they are not on the board."""
        column = self._column.get(verifier_id)
        return None if column is None else self.verifiers[column]

    def with_counterparts(self, chosen: Mapping[str, str]) -> "Board":
        """The same board, where each place knows who holds the other role at its centre (R14)."""
        holders: dict[tuple[str, bool], set[str]] = {}
        for demand in self._as_given:
            if demand.id in chosen:
                holders.setdefault((demand.centre, demand.kind == LSV), set()).add(chosen[demand.id])
        board = Board(self._as_given, self.verifiers, on=self.on, preferences=self.preferences)
        board.demands = tuple(
            replace(d, counterparts=d.counterparts.union(holders.get((d.centre, d.kind != LSV), ())))
            for d in self._as_given
        )
        return board

    def able_to_stay(self, current: Mapping[str, str], fixed: Mapping[str, str]) -> dict[str, str]:
        """The fixed allocations, and every current one that nothing stands in the way of."""
        staying = dict(fixed)
        left = self._half_days_left(fixed)
        for demand in self.demands:
            verifier = self.verifier(current.get(demand.id, ""))
            if demand.id in fixed or verifier is None or obstacles(demand, verifier, on=self.on):
                continue
            if left[self._column[verifier.id]] >= half_days(demand.days):
                left[self._column[verifier.id]] -= half_days(demand.days)
                staying[demand.id] = verifier.id
        return staying

    def work_met(self, chosen: Mapping[str, str]) -> int:
        """Half days of work that have found someone."""
        return sum(half_days(demand.days) for demand in self.demands if demand.id in chosen)

    def decide(
        self, fixed: Mapping[str, str], listed_per_place: int, current: Mapping[str, str] | None = None
    ) -> Decision:
        """Decide every place that is not fixed; with ``current``, changes count more than preferences."""
        open_places = [demand for demand in self.demands if demand.id not in fixed]
        if not open_places or not self.verifiers:
            return Decision(dict(fixed), proven=True, gap=0.0, strict=True, short_demands=(), people_short=0)
        solution = solve(self._problem(open_places, fixed, current), listed_per_place=listed_per_place)
        chosen = dict(fixed)
        for demand, column in zip(open_places, solution.assigned, strict=True):
            if column != UNMET:
                chosen[demand.id] = self.verifiers[column].id
        return Decision(
            chosen,
            proven=solution.proven,
            gap=0.0 if solution.proven else (solution.objective - solution.bound) / solution.objective,
            strict=solution.strict,
            short_demands={
                d.id for d, short in zip(open_places, solution.short_places, strict=True) if short
            },
            people_short=int(solution.short_people.sum()),
        )

    def _problem(
        self, places: Sequence[Demand], fixed: Mapping[str, str], current: Mapping[str, str] | None
    ) -> Problem:
        work = [half_days(demand.days) for demand in places]
        unit = gcd(*work)
        levels = [self._continuity(places), self._one_team(places), TRAVEL_WEIGHT * self._travel(places)]
        highest = [WORST_CONTINUITY, 1, TRAVEL_WEIGHT * FARTHEST_BAND]
        if current:
            levels.insert(0, self._changes(places, current))
            highest.insert(0, 1)
        return Problem(
            units=np.array(work, dtype=np.int64) // unit,
            bands=self._bands(self._half_days_left(fixed), unit),
            eligible=self._eligible(places),
            costs=levels,
            highest=highest,
        )

    def _half_days_left(self, fixed: Mapping[str, str]) -> Ints:
        left = np.array([half_days(verifier.days_left) for verifier in self.verifiers], dtype=np.int64)
        for demand in self.demands:
            column = self._column.get(fixed.get(demand.id, ""))
            if column is not None:
                left[column] -= half_days(demand.days)
        return left

    def _bands(self, left: Ints, unit: int) -> Ints:
        """Units that each person has left in each band of the yearly load, lightest first."""
        year = np.array([half_days(verifier.days_per_year) for verifier in self.verifiers], dtype=np.int64)
        edges = year[:, None] * np.arange(LOAD_BANDS + 1) // LOAD_BANDS
        below_edge = np.clip(edges - (year - left)[:, None], 0, None) // unit
        return np.diff(below_edge, axis=1)

    def _eligible(self, places: Sequence[Demand]) -> Bools:
        """The answers of ``obstacles``, each question asked once for all places that it is the same for."""
        questions: tuple[tuple[Callable[[Demand], Hashable], Callable[[Demand, Verifier], object]], ...] = (
            (lambda d: (d.kind, d.sectors), competence_obstacle),
            (lambda d: d.days, capacity_obstacle),
            (lambda d: (d.first, d.last, d.days), absence_obstacle),
        )
        eligible = np.ones((len(places), len(self.verifiers)), dtype=np.bool_)
        for same_for, obstacle in questions:
            known: dict[Hashable, Bools] = {}
            for row, demand in enumerate(places):
                key = same_for(demand)
                if key not in known:
                    known[key] = np.array([obstacle(demand, one) is None for one in self.verifiers], np.bool_)
                eligible[row] &= known[key]
        for row, column in self._meetings(
            places, lambda verifier: [one.centre for one in verifier.conflicts]
        ):
            if conflict_obstacle(places[row], self.verifiers[column], on=self.on):
                eligible[row, column] = False
        return eligible

    def _continuity(self, places: Sequence[Demand]) -> Ints:
        level = np.full((len(places), len(self.verifiers)), NEW_TO_THE_CENTRE, dtype=np.int64)
        for row, column in self._meetings(places, lambda verifier: [one.centre for one in verifier.tenures]):
            level[row, column] = continuity(places[row], self.verifiers[column], self.preferences)
        return level

    def _one_team(self, places: Sequence[Demand]) -> Ints:
        level = np.empty((len(places), len(self.verifiers)), dtype=np.int64)
        known: dict[Hashable, list[int]] = {}
        for row, demand in enumerate(places):
            key = (demand.kind, demand.sectors)
            if key not in known:
                alone = replace(demand, counterparts=frozenset())
                known[key] = [one_team(alone, verifier, self.preferences) for verifier in self.verifiers]
            level[row] = known[key]
            level[row, [self._column[one] for one in demand.counterparts if one in self._column]] = 0
        return level

    def _travel(self, places: Sequence[Demand]) -> Ints:
        level = np.full((len(places), len(self.verifiers)), travel_band(None), dtype=np.int64)
        for row, column in self._meetings(places, lambda verifier: verifier.miles):
            level[row, column] = travel_band(self.verifiers[column].miles[places[row].centre])
        return level

    def _changes(self, places: Sequence[Demand], current: Mapping[str, str]) -> Ints:
        level = np.zeros((len(places), len(self.verifiers)), dtype=np.int64)
        for row, demand in enumerate(places):
            if demand.id in current:
                level[row] = 1
                if (column := self._column.get(current[demand.id])) is not None:
                    level[row, column] = 0
        return level

    def _meetings(
        self, places: Sequence[Demand], centres_of: Callable[[Verifier], Iterable[str]]
    ) -> Iterator[tuple[int, int]]:
        """Row and column of every place at a centre that the person has to do with."""
        rows: dict[str, list[int]] = {}
        for row, demand in enumerate(places):
            rows.setdefault(demand.centre, []).append(row)
        for column, verifier in enumerate(self.verifiers):
            for centre in centres_of(verifier):
                for row in rows.get(centre, ()):
                    yield row, column


def half_days(days: Days) -> int:
    """Days as a number of half days. Raises ValueError for anything finer."""
    doubled = days * 2
    if doubled != int(doubled):
        raise ValueError(f"{days} days are not whole or half days.")
    return int(doubled)
