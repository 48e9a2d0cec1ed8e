"""Dates proposed by the portal: for what has none, away from what is agreed; what became impossible gives way."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, time, timedelta

from django.db import transaction
from django.utils import timezone

from centres import working_days
from centres.models import Centre
from centres.permissions import Permission
from centres.queries.holidays import holidays_of
from qa_portal import deadlines, jobs
from qa_portal.actors import SYSTEM, Actor
from qa_portal.errors import NotPermitted
from qa_portal.models import Deadline
from verification.models import Activity, ActivityKind, ActivityStatus, Verifier
from verification.operations import activities, date_mail, dates, schedule
from verification.queries import schedule as queries
from verification.scheduling import Schedule, propose_dates

USUAL_START = time(9, 30)
TASK = "verification.propose_schedule"
_NO_PLAN = Schedule((), (), ())


@transaction.atomic
def propose_for_centre(*, centre_id: int, by: Actor, at: datetime) -> Schedule:
    """Propose dates for every activity of a centre that has none, clear of everything else its verifiers do (R8, R9).

    A proposed day on which the verifier is away by now, or booked elsewhere, gives way to another. What is agreed is
    never touched: where it clashes, verifier, centre and planners are told. What cannot be placed keeps the reason.
    The verifiers are locked, so that two centres never get one day. Raises NotPermitted.
    """
    if not by.may(Permission.ACTIVITY_SCHEDULE, centre_id):
        raise NotPermitted("Proposing dates is not part of your role at this centre.")
    centre = Centre.objects.select_for_update(of=("self",), no_key=True).get(pk=centre_id)
    today = timezone.localdate(at)
    for activity in queries.in_the_way(centre.pk, today):
        _give_way(activity, at)
    waiting, agreed = queries.to_schedule([centre.pk]), queries.agreed_at(centre.pk, today)
    for activity in waiting:
        _refresh_window(activity)
    _lock_verifiers([*waiting, *agreed])
    plan = _work_out(waiting, agreed, today)
    _write(waiting, _days(plan), _reasons(plan), at)
    _tell_clashes(agreed, plan, at)
    return plan


def propose_for_all(*, at: datetime) -> int:
    """Work out dates for all centres at once and have each centre's written by its own task; returns how many centres.

    Runs in the staff scope: one verifier's activities at several centres are placed together.
    """
    waiting = queries.to_schedule(None)
    plan = _work_out(waiting, [], timezone.localdate(at))
    days, reasons = _days(plan), _reasons(plan)
    by_centre: dict[int, dict[str, dict[str, str]]] = {}
    for activity in waiting:
        key = str(activity.pk)
        mine = by_centre.setdefault(activity.centre_id, {"proposals": {}, "unplaced": {}})
        if key in days:
            mine["proposals"][key] = days[key]
        elif key in reasons and reasons[key] != activity.not_placed_because:
            mine["unplaced"][key] = reasons[key]
    changed = {centre_id: mine for centre_id, mine in by_centre.items() if any(mine.values())}
    for centre_id in sorted(changed):
        jobs.enqueue("verification.propose_dates", centre_id=centre_id, **changed[centre_id])
    return len(changed)


def propose_due(*, at: datetime) -> bool:
    """Ask for dates for everything that has none, unless that is being done; says whether it asked. Staff scope."""
    if queries.proposing_under_way() or not queries.to_schedule(None):
        return False
    jobs.enqueue(TASK, centre_id=None, asked_at=at.isoformat())
    return True


@transaction.atomic
def apply(*, centre_id: int, proposals: dict[str, str], unplaced: dict[str, str], at: datetime) -> int:
    """Write proposed dates and reasons for what still waits for a date; returns how many got one.

    ``proposals``: ISO day by activity id; ``unplaced``: reason by activity id. A day that the verifier has given away
    since is worked out anew. Running it again changes nothing.
    """
    ids = {int(key) for key in {**proposals, **unplaced}}
    waiting = [activity for activity in queries.to_schedule([centre_id]) if activity.pk in ids]
    _lock_verifiers(waiting)
    free = {diary.verifier: diary for diary in queries.diaries(waiting, timezone.localdate(at))}
    kept = dict(proposals)
    for activity in waiting:
        day = date.fromisoformat(kept[str(activity.pk)]) if str(activity.pk) in kept else None
        diary = free[str(activity.allocation.verifier_id)]  # type: ignore[union-attr]
        if day and (diary.away_on(day) or any(slot[0] == day for slot in diary.busy)):
            del kept[str(activity.pk)]
    if len(kept) < len(proposals):
        jobs.enqueue(TASK, centre_id=centre_id)
    return _write(waiting, kept, unplaced, at)


def _write(waiting: list[Activity], days: dict[str, str], reasons: dict[str, str], at: datetime) -> int:
    placed = 0
    for pk in sorted(activity.pk for activity in waiting):
        activity, key = activities.locked(pk), str(pk)
        if activity.status != ActivityStatus.PLANNED:
            continue
        if key in days:
            start = USUAL_START if activity.kind == ActivityKind.VISIT else None
            schedule.move_to(
                activity, "propose", date.fromisoformat(days[key]), start, by=SYSTEM, at=at,
                verifier_agreed_at=None, centre_agreed_at=None,
            )  # fmt: skip
            placed += 1
        elif key in reasons:
            activity.not_placed_because = reasons[key][:300]
            activity.save(update_fields=["not_placed_because"])
    return placed


def _give_way(found: Activity, at: datetime) -> None:
    activity = activities.locked(found.pk)
    assert activity.allocation is not None
    away = getattr(found, "away", False)
    why = f"{activity.allocation.verifier} {'is away' if away else 'has other work'} that day"
    dates.give_way(activity, why, by=SYSTEM, at=at)


def _tell_clashes(agreed: list[Activity], plan: Schedule, at: datetime) -> None:
    """Tell of agreed days that cannot be kept, and have the verifier move them; what clashes no more is dropped."""
    reasons = {clash.activity: clash.reason for clash in plan.clashes}
    for found in agreed:
        why = reasons.get(str(found.pk))
        open_duty = Deadline.objects.open().filter(
            centre_id=found.centre_id,
            kind="date_reply",
            subject_type=found._meta.label_lower,
            subject_id=found.pk,
        )
        if why is None:
            deadlines.cancel("date_reply", subject=found, at=at)
        elif not open_duty.exists():
            activity = activities.locked(found.pk)
            date_mail.tell_clash(activity, why=why, at=at)
            _ask_to_move(activity, why, at)


def _ask_to_move(activity: Activity, why: str, at: datetime) -> None:
    allocation = activity.allocation
    assert allocation is not None
    assert activity.day is not None
    today = timezone.localdate(at)
    reply = activities.scheme_of_activity(activity).scheduling.reply_working_days.value
    holidays = holidays_of(activity.centre.nation, today, today + timedelta(days=60))
    duty = dates.duty_of_verifier(
        activity, f"Move the date of {date_mail.name_of(activity)}", f"{why} Or take the absence away."
    )
    due = min(working_days.add_working_days(today, reply, holidays), max(activity.day, today))
    deadlines.set_due("date_reply", subject=activity, year=activity.centre_year.year, due_on=due, duty=duty)


def _lock_verifiers(rows: Iterable[Activity]) -> None:
    """Have verifiers' days worked out one after another, always in the same order."""
    ids = sorted({row.allocation.verifier_id for row in rows})  # type: ignore[union-attr]
    list(
        Verifier.objects.select_for_update(of=("self",), no_key=True)
        .filter(pk__in=ids)
        .order_by("pk")
        .values_list("pk", flat=True)
    )


def _refresh_window(activity: Activity) -> None:
    """Take over what cohorts' dates have become since the activity was planned.

    A second sample after a block, and one for urgent claims, have days of their own (R66, R10).
    """
    by_cohorts = activity.window_facts.get("rule") == "R9"
    if activity.kind != ActivityKind.SAMPLING or not by_cohorts or activity.allocation is None:
        return
    scheme = activities.scheme_of_activity(activity)
    window = queries.window_for(activity.allocation, scheme, number=activity.number)
    facts = window.facts | {
        key: activity.window_facts[key]
        for key in ("cancellations", "because_of")
        if key in activity.window_facts
    }
    if (window.first, window.last, facts) == (
        activity.window_from,
        activity.window_until,
        activity.window_facts,
    ):
        return
    activity.window_from, activity.window_until, activity.window_facts = window.first, window.last, facts
    activity.save(update_fields=["window_from", "window_until", "window_facts"])
    activities.set_deadline(activity)


def _work_out(waiting: list[Activity], agreed: list[Activity], today: date) -> Schedule:
    every = [*waiting, *agreed]
    if not every:
        return _NO_PLAN
    holidays = queries.holidays_by_nation(every, today)
    return propose_dates(
        queries.as_places(every),
        queries.diaries(every, today),
        holidays=holidays,
        earliest=queries.earliest_days(every, today, holidays),
    )


def _days(plan: Schedule) -> dict[str, str]:
    return {proposal.activity: str(proposal.slots[0][0]) for proposal in plan.proposals}


def _reasons(plan: Schedule) -> dict[str, str]:
    return {unplaced.activity: unplaced.reason for unplaced in plan.unplaced}
