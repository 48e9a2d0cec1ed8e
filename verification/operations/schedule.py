"""Dates of activities: proposed by the portal or a person, confirmed by the verifier, accepted by the centre."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone

from centres.models import Centre
from centres.permissions import Permission
from centres.queries.holidays import holidays_of
from qa_portal import audit, jobs
from qa_portal.actors import SYSTEM, Actor, person_or_none
from qa_portal.errors import RuleViolation
from qa_portal.wording import date_long
from verification.lifecycle.activities import ACTIVITY
from verification.models import Activity, ActivityKind, ActivityStatus
from verification.operations import activities, dates
from verification.queries import schedule as queries
from verification.rules import activities as rules
from verification.scheduling import Proposal, Schedule, Unplaced, propose_dates

USUAL_START = time(9, 30)


@transaction.atomic
def propose_date(
    *,
    activity_id: int,
    day: date,
    by: Actor,
    at: datetime,
    starts_at: time | None = None,
    mode: str = "",
    late_reason: str = "",
    short_notice: bool = False,
) -> Activity:
    """Propose or move a date, as the verifier (who thereby confirms it) or a planner; the centre is asked next.

    An agreed date that is moved gives its booked day back. Raises NotPermitted; RuleViolation for a day that is no
    working day, too near (R99), or outside the window without a reason (R8, R9), and when the verifier's day is taken.
    """
    activity = activities.locked(activity_id)
    ACTIVITY["propose"].check(activity, by=by)
    scheme = activities.scheme_of_activity(activity)
    holidays = _holidays(activity, day, at)
    rules.is_a_working_day(day, holidays)
    rules.has_notice(day, on=timezone.localdate(at), holidays=holidays, scheme=scheme, short=short_notice)
    rules.late_has_a_reason(activity, day, late_reason)
    own = activity.allocation is not None and activity.allocation.verifier.person_id == by.pk
    activities.release_days(activity)
    _move_to(
        activity, "propose", day, starts_at, by=by, at=at, mode=mode or activity.mode, late_reason=late_reason.strip(),
        verifier_agreed_at=at if own else None, centre_agreed_at=None,
    )  # fmt: skip
    _check_free(activity)
    return activity


@transaction.atomic
def propose_another(
    *,
    activity_id: int,
    day: date,
    by: Actor,
    at: datetime,
    starts_at: time | None = None,
    late_reason: str = "",
) -> Activity:
    """Answer a proposed date with another day, as the centre; the verifier is asked next.

    A centre may propose a nearer day than the notice it is owed. Raises NotPermitted; RuleViolation for a day that is
    past, no working day, or outside the window without a reason (R8, R9).
    """
    activity = activities.locked(activity_id)
    ACTIVITY["propose_another"].check(activity, by=by)
    rules.is_a_working_day(day, _holidays(activity, day, at))
    if day <= timezone.localdate(at):
        raise RuleViolation(f"{date_long(day)} is not a day to come. Choose a later day.")
    rules.late_has_a_reason(activity, day, late_reason)
    _move_to(
        activity, "propose_another", day, starts_at, by=by, at=at, late_reason=late_reason.strip(),
        verifier_agreed_at=None, centre_agreed_at=at,
    )  # fmt: skip
    return activity


@transaction.atomic
def confirm(*, activity_id: int, by: Actor, at: datetime) -> Activity:
    """Confirm a proposed date as the verifier; with the centre's agreement it is agreed and the day is booked.

    Raises NotPermitted; RuleViolation when it was confirmed already or the day is taken at any centre.
    """
    return _agree(activity_id, "confirm", "verifier_agreed_at", by=by, at=at)


@transaction.atomic
def accept(*, activity_id: int, by: Actor, at: datetime) -> Activity:
    """Accept a proposed date as the centre; with the verifier's confirmation it is agreed and the day is booked.

    Raises NotPermitted; RuleViolation when it was accepted already or the verifier's day is taken.
    """
    return _agree(activity_id, "accept", "centre_agreed_at", by=by, at=at)


@transaction.atomic
def cancel_date(*, activity_id: int, by: Actor, at: datetime, reason: str) -> Activity:
    """Give up a date as the centre, with the reason; a new one is proposed without touching what others agreed.

    With fewer working days left than the scheme allows it is logged against the centre (R100). Raises NotPermitted,
    RuleViolation.
    """
    rules.has_a_reason(reason, "the date is cancelled")
    activity = activities.locked(activity_id)
    ACTIVITY["cancel_date"].check(activity, by=by)
    assert activity.day is not None
    on, day = timezone.localdate(at), activity.day
    scheme = activities.scheme_of_activity(activity)
    agreed = activity.status == ActivityStatus.AGREED
    late = agreed and rules.is_late_cancellation(
        day, on=on, holidays=_holidays(activity, day, at), scheme=scheme
    )
    entry = {"day": str(day), "on": str(on), "late": late, "reason": reason.strip(), "by": by.pk}
    history = [*activity.window_facts.get("cancellations", []), entry]
    dates.clear(
        activity, "cancel_date", by=by, at=at, window_facts=activity.window_facts | {"cancellations": history}
    )
    if late:
        audit.record(
            "activity.late_cancellation_logged", by=by, target=activity, at=at,
            **scheme.basis("R100", day=str(day), cancelled_on=str(on)),
        )  # fmt: skip
    jobs.enqueue("verification.propose_schedule", centre_id=activity.centre_id)
    return activity


@transaction.atomic
def propose_for_centre(*, centre_id: int, by: Actor, at: datetime) -> Schedule:
    """Propose dates for every activity of a centre that has none, clear of everything else its verifiers do (R8, R9).

    What has a proposed or agreed date stays as it is. What cannot be placed keeps the reason. Raises NotPermitted.
    """
    if not by.may(Permission.ACTIVITY_SCHEDULE, centre_id):
        raise rules.NotPermitted("Proposing dates is not part of your role at this centre.")
    centre = Centre.objects.select_for_update(of=("self",), no_key=True).get(pk=centre_id)
    waiting = queries.to_schedule([centre.pk])
    for activity in waiting:
        _refresh_window(activity)
    schedule = _proposals(waiting, at)
    apply(centre_id=centre_id, proposals=_days(schedule), unplaced=_reasons(schedule), at=at)
    return schedule


def propose_for_all(*, at: datetime) -> int:
    """Work out dates for all centres at once and have each centre's written by its own task; returns how many centres.

    Runs in the staff scope: one verifier's activities at several centres are placed together.
    """
    waiting = queries.to_schedule(None)
    schedule = _proposals(waiting, at)
    days, reasons = _days(schedule), _reasons(schedule)
    by_centre: dict[int, dict[str, dict[str, str]]] = {}
    for activity in waiting:
        key = str(activity.pk)
        mine = by_centre.setdefault(activity.centre_id, {"proposals": {}, "unplaced": {}})
        if key in days:
            mine["proposals"][key] = days[key]
        elif key in reasons:
            mine["unplaced"][key] = reasons[key]
    for centre_id in sorted(by_centre):
        jobs.enqueue("verification.propose_dates", centre_id=centre_id, **by_centre[centre_id])
    return len(by_centre)


@transaction.atomic
def apply(*, centre_id: int, proposals: dict[str, str], unplaced: dict[str, str], at: datetime) -> int:
    """Write dates that were worked out, for activities that still have none; returns how many were proposed.

    ``proposals``: ISO day by activity id; ``unplaced``: reason by activity id. Running it again changes nothing.
    """
    ids = sorted(int(key) for key in {**proposals, **unplaced})
    placed = 0
    for activity in (activities.locked(pk) for pk in ids):
        if activity.centre_id != centre_id or activity.status != ActivityStatus.PLANNED:
            continue
        key = str(activity.pk)
        if key not in proposals:
            activity.not_placed_because = unplaced[key][:300]
            activity.save(update_fields=["not_placed_because"])
            continue
        start = USUAL_START if activity.kind == ActivityKind.VISIT else None
        _move_to(
            activity, "propose", date.fromisoformat(proposals[key]), start, by=SYSTEM, at=at,
            verifier_agreed_at=None, centre_agreed_at=None,
        )  # fmt: skip
        placed += 1
    return placed


def _agree(activity_id: int, transition: str, field: str, *, by: Actor, at: datetime) -> Activity:
    activity = activities.locked(activity_id)
    ACTIVITY[transition].check(activity, by=by)
    if getattr(activity, field) is not None:
        whom = "centre" if field == "verifier_agreed_at" else "verifier"
        raise RuleViolation(f"You have agreed to this date already. It waits for the {whom}.")
    other = "centre_agreed_at" if field == "verifier_agreed_at" else "verifier_agreed_at"
    if getattr(activity, other) is None:
        setattr(activity, field, at)
        activity.save(update_fields=[field])
        if field == "verifier_agreed_at":
            _check_free(activity)
        audit.record(ACTIVITY[transition].event, by=by, target=activity, at=at, day=activity.day)
    else:
        changes: dict[str, Any] = {field: at}
        ACTIVITY.move(activity, transition, by=by, at=at, **changes)
        dates.book(activity)
        dates.show_stage(activity)
    dates.ask(activity, at=at)
    return activity


def _move_to(
    activity: Activity,
    transition: str,
    day: date,
    starts_at: time | None,
    *,
    by: Actor,
    at: datetime,
    **changes: Any,
) -> None:
    """Give an activity a proposed day; documents, stage and the next answer follow."""
    ACTIVITY.move(
        activity, transition, by=by, at=at, day=day, starts_at=starts_at, proposed_by=person_or_none(by),
        not_placed_because="", **changes,
    )  # fmt: skip
    dates.request_documents(activity)
    dates.show_stage(activity)
    dates.ask(activity, at=at)


def _check_free(activity: Activity) -> None:
    """Raise RuleViolation when the verifier has given the day away already, at any centre, or is away."""
    allocation = activity.allocation
    assert allocation is not None
    assert activity.day is not None
    obstacle = queries.day_obstacle(allocation.verifier_id, activity.day, activity.pk)
    if obstacle:
        raise RuleViolation(
            f"{allocation.verifier} {obstacle} {date_long(activity.day)}. Propose another day."
        )


def _holidays(activity: Activity, day: date, at: datetime) -> frozenset[date]:
    today = timezone.localdate(at)
    return holidays_of(activity.centre.nation, min(day, today), max(day, today) + timedelta(days=14))


def _refresh_window(activity: Activity) -> None:
    """Take over what cohorts' dates have become since the activity was planned."""
    if activity.kind != ActivityKind.SAMPLING or activity.number != 1 or activity.allocation is None:
        return
    window = queries.window_for(activity.allocation, activities.scheme_of_activity(activity))
    facts = window.facts | {
        key: activity.window_facts[key] for key in ("cancellations",) if key in activity.window_facts
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


def _proposals(waiting: list[Activity], at: datetime) -> Schedule:
    today = timezone.localdate(at)
    if not waiting:
        return Schedule((), (), ())
    return propose_dates(
        queries.as_places(waiting),
        queries.diaries(waiting, today),
        holidays=queries.holidays_by_nation(waiting),
        earliest=queries.earliest_day(waiting, today),
    )


def _days(schedule: Schedule) -> dict[str, str]:
    return {proposal.activity: _first_day(proposal) for proposal in schedule.proposals}


def _first_day(proposal: Proposal) -> str:
    return str(proposal.slots[0][0])


def _reasons(schedule: Schedule) -> dict[str, str]:
    found: tuple[Unplaced, ...] = schedule.unplaced
    return {unplaced.activity: unplaced.reason for unplaced in found}
