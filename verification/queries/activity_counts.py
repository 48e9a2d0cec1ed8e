"""How many samples each programme of a centre's year has, and what is planned for it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Prefetch, prefetch_related_objects

from centres import academic_year
from centres.models import Centre, Programme
from centres.queries.schemes import scheme_of
from centres.schemes import Scheme
from verification.models import (
    Activity,
    ActivityCount,
    ActivityKind,
    ActivityStatus,
    Allocation,
    AllocationKind,
    CentreYear,
)
from verification.queries.years import active_programmes


@dataclass(frozen=True)
class Agreement:
    """One programme: the number agreed or proposed (None before anybody proposed), what is planned, and who agrees."""

    programme: Programme
    count: ActivityCount | None
    planned: int
    minimum: int
    sv: Any = None
    reasons: tuple[str, ...] = field(default=())


def agreements(centre_year: CentreYear) -> list[Agreement]:
    """Every active programme of the year; a constant number of queries (R9, R12)."""
    programmes = active_programmes(centre_year.centre_id, centre_year.year)
    counts = {
        count.programme_id: count
        for count in ActivityCount.objects.filter(
            centre_id=centre_year.centre_id, centre_year=centre_year
        ).select_related("proposed_by", "confirmed_by")
    }
    verifiers = _verifiers(centre_year)
    for each in counts.values():
        each.centre_year = centre_year
    planned: dict[int, int] = {}
    rows = Activity.objects.filter(
        centre_id=centre_year.centre_id, centre_year=centre_year, kind=ActivityKind.SAMPLING, urgent_reason=""
    ).exclude(status=ActivityStatus.CANCELLED)
    for programme_id in rows.values_list("programme_id", flat=True):
        planned[programme_id] = planned.get(programme_id, 0) + 1
    scheme = scheme_of(centre_year.scheme_version)
    found = []
    for programme in programmes:
        count = counts.get(programme.pk)
        facts = count.facts if count else first_facts(centre_year, programme, centre_year.centre, scheme)
        found.append(
            Agreement(
                programme,
                count,
                planned.get(programme.pk, 0),
                minimum_of(facts),
                verifiers.get(programme.pk),
                tuple(reasons_of(facts)),
            )
        )
    return found


def _verifiers(centre_year: CentreYear) -> dict[int | None, Any]:
    """The SV of each programme; keeps the year's allocations with the year, for the rules that ask for them."""
    active = Allocation.objects.active().filter(centre_id=centre_year.centre_id)
    prefetch_related_objects(
        [centre_year], Prefetch("allocations", active.select_related("verifier__person"))
    )
    return {
        allocation.programme_id: allocation.verifier.person
        for allocation in centre_year.allocations.all()
        if allocation.kind == AllocationKind.SV
    }


def first_facts(
    centre_year: CentreYear, programme: Programme, centre: Centre, scheme: Scheme
) -> dict[str, Any]:
    """What the scheme asks for: samples each year (R9), more in the first year of a centre or qualification (R67)."""
    first, _ = academic_year.bounds(centre_year.year)
    new = max(programme.approved_from, centre.approved_on) >= first
    sampling = scheme.sampling
    basis = sampling.samples_in_first_year if new else sampling.samples_each_year
    return scheme.basis("R67" if new else "R9", samples=basis.value, first_year=new) | {"raised": {}}


def minimum_of(facts: dict[str, Any]) -> int:
    """The least number of samples that recorded facts come to: the scheme's, and what rules have added (R12)."""
    return int(facts["facts"]["samples"]) + sum(int(each["extra"]) for each in facts["raised"].values())


def reasons_of(recorded: dict[str, Any]) -> Sequence[str]:
    """Why the least number is what it is, in words."""
    facts = recorded["facts"]
    first = (
        "First year of this centre or qualification"
        if facts.get("first_year")
        else "Every programme, every year"
    )
    raised = [str(each["why"]) for each in recorded["raised"].values()]
    return [f"{first}: {facts['samples']}", *raised]


def without_activity(agreed: Sequence[Agreement]) -> list[Programme]:
    """Programmes for which no sample is planned (R9)."""
    return [each.programme for each in agreed if not each.planned]
