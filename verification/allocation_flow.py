"""The mathematics of allocating many places at once: a minimum-cost flow, and CP-SAT for what it splits.

A minimum-cost flow is exact and fast where all work takes the same number of days. Where days differ, the
flow may share one place among several people; those few places, with their neighbours, then go to CP-SAT,
and the flow's cost remains as a bound that shows how far the answer can be from the best.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from ortools.graph.python import min_cost_flow
from ortools.sat.python import cp_model

Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]

UNMET = -1

#: The flow multiplies costs by its number of nodes and must stay well inside 64 bits.
LARGEST_SCALED_COST = 2**59
#: With no more pairs than this the exact solver may reconsider every place.
EXACT_PAIRS = 4_000
DETERMINISTIC_SECONDS = 20.0


@dataclass(frozen=True)
class Problem:
    """Places and people as arrays; every amount of work is in whole units.

    ``units`` needed by each place; ``bands``, one row a person, the units left in each band of the yearly
    load, the lightest first; ``eligible`` and every level of ``costs`` have a row a place and a column a
    person. Costs are small whole numbers up to ``highest``, and levels come in order of importance; the
    load band's number is added to the last level.
    """

    units: Ints
    bands: Ints
    eligible: Bools
    costs: Sequence[Ints]
    highest: Sequence[int]


@dataclass(frozen=True)
class Solution:
    """The person of each place (or UNMET), with how good that is.

    ``bound`` is a cost that no answer can be below; ``proven`` says that no answer is better, among the
    candidates that were listed; ``strict`` that no gain on a lower level could outweigh a loss on a higher
    one; ``short`` marks the places and people that are short together: all people whom those places could
    have are fully taken.
    """

    assigned: Ints
    objective: int
    bound: int
    proven: bool
    strict: bool
    short_places: Bools
    short_people: Bools


def solve(problem: Problem, *, listed_per_place: int) -> Solution:
    """Fill as much work as possible, then keep the levels of cost lowest in their order; deterministic.

    Only the best ``listed_per_place`` people of a place are listed at first; more are as long as something
    is unmet that a person not listed could still free.
    """
    weights, unmet_cost, strict = _weights(problem)
    cost = np.zeros(problem.eligible.shape, dtype=np.int64)
    for level, weight in zip(problem.costs, weights, strict=True):
        cost += level * weight
    while True:
        listed = _list_best(problem.eligible, cost, listed_per_place)
        flow, bound = _flow(problem, listed, cost, unmet_cost)
        short_places, short_people, spare = _shortage(problem, flow)
        if not spare or listed_per_place >= problem.eligible.shape[1]:
            break
        listed_per_place *= 4
    assigned, proven = _whole(problem, listed, cost, unmet_cost, flow)
    objective = _objective(problem, cost, unmet_cost, assigned)
    return Solution(
        assigned, objective, bound, proven or objective == bound, strict, short_places, short_people
    )


def _weights(problem: Problem) -> tuple[list[int], int, bool]:
    """A weight for every level and one for unmet work, each more than all below it can add up to."""
    nodes = sum(problem.eligible.shape) + 2
    bands = problem.bands.shape[1]
    highest = [*problem.highest[:-1], problem.highest[-1] + bands - 1]
    reach = int(problem.units.sum())
    strict = True
    while True:
        weights, total = [], 1
        for largest in reversed(highest):
            weights.append(total)
            total += total * largest * max(reach, 1)
        if total * nodes <= LARGEST_SCALED_COST or reach <= 1:
            return weights[::-1], total, strict
        reach, strict = reach // 2, False


def _list_best(eligible: Bools, cost: Ints, per_place: int) -> Bools:
    """Keep the cheapest people of each place; among equals each place starts at another person."""
    places, people = eligible.shape
    if per_place >= people:
        return eligible
    listed = np.zeros_like(eligible)
    numbers = np.arange(people)
    for place in range(places):
        candidates = np.flatnonzero(eligible[place])
        if len(candidates) > per_place:
            turned = (numbers[candidates] - place * 37) % people
            order = np.lexsort((turned, cost[place, candidates]))
            candidates = candidates[order[:per_place]]
        listed[place, candidates] = True
    return listed


def _flow(problem: Problem, listed: Bools, cost: Ints, unmet_cost: int) -> tuple[Ints, int]:
    """Units of each place that each person takes (places by people), and the cost of it all."""
    places, people = listed.shape
    sink = places + people
    place, person = np.nonzero(listed)
    owner, band = np.nonzero(problem.bands > 0)
    solver = min_cost_flow.SimpleMinCostFlow()
    arcs = solver.add_arcs_with_capacity_and_unit_cost(
        place, places + person, problem.units[place], cost[place, person]
    )
    solver.add_arcs_with_capacity_and_unit_cost(
        np.arange(places), np.full(places, sink), problem.units, np.full(places, unmet_cost)
    )
    solver.add_arcs_with_capacity_and_unit_cost(
        places + owner, np.full(len(owner), sink), problem.bands[owner, band], band
    )
    supplies = np.concatenate([problem.units, np.zeros(people, np.int64), [-problem.units.sum()]])
    solver.set_nodes_supplies(np.arange(sink + 1), supplies)
    status = solver.solve()
    if status != solver.OPTIMAL:
        raise RuntimeError(f"The flow solver stopped with {status}.")
    flow = np.zeros(listed.shape, dtype=np.int64)
    flow[place, person] = solver.flows(arcs) if len(place) else 0
    return flow, int(solver.optimal_cost())


def _shortage(problem: Problem, flow: Ints) -> tuple[Bools, Bools, bool]:
    """The places and people that are short together, and whether one of these people has time to spare.

    Everyone eligible for an unmet place, every place they hold, everyone eligible for that, and so on.
    Where nobody among them has time left, no other allocation can fill more: that is the proof.
    """
    room = problem.bands.sum(axis=1) - flow.sum(axis=0)
    places = flow.sum(axis=1) < problem.units
    people = np.zeros(len(room), dtype=np.bool_)
    while True:
        reached = problem.eligible[places].any(axis=0) if places.any() else people
        holding = places | (flow[:, reached] > 0).any(axis=1)
        if (holding == places).all() and (reached == people).all():
            return places, people, bool((room[people] > 0).any())
        places, people = holding, reached


def _whole(problem: Problem, listed: Bools, cost: Ints, unmet_cost: int, flow: Ints) -> tuple[Ints, bool]:
    """Give every place to one person; the flow's answer stands wherever it does that already.

    What the flow split is decided anew, the largest work first, in the days that the others leave. Then the
    exact solver looks at everything where that is small enough, else at what is still unmet and its
    surroundings.
    """
    whole = flow == problem.units[:, None]
    assigned = np.where(whole.any(axis=1), whole.argmax(axis=1), UNMET)
    split = (flow > 0).any(axis=1) & (assigned == UNMET)
    if not split.any():
        return assigned, True
    for units in sorted(set(problem.units[split].tolist()), reverse=True):
        same_size = split & (problem.units == units)
        assigned[same_size] = _one_size(problem, listed, cost, unmet_cost, assigned, same_size)
    free = np.ones(len(assigned), dtype=np.bool_)
    if listed.sum() > EXACT_PAIRS:
        free = _around_the_unmet(listed, assigned)
    if not free.any():
        return assigned, False
    better, optimal = _exact(problem, listed, cost, unmet_cost, assigned, free)
    return better, optimal and bool(free.all())


def _one_size(
    problem: Problem, listed: Bools, cost: Ints, unmet_cost: int, assigned: Ints, places: Bools
) -> Ints:
    """Fill places that need equally many units within what the others leave: there the flow is exact."""
    units = problem.units[places][0]
    room = np.cumsum(_bands_left(problem, assigned), axis=1) // units
    ones = np.ones(int(places.sum()), dtype=np.int64)
    part = Problem(ones, np.diff(room, axis=1, prepend=0), listed[places], (), ())
    flow, _ = _flow(part, listed[places], cost[places], unmet_cost)
    return np.where(flow.any(axis=1), flow.argmax(axis=1), UNMET)


def _around_the_unmet(listed: Bools, assigned: Ints) -> Bools:
    """The unmet places and those that hold the people they want, as far as the exact solver can look."""
    free = np.zeros(len(assigned), dtype=np.bool_)
    for place in np.flatnonzero((assigned == UNMET) & listed.any(axis=1)):
        wanted = free | np.isin(assigned, np.flatnonzero(listed[place]))
        wanted[place] = True
        if listed[wanted].sum() > EXACT_PAIRS:
            break
        free = wanted
    return free


def _exact(
    problem: Problem, listed: Bools, cost: Ints, unmet_cost: int, assigned: Ints, free: Bools
) -> tuple[Ints, bool]:
    """Decide the ``free`` places by CP-SAT within what the others leave; says whether that is optimal."""
    model = cp_model.CpModel()
    bands_left = _bands_left(problem, np.where(free, UNMET, assigned))
    terms: list[cp_model.LinearExprT] = []
    pairs: dict[tuple[int, int], cp_model.IntVar] = {}
    work: dict[int, list[cp_model.LinearExprT]] = {}
    for place in np.flatnonzero(free):
        units = int(problem.units[place])
        chosen = []
        for person in np.flatnonzero(listed[place]):
            pair = pairs[int(place), int(person)] = model.new_bool_var("")
            model.add_hint(pair, bool(assigned[place] == person))
            terms.append((int(cost[place, person]) - unmet_cost) * units * pair)
            work.setdefault(int(person), []).append(units * pair)
            chosen.append(pair)
        model.add_at_most_one(chosen)
    for someone, their_work in sorted(work.items()):
        bands = [model.new_int_var(0, int(left), "") for left in bands_left[someone]]
        model.add(cp_model.LinearExpr.sum(their_work) == cp_model.LinearExpr.sum(bands))
        terms += [number * band for number, band in enumerate(bands)]
    model.minimize(cp_model.LinearExpr.sum(terms))
    solver = cp_model.CpSolver()
    solver.parameters.num_workers = 1
    solver.parameters.random_seed = 1
    solver.parameters.max_deterministic_time = DETERMINISTIC_SECONDS
    status = solver.solve(model)
    if status not in (cp_model.OPTIMAL, cp_model.FEASIBLE):
        return assigned, False
    result = np.where(free, UNMET, assigned)
    for (row, column), pair in pairs.items():
        if solver.boolean_value(pair):
            result[row] = column
    return result, status == cp_model.OPTIMAL


def _bands_left(problem: Problem, assigned: Ints) -> Ints:
    """Units left in each band once the assigned places have filled the lightest bands first."""
    left = problem.bands.copy()
    for place in np.flatnonzero(assigned != UNMET):
        needed = int(problem.units[place])
        for band in range(left.shape[1]):
            used = min(needed, int(left[assigned[place], band]))
            left[assigned[place], band] -= used
            needed -= used
    return left


def _objective(problem: Problem, cost: Ints, unmet_cost: int, assigned: Ints) -> int:
    met = assigned != UNMET
    total = int((problem.units[~met] * unmet_cost).sum())
    places = np.flatnonzero(met)
    total += int((problem.units[places] * cost[places, assigned[places]]).sum())
    used = problem.bands - _bands_left(problem, assigned)
    return total + int((used * np.arange(problem.bands.shape[1])).sum())
