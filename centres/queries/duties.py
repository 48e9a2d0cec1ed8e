"""Which open deadlines are somebody's: by name, by a role that must act, or by a role that the scheme has told."""

from __future__ import annotations

from datetime import date

from django.db.models import Q

from centres.models import Person
from centres.queries.schemes import kinds_told_to
from qa_portal.tenancy import Side


def mine(person: Person, on: date) -> Q:
    """Deadlines that name this person, or nobody but a role they hold at that centre (and programme).

    Also those of others that the scheme tells a role of which they hold at the centre: the Quality Nominee sees the
    essential action that a programme leader owns.
    """
    told = kinds_told_to(on)
    condition = Q(owner_id=person.pk)
    for grant in person.access.held:
        held = Q(owner=None, owner_role=grant.role)
        if grant.centre_id is not None and told.get(grant.role):
            also = ~Q(owner_role=grant.role) | Q(owner_side=Side.CENTRE)
            held |= Q(kind__in=told[grant.role]) & also
        if grant.centre_id is not None:
            held &= Q(centre_id=grant.centre_id)
        if grant.programme_id is not None:
            held &= Q(programme_id=None) | Q(programme_id=grant.programme_id)
        condition |= held
    return condition
