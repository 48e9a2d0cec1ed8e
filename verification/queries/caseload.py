"""A verifier's centres: how far each stage is, and what comes next."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.urls import reverse

from centres.models import Person
from qa_portal import wording
from qa_portal.models import Deadline
from verification.models import Activity, ActivityKind, ActivityStatus, CentreYear, StageState

SHAPES = {
    StageState.CANNOT_START: "cannot-start",
    StageState.NOT_STARTED: "not-started",
    StageState.DATED: "date-set",
    StageState.UNDER_WAY: "under-way",
    StageState.DONE: "done",
    StageState.NOT_NEEDED: "not-held",
}
STAGES = (
    ("self_assessment", "Self-assessment"),
    ("visit", "LSV visit"),
    ("sampling", "Standards verification"),
    ("final_report", "Final report"),
)


def rows(person: Person, year: int, today: date) -> list[dict[str, Any]]:
    """One row a centre of this verifier's year, in three queries; the centre with the nearest duty first."""
    years = list(
        CentreYear.objects.visible_to(person)
        .filter(year=year)
        .select_related("centre", "lsv")
        .order_by("centre__name_key")
    )
    duties: dict[int, Deadline] = {}
    mine = Deadline.objects.visible_to(person).open().filter(owner=person)
    for duty in mine.order_by("due_on", "pk"):
        duties.setdefault(duty.centre_id, duty)
    visits = {
        activity.centre_id: activity
        for activity in Activity.objects.visible_to(person)
        .filter(centre_year__year=year, kind=ActivityKind.VISIT, number=1)
        .exclude(status="CANCELLED")
    }
    found = [_row(row, duties.get(row.centre_id), visits.get(row.centre_id), today) for row in years]
    return sorted(found, key=lambda row: (row["due"] is None, row["due"] or today, row["centre"].name))


def _row(year: CentreYear, duty: Deadline | None, visit: Activity | None, today: date) -> dict[str, Any]:
    return {
        "centre": year.centre,
        "lsv": year.lsv.name if year.lsv else "",
        "stages": [
            (label, SHAPES[StageState(getattr(year, f"{key}_state"))], _word(year, key))
            for key, label in STAGES
        ],
        "visit": wording.date_short(visit.day) if visit and visit.day else "",
        "visit_state": ActivityStatus(visit.status).label if visit else "",
        "next": duty.title if duty else "",
        "url": duty.url if duty else reverse("centre", args=[year.centre.number]),
        "due": duty.due_on if duty else None,
        "late": bool(duty and duty.due_on < today),
        "due_text": wording.date_short(duty.due_on) if duty else "",
        "days": wording.days_from(duty.due_on, today) if duty else "",
    }


def _word(year: CentreYear, key: str) -> str:
    return str(StageState(getattr(year, f"{key}_state")).label)
