"""Allocating an LSV to a centre and an SV to a programme, replacing them mid-year, and ending an allocation."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils import timezone

from centres import academic_year
from centres.models import Person
from centres.permissions import Permission
from qa_portal import audit, deadlines, jobs
from qa_portal.actors import Actor, person_or_none
from qa_portal.errors import NotPermitted, RuleViolation
from verification.lifecycle.allocations import ALLOCATION
from verification.models import Allocation, AllocationKind, AllocationStatus, CentreYear
from verification.operations import (
    activities,
    activity_counts,
    allocation_stage,
    handovers,
    introductions,
    verifier_access,
)
from verification.queries import activities as activity_queries
from verification.queries import years
from verification.rules import allocations as rules

_OPEN = (AllocationStatus.PROPOSED, AllocationStatus.ACTIVE)


@transaction.atomic
def allocate(
    *,
    centre_year_id: int,
    kind: str,
    programme_id: int | None,
    verifier_id: int,
    by: Actor,
    at: datetime,
    long_stay_reason: str = "",
    countersigned_by_id: int | None = None,
    facts: dict[str, Any] | None = None,
    introduce: bool = True,
) -> Allocation:
    """Make a verifier the LSV of a centre, or the SV of a programme, for the year.

    They get access at once, the year gets its activity, planners' deadlines are met, and verifier and Quality Nominee
    are introduced. ``facts`` say why this person (what the planner saw). A proposal for the same place is replaced.

    Raises NotPermitted; RuleViolation when the place is taken, the person is not competent (R7), has a declared
    conflict that nobody countersigned (R24), or stays longer than hoped for without a reason (R13). R14: the same
    person may hold both kinds.
    """
    proposal = propose(
        centre_year_id=centre_year_id, kind=kind, programme_id=programme_id, verifier_id=verifier_id, by=by, at=at,
        long_stay_reason=long_stay_reason, facts=facts,
    )  # fmt: skip
    if countersigned_by_id is not None:
        _check_countersigner(proposal, countersigned_by_id, by)
        proposal.countersigned_by_id = countersigned_by_id
        proposal.save(update_fields=["countersigned_by"])
    _activate(proposal, "activate", by=by, at=at)
    if introduce:
        welcome([proposal], at=at)
    return proposal


@transaction.atomic
def allocate_several(
    *,
    centre_year_id: int,
    kind: str,
    programme_ids: Sequence[int | None],
    verifier_id: int,
    by: Actor,
    at: datetime,
    long_stay_reason: str = "",
    facts: dict[str, Any] | None = None,
) -> list[Allocation]:
    """Allocate one person to several places of a centre at once, with one introduction. Raises as ``allocate`` does."""
    made = [
        allocate(
            centre_year_id=centre_year_id, kind=kind, programme_id=programme_id, verifier_id=verifier_id, by=by,
            at=at, long_stay_reason=long_stay_reason, facts=facts, introduce=False,
        )
        for programme_id in programme_ids
    ]  # fmt: skip
    welcome(made, at=at)
    return made


@transaction.atomic
def propose(
    *,
    centre_year_id: int,
    kind: str,
    programme_id: int | None,
    verifier_id: int,
    by: Actor,
    at: datetime,
    long_stay_reason: str = "",
    facts: dict[str, Any] | None = None,
) -> Allocation:
    """Note a verifier for a place, for planners' eyes only, until it is confirmed; an older proposal is dropped.

    Raises NotPermitted; RuleViolation when somebody is allocated to the place already.
    """
    centre_year = years.with_scheme(CentreYear.objects.all()).get(pk=centre_year_id)
    if not by.may(Permission.ALLOCATION_MAKE, centre_year.centre_id):
        raise NotPermitted("Allocating verifiers is not part of your role.")
    CentreYear.objects.select_for_update(of=("self",), no_key=True).get(pk=centre_year_id)
    place = Allocation.objects.filter(  # type: ignore[misc]
        centre_id=centre_year.centre_id,
        centre_year_id=centre_year_id,
        kind=kind,
        programme_id=programme_id,
        status__in=_OPEN,
    )
    for taken in place.select_related("verifier__person"):
        if taken.status == AllocationStatus.ACTIVE:
            raise RuleViolation(
                f"{taken.verifier} is allocated here already. Replace them instead, with a reason.", rule="R7"
            )
        ALLOCATION.move(taken, "drop", by=by, at=at)
        deadlines.cancel("countersignature", subject=taken, at=at)
    proposal = Allocation.objects.create(
        centre_id=centre_year.centre_id,
        centre_year=centre_year,
        kind=kind,
        programme_id=programme_id,
        verifier_id=verifier_id,
        long_stay_reason=long_stay_reason.strip(),
        made_at=at,
        made_by=person_or_none(by),
    )
    _note_facts(proposal, facts)
    audit.record("allocation.proposed", by=by, target=proposal, at=at, kind=kind, verifier=verifier_id)
    return locked(proposal.pk)


@transaction.atomic
def activate(
    *, allocation_id: int, by: Actor, at: datetime, long_stay_reason: str = "", introduce: bool = True
) -> Allocation:
    """Confirm a proposal: everything that ``allocate`` does follows. Raises as ``allocate`` does."""
    allocation = locked(allocation_id)
    if long_stay_reason.strip():
        allocation.long_stay_reason = long_stay_reason.strip()
        allocation.save(update_fields=["long_stay_reason"])
    _activate(allocation, "activate", by=by, at=at)
    if introduce:
        welcome([allocation], at=at)
    return allocation


@transaction.atomic
def countersign(*, allocation_id: int, by: Actor, at: datetime) -> Allocation:
    """Sign, as the second person, for a verifier with a declared conflict; the allocation is active from then (R24).

    Raises NotPermitted for the planner who proposed it and for the verifier, RuleViolation as ``allocate`` does.
    """
    allocation = locked(allocation_id)
    _activate(allocation, "countersign", by=by, at=at, countersigned_by=person_or_none(by))
    deadlines.meet("countersignature", subject=allocation, at=at)
    welcome([allocation], at=at)
    return allocation


@transaction.atomic
def drop(*, allocation_id: int, by: Actor, at: datetime) -> Allocation:
    """Leave a proposal unused; the place stays open. Raises NotPermitted, RuleViolation."""
    allocation = locked(allocation_id)
    ALLOCATION.move(allocation, "drop", by=by, at=at)
    deadlines.cancel("countersignature", subject=allocation, at=at)
    return allocation


def replace(
    *,
    allocation_id: int,
    verifier_id: int,
    by: Actor,
    at: datetime,
    reason: str,
    long_stay_reason: str = "",
    countersigned_by_id: int | None = None,
    facts: dict[str, Any] | None = None,
) -> Allocation:
    """Put another verifier in somebody's one place mid-year. See ``replace_several``."""
    return replace_several(
        allocation_ids=[allocation_id], verifier_id=verifier_id, by=by, at=at, reason=reason, facts=facts,
        long_stay_reason=long_stay_reason, countersigned_by_id=countersigned_by_id,
    )[0]  # fmt: skip


@transaction.atomic
def replace_several(
    *,
    allocation_ids: Sequence[int],
    verifier_id: int,
    by: Actor,
    at: datetime,
    reason: str,
    long_stay_reason: str = "",
    countersigned_by_id: int | None = None,
    facts: dict[str, Any] | None = None,
) -> list[Allocation]:
    """Put another verifier in somebody's places at one centre mid-year: open work moves, days are freed, all are told.

    The one before reads what they issued and nothing else from today. An agreed date stays proposed where the new
    verifier is free on it, else it is proposed anew. ``facts`` say why this successor. Raises as ``allocate`` does.
    """
    ended = [_end(pk, by=by, at=at, reason=reason) for pk in sorted(allocation_ids)]
    if len({(old.centre_year_id, old.verifier_id) for old in ended}) != 1:
        raise RuleViolation("These places are not of one person at one centre.")
    made = []
    for old in ended:
        open_work = handovers.open_work_of(old)
        new = allocate(
            centre_year_id=old.centre_year_id, kind=old.kind, programme_id=old.programme_id, verifier_id=verifier_id,
            by=by, at=at, long_stay_reason=long_stay_reason, countersigned_by_id=countersigned_by_id,
            facts=(facts or {}) | {"replaces": old.pk}, introduce=False,
        )  # fmt: skip
        new.replaces = old
        new.save(update_fields=["replaces"])
        handovers.move_open_work(old, new, open_work, by=by, at=at)
        made.append(new)
    introductions.tell_of_end(ended, successor=made[0].verifier.person.name, at=at)
    introductions.introduce(made, at=at)
    return made


@transaction.atomic
def end(*, allocation_id: int, by: Actor, at: datetime, reason: str) -> Allocation:
    """End an allocation without a successor; the place is open again and planners are reminded of it.

    Raises NotPermitted, RuleViolation.
    """
    old = _end(allocation_id, by=by, at=at, reason=reason)
    handovers.leave_open(old, by=by, at=at)
    allocation_stage.refresh(old.centre_year, at=at)
    introductions.tell_of_end([old], successor="", at=at)
    return old


def welcome(made: Sequence[Allocation], *, at: datetime) -> None:
    """Introduce new verifiers of one centre and have dates proposed for their activities, in the background."""
    introductions.introduce(made, at=at)
    if made:
        jobs.enqueue("verification.propose_schedule", centre_id=made[0].centre_id)


def locked(allocation_id: int) -> Allocation:
    """The allocation, locked, with what its rules and messages need."""
    return (
        Allocation.objects.select_for_update(of=("self",))
        .select_related(
            "verifier__person",
            "centre_year__centre",
            "centre_year__scheme_version",
            "programme__qualification__sector",
        )
        .get(pk=allocation_id)
    )


def _end(allocation_id: int, *, by: Actor, at: datetime, reason: str) -> Allocation:
    if not reason.strip():
        raise RuleViolation("Say why this allocation ends: illness, a conflict, a move.")
    old = locked(allocation_id)
    today = timezone.localdate(at)
    ALLOCATION.move(old, "end", by=by, at=at, ended_on=today, end_reason=reason.strip()[:200])
    verifier_access.take_away(old, on=today)
    deadlines.meet("declared_conflict", subject=old, at=at)
    return old


def _activate(allocation: Allocation, transition: str, *, by: Actor, at: datetime, **changes: Any) -> None:
    """Move to active, with access, activity, deadlines and stage; the caller introduces."""
    today = timezone.localdate(at)
    allocation.started_on = today
    ALLOCATION.move(
        allocation, transition, by=by, at=at, started_on=today, facts=_recorded(allocation), **changes
    )
    scheme = activity_queries.scheme_for(allocation)
    until = verifier_access.reach_of(scheme, allocation.centre_year.year)
    verifier_access.give(allocation, until=until, on=today, by=by)
    if allocation.kind == AllocationKind.LSV:
        if academic_year.year_of(today) > allocation.centre_year.year:
            verifier_access.keep_for_final_report(allocation, scheme=scheme, by=by)
        CentreYear.objects.filter(pk=allocation.centre_year_id).update(lsv=allocation.verifier.person_id)
        deadlines.meet("lsv_allocation", subject=allocation.centre_year, at=at)
    else:
        assert allocation.programme is not None
        deadlines.meet("sv_allocation", subject=allocation.programme, at=at)
    activities.prepare(allocation, by=by, at=at)
    if allocation.programme_id is not None:
        activity_counts.plan_the_least(
            centre_year_id=allocation.centre_year_id, programme_id=allocation.programme_id, by=by, at=at
        )
    handovers.take_over(allocation)
    allocation_stage.refresh(allocation.centre_year, at=at)


def _recorded(allocation: Allocation) -> dict[str, Any]:
    return {key: allocation.facts.get(key) for key in ("scheme", "version", "rule", "days")}


def _note_facts(allocation: Allocation, facts: dict[str, Any] | None) -> None:
    """Keep why this person: scheme, version, rule, years in a row, days of work, and what the planner saw."""
    scheme = activity_queries.scheme_for(allocation)
    known = {
        "years_in_a_row": rules.years_in_a_row_before(allocation),
        "days": str(activity_queries.days_of_work(allocation, scheme)),
    }
    basis = scheme.basis("R7" if allocation.kind == AllocationKind.LSV else "R9", **(facts or {}))
    allocation.facts = basis | known
    allocation.save(update_fields=["facts"])


def _check_countersigner(allocation: Allocation, person_id: int, by: Actor) -> None:
    person = Person.objects.get(pk=person_id)
    if by.pk == person_id or not person.may(Permission.ALLOCATION_COUNTERSIGN, allocation.centre_id):
        raise NotPermitted(
            "A conflict is countersigned by a second planner or a quality manager.", rule="R24"
        )
    rules.is_countersigned_by_somebody_else(allocation, person)
