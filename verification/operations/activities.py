"""Setting up the year's activities: a visit for an LSV, standards verification of each programme for its SV."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.urls import reverse

from centres.models import Site
from centres.permissions import RoleCode
from centres.schemes import Scheme
from qa_portal import audit, deadlines
from qa_portal.actors import Actor, person_or_none
from qa_portal.deadlines import Duty
from qa_portal.models import Deadline
from qa_portal.tenancy import Side
from verification.models import (
    Activity,
    ActivityKind,
    ActivityStatus,
    Allocation,
    AllocationKind,
    VerifierDay,
)
from verification.operations import sample_plans
from verification.queries import activities as queries

KIND_OF = {AllocationKind.LSV: ActivityKind.VISIT, AllocationKind.SV: ActivityKind.SAMPLING}
SCHEME_KIND = {ActivityKind.VISIT: "lsv_visit", ActivityKind.SAMPLING: "standards_verification"}
OPEN = (
    ActivityStatus.PLANNED,
    ActivityStatus.PROPOSED,
    ActivityStatus.AGREED,
    ActivityStatus.UNDER_WAY,
    ActivityStatus.FACT_CHECK,
)


def prepare(allocation: Allocation, *, by: Actor, at: datetime) -> Activity:
    """Give an allocation its first activity, with the window it must lie in; all that are open are taken over (R8, R9).

    A cancelled one is over: a verifier who comes after it gets a new one. A sample for urgent claims comes beside the
    year's first one (R10). Called inside the operation that makes the allocation active.
    """
    kind = KIND_OF[AllocationKind(allocation.kind)]
    there = Activity.objects.filter(  # type: ignore[misc]
        centre_id=allocation.centre_id,
        centre_year_id=allocation.centre_year_id,
        kind=kind,
        programme_id=allocation.programme_id,
    )
    standing = list(there.exclude(status=ActivityStatus.CANCELLED).order_by("number"))
    for activity in standing:
        if activity.status in OPEN:
            _take_over(activity, allocation, at)
    usual = [activity for activity in standing if not activity.urgent_reason]
    if usual:
        return usual[0]
    return add(allocation, number=max((each.number for each in standing), default=0) + 1, by=by, at=at)


def _take_over(activity: Activity, allocation: Allocation, at: datetime) -> None:
    """Make an open activity the allocated verifier's, with what is due of it."""
    activity.allocation = allocation
    activity.save(update_fields=["allocation"])
    second = Deadline.objects.open().filter(
        centre_id=activity.centre_id,
        kind="second_sample",
        subject_type=activity._meta.label_lower,
        subject_id=activity.pk,
    )
    if not second.update(owner_id=allocation.verifier.person_id):
        set_deadline(activity)
    sample_plans.set_due(activity, at=at)


def add(allocation: Allocation, *, number: int, by: Actor, at: datetime) -> Activity:
    """Add one more activity of an allocation's kind, to be scheduled; ``number`` counts in the year (R9, R12)."""
    kind = KIND_OF[AllocationKind(allocation.kind)]
    scheme = queries.scheme_for(allocation)
    window = queries.window_for(allocation, scheme, number=number)
    activity = Activity.objects.create(
        centre_id=allocation.centre_id,
        centre_year_id=allocation.centre_year_id,
        allocation=allocation,
        kind=kind,
        programme_id=allocation.programme_id,
        number=number,
        mode=usual_mode(scheme, kind),
        site=_main_site(allocation.centre_id) if kind == ActivityKind.VISIT else None,
        window_from=window.first,
        window_until=window.last,
        window_facts=window.facts,
    )
    set_deadline(activity)
    sample_plans.set_due(activity, at=at)
    audit.record("activity.planned", by=by, target=activity, at=at, kind=kind, number=number)
    return activity


def set_deadline(activity: Activity) -> None:
    """Set or move what the verifier has to do by the end of the activity's window (R8, R9)."""
    visit = activity.kind == ActivityKind.VISIT
    allocation = activity.allocation
    assert allocation is not None
    centre = allocation.centre_year.centre
    programme = allocation.programme
    what = f"{programme.qualification.label}: " if programme else ""
    ordinal = f", activity {activity.number}" if activity.number > 1 else ""
    duty = Duty(
        title=f"Carry out the LSV visit to {centre.name}" if visit else f"{what}conclude the sample{ordinal}",
        url=reverse("activity", args=[activity.pk]),
        owner_role=RoleCode.LEAD_STANDARDS_VERIFIER if visit else RoleCode.STANDARDS_VERIFIER,
        owner_side=Side.VERIFIER,
        owner_id=allocation.verifier.person_id,
        why="The visit and its report come before standards verification." if visit else f"At {centre.name}.",
        source="LSV visit" if visit else "Standards verification",
        programme_id=activity.programme_id,
    )
    deadlines.set_due(
        SCHEME_KIND[ActivityKind(activity.kind)],
        subject=activity,
        year=activity.centre_year.year,
        due_on=activity.window_until,
        duty=duty,
    )


def locked(activity_id: int) -> Activity:
    """The activity, locked, with what its rules and messages need."""
    return (
        Activity.objects.select_for_update(of=("self",))
        .select_related(
            "centre",
            "centre_year__centre",
            "centre_year__scheme_version",
            "allocation__verifier__person",
            "allocation__centre_year__centre",
            "allocation__centre_year__scheme_version",
            "allocation__programme__qualification",
            "programme__qualification",
            "site",
        )
        .get(pk=activity_id)
    )


def release_days(activity: Activity) -> int:
    """Give a verifier back the days that an activity had booked."""
    return VerifierDay.objects.filter(activity_id=activity.pk).delete()[0]


def ended(reason: str, by: Actor) -> dict[str, Any]:
    """The changes that go with waiving or cancelling an activity."""
    return {"ended_reason": reason.strip(), "ended_by": person_or_none(by)}


def usual_mode(scheme: Scheme, kind: str) -> str:
    """How activities of a kind are usually done: "REMOTE" or "ON_SITE"."""
    modes: dict[str, str] = {str(key): str(mode) for key, mode in scheme.scheduling.usual_mode.items()}
    return modes[SCHEME_KIND[ActivityKind(kind)]].upper()


def _main_site(centre_id: int) -> Site | None:
    sites = Site.objects.filter(centre_id=centre_id, closed_on=None)
    return sites.order_by("-is_main", "name").first()


def scheme_of_activity(activity: Activity) -> Scheme:
    """The scheme that governs an activity: its programme's suite's, or the year's for a visit."""
    assert activity.allocation is not None
    return queries.scheme_for(activity.allocation)
