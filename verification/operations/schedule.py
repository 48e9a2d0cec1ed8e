"""Dates of activities between people: proposed, moved, confirmed, accepted, given up."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone

from centres.queries.holidays import holidays_of
from qa_portal import audit, deadlines, jobs
from qa_portal.actors import SYSTEM, Actor, person_or_none
from qa_portal.errors import RuleViolation
from qa_portal.wording import date_long
from verification.lifecycle.activities import ACTIVITY
from verification.models import Activity, ActivityStatus, Verifier
from verification.operations import activities, date_mail, dates
from verification.queries import schedule as queries
from verification.rules import activities as rules
from verification.rules.days import is_in_reach


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
    is_in_reach(day, on=timezone.localdate(at))
    rules.is_a_working_day(day, holidays)
    rules.has_notice(day, on=timezone.localdate(at), holidays=holidays, scheme=scheme, short=short_notice)
    rules.late_has_a_reason(activity, day, late_reason)
    own = activity.allocation is not None and activity.allocation.verifier.person_id == by.pk
    activities.release_days(activity)
    move_to(
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
    is_in_reach(day, on=timezone.localdate(at))
    rules.is_a_working_day(day, _holidays(activity, day, at))
    if day <= timezone.localdate(at):
        raise RuleViolation(f"{date_long(day)} is not a day to come. Choose a later day.")
    rules.late_has_a_reason(activity, day, late_reason)
    move_to(
        activity, "propose_another", day, starts_at, by=by, at=at, late_reason=late_reason.strip(),
        verifier_agreed_at=None, centre_agreed_at=at,
    )  # fmt: skip
    return activity


@transaction.atomic
def confirm(*, activity_id: int, by: Actor, at: datetime) -> Activity:
    """Confirm a proposed date as the verifier; with the centre's agreement it is agreed and the day is booked.

    Where the day was taken since, at any centre, the date is given back and another is proposed: look at the status.
    Raises NotPermitted; RuleViolation when it was confirmed already.
    """
    return _agree(activity_id, "confirm", "verifier_agreed_at", by=by, at=at)


@transaction.atomic
def accept(*, activity_id: int, by: Actor, at: datetime) -> Activity:
    """Accept a proposed date as the centre; with the verifier's confirmation it is agreed and the day is booked.

    Where the verifier's day was taken since, the date is given back and another is proposed: look at the status.
    Raises NotPermitted; RuleViolation when it was accepted already.
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
    was = date_mail.when(activity)
    history = [*activity.window_facts.get("cancellations", []), entry]
    dates.clear(
        activity, "cancel_date", by=by, at=at, window_facts=activity.window_facts | {"cancellations": history}
    )
    date_mail.tell_given_up(activity, day=was, reason=reason, by=by, at=at)
    if late:
        audit.record(
            "activity.late_cancellation_logged", by=by, target=activity, at=at,
            **scheme.basis("R100", day=str(day), cancelled_on=str(on)),
        )  # fmt: skip
    jobs.enqueue("verification.propose_schedule", centre_id=activity.centre_id)
    return activity


def _agree(activity_id: int, transition: str, field: str, *, by: Actor, at: datetime) -> Activity:
    activity = activities.locked(activity_id)
    ACTIVITY[transition].check(activity, by=by)
    if getattr(activity, field) is not None:
        whom = "centre" if field == "verifier_agreed_at" else "verifier"
        raise RuleViolation(f"You have agreed to this date already. It waits for the {whom}.")
    if _gave_way(activity, at=at):
        return activity
    other = "centre_agreed_at" if field == "verifier_agreed_at" else "verifier_agreed_at"
    if getattr(activity, other) is None:
        setattr(activity, field, at)
        activity.save(update_fields=[field])
        audit.record(ACTIVITY[transition].event, by=by, target=activity, at=at, day=activity.day)
    else:
        changes: dict[str, Any] = {field: at}
        ACTIVITY.move(activity, transition, by=by, at=at, **changes)
        dates.book(activity)
        dates.request_documents(activity)
        dates.show_stage(activity)
        date_mail.tell_agreed(activity, by=by, at=at)
    dates.ask(activity, at=at)
    return activity


def _gave_way(activity: Activity, *, at: datetime) -> bool:
    """Give a date back that became impossible since it was proposed; says whether it did, and another is proposed."""
    allocation = activity.allocation
    assert allocation is not None
    assert activity.day is not None
    Verifier.objects.select_for_update(of=("self",), no_key=True).get(pk=allocation.verifier_id)
    obstacle = queries.day_obstacle(allocation.verifier_id, activity.day, activity.pk)
    if not obstacle:
        return False
    dates.give_way(activity, f"{allocation.verifier} {obstacle} that day", by=SYSTEM, at=at)
    jobs.enqueue("verification.propose_schedule", centre_id=activity.centre_id)
    return True


def move_to(
    activity: Activity,
    transition: str,
    day: date,
    starts_at: time | None,
    *,
    by: Actor,
    at: datetime,
    **changes: Any,
) -> None:
    """Give an activity a proposed day; the stage and the next answer follow, documents wait for the agreement."""
    ACTIVITY.move(
        activity, transition, by=by, at=at, day=day, starts_at=starts_at, proposed_by=person_or_none(by),
        not_placed_because="", **changes,
    )  # fmt: skip
    deadlines.cancel("visit_documents", subject=activity, at=at)
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
