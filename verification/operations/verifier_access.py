"""The access that an allocation gives its verifier, and takes away again."""

from __future__ import annotations

from datetime import date, timedelta

from django.db.models import Q

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
    grants = AccessGrant.objects.filter(  # type: ignore[misc]
        person_id=allocation.verifier.person_id,
        role=ROLE[AllocationKind(allocation.kind)],
        centre_id=allocation.centre_id,
        programme_id=allocation.programme_id,
        starts_on__lte=on,
    )
    return grants.filter(Q(ends_on=None) | Q(ends_on__gt=on)).update(ends_on=on)
