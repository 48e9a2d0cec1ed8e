"""Background work of the yearly cycle."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from celery import shared_task

from centres.models import Person
from qa_portal import clock
from qa_portal.actors import SYSTEM
from qa_portal.jobs import TenantTask, ThinkingTask
from qa_portal.tenancy import ALL_CENTRES, scoped_to
from verification import plan_progress
from verification.allocation_plan import AllocationPlan
from verification.operations import (
    allocation_planning,
    conflicts,
    date_proposals,
    dated_rules,
    departures,
    replacements,
    roll_over,
    years,
)

Steps = tuple[Callable[[], AllocationPlan | None], Callable[[AllocationPlan | None], None]]


@shared_task(name="verification.open_due_years")
def open_due_years(**_: object) -> None:
    """Ask for the current year of every approved centre that lacks it."""
    # Over all centres, because it looks for what is not there; each year is opened in its own centre's scope.
    with scoped_to(ALL_CENTRES):
        years.open_due_years(at=clock.now())


@shared_task(name="verification.open_year", base=TenantTask)
def open_year(*, centre_id: int, year: int, **_: object) -> None:
    """Open one centre's year, following on the last."""
    roll_over.roll_over(centre_id=centre_id, year=year, by=SYSTEM, at=clock.now())


@shared_task(name="verification.catch_up_year", base=TenantTask)
def catch_up_year(*, centre_id: int, **_: object) -> None:
    """Give programmes approved since one centre's year was opened what belongs to them."""
    years.catch_up(centre_id=centre_id, by=SYSTEM, at=clock.now())


@shared_task(name="verification.apply_dated_rules")
def apply_dated_rules(**_: object) -> None:
    """Open due years and ask for the dated rules of every centre that they change."""
    # Over all centres, because it looks for what has become due; each centre's rules run in its own scope.
    with scoped_to(ALL_CENTRES):
        dated_rules.apply(at=clock.now())


@shared_task(name="verification.apply_dated_rules_at", base=TenantTask)
def apply_dated_rules_at(*, centre_id: int, **_: object) -> None:
    """Apply the dated rules to one centre."""
    dated_rules.apply_at(centre_id=centre_id, at=clock.now())


@shared_task(name="verification.hand_over_duties")
def hand_over_duties(**_: object) -> None:
    """Pass on what was given by name to somebody whose role has ended, one centre a transaction (R17)."""
    today = clock.today()
    # Over all centres, only to learn in which of them something waits.
    with scoped_to(ALL_CENTRES):
        waiting = departures.waiting_centres(today)
    for centre_id in waiting:
        with scoped_to([centre_id]):
            departures.hand_over(
                centre_id=centre_id,
                from_ids=departures.just_ended(centre_id, today),
                by=SYSTEM,
                at=clock.now(),
            )


@shared_task(name="verification.plan_allocations", base=ThinkingTask)
def plan_allocations(*, year: int, by_id: int, key: str, **_: object) -> Steps:
    """Propose verifiers for every open place of a year; how far it is stands in the cache, what it made in rows."""
    by = Person.objects.get(pk=by_id)
    tell = partial(plan_progress.tell, key)
    question = allocation_planning.question_of(year=year, at=clock.now(), tell=tell)

    def think() -> AllocationPlan | None:
        return None if question is None else allocation_planning.decide(question, tell=tell)

    def write(plan: AllocationPlan | None) -> None:
        if plan is None or question is None:
            return
        allocation_planning.write(plan, question, by=by, at=clock.now(), tell=tell)
        plan_progress.keep_unmet(key, {each.demand: each.reason for each in plan.unmet})

    return think, write


@shared_task(name="verification.confirm_allocations", base=TenantTask)
def confirm_allocations(*, centre_id: int, centre_year_id: int, by_id: int, **_: object) -> None:
    """Confirm one centre's proposals."""
    by = Person.objects.get(pk=by_id)
    allocation_planning.confirm_centre(centre_year_id=centre_year_id, by=by, at=clock.now())


@shared_task(name="verification.follow_up_conflict", base=TenantTask)
def follow_up_conflict(*, centre_id: int, person_id: int, **_: object) -> None:
    """Have planners replace a verifier who is allocated where they declared a conflict."""
    conflicts.follow_up(centre_id=centre_id, person_id=person_id, at=clock.now())


@shared_task(name="verification.replace_at_centre", base=TenantTask)
def replace_at_centre(
    *, centre_id: int, moves: list[dict[str, object]], reason: str, by_id: int, **_: object
) -> None:
    """Put the planned successors in somebody's places at one centre."""
    by = Person.objects.get(pk=by_id)
    replacements.replace_at_centre(moves=moves, reason=reason, by=by, at=clock.now())


@shared_task(name="verification.propose_schedule", base=TenantTask)
def propose_schedule(*, centre_id: int | None = None, **_: object) -> None:
    """Propose dates for what has none: of one centre, or of all together."""
    if centre_id is None:
        date_proposals.propose_for_all(at=clock.now())
    else:
        date_proposals.propose_for_centre(centre_id=centre_id, by=SYSTEM, at=clock.now())


@shared_task(name="verification.propose_due_dates")
def propose_due_dates(**_: object) -> None:
    """Ask for dates for every activity that has none."""
    # Over all centres, because one verifier's activities at several centres are placed together.
    with scoped_to(ALL_CENTRES):
        date_proposals.propose_due(at=clock.now())


@shared_task(name="verification.propose_dates", base=TenantTask)
def propose_dates(
    *, centre_id: int, proposals: dict[str, str], unplaced: dict[str, str], **_: object
) -> None:
    """Write the dates that were worked out for one centre together with all others."""
    date_proposals.apply(centre_id=centre_id, proposals=proposals, unplaced=unplaced, at=clock.now())
