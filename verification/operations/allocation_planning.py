"""Allocating many places in one go: proposals worked out together, corrected by a planner, then confirmed."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from centres.permissions import Permission
from qa_portal import audit, jobs
from qa_portal.actors import Actor, person_or_none
from qa_portal.errors import NotPermitted, RuleViolation
from qa_portal.models import OutboxEntry
from verification.allocation_plan import AllocationPlan, plan_allocations
from verification.candidates import Preferences
from verification.eligibility import Demand
from verification.eligibility import Verifier as Person
from verification.models import Allocation, AllocationStatus, CentreYear, Verifier
from verification.operations import allocations
from verification.queries import allocation_places
from verification.queries import candidates as queries
from verification.queries.places import HELD, Place, place_id, places

PLAN_TASK = "verification.plan_allocations"
CONFIRM_TASK = "verification.confirm_allocations"
Progress = Callable[[str], None]


@transaction.atomic
def ask_for_plan(*, year: int, by: Actor, at: datetime) -> OutboxEntry:
    """Have proposals worked out for every open place of a year, in the background; one plan at a time.

    Raises NotPermitted, RuleViolation while one is being worked out.
    """
    if not by.may(Permission.ALLOCATION_MAKE):
        raise NotPermitted("Allocating verifiers is not part of your role.")
    if allocation_places.plan_under_way() is not None:
        raise RuleViolation("A plan is being worked out already. Wait until it is there.")
    return jobs.enqueue(PLAN_TASK, centre_id=None, year=year, by_id=by.pk, key=f"{at:%Y%m%d%H%M%S%f}")


@dataclass(frozen=True)
class Question:
    """What a plan is worked out from, read at one moment."""

    places: dict[str, Place]
    demands: list[Demand]
    people: list[Person]
    on: date
    preferences: Preferences


def plan_year(
    *, year: int, by: Actor, at: datetime, tell: Progress = lambda text: None
) -> AllocationPlan | None:
    """Read, decide and write at once, in the caller's transaction; a worker takes the three steps one by one."""
    question = question_of(year=year, at=at, tell=tell)
    return None if question is None else write(decide(question, tell=tell), question, by=by, at=at)


def question_of(*, year: int, at: datetime, tell: Progress = lambda text: None) -> Question | None:
    """What a plan for every place that has nobody is worked out from; None when no place is open.

    Read it in the staff scope, because days and years are counted over all centres.
    """
    today = timezone.localdate(at)
    every = places(CentreYear.objects.filter(year=year))
    open_places = [place for place in every if place.allocation is None]
    if not open_places:
        return None
    tell(f"{len(open_places)} places to fill")
    scheme = open_places[0].scheme
    people = queries.register(
        year,
        today,
        cooling_off_years=scheme.allocation.cooling_off_years.value,
        tenures=queries.all_tenures(year),
    )
    return Question(
        {place.id: place for place in open_places},
        queries.demands(open_places, today, held=every),
        people,
        today,
        queries.preferences(scheme),
    )


def decide(question: Question, *, tell: Progress = lambda text: None) -> AllocationPlan:
    """Propose a verifier for every place: met first, then continuity, one team, travel, fair load. Reads nothing.

    Sources: R7, R13, R14.
    """
    tell(f"{len(question.demands)} places, {len(question.people)} people: deciding")
    return plan_allocations(
        question.demands, question.people, on=question.on, preferences=question.preferences
    )


@transaction.atomic
def write(
    plan: AllocationPlan,
    question: Question,
    *,
    by: Actor,
    at: datetime,
    tell: Progress = lambda text: None,
) -> AllocationPlan:
    """Write the proposals of a plan, with why what is unmet is unmet; returns the plan as it was written.

    A place that somebody got since the plan was read keeps them, and somebody who left the register since is left out.
    """
    tell(f"{len(plan.allocations)} of {len(question.places)} places found somebody: writing")
    years = {place.centre_year.pk for place in question.places.values()}
    rows = Allocation.objects.filter(centre_year_id__in=years, status__in=HELD)
    taken = {
        place_id(kind, centre_year_id, programme_id)
        for kind, centre_year_id, programme_id in rows.values_list("kind", "centre_year_id", "programme_id")
    }
    there = set(
        Verifier.objects.filter(Q(left_on=None) | Q(left_on__gt=question.on)).values_list("pk", flat=True)
    )
    kept = tuple(
        each for each in plan.allocations if each.demand not in taken and int(each.verifier) in there
    )
    plan = replace(plan, allocations=kept)
    _write(plan, question.places, by=by, at=at)
    return plan


@transaction.atomic
def confirm_all(*, year: int, by: Actor, at: datetime) -> int:
    """Have every proposal of a year confirmed, centre by centre in the background; returns at how many centres.

    Proposals that need something recorded first (R13, R24) stay proposals. Raises NotPermitted.
    """
    if not by.may(Permission.ALLOCATION_MAKE):
        raise NotPermitted("Allocating verifiers is not part of your role.")
    rows = Allocation.objects.filter(status=AllocationStatus.PROPOSED, centre_year__year=year)
    centre_years = list(rows.order_by("centre_id").values_list("centre_id", "centre_year_id").distinct())
    for centre_id, centre_year_id in centre_years:
        jobs.enqueue(CONFIRM_TASK, centre_id=centre_id, centre_year_id=centre_year_id, by_id=by.pk)
    return len(centre_years)


@transaction.atomic
def confirm_centre(*, centre_year_id: int, by: Actor, at: datetime) -> list[int]:
    """Confirm a centre's proposals that nothing stands in the way of, and introduce everybody once.

    Returns the ids of the proposals that stay, because something must be recorded first.
    """
    rows = Allocation.objects.filter(centre_year_id=centre_year_id, status=AllocationStatus.PROPOSED)
    made, kept = [], []
    for pk in list(rows.order_by("kind", "pk").values_list("pk", flat=True)):
        try:
            with transaction.atomic():
                made.append(allocations.activate(allocation_id=pk, by=by, at=at, introduce=False))
        except RuleViolation:
            kept.append(pk)
    allocations.welcome(made, at=at)
    return kept


def _write(plan: AllocationPlan, by_id: dict[str, Place], *, by: Actor, at: datetime) -> None:
    """One row a proposal, and one audit event for all with a digest of what was decided."""
    rows = [
        Allocation(
            centre_id=by_id[each.demand].centre_year.centre_id,
            centre_year=by_id[each.demand].centre_year,
            kind=by_id[each.demand].kind,
            programme=by_id[each.demand].programme,
            verifier_id=int(each.verifier),
            made_at=at,
            made_by=person_or_none(by),
            facts=_facts(by_id[each.demand], each, plan),
        )
        for each in plan.allocations
    ]
    Allocation.objects.bulk_create(rows, batch_size=1000)
    if rows:
        decided = json.dumps([[each.demand, each.verifier] for each in plan.allocations])
        audit.record(
            "allocations.proposed",
            by=by,
            target=rows[0],
            at=at,
            chain=audit.INSTALLATION,
            count=len(rows),
            unmet=len(plan.unmet),
            proven=plan.proven,
            digest=hashlib.sha256(decided.encode()).hexdigest(),
        )


def _facts(place: Place, proposal: Any, plan: AllocationPlan) -> dict[str, Any]:
    basis = place.scheme.basis(
        "R7" if place.programme is None else "R9",
        pros=list(proposal.pros),
        cons=list(proposal.cons),
        plan_proven=plan.proven,
    )
    return basis | {"days": str(place.days), "must_record": proposal.must_record, "by_plan": True}
