"""Standards verification of a programme through its activities: second ones, under way, concluded, waived (R9, R66)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import Max
from django.urls import reverse
from django.utils import timezone

from centres.models import Programme
from centres.permissions import RoleCode
from centres.queries.holidays import holidays_of
from centres.working_days import add_working_days
from qa_portal import audit, deadlines, jobs, mail
from qa_portal.actors import Actor
from qa_portal.deadlines import Duty
from qa_portal.errors import RuleViolation
from qa_portal.tenancy import Side
from qa_portal.wording import date_long
from verification.lifecycle.activities import ACTIVITY
from verification.models import (
    Activity,
    ActivityKind,
    ActivityStatus,
    Allocation,
    AllocationKind,
    Escalation,
    StageState,
)
from verification.operations import activities, sample_plans
from verification.operations.stages import set_stage
from verification.queries.years import holders
from verification.rules.activities import has_a_reason

ANSWER_WORKING_DAYS = 2
DEADLINES = ("sample_plan", "standards_verification", "second_sample", "date_reply")


def add_next(
    *, centre_year_id: int, programme_id: int, by: Actor, at: datetime, facts: Mapping[str, Any]
) -> Activity:
    """Plan one more standards verification activity of a programme, for the SV allocated to it (R9).

    Raises RuleViolation while no SV is allocated.
    """
    allocation = (
        Allocation.objects.active()
        .select_related("centre_year__centre", "verifier", "programme__qualification")
        .filter(centre_year_id=centre_year_id, kind=AllocationKind.SV, programme_id=programme_id)
        .first()
    )
    if allocation is None:
        raise RuleViolation("No SV is allocated to this programme yet. A planner allocates one.", rule="R9")
    last = of_programme(centre_year_id, programme_id).aggregate(last=Max("number"))["last"] or 0
    activity = activities.add(allocation, number=last + 1, by=by, at=at)
    activity.window_facts = activity.window_facts | {"because_of": dict(facts)}
    activity.save(update_fields=["window_facts"])
    return activity


def add_second(
    *,
    activity: Activity,
    action_due_on: date,
    due_days: int,
    by: Actor,
    at: datetime,
    facts: Mapping[str, Any],
) -> Activity:
    """Have a second sample follow a block, due ``due_days`` after the centre's action is due (R66).

    A further activity of the programme that was planned anyway becomes it; else one is added.
    """
    second = (
        of_programme(activity.centre_year_id, programme_of(activity).pk)
        .select_for_update(of=("self",))
        .filter(number__gt=activity.number, status=ActivityStatus.PLANNED, urgent_reason="")
        .order_by("number")
        .first()
    )
    if second is None:
        second = add_next(
            centre_year_id=activity.centre_year_id,
            programme_id=programme_of(activity).pk,
            by=by,
            at=at,
            facts=facts,
        )
    second.window_from, second.window_until = action_due_on, action_due_on + timedelta(days=due_days)
    second.window_facts = dict(facts)
    second.save(update_fields=["window_from", "window_until", "window_facts"])
    second = activities.locked(second.pk)
    _due(second, at=at)
    sample_plans.set_due(second, at=at)
    audit.record("activity.second_sample_planned", by=by, target=second, at=at, rule="R66")
    jobs.enqueue("verification.propose_schedule", centre_id=second.centre_id)
    return second


def begin(*, activity_id: int, by: Actor, at: datetime) -> Activity:
    """Put an activity under way with the first judgement. Raises NotPermitted, RuleViolation."""
    activity = activities.locked(activity_id)
    ACTIVITY.move(activity, "begin_sampling", by=by, at=at)
    show_progress(activity.centre_year_id)
    return activity


def conclude(*, activity_id: int, by: Actor, at: datetime) -> Activity:
    """Close an activity with its sample. Raises NotPermitted, RuleViolation."""
    activity = activities.locked(activity_id)
    ACTIVITY.move(activity, "conclude_sampling", by=by, at=at, concluded_at=at)
    deadlines.meet(DEADLINES, subject=activity, at=at)
    show_progress(activity.centre_year_id)
    return activity


def waive(*, activity_id: int, reason: str, by: Actor, at: datetime) -> Activity:
    """Do without an activity, with the reason, which the final report states (R10).

    Raises NotPermitted, RuleViolation without a reason.
    """
    has_a_reason(reason, "this sample is waived")
    activity = activities.locked(activity_id)
    ACTIVITY.move(activity, "waive", by=by, at=at, **activities.ended(reason, by))
    activities.release_days(activity)
    deadlines.cancel(DEADLINES, subject=activity, at=at)
    show_progress(activity.centre_year_id)
    return activity


def escalate(*, activity: Activity, text: str, by: Actor, at: datetime) -> Escalation:
    """Bring a failed second sample, with the sanction it suggests, to the quality manager (R66)."""
    escalation = Escalation.objects.create(
        centre_id=activity.centre_id, activity=activity, text=text, raised_at=at, raised_by_id=by.pk
    )
    today = timezone.localdate(at)
    holidays = holidays_of(activity.centre.nation, today, today + timedelta(days=30))
    due_on = add_working_days(today, ANSWER_WORKING_DAYS, holidays)
    label, url = programme_of(activity).qualification.label, reverse("escalation", args=[escalation.pk])
    duty = Duty(
        title=f"Answer the SV’s escalation: {label}, {activity.centre.name}",
        url=url,
        owner_role=RoleCode.QUALITY_MANAGER,
        owner_side=Side.AO,
        owner_id=activity.centre.quality_manager_id,
        why=text,
        source="Second sample",
        kept_to=Side.VERIFIER,
    )
    deadlines.set_due(
        "escalation", subject=escalation, year=activity.centre_year.year, due_on=due_on, duty=duty
    )
    for person in holders(activity.centre_id, RoleCode.QUALITY_MANAGER, today):
        mail.write(
            centre_id=activity.centre_id,
            to_id=person.pk,
            kind="escalation.raised",
            key=f"escalation-{escalation.pk}-raised-{person.pk}",
            subject=f"A second sample failed: {label}, {activity.centre.name}",
            body=f"{text}\n\nPlease answer by {date_long(due_on)}.",
            url=url,
            at=at,
            kept_to=Side.VERIFIER,
        )
    audit.record("escalation.raised", by=by, target=escalation, at=at, rule="R66")
    return escalation


def programme_of(activity: Activity) -> Programme:
    """The programme that an activity verifies. Raises RuleViolation for an LSV visit, which has none."""
    if activity.programme is None:
        raise RuleViolation("This is an LSV visit, not standards verification.")
    return activity.programme


def of_programme(centre_year_id: int, programme_id: int) -> Any:
    """The standards verification activities of a programme's year, without cancelled ones."""
    return Activity.objects.filter(
        centre_year_id=centre_year_id, kind=ActivityKind.SAMPLING, programme_id=programme_id
    ).exclude(status=ActivityStatus.CANCELLED)


def show_progress(centre_year_id: int) -> None:
    """Write how many programmes are verified into the centre's year, where trackers and dashboards read it."""
    statuses: dict[int, list[str]] = {}
    rows = Activity.objects.filter(centre_year_id=centre_year_id, kind=ActivityKind.SAMPLING)
    kept = rows.exclude(status=ActivityStatus.CANCELLED)
    for programme_id, status in kept.values_list("programme_id", "status"):
        statuses.setdefault(programme_id, []).append(status)
    if not statuses:
        return
    finished = {ActivityStatus.CONCLUDED, ActivityStatus.WAIVED}
    done = sum(set(each) <= finished for each in statuses.values())
    every = [status for each in statuses.values() for status in each]
    if done == len(statuses):
        state = StageState.DONE
    elif any(status in (*finished, ActivityStatus.UNDER_WAY) for status in every):
        state = StageState.UNDER_WAY
    else:
        state = StageState.DATED if ActivityStatus.AGREED in every else StageState.NOT_STARTED
    set_stage(centre_year_id, "sampling", state, [f"{done} of {len(statuses)} programmes verified"])


def _due(activity: Activity, *, at: datetime) -> None:
    deadlines.cancel("standards_verification", subject=activity, at=at)
    programme, allocation = programme_of(activity), activity.allocation
    duty = Duty(
        title=f"Conclude the second sample of {programme.qualification.label}",
        url=reverse("activity", args=[activity.pk]),
        owner_role=RoleCode.STANDARDS_VERIFIER,
        owner_side=Side.VERIFIER,
        owner_id=allocation.verifier.person_id if allocation else None,
        why="Certification is pending until a second sample finds every decision accurate.",
        source="Standards verification",
        programme_id=activity.programme_id,
    )
    deadlines.set_due(
        "second_sample",
        subject=activity,
        year=activity.centre_year.year,
        due_on=activity.window_until,
        duty=duty,
    )
