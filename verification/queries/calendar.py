"""What stands in a person's calendar: their activities with a date, and what they have to do by when."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, time

from django.urls import reverse

from centres.models import Person
from centres.queries.duties import mine
from qa_portal.models import Deadline
from qa_portal.tenancy import Side
from verification.models import Activity, ActivityKind, ActivityStatus

MOST = 400
_DATED = (
    ActivityStatus.PROPOSED,
    ActivityStatus.AGREED,
    ActivityStatus.UNDER_WAY,
    ActivityStatus.FACT_CHECK,
    ActivityStatus.CONCLUDED,
)


@dataclass(frozen=True)
class Entry:
    """One thing on one day; ``uid`` stays the same when it moves, so that calendars move it too."""

    uid: str
    day: date
    text: str
    url: str
    time: time | None = None
    place: str = ""
    status: str = ""
    time_zone: str = ""
    is_duty: bool = False


def entries(person: Person, first: date, last: date, today: date) -> list[Entry]:
    """A person's calendar between two days, inclusive, in the context they work in; two queries."""
    found = [*_activities(person, first, last), *_duties(person, first, last, today)]
    return sorted(found, key=lambda entry: (entry.day, entry.is_duty, entry.time or time(), entry.uid))


def _activities(person: Person, first: date, last: date) -> Iterable[Entry]:
    """A verifier's own, all of a centre person's centres, or what is agreed at the centres a quality manager has."""
    side = person.access.side
    rows = Activity.objects.visible_to(person).filter(day__gte=first, day__lte=last, status__in=_DATED)
    if side == Side.VERIFIER:
        rows = rows.filter(allocation__verifier__person=person)
    elif side == Side.AO:
        rows = rows.filter(centre__quality_manager=person).exclude(status=ActivityStatus.PROPOSED)
    rows = rows.select_related("centre", "programme__qualification", "site").order_by("day", "pk")
    for activity in rows[:MOST]:
        visit = activity.kind == ActivityKind.VISIT
        what = "LSV visit" if visit else f"Standards verification: {activity.programme.qualification.label}"
        several = side in (Side.VERIFIER, Side.AO)
        yield Entry(
            uid=f"activity-{activity.pk}",
            day=activity.day,
            text=f"{what}, {activity.centre.name}" if several else what,
            url=reverse("activity", args=[activity.pk]),
            time=activity.starts_at,
            place=activity.site.name if activity.site and activity.mode == "ON_SITE" else "Remote",
            status=activity.status,
            time_zone=activity.centre.time_zone,
        )


def _duties(person: Person, first: date, last: date, today: date) -> Iterable[Entry]:
    rows = (
        Deadline.objects.visible_to(person)
        .open()
        .filter(mine(person, today), due_on__gte=first, due_on__lte=last)
    )
    several = person.access.everywhere or len(person.access.centre_ids) > 1
    for row in rows.select_related("centre").order_by("due_on", "pk")[:MOST]:
        text = (
            f"{row.title} ({row.centre.name})" if several and row.centre.name not in row.title else row.title
        )
        yield Entry(uid=f"deadline-{row.pk}", day=row.due_on, text=text, url=row.url, is_duty=True)
