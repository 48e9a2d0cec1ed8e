"""What somebody has to do or see to, by due date: open deadlines that are theirs by name, by role or by the scheme."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.urls import reverse

from centres.models import Person
from centres.permissions import Permission, RoleCode
from centres.queries.duties import mine
from centres.queries.people import details_due_on
from qa_portal.models import Deadline

DETAILS = "details_confirmation"
# Duties whose page opens for those only who may do what is asked.
_ONLY_FOR = {
    "direct_claims_decision": Permission.DIRECT_CLAIMS_DECIDE,
    "final_annual_report": Permission.REPORT_ISSUE_FINAL,
    "lsv_allocation": Permission.ALLOCATION_MAKE,
    "sv_allocation": Permission.ALLOCATION_MAKE,
    "declared_conflict": Permission.ALLOCATION_MAKE,
}


def duties_of(
    person: Person, today: date, *, most: int = 10, centre_id: int | None = None
) -> list[dict[str, Any]]:
    """At most ``most`` duties for the to-do list, overdue first; one query. Names the centre beside several.

    A duty that somebody else must do says who, so that it is seen to.
    """
    deadlines = Deadline.objects.visible_to(person).open().filter(mine(person, today))
    if centre_id is not None:
        deadlines = deadlines.filter(centre_id=centre_id)
    several = person.access.everywhere or len(person.access.centre_ids) > 1
    rows = deadlines.select_related("centre", "owner").order_by("due_on", "pk")[:most]
    return [_duty(row, person, several) for row in rows]


def with_details(person: Person, found: list[dict[str, Any]], today: date) -> list[dict[str, Any]]:
    """Add the yearly look at one's own details for somebody who belongs to no centre whose deadlines hold it (R22)."""
    url, due_on = reverse("account-details"), details_due_on(person, today)
    if due_on is None or any(duty["url"] == url for duty in found):
        return found
    own = {
        "due": due_on,
        "text": "Confirm your details",
        "why": "Once a year, so that everybody can reach the right person.",
        "url": url,
        "source": "R22",
    }
    return sorted([*found, own], key=lambda duty: duty["due"])


def open_at(person: Person, centre_id: int, *, most: int = 20) -> list[dict[str, Any]]:
    """What is due at one centre, whoever must do it, for those who look from outside."""
    deadlines = Deadline.objects.visible_to(person).open().filter(centre_id=centre_id).select_related("owner")
    return [
        {
            "due": row.due_on,
            "text": row.title,
            "url": row.url if _opens(row, person) else "",
            "why": row.why,
            "source": row.owner.name if row.owner else _role(row.owner_role),
        }
        for row in deadlines.order_by("due_on", "pk")[:most]
    ]


def _opens(row: Deadline, person: Person) -> bool:
    """Whether the page of a duty is for this person: some pages are for those only who do what is asked."""
    if row.kind == DETAILS:
        return row.owner_id == person.pk
    needed = _ONLY_FOR.get(row.kind)
    return needed is None or person.may(needed, row.centre_id)


def _duty(row: Deadline, person: Person, several_centres: bool) -> dict[str, Any]:
    parts = [row.centre.name if several_centres else "", row.source, _whose(row, person)]
    source = ", ".join(part for part in parts if part)
    return {"due": row.due_on, "text": row.title, "why": row.why, "url": row.url, "source": source}


def _whose(row: Deadline, person: Person) -> str:
    """Who must do what this person only sees to: "waits for Anna Reed". Empty for their own."""
    if row.owner_id == person.pk or (row.owner_id is None and row.owner_role in person.access.roles):
        return ""
    return f"waits for {row.owner.name if row.owner else 'the ' + _role(row.owner_role)}"


def _role(code: str) -> str:
    return RoleCode(code).label if code in RoleCode.values else code
