"""How many samples each programme of a centre's year has, and what is planned for it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from centres.models import Programme
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
    planned: dict[int, int] = {}
    rows = Activity.objects.filter(
        centre_id=centre_year.centre_id, centre_year=centre_year, kind=ActivityKind.SAMPLING
    ).exclude(status=ActivityStatus.CANCELLED)
    for programme_id in rows.values_list("programme_id", flat=True):
        planned[programme_id] = planned.get(programme_id, 0) + 1
    verifiers = {
        allocation.programme_id: allocation.verifier.person
        for allocation in Allocation.objects.active()
        .filter(centre_id=centre_year.centre_id, centre_year=centre_year, kind=AllocationKind.SV)
        .select_related("verifier__person")
    }
    return [
        Agreement(
            programme,
            counts.get(programme.pk),
            planned.get(programme.pk, 0),
            verifiers.get(programme.pk),
            tuple(reasons_of(counts.get(programme.pk))),
        )
        for programme in programmes
    ]


def reasons_of(count: ActivityCount | None) -> Sequence[str]:
    """Why the least number is what it is, in words."""
    if count is None:
        return []
    facts = count.facts.get("facts", {})
    first = (
        "First year of this centre or qualification"
        if facts.get("first_year")
        else "Every programme, every year"
    )
    raised = [str(each["why"]) for each in count.facts.get("raised", {}).values()]
    return [f"{first}: {facts.get('samples', count.minimum)}", *raised]


def without_activity(agreed: Sequence[Agreement]) -> list[Programme]:
    """Programmes for which no sample is planned (R9)."""
    return [each.programme for each in agreed if not each.planned]
