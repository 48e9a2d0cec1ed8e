"""What somebody has to do, by due date: open deadlines that are theirs by name or by role."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.db.models import Q

from centres.models import Person
from qa_portal.models import Deadline


def mine(person: Person) -> Q:
    """Deadlines that name this person, or nobody but a role they hold at that centre (and programme)."""
    condition = Q(owner_id=person.pk)
    for grant in person.access.held:
        held = Q(owner=None, owner_role=grant.role)
        if grant.centre_id is not None:
            held &= Q(centre_id=grant.centre_id)
        if grant.programme_id is not None:
            held &= Q(programme_id=None) | Q(programme_id=grant.programme_id)
        condition |= held
    return condition


def duties_of(person: Person, *, most: int = 10, centre_id: int | None = None) -> list[dict[str, Any]]:
    """At most ``most`` duties for the to-do list, overdue first; one query. Names the centre beside several."""
    deadlines = Deadline.objects.visible_to(person).open().filter(mine(person))
    if centre_id is not None:
        deadlines = deadlines.filter(centre_id=centre_id)
    several = person.access.everywhere or len(person.access.centre_ids) > 1
    rows = deadlines.select_related("centre").order_by("due_on", "pk")[:most]
    return [_duty(row, several) for row in rows]


def open_at(person: Person, centre_id: int, *, most: int = 20) -> list[dict[str, Any]]:
    """What is due at one centre, whoever must do it, for those who look from outside."""
    deadlines = Deadline.objects.visible_to(person).open().filter(centre_id=centre_id).select_related("owner")
    return [
        {
            "due": row.due_on,
            "text": row.title,
            "url": row.url,
            "why": row.why,
            "source": row.owner.name if row.owner else _role(row.owner_role),
        }
        for row in deadlines.order_by("due_on", "pk")[:most]
    ]


def overdue_count(person: Person, today: date) -> int:
    """How many of somebody's duties are overdue."""
    return Deadline.objects.visible_to(person).open().filter(mine(person), due_on__lt=today).count()


def _duty(row: Deadline, several_centres: bool) -> dict[str, Any]:
    source = row.source
    if several_centres:
        source = f"{row.centre.name}, {row.source}" if row.source else row.centre.name
    return {"due": row.due_on, "text": row.title, "why": row.why, "url": row.url, "source": source}


def _role(code: str) -> str:
    from centres.permissions import RoleCode

    return RoleCode(code).label if code in RoleCode.values else code
