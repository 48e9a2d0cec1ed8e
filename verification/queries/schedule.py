"""What scheduling needs to know: activities without a date, verifiers' diaries over all centres, and holidays."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import date

from centres import working_days
from centres.models import Holiday, Nation
from centres.schemes import Scheme
from qa_portal.jobs import MOST_ATTEMPTS
from qa_portal.models import OutboxEntry
from qa_portal.tenancy import ALL_CENTRES, scoped_to
from verification.eligibility import Absence
from verification.models import (
    Activity,
    ActivityStatus,
    AllocationStatus,
    Verifier,
    VerifierAbsence,
    VerifierDay,
)
from verification.queries.activities import scheme_for, window_for
from verification.scheduling import AFTERNOON, MORNING, PARTS, Diary, Slot, ToSchedule

__all__ = [
    "as_places",
    "day_obstacle",
    "diaries",
    "earliest_day",
    "holidays_by_nation",
    "to_schedule",
    "window_for",
]

_PART = {"AM": MORNING, "PM": AFTERNOON}


def to_schedule(centre_ids: list[int] | None) -> list[Activity]:
    """Activities that wait for a date and have an active verifier; None means all centres in scope."""
    rows = Activity.objects.filter(
        status=ActivityStatus.PLANNED, allocation__status=AllocationStatus.ACTIVE
    ).select_related(
        "centre",
        "centre_year__scheme_version",
        "allocation__verifier__person",
        "allocation__programme__qualification",
        "allocation__centre_year__centre",
        "allocation__centre_year__scheme_version",
    )
    if centre_ids is not None:
        rows = rows.filter(centre_id__in=centre_ids)
    return list(rows.order_by("centre_id", "pk"))


def as_places(waiting: Iterable[Activity]) -> list[ToSchedule]:
    """The same activities as the scheduling calculation takes them; each is one working day."""
    return [
        ToSchedule(
            id=str(activity.pk),
            verifier=str(activity.allocation.verifier_id),  # type: ignore[union-attr]
            first=activity.window_from,
            last=activity.window_until,
            nation=activity.centre.nation,
            half_days=2 if activity.whole_day else 1,
        )
        for activity in waiting
    ]


def diaries(waiting: Iterable[Activity], since: date) -> list[Diary]:
    """What the verifiers of these activities have on already: booked days, proposed days at any centre, absences."""
    ids = {activity.allocation.verifier_id for activity in waiting}  # type: ignore[union-attr]
    busy: dict[int, set[Slot]] = defaultdict(set)
    for verifier_id, day, part in VerifierDay.objects.filter(verifier_id__in=ids, day__gte=since).values_list(
        "verifier_id", "day", "part"
    ):
        busy[verifier_id].add((day, _PART[part]))
    for verifier_id, day in proposed_days(ids, since):
        busy[verifier_id].update((day, part) for part in PARTS)
    away: dict[int, list[Absence]] = defaultdict(list)
    for absence in VerifierAbsence.objects.filter(verifier_id__in=ids, ends_on__gte=since).order_by(
        "starts_on"
    ):
        away[absence.verifier_id].append(Absence(absence.starts_on, absence.ends_on))
    verifiers = Verifier.objects.filter(pk__in=ids).select_related("person")
    return [Diary(str(v.pk), v.person.name, frozenset(busy[v.pk]), tuple(away[v.pk])) for v in verifiers]


def proposed_days(verifier_ids: Iterable[int], since: date) -> list[tuple[int, date]]:
    """Days proposed but not agreed yet, over all centres.

    Over all centres, because a verifier's proposals at other centres must not meet on one day; only the verifier and
    the day leave this function.
    """
    # Over all centres: a verifier's proposals anywhere count, and only person and day are read.
    with scoped_to(ALL_CENTRES):
        rows = Activity.objects.filter(
            status=ActivityStatus.PROPOSED, allocation__verifier_id__in=list(verifier_ids), day__gte=since
        )
        found = rows.values_list("allocation__verifier_id", "day")
        return [(verifier_id, day) for verifier_id, day in found if day is not None]


def day_obstacle(verifier_id: int, day: date, activity_id: int) -> str:
    """Why a verifier cannot take a day, without saying where they are: "has other work on", "is away on", or ""."""
    booked = VerifierDay.objects.filter(verifier_id=verifier_id, day=day).exclude(activity_id=activity_id)
    if booked.exists():
        return "has other work on"
    away = VerifierAbsence.objects.filter(verifier_id=verifier_id, starts_on__lte=day, ends_on__gte=day)
    return "is away on" if away.exists() else ""


def holidays_by_nation(waiting: Iterable[Activity]) -> dict[str, frozenset[date]]:
    """Bank holidays of every nation, from the first window's beginning to the last one's end."""
    rows = list(waiting)
    first = min(activity.window_from for activity in rows)
    last = max(activity.window_until for activity in rows)
    days: dict[str, set[date]] = {nation: set() for nation in Nation.values}
    for nation, day in Holiday.objects.filter(day__gte=first, day__lte=last).values_list("nation", "day"):
        days[nation].add(day)
    return {nation: frozenset(found) for nation, found in days.items()}


def earliest_day(waiting: Iterable[Activity], today: date) -> date:
    """The first day that gives every centre the notice it is owed (R99)."""
    schemes: dict[tuple[str, int], Scheme] = {}
    for activity in waiting:
        allocation = activity.allocation
        assert allocation is not None
        suite = allocation.programme.qualification.suite if allocation.programme else ""
        key = (suite, allocation.centre_year.scheme_version_id)
        if key not in schemes:
            schemes[key] = scheme_for(allocation)
    notice = max(scheme.scheduling.notice_working_days.value for scheme in schemes.values())
    return working_days.add_working_days(today, notice)


def proposing_under_way() -> int:
    """How many requests to propose or write dates are still waiting for a worker."""
    tasks = ["verification.propose_schedule", "verification.propose_dates"]
    return OutboxEntry.objects.filter(task__in=tasks, done_at=None, attempts__lt=MOST_ATTEMPTS).count()
