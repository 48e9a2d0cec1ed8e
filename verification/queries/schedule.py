"""What scheduling needs to know: activities without a date, verifiers' diaries over all centres, and holidays."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import date, timedelta

from django.db.models import Case, Exists, OuterRef, Q, QuerySet, Value, When

from centres import working_days
from centres.models import Holiday, Nation
from centres.schemes import Scheme
from qa_portal import jobs
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

__all__ = ["as_places", "day_obstacle", "diaries", "to_schedule", "window_for"]

NOTICE_AT_MOST = timedelta(days=90)
_PART = {"AM": MORNING, "PM": AFTERNOON}


def to_schedule(centre_ids: list[int] | None) -> list[Activity]:
    """Activities that wait for a date and have an active verifier; None means all centres in scope."""
    return list(_with_verifier(centre_ids).filter(status=ActivityStatus.PLANNED))


def agreed_at(centre_id: int, today: date) -> list[Activity]:
    """Activities of a centre with an agreed day to come."""
    return list(_with_verifier([centre_id]).filter(status=ActivityStatus.AGREED, day__gte=today))


def in_the_way(centre_id: int, today: date) -> list[Activity]:
    """Activities of a centre whose proposed day became impossible: the verifier is away, or booked elsewhere."""
    verifier, day = OuterRef("allocation__verifier"), OuterRef("day")
    away = VerifierAbsence.objects.filter(verifier=verifier, starts_on__lte=day, ends_on__gte=day)
    booked = VerifierDay.objects.filter(verifier=verifier, day=day).exclude(activity_id=OuterRef("pk"))
    rows = _with_verifier([centre_id]).filter(status=ActivityStatus.PROPOSED, day__gte=today)
    return list(rows.annotate(away=Exists(away)).filter(Q(away=True) | Exists(booked)))


def with_clash(activities: QuerySet[Activity]) -> QuerySet[Activity]:
    """Add ``clash``: whether the verifier is away on the day that was agreed."""
    away = VerifierAbsence.objects.filter(
        verifier=OuterRef("allocation__verifier"),
        starts_on__lte=OuterRef("day"),
        ends_on__gte=OuterRef("day"),
    )
    agreed = Q(status=ActivityStatus.AGREED, allocation__status=AllocationStatus.ACTIVE)
    return activities.annotate(clash=Case(When(agreed, then=Exists(away)), default=Value(False)))


def centres_with_days(verifier_id: int, first: date, last: date) -> list[int]:
    """Centres at which a verifier has a proposed or agreed day between two dates, both included.

    Over all centres, because an absence concerns every one; only the centres' ids leave this function.
    """
    # Over all centres: whoever notes an absence may be working in one of them, and all have to be told.
    with scoped_to(ALL_CENTRES):
        rows = Activity.objects.filter(
            allocation__verifier_id=verifier_id,
            status__in=[ActivityStatus.PROPOSED, ActivityStatus.AGREED],
            day__gte=first,
            day__lte=last,
        )
        return sorted(set(rows.values_list("centre_id", flat=True)))


def _with_verifier(centre_ids: list[int] | None) -> QuerySet[Activity]:
    rows = Activity.objects.filter(allocation__status=AllocationStatus.ACTIVE).select_related(
        "centre",
        "centre_year__scheme_version",
        "allocation__verifier__person",
        "allocation__programme__qualification",
        "allocation__centre_year__centre",
        "allocation__centre_year__scheme_version",
    )
    if centre_ids is not None:
        rows = rows.filter(centre_id__in=centre_ids)
    return rows.order_by("centre_id", "pk")


def as_places(activities: Iterable[Activity]) -> list[ToSchedule]:
    """The same activities as the scheduling calculation takes them; each is one working day, agreed ones stand."""
    return [
        ToSchedule(
            id=str(activity.pk),
            verifier=str(activity.allocation.verifier_id),  # type: ignore[union-attr]
            first=activity.window_from,
            last=activity.window_until,
            nation=activity.centre.nation,
            half_days=2 if activity.whole_day else 1,
            agreed=_agreed_slots(activity),
        )
        for activity in activities
    ]


def _agreed_slots(activity: Activity) -> tuple[Slot, ...]:
    if activity.status != ActivityStatus.AGREED or activity.day is None:
        return ()
    afternoon = activity.starts_at is not None and activity.starts_at.hour >= 12
    parts = PARTS if activity.whole_day else (AFTERNOON if afternoon else MORNING,)
    return tuple((activity.day, part) for part in parts)


def diaries(activities: Iterable[Activity], since: date) -> list[Diary]:
    """What the verifiers of these activities have on beside them: booked and proposed days at any centre, absences."""
    listed = list(activities)
    ids = {activity.allocation.verifier_id for activity in listed}  # type: ignore[union-attr]
    own = {activity.pk for activity in listed if activity.status == ActivityStatus.AGREED}
    held = {(activity.allocation.verifier_id, activity.day) for activity in listed if activity.pk in own}  # type: ignore[union-attr]
    busy: dict[int, set[Slot]] = defaultdict(set)
    booked = VerifierDay.objects.filter(verifier_id__in=ids, day__gte=since).exclude(activity_id__in=own)
    for verifier_id, day, part in booked.values_list("verifier_id", "day", "part"):
        busy[verifier_id].add((day, _PART[part]))
    for verifier_id, day in proposed_days(ids, since):
        if (verifier_id, day) not in held:
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


def holidays_by_nation(waiting: Iterable[Activity], today: date) -> dict[str, frozenset[date]]:
    """Bank holidays of every nation, from today or the first window to the end of the last, and of the notice."""
    rows = list(waiting)
    first = min([today, *(activity.window_from for activity in rows)])
    last = max([today + NOTICE_AT_MOST, *(activity.window_until for activity in rows)])
    days: dict[str, set[date]] = {nation: set() for nation in Nation.values}
    for nation, day in Holiday.objects.filter(day__gte=first, day__lte=last).values_list("nation", "day"):
        days[nation].add(day)
    return {nation: frozenset(found) for nation, found in days.items()}


def earliest_days(
    waiting: Iterable[Activity], today: date, holidays: Mapping[str, frozenset[date]]
) -> dict[str, date]:
    """The first day that gives a centre the notice it is owed, in working days of its own nation (R99)."""
    schemes: dict[tuple[str, int], Scheme] = {}
    for activity in waiting:
        allocation = activity.allocation
        assert allocation is not None
        suite = allocation.programme.qualification.suite if allocation.programme else ""
        key = (suite, allocation.centre_year.scheme_version_id)
        if key not in schemes:
            schemes[key] = scheme_for(allocation)
    notice = max(scheme.scheduling.notice_working_days.value for scheme in schemes.values())
    return {
        nation: working_days.add_working_days(today, notice, closed) for nation, closed in holidays.items()
    }


_PROPOSING = ("verification.propose_schedule", "verification.propose_dates")


def proposing_under_way() -> int:
    """How many requests to propose or write dates are still waiting for a worker."""
    return OutboxEntry.objects.filter(
        task__in=_PROPOSING, done_at=None, attempts__lt=jobs.MOST_ATTEMPTS
    ).count()


def proposing_given_up() -> bool:
    """Whether a request to propose or write dates failed on every attempt."""
    return jobs.given_up().filter(task__in=_PROPOSING).exists()
