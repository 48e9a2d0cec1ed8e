"""By when an SV plans a sample and requests its work, so that the centre has the scheme's days to send it (R99)."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.urls import reverse
from django.utils import timezone

from centres.permissions import RoleCode
from centres.queries.holidays import holidays_of
from centres.working_days import add_working_days, previous_working_day
from qa_portal import deadlines
from qa_portal.deadlines import Duty
from qa_portal.models import Deadline, DeadlineState
from qa_portal.tenancy import Side
from verification.models import Activity, ActivityKind
from verification.queries.activities import scheme_for

KIND = "sample_plan"
#: The least an SV gets, when a day was agreed later than the scheme's notice allows.
LEAST_WORKING_DAYS = 2


def set_due(activity: Activity, *, at: datetime) -> None:
    """Set or move the SV's deadline to the scheme's days before the sample's day, or before its window ends.

    Nothing is due for an LSV visit, or once the work was requested.
    """
    allocation = activity.allocation
    if activity.kind != ActivityKind.SAMPLING or allocation is None or allocation.programme is None:
        return
    if _was_met(activity):
        return
    today, centre = timezone.localdate(at), allocation.centre_year.centre
    day = activity.day or activity.window_until
    notice = scheme_for(allocation).verification.standards_verification.evidence_requested_days_before.value
    wanted = day - timedelta(days=notice)
    days_off = holidays_of(
        centre.nation, min(today, wanted) - timedelta(days=14), max(today, wanted) + timedelta(days=14)
    )
    due_on = max(
        previous_working_day(wanted, days_off), add_working_days(today, LEAST_WORKING_DAYS, days_off)
    )
    duty = Duty(
        title=f"Plan the sample of {allocation.programme.qualification.label} and request the work",
        url=reverse("activity", args=[activity.pk]),
        owner_role=RoleCode.STANDARDS_VERIFIER,
        owner_side=Side.VERIFIER,
        owner_id=allocation.verifier.person_id,
        why=f"{centre.name} gets {notice} days to send the work.",
        source="Standards verification",
        programme_id=activity.programme_id,
    )
    deadlines.set_due(KIND, subject=activity, year=allocation.centre_year.year, due_on=due_on, duty=duty)


def _was_met(activity: Activity) -> bool:
    return Deadline.objects.filter(
        centre_id=activity.centre_id,
        kind=KIND,
        subject_type=activity._meta.label_lower,
        subject_id=activity.pk,
        state=DeadlineState.MET,
    ).exists()
