"""Planning a sample: drawn from the work assessed so far, drawn anew only when there is more of it (R55-R64)."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.db.models import Max, Q
from django.utils import timezone

from centres.permissions import Permission
from centres.queries.schemes import InForce, in_force
from qa_portal import audit
from qa_portal.actors import Actor, person_or_none
from qa_portal.errors import NotPermitted, RuleViolation
from sampling import rules
from sampling.models import Sample, SampleOutcome, SampleStatus
from sampling.operations import drawing
from verification.models import Activity, ActivityKind, ActivityStatus, Release
from verification.operations import activities
from verification.operations.standards_verification import programme_of
from verification.rules.allocations import has_no_standing_conflict

MAY_BE_PLANNED = (
    ActivityStatus.PLANNED,
    ActivityStatus.PROPOSED,
    ActivityStatus.AGREED,
    ActivityStatus.UNDER_WAY,
)


@transaction.atomic
def plan(*, activity_id: int, by: Actor, at: datetime) -> Sample:
    """Draw the sample of an activity from the work assessed so far; one that is there already is returned unchanged.

    The frame is committed to before the seed exists. Nothing goes to the centre before the request.
    Raises NotPermitted for anybody but the allocated SV or with a declared conflict (R24), RuleViolation where nothing
    can be sampled yet. Sources: R55 to R64.
    """
    activity = _locked_activity(activity_id, by, at)
    found = Sample.objects.filter(centre_id=activity.centre_id, activity=activity).first()
    if found is not None:
        return found
    if activity.status not in MAY_BE_PLANNED:
        words = activity.get_status_display().lower()  # type: ignore[attr-defined]
        raise RuleViolation(f"This activity is {words}, so no sample can be planned for it.")
    release = _release(activity)
    governing = _scheme(activity, at)
    before = sample_that_blocked(activity)
    drawn = drawing.draw_sample(activity, release.control_measure.lower(), governing.scheme, before, at)
    sample = Sample.objects.create(
        centre_id=activity.centre_id,
        activity=activity,
        programme=programme_of(activity),
        year=activity.centre_year.year,
        round=activity.number,
        control_measure=release.control_measure,
        planned_at=at,
        planned_by=person_or_none(by),
        **drawing.values(drawn, governing.version),
    )
    drawing.save(sample, drawn, number=1, at=at)
    audit.record(
        "sample.planned", by=by, target=sample, at=at, frame=drawn.sha256, size=len(drawn.plan.choices)
    )
    return sample


@transaction.atomic
def draw_again(*, sample_id: int, by: Actor, at: datetime) -> Sample:
    """Draw anew because more work has been assessed since; items that the verifier added stay.

    Refused while the frame is the one that was drawn from: nobody draws until they like the result. Both draws stay on
    record. Raises NotPermitted, RuleViolation. Source: R63.
    """
    sample = locked_sample(sample_id)
    may_plan(sample.activity, by, at)
    rules.is_their_own(sample, by)
    if sample.status != SampleStatus.PLANNING:
        raise RuleViolation("The work has been requested, so this sample is not drawn again.", rule="R63")
    governing = _scheme(sample.activity, at)
    before = sample_that_blocked(sample.activity)
    drawn = drawing.draw_sample(sample.activity, sample.control_measure.lower(), governing.scheme, before, at)
    if drawn.sha256 == sample.frame_sha256:
        raise RuleViolation(
            "No work has been assessed since this sample was drawn, so drawing again would change nothing but chance.",
            rule="R63",
        )
    own = {item.decision_id: item for item in sample.items.filter(added_by__isnull=False)}
    sample.items.filter(added_by=None).delete()
    number = (sample.frames.aggregate(last=Max("number"))["last"] or 0) + 1
    values = drawing.values(drawn, governing.version)
    for field, value in values.items():
        setattr(sample, field, value)
    sample.save(update_fields=list(values))
    drawing.save(sample, drawn, number=number, at=at, besides=own)
    audit.record("sample.drawn_again", by=by, target=sample, at=at, frame=drawn.sha256, number=number)
    return sample


def sample_that_blocked(activity: Activity) -> Sample | None:
    """The sample whose block this activity follows, or None for a first or planned sample (R66).

    A block does not end with the year: the first sample after it, also of a later year, is the second sample.
    """
    year = activity.centre_year.year
    before = (
        Sample.objects.filter(
            centre_id=activity.centre_id,
            programme_id=programme_of(activity).pk,
            status=SampleStatus.CONCLUDED,
        )
        .filter(Q(year=year, round__lt=activity.number) | Q(year__lt=year))
        .order_by("-year", "-round")
        .first()
    )
    return before if before and before.outcome == SampleOutcome.PENDING else None


def _locked_activity(activity_id: int, by: Actor, at: datetime) -> Activity:
    activity = activities.locked(activity_id)
    may_plan(activity, by, at)
    allocation = activity.allocation
    if allocation is None or allocation.verifier.person_id != by.pk:
        raise NotPermitted("This activity belongs to another verifier.", rule="R23")
    if activity.kind != ActivityKind.SAMPLING:
        raise RuleViolation("This is an LSV visit, which has no sample.")
    return activity


def may_plan(activity: Activity, by: Actor, at: datetime) -> None:
    if not by.may(Permission.SAMPLE_PLAN, activity.centre_id, activity.programme_id):
        raise NotPermitted("Planning a sample is not part of your role here.")
    assert by.pk is not None
    has_no_standing_conflict(person_id=by.pk, centre_id=activity.centre_id, on=timezone.localdate(at))


def locked_sample(sample_id: int) -> Sample:
    return (
        Sample.objects.select_for_update(of=("self",))
        .select_related(
            "activity__centre_year", "activity__allocation__verifier", "activity__programme__qualification"
        )
        .get(pk=sample_id)
    )


def _release(activity: Activity) -> Release:
    try:
        return Release.objects.get(centre_year=activity.centre_year, programme=activity.programme)
    except Release.DoesNotExist:
        raise RuleViolation(
            "This programme has no release for the year yet. Ask the planner to open it."
        ) from None


def _scheme(activity: Activity, at: datetime) -> InForce:
    return in_force(programme_of(activity).qualification.suite, timezone.localdate(at))
