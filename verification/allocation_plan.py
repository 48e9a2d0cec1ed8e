"""Allocating many places in one go: everyone met first, then continuity, one team, travel and fair load."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from verification.allocation_board import Board, Decision
from verification.candidates import AS_HOPED_FOR, Preferences, reasons
from verification.eligibility import LSV, Demand, Obstacle, Verifier, obstacles

LISTED_PER_PLACE = 40

#: What keeps a person from a place, the reason that is hardest to change first.
WHAT_BLOCKS = {
    "not_lsv_qualified": "without the LSV qualification",
    "sector": "not competent for the sector",
    "conflict": "with a declared conflict",
    "cooling_off": "in a cooling-off period",
    "absence": "away",
    "capacity": "with too few days left",
}


@dataclass(frozen=True)
class Allocation:
    """A place and the person proposed for it; ``must_record`` names what needs a written reason (R13)."""

    demand: str
    verifier: str
    pros: tuple[str, ...]
    cons: tuple[str, ...]
    must_record: str
    is_frozen: bool = False


@dataclass(frozen=True)
class Unmet:
    """A place that nobody can take, and why."""

    demand: str
    reason: str


@dataclass(frozen=True)
class Change:
    """A place that moved from one person to another; ``before`` is empty for a place that was open."""

    demand: str
    before: str
    after: str


@dataclass(frozen=True)
class AllocationPlan:
    """Proposals for all places, in the order of the demands.

    ``proven``: every decision was the best there is among the listed candidates; ``gap``: otherwise, how
    far its cost can be above the best, as a share; ``strict``: no gain on a lower preference outweighed a
    loss on a higher.
    """

    allocations: tuple[Allocation, ...]
    unmet: tuple[Unmet, ...]
    changes: tuple[Change, ...]
    proven: bool
    gap: float
    strict: bool


def plan_allocations(
    demands: Sequence[Demand],
    verifiers: Sequence[Verifier],
    *,
    on: date,
    preferences: Preferences = AS_HOPED_FOR,
    frozen: Mapping[str, str] | None = None,
    listed_per_place: int = LISTED_PER_PLACE,
) -> AllocationPlan:
    """Propose a person for every place at once; the same input gives the same plan.

    In this order: as many days of work met as possible, continuity up to the hoped-for years (R13), an LSV
    who is an SV and one person for both roles (R14), then travel and fair load. Every day of work counts
    the same. ``frozen`` maps demands to verifiers who keep them; ``days_taken`` of the verifiers holds none
    of these demands. SVs are decided a second time once the LSVs are known, so that the same person can be
    both.

    Raises ValueError for repeated ids and for work that is not in half days.
    """
    _refuse_repeats([demand.id for demand in demands], [verifier.id for verifier in verifiers])
    fixed = dict(frozen or {})
    board = Board(demands, verifiers, on=on, preferences=preferences)
    decision = board.decide(fixed, listed_per_place)
    decisions = [decision]
    lsvs = {d.id: decision.chosen[d.id] for d in demands if d.kind == LSV and d.id in decision.chosen}
    together = board.with_counterparts(decision.chosen)
    if lsvs and together.demands != board.demands:
        decision = together.decide(fixed | lsvs, listed_per_place)
        decisions.append(decision)
    return _plan(together.with_counterparts(decision.chosen), decisions, fixed, before={})


def replan(
    demands: Sequence[Demand],
    verifiers: Sequence[Verifier],
    *,
    on: date,
    current: Mapping[str, str],
    frozen: frozenset[str] = frozenset(),
    preferences: Preferences = AS_HOPED_FOR,
    listed_per_place: int = LISTED_PER_PLACE,
) -> AllocationPlan:
    """Repair a plan after an illness, a new conflict or a new place with the fewest changes.

    ``current`` maps demands to verifiers; those in ``frozen`` (accepted work) are never touched. Whoever
    can stay stays, and only the rest is decided. If that leaves something unmet, everything that is not
    frozen may move, each move counting more than any preference. Raises ValueError as ``plan_allocations``
    does.
    """
    _refuse_repeats([demand.id for demand in demands], [verifier.id for verifier in verifiers])
    board = Board(demands, verifiers, on=on, preferences=preferences).with_counterparts(current)
    fixed = {demand: current[demand] for demand in sorted(frozen) if demand in current}
    decision = board.decide(board.able_to_stay(current, fixed), listed_per_place)
    if len(decision.chosen) < len(demands):
        wider = board.decide(fixed, listed_per_place, current=current)
        if board.work_met(wider.chosen) > board.work_met(decision.chosen):
            decision = wider
    return _plan(board.with_counterparts(decision.chosen), [decision], fixed, before=current)


def _plan(
    board: Board, decisions: Sequence[Decision], fixed: Mapping[str, str], before: Mapping[str, str]
) -> AllocationPlan:
    chosen = decisions[-1].chosen
    met = [demand for demand in board.demands if demand.id in chosen]
    return AllocationPlan(
        allocations=tuple(
            _allocation(board, demand, chosen[demand.id], demand.id in fixed) for demand in met
        ),
        unmet=tuple(
            Unmet(demand.id, _why_unmet(board, demand, decisions[-1]))
            for demand in board.demands
            if demand.id not in chosen
        ),
        changes=tuple(
            Change(demand.id, before.get(demand.id, ""), chosen.get(demand.id, ""))
            for demand in board.demands
            if before and before.get(demand.id, "") != chosen.get(demand.id, "")
        ),
        proven=all(decision.proven for decision in decisions),
        gap=max(decision.gap for decision in decisions),
        strict=all(decision.strict for decision in decisions),
    )


def _allocation(board: Board, demand: Demand, verifier_id: str, is_frozen: bool) -> Allocation:
    verifier = board.verifier(verifier_id)
    if verifier is None:  # kept by a decision made elsewhere, about someone who is not on offer any more
        return Allocation(demand.id, verifier_id, (), (), "", is_frozen)
    return Allocation(demand.id, verifier_id, *reasons(demand, verifier, board.preferences), is_frozen)


def _why_unmet(board: Board, demand: Demand, decision: Decision) -> str:
    """Say whether people are missing altogether or their days are spent on other places."""
    if not board.verifiers:
        return "There is no verifier to choose from."
    in_the_way = [obstacles(demand, verifier, on=board.on) for verifier in board.verifiers]
    able = sum(not found for found in in_the_way)
    if able:
        people = "1 person could take this" if able == 1 else f"{able} people could take this"
        if demand.id in decision.short_demands:
            places = _count(len(decision.short_demands), "place")
            shared = f"{places} share {_count(decision.people_short, 'person')}"
            return f"{people}, but there are too few days for all: {shared}."
        return f"{people}, but the days left after other places are not enough."
    codes = Counter(_weightiest(found) for found in in_the_way)
    parts = [f"{number} {words}" for code, words in WHAT_BLOCKS.items() if (number := codes[code])]
    return f"Nobody can take this. Of {_count(len(in_the_way), 'person')}: {', '.join(parts)}."


def _weightiest(found: Sequence[Obstacle]) -> str:
    codes = {obstacle.code for obstacle in found}
    return next(code for code in WHAT_BLOCKS if code in codes)


def _count(number: int, noun: str) -> str:
    plural = "people" if noun == "person" else f"{noun}s"
    return f"{number} {noun if number == 1 else plural}"


def _refuse_repeats(*ids: Sequence[str]) -> None:
    for listed in ids:
        if len(set(listed)) != len(listed):
            raise ValueError("A place or a person comes twice.")
