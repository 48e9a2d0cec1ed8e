"""The access that an allocation gives its verifier, and takes away again."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta

from django.db.models import Q, Value
from django.db.models.functions import Greatest

from centres.models import AccessGrant
from centres.permissions import RoleCode
from centres.schemes import Scheme
from qa_portal.actors import Actor, person_or_none
from verification.models import Allocation, AllocationKind

ROLE = {
    AllocationKind.LSV: RoleCode.LEAD_STANDARDS_VERIFIER,
    AllocationKind.SV: RoleCode.STANDARDS_VERIFIER,
}


def reach_of(scheme: Scheme, year: int) -> date:
    """The first day on which a year's allocation no longer gives access: next year's must be made by then (R7)."""
    return scheme.windows["allocation"].deadline(year + 1) + timedelta(days=1)


def give(allocation: Allocation, *, until: date, on: date, by: Actor) -> AccessGrant:
    """Let the verifier into the centre (LSV) or into the one programme there (SV), from today."""
    return AccessGrant.objects.create(
        person_id=allocation.verifier.person_id,
        role=ROLE[AllocationKind(allocation.kind)],
        centre_id=allocation.centre_id,
        programme_id=allocation.programme_id,
        starts_on=on,
        ends_on=max(until, on),
        granted_by=person_or_none(by),
        reason=f"Allocation {allocation.pk}",
    )


def take_away(allocation: Allocation, *, on: date) -> int:
    """End the verifier's access for this place from today; what they issued stays readable to them elsewhere."""
    end_for_final_report([allocation.pk], on=on)
    grants = AccessGrant.objects.filter(  # type: ignore[misc]
        person_id=allocation.verifier.person_id,
        role=ROLE[AllocationKind(allocation.kind)],
        centre_id=allocation.centre_id,
        programme_id=allocation.programme_id,
        starts_on__lte=on,
    )
    return grants.filter(Q(ends_on=None) | Q(ends_on__gt=on)).update(ends_on=on)


def keep_for_final_report(allocation: Allocation, *, scheme: Scheme, by: Actor) -> AccessGrant:
    """Let last year's LSV close their year after their access has ended: read it, and issue its final report (R10).

    It begins when the LSV's own access ends, holds a year at the most, and ends with the report.
    """
    year = allocation.centre_year.year
    grant, _ = AccessGrant.objects.get_or_create(
        person_id=allocation.verifier.person_id,
        role=RoleCode.OUTGOING_LEAD_VERIFIER,
        centre_id=allocation.centre_id,
        starts_on=reach_of(scheme, year),
        reason=_for_final_report(allocation.pk),
        defaults={"ends_on": reach_of(scheme, year + 1), "granted_by": person_or_none(by)},
    )
    return grant


def end_for_final_report(allocation_ids: Iterable[int], *, on: date) -> int:
    """End what was kept open for a final report, from ``on``: it is issued, or somebody else issues it."""
    reasons = [_for_final_report(pk) for pk in allocation_ids]
    kept = AccessGrant.objects.filter(
        role=RoleCode.OUTGOING_LEAD_VERIFIER, reason__in=reasons, ends_on__gt=on
    )
    return kept.update(ends_on=Greatest("starts_on", Value(on)))


def _for_final_report(allocation_id: int) -> str:
    return f"Final report of the year of allocation {allocation_id}"
