"""What happens to a verifier's open work when somebody else takes their place."""

from __future__ import annotations

from datetime import date, datetime

from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils import timezone

from centres.permissions import RoleCode
from qa_portal import deadlines, jobs
from qa_portal.actors import Actor
from qa_portal.deadlines import Duty
from qa_portal.models import Deadline
from qa_portal.tenancy import Side
from verification.lifecycle.activities import ACTIVITY
from verification.models import (
    Activity,
    ActivityStatus,
    Allocation,
    AllocationKind,
    CentreYear,
    VerifierAbsence,
    VerifierDay,
)
from verification.operations import activities, dates
from verification.operations.verifier_access import ROLE
from verification.queries import activities as queries


def open_work_of(allocation: Allocation) -> list[int]:
    """The activities of an allocation that are not over; asked before the successor takes them."""
    rows = Activity.objects.filter(
        centre_id=allocation.centre_id, allocation_id=allocation.pk, status__in=activities.OPEN
    )
    return list(rows.order_by("pk").values_list("pk", flat=True))


def move_open_work(
    old: Allocation, new: Allocation, open_work: list[int], *, by: Actor, at: datetime
) -> None:
    """Hand every open activity and duty of one verifier at this place to another.

    Booked days are freed. A proposed or agreed day to come stays proposed where the new verifier is free on it, and
    the centre's agreement with it; otherwise the activity waits for a new proposal.
    """
    for activity in map(activities.locked, open_work):
        activities.release_days(activity)
        activity.allocation = new
        activity.save(update_fields=["allocation"])
        activities.set_deadline(activity)
        if activity.status in (ActivityStatus.PROPOSED, ActivityStatus.AGREED):
            _keep_or_release_day(activity, new, by=by, at=at)
    _move_duties(old, new)
    jobs.enqueue("verification.propose_schedule", centre_id=old.centre_id)


def leave_open(old: Allocation, *, by: Actor, at: datetime) -> None:
    """Free the days of an ended allocation's open work, and ask planners for a successor.

    Every duty stays due, from nobody by name until somebody follows, who takes it over.
    """
    for activity in map(activities.locked, open_work_of(old)):
        activities.release_days(activity)
        if activity.status in (ActivityStatus.PROPOSED, ActivityStatus.AGREED):
            dates.clear(activity, "release_date", by=by, at=at)
    _duties_of(old).update(owner=None)
    centre_year = old.centre_year
    if old.kind == AllocationKind.LSV:
        CentreYear.objects.filter(pk=centre_year.pk).update(lsv=None)
    _ask_for_successor(old, timezone.localdate(at))


def take_over(allocation: Allocation) -> None:
    """Give a new verifier by name what was due from nobody but their role at this place and in this year.

    An SV takes what is about the programme, an LSV all that is the LSV's at the centre, whatever programme it names.
    """
    duties = Deadline.objects.open().filter(
        centre_id=allocation.centre_id,
        year=allocation.centre_year.year,
        owner=None,
        owner_role=ROLE[AllocationKind(allocation.kind)],
    )
    if allocation.programme_id is not None:
        duties = duties.filter(Q(programme_id=allocation.programme_id) | Q(programme_id=None))
    duties.update(owner_id=allocation.verifier.person_id)


def _keep_or_release_day(activity: Activity, new: Allocation, *, by: Actor, at: datetime) -> None:
    today = timezone.localdate(at)
    assert activity.day is not None
    if activity.day > today and _is_free(new.verifier_id, activity.day):
        ACTIVITY.move(activity, "propose", by=by, at=at, verifier_agreed_at=None)
        dates.ask(activity, at=at)
        dates.show_stage(activity)
        return
    dates.clear(activity, "release_date", by=by, at=at)


def _is_free(verifier_id: int, day: date) -> bool:
    booked = VerifierDay.objects.filter(verifier_id=verifier_id, day=day)
    away = VerifierAbsence.objects.filter(verifier_id=verifier_id, starts_on__lte=day, ends_on__gte=day)
    return not booked.exists() and not away.exists()


def _move_duties(old: Allocation, new: Allocation) -> None:
    _duties_of(old).update(owner_id=new.verifier.person_id)


def _duties_of(allocation: Allocation) -> QuerySet[Deadline]:
    """What a verifier still has to do by name at this place."""
    duties = Deadline.objects.open().filter(
        centre_id=allocation.centre_id,
        owner_id=allocation.verifier.person_id,
        owner_role=ROLE[AllocationKind(allocation.kind)],
    )
    if allocation.programme_id is None:
        return duties
    return duties.filter(programme_id=allocation.programme_id)


def _ask_for_successor(old: Allocation, today: date) -> None:
    lead = old.kind == AllocationKind.LSV
    centre_year = old.centre_year
    scheme = queries.scheme_for(old)
    what = "an LSV" if old.programme is None else f"an SV for {old.programme.qualification.label}"
    duty = Duty(
        title=f"Allocate {what} to {centre_year.centre.name}",
        url=reverse("allocation"),
        owner_role=RoleCode.PLANNER,
        owner_side=Side.AO,
        why=f"{old.verifier} is no longer there: {old.end_reason}."[:400],
        source="Allocation ended",
        programme_id=old.programme_id,
    )
    due = max(today, scheme.windows["allocation"].deadline(centre_year.year))
    subject = centre_year if old.programme is None else old.programme
    deadlines.set_due(
        "lsv_allocation" if lead else "sv_allocation",
        subject=subject,
        year=centre_year.year,
        due_on=due,
        duty=duty,
    )
