"""Taking an activity off the year, and planning it again for the verifier who holds its place."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from centres.permissions import Permission
from qa_portal import deadlines, jobs
from qa_portal.actors import Actor
from qa_portal.errors import NotPermitted, RuleViolation
from verification.lifecycle.activities import ACTIVITY
from verification.models import Activity, ActivityKind, ActivityStatus
from verification.operations import activities, date_mail, dates, standards_verification
from verification.queries import activities as queries
from verification.rules import activities as rules


@transaction.atomic
def cancel(*, activity_id: int, by: Actor, at: datetime, reason: str) -> Activity:
    """Take an activity off the year, with the reason; its days and deadlines end, verifier and centre are told.

    Raises NotPermitted, RuleViolation.
    """
    rules.has_a_reason(reason, "this activity is cancelled")
    activity = activities.locked(activity_id)
    day = date_mail.when(activity) if activity.day else ""
    ACTIVITY.move(activity, "cancel", by=by, at=at, **activities.ended(reason, by))
    activities.release_days(activity)
    deadlines.cancel(
        [
            "lsv_visit",
            "standards_verification",
            "second_sample",
            "sample_plan",
            "date_reply",
            "visit_documents",
        ],
        subject=activity,
        at=at,
    )
    _show(activity)
    date_mail.tell_activity_cancelled(activity, day=day, reason=reason, by=by, at=at)
    return activity


@transaction.atomic
def plan_again(*, activity_id: int, by: Actor, at: datetime) -> Activity:
    """Plan a cancelled activity again, for the verifier who holds its place now; a date is proposed in the background.

    Raises NotPermitted; RuleViolation when it was not cancelled, stands again already, or nobody is allocated (R8, R9).
    """
    cancelled = activities.locked(activity_id)
    if not by.may(Permission.ALLOCATION_MAKE, cancelled.centre_id):
        raise NotPermitted("Planning an activity again is the planners' work.")
    if cancelled.status != ActivityStatus.CANCELLED:
        raise RuleViolation("Only a cancelled activity is planned again.")
    if queries.standing_in_place_of(cancelled).exists():
        raise RuleViolation("It has been planned again already. Open the list of activities.")
    allocation = queries.allocation_of_place(cancelled)
    if allocation is None:
        raise RuleViolation("Nobody is allocated to this place. Allocate a verifier first.", rule="R7")
    activity = activities.add(allocation, number=cancelled.number, by=by, at=at)
    _show(activities.locked(activity.pk))
    jobs.enqueue("verification.propose_schedule", centre_id=activity.centre_id)
    return activity


def _show(activity: Activity) -> None:
    """Keep the stages of the centre's year as the activities stand."""
    if activity.kind == ActivityKind.VISIT:
        dates.show_stage(activity)
    else:
        standards_verification.show_progress(activity.centre_year_id)
