"""Allocating many places in one go (R7, R9, R13, R14, R24), and repairing a plan with the fewest changes."""

from dataclasses import replace
from datetime import date
from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from verification.allocation_flow import UNMET, Problem, solve
from verification.allocation_plan import plan_allocations, replan
from verification.eligibility import LSV, SV, Absence, Conflict, Demand, Tenure, Verifier, obstacles

ON = date(2026, 10, 1)
WINDOW = (date(2026, 10, 1), date(2026, 11, 30))
SECTORS = ("Sport", "Care")


def verifier(verifier_id, **more):
    values = {
        "days_per_year": 20,
        "days_taken": 0,
        "lsv_qualified": True,
        "sectors": frozenset(SECTORS),
        "current_sv_sectors": frozenset(SECTORS),
    }
    return Verifier(id=verifier_id, name=verifier_id.title(), **(values | more))


def place(demand_id, kind=LSV, centre=None, days=2, sectors=("Sport",)):
    centre = centre or f"centre of {demand_id}"
    return Demand(demand_id, kind, centre, centre, days, *WINDOW, sectors)


def served(centre, years, *roles):
    return (Tenure(centre, frozenset(roles), years),)


def chosen(plan):
    return {allocation.demand: allocation.verifier for allocation in plan.allocations}


@st.composite
def boards(draw):
    centres = ["c1", "c2", "c3"]
    demands = [
        place(
            f"d{number}",
            draw(st.sampled_from([LSV, SV])),
            draw(st.sampled_from(centres)),
            draw(st.sampled_from([1, 2, 3])),
            (draw(st.sampled_from(SECTORS)),),
        )
        for number in range(draw(st.integers(1, 7)))
    ]
    some_sectors = st.frozensets(st.sampled_from(SECTORS))
    verifiers = [
        verifier(
            f"v{number}",
            days_per_year=draw(st.integers(0, 8)),
            lsv_qualified=draw(st.booleans()),
            sectors=draw(some_sectors),
            current_sv_sectors=draw(some_sectors),
            conflicts=draw(st.sampled_from([(), (Conflict("c1", "family", date(2025, 1, 1)),)])),
            tenures=draw(
                st.sampled_from([(), served("c1", 2, LSV), served("c2", 5, SV), served("c3", 1, LSV, SV)])
            ),
            absences=draw(st.sampled_from([(), (Absence(*WINDOW),)])),
        )
        for number in range(draw(st.integers(0, 4)))
    ]
    return demands, verifiers


def assert_possible(plan, demands, verifiers):
    people = {person.id: person for person in verifiers}
    places = {demand.id: demand for demand in demands}
    answered = [one.demand for one in plan.allocations] + [one.demand for one in plan.unmet]
    assert sorted(answered) == sorted(places)
    for allocation in plan.allocations:
        assert obstacles(places[allocation.demand], people[allocation.verifier], on=ON) == ()
    for person in verifiers:
        work = sum(places[d].days for d, v in chosen(plan).items() if v == person.id)
        assert work <= person.days_left


@settings(max_examples=60, deadline=None)
@given(board=boards())
def test_r24_nobody_is_allocated_against_a_rule_or_beyond_their_days(board):
    demands, verifiers = board

    plan = plan_allocations(demands, verifiers, on=ON)

    assert_possible(plan, demands, verifiers)
    assert all(unmet.reason.endswith(".") for unmet in plan.unmet)


@settings(max_examples=30, deadline=None)
@given(board=boards(), data=st.data())
def test_the_same_people_in_another_order_give_the_same_plan(board, data):
    demands, verifiers = board

    assert plan_allocations(demands, verifiers, on=ON) == plan_allocations(
        demands, data.draw(st.permutations(verifiers)), on=ON
    )


@settings(max_examples=40, deadline=None)
@given(board=boards())
def test_as_much_work_is_met_as_any_plan_can_meet(board):
    demands, verifiers = board
    able = [[None, *(v for v in verifiers if not obstacles(d, v, on=ON))] for d in demands]

    def met(choice):
        for person in verifiers:
            if sum(d.days for d, v in zip(demands, choice, strict=True) if v is person) > person.days_left:
                return -1
        return sum(d.days for d, v in zip(demands, choice, strict=True) if v)

    plan = plan_allocations(demands, verifiers, on=ON)

    places = {demand.id: demand for demand in demands}
    assert sum(places[d].days for d in chosen(plan)) == max(met(choice) for choice in product(*able))


@st.composite
def problems(draw):
    places, people = draw(st.integers(1, 5)), draw(st.integers(1, 3))
    sizes = draw(st.sampled_from([st.just(1), st.integers(1, 3)]))

    def table(values):
        return np.array([[draw(values) for _ in range(people)] for _ in range(places)])

    return Problem(
        units=np.array([draw(sizes) for _ in range(places)]),
        bands=np.array([[draw(st.integers(0, 2)) for _ in range(3)] for _ in range(people)]),
        eligible=table(st.booleans()),
        costs=(table(st.integers(0, 2)), table(st.integers(0, 3))),
        highest=(2, 3),
    )


def value_of(problem, assigned):
    """(unmet units, level 1, level 2 with load bands), None where someone has more than their units."""
    units, levels, load = problem.units, [0, 0], 0
    for person in range(problem.eligible.shape[1]):
        left = int(units[assigned == person].sum())
        for number, band in enumerate(problem.bands[person]):
            used = min(left, int(band))
            left, load = left - used, load + used * number
        if left:
            return None
    for row, person in enumerate(assigned):
        if person != UNMET:
            if not problem.eligible[row, person]:
                return None
            levels = [
                total + int(units[row] * cost[row, person])
                for total, cost in zip(levels, problem.costs, strict=True)
            ]
    return int(units[assigned == UNMET].sum()), levels[0], levels[1] + load


@settings(max_examples=80, deadline=None)
@given(problem=problems())
def test_the_answer_is_the_lexicographically_best_of_all(problem):
    places, people = problem.eligible.shape
    every = product(range(UNMET, people), repeat=places)
    best = min(value for one in every if (value := value_of(problem, np.array(one))) is not None)

    solution = solve(problem, listed_per_place=people)

    assert value_of(problem, solution.assigned) == best
    assert solution.proven
    assert solution.strict
    assert solution.bound <= solution.objective


def test_places_are_met_even_if_only_people_further_down_the_list_can():
    bands = np.array([[1], [1], [1]])
    problem = Problem(
        units=np.array([1, 1, 1]),
        bands=bands,
        eligible=np.ones((3, 3), dtype=np.bool_),
        costs=(np.array([[0, 1, 2]] * 3),),
        highest=(2,),
    )

    assert sorted(solve(problem, listed_per_place=1).assigned) == [0, 1, 2]


def test_r7_last_years_lsv_carries_on():
    demands = [place("d1", centre="c1"), place("d2", centre="c2")]
    people = [verifier("ann", tenures=served("c2", 2, LSV)), verifier("bea", tenures=served("c1", 3, LSV))]

    plan = plan_allocations(demands, people, on=ON)

    assert chosen(plan) == {"d1": "bea", "d2": "ann"}
    assert plan.allocations[0].pros[0] == "LSV here for 3 years: continuity"
    assert plan.proven


def test_r13_after_four_years_someone_else_is_proposed_where_there_is_someone():
    long_here = verifier("ann", tenures=served("c1", 4, LSV))

    assert chosen(plan_allocations([place("d1", centre="c1")], [long_here, verifier("bea")], on=ON)) == {
        "d1": "bea"
    }

    alone = plan_allocations([place("d1", centre="c1")], [long_here], on=ON)
    assert chosen(alone) == {"d1": "ann"}
    assert "R13" in alone.allocations[0].must_record


def test_r14_the_lsv_is_proposed_as_sv_too():
    demands = [place("lsv", LSV, "c1"), place("sv", SV, "c1", 1)]
    people = [verifier("ann"), verifier("bea"), verifier("cai", tenures=served("c1", 1, LSV))]

    plan = plan_allocations(demands, people, on=ON)

    assert chosen(plan) == {"lsv": "cai", "sv": "cai"}
    assert "LSV here this year: one person for both" in plan.allocations[1].pros


def test_r14_a_current_sv_of_the_sector_is_preferred_as_lsv():
    people = [verifier("ann", current_sv_sectors=frozenset({"Care"})), verifier("bea")]

    assert chosen(plan_allocations([place("d1")], people, on=ON)) == {"d1": "bea"}


def test_work_is_shared_fairly_where_nothing_else_matters():
    plan = plan_allocations(
        [place(f"d{n}") for n in range(8)], [verifier(v) for v in ("a", "b", "c", "d")], on=ON
    )

    shares = [list(chosen(plan).values()).count(v) for v in ("a", "b", "c", "d")]
    assert sum(shares) == 8
    assert max(shares) <= 3


def test_frozen_allocations_stay_and_use_up_days():
    demands = [place("d1"), place("d2")]
    people = [verifier("ann", days_per_year=2), verifier("bea", days_per_year=2)]

    plan = plan_allocations(demands, people, on=ON, frozen={"d1": "ann"})

    assert chosen(plan) == {"d1": "ann", "d2": "bea"}
    assert [allocation.is_frozen for allocation in plan.allocations] == [True, False]


def test_an_unmet_place_says_what_keeps_people_from_it():
    people = [
        verifier("ann", lsv_qualified=False),
        verifier("bea", days_taken=20),
        verifier("cai", absences=(Absence(*WINDOW),)),
    ]

    plan = plan_allocations([place("d1")], people, on=ON)

    assert plan.unmet[0].reason == (
        "Nobody can take this. Of 3 people: "
        "1 without the LSV qualification, 1 away, 1 with too few days left."
    )
    assert (
        plan_allocations([place("d1")], [], on=ON).unmet[0].reason == "There is no verifier to choose from."
    )


def test_an_unmet_place_says_with_which_others_it_shares_too_few_people():
    plan = plan_allocations([place(f"d{n}") for n in range(3)], [verifier("ann", days_per_year=4)], on=ON)

    assert [one.reason for one in plan.unmet] == [
        "1 person could take this, but there are too few days for all: 3 places share 1 person."
    ]


def test_after_an_illness_only_the_places_of_that_person_move():
    demands = [place(f"d{n}") for n in range(6)]
    people = [verifier(v) for v in ("ann", "bea", "cai")]
    before = chosen(plan_allocations(demands, people, on=ON))
    ill = [replace(people[0], absences=(Absence(*WINDOW),)), *people[1:]]

    plan = replan(demands, ill, on=ON, current=before)

    moved = {change.demand for change in plan.changes}
    assert moved == {demand for demand, person in before.items() if person == "ann"}
    assert all(change.before == "ann" and change.after in ("bea", "cai") for change in plan.changes)


def test_others_move_only_if_something_would_stay_unmet_and_accepted_work_never():
    only_ann_or_bea = verifier("ann", days_per_year=2, sectors=frozenset())
    people = [only_ann_or_bea, verifier("bea", days_per_year=2)]
    demands = [place("lsv"), place("sv", SV)]  # ann can only be LSV, bea both
    current = {"lsv": "bea"}

    plan = replan(demands, people, on=ON, current=current)
    assert chosen(plan) == {"lsv": "ann", "sv": "bea"}

    kept = replan(demands, people, on=ON, current=current, frozen=frozenset({"lsv"}))
    assert chosen(kept) == {"lsv": "bea"}
    assert [unmet.demand for unmet in kept.unmet] == ["sv"]


@settings(max_examples=40, deadline=None)
@given(board=boards(), data=st.data())
def test_replanning_keeps_what_is_frozen_and_changes_nothing_that_still_works(board, data):
    demands, verifiers = board
    before = chosen(plan_allocations(demands, verifiers, on=ON))
    frozen = (
        frozenset(data.draw(st.lists(st.sampled_from(sorted(before)), unique=True)))
        if before
        else frozenset()
    )

    again = replan(demands, verifiers, on=ON, current=before, frozen=frozen)

    assert_possible(again, demands, verifiers)
    assert {d: v for d, v in chosen(again).items() if d in before} == before
    assert {one.demand for one in again.allocations if one.is_frozen} == frozen


def test_repeated_ids_and_odd_days_are_refused():
    with pytest.raises(ValueError, match="twice"):
        plan_allocations([place("d1"), place("d1")], [verifier("ann")], on=ON)
    with pytest.raises(ValueError, match="half days"):
        plan_allocations([replace(place("d1"), days=0.3)], [verifier("ann")], on=ON)
