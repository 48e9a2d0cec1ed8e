"""The LSV visit: begun, written up, and concluded when its report is issued."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from centres.permissions import Permission, RoleCode
from qa_portal import audit, deadlines
from qa_portal.actors import Actor
from qa_portal.deadlines import Duty
from qa_portal.errors import NotPermitted, RuleViolation
from qa_portal.tenancy import Side
from qa_portal.wording import date_plain
from verification.lifecycle.activities import ACTIVITY
from verification.models import (
    Action,
    Activity,
    ActivityStatus,
    CentreYear,
    ReportDraft,
    RiskLevel,
    RiskRating,
    StageState,
)
from verification.operations import actions, activity_counts
from verification.operations.stages import set_stage
from verification.queries import visits as queries
from verification.queries.years import scheme_of_year
from verification.rules import visits as rules


@transaction.atomic
def begin(*, activity_id: int, by: Actor, at: datetime, late_reason: str = "") -> Activity:
    """Begin a visit whose date was agreed; its report falls due the scheme's working days after the visit.

    Raises NotPermitted (another verifier, a declared conflict: R24), RuleViolation before a date is agreed or has come,
    or after the window without a reason (R8).
    """
    activity = locked(activity_id)
    today = timezone.localdate(at)
    reason = late_reason.strip() or activity.late_reason
    if today > activity.window_until and not reason:
        raise RuleViolation(
            f"The visit was due by {date_plain(activity.window_until)}. Say why it takes place later.",
            rule="R8",
        )
    rules.the_day_has_come(activity, today)
    ACTIVITY.move(activity, "begin_visit", by=by, at=at, late_reason=reason)
    deadlines.meet(["lsv_visit", "visit_documents"], subject=activity, at=at)
    _report_due(activity, by, max(activity.day or today, today))
    set_stage(activity.centre_year_id, "visit", StageState.UNDER_WAY, [f"Visit {date_plain(activity.day)}"])
    return activity


@transaction.atomic
def save_texts(
    *,
    activity_id: int,
    by: Actor,
    at: datetime,
    revision: int,
    people_seen: str,
    summary: str,
    good_practice: str,
    next_steps: str,
    rating: str,
    rating_reasons: str,
) -> ReportDraft:
    """Save the written parts of the report and the initial rating with its reasons; nothing of it is the centre's yet.

    ``revision`` is that of the draft when the form was opened. Raises EditConflict when somebody saved since,
    RuleViolation when the visit is not under way, NotPermitted.
    """
    activity = _to_write(activity_id, by)
    rules.is_being_written(activity)
    draft = _draft(activity, by, at)
    rules.is_as_it_was(str(revision), str(draft.revision), draft.saved_by.name)
    if rating and rating not in RiskLevel.values:
        raise RuleViolation("Choose low, medium or high.")
    activity.people_seen = people_seen.strip()
    activity.save(update_fields=["people_seen"])
    draft.summary, draft.good_practice, draft.next_steps = (
        summary.strip(),
        good_practice.strip(),
        next_steps.strip(),
    )
    draft.rating, draft.rating_reasons = rating, rating_reasons.strip()
    draft.revision, draft.saved_by_id, draft.saved_at = draft.revision + 1, by.pk, at
    draft.save(
        update_fields=[
            "summary", "good_practice", "next_steps", "rating", "rating_reasons", "revision", "saved_by",
            "saved_at",
        ]
    )  # fmt: skip
    audit.record("visit.texts_saved", by=by, target=draft, at=at, revision=draft.revision)
    return draft


@dataclass(frozen=True)
class Concluded:
    """What a concluded visit leaves: its activity, the rating as issued, and the actions that were opened."""

    activity: Activity
    rating: RiskRating
    actions: list[Action]


@transaction.atomic
def conclude(*, activity_id: int, by: Actor, at: datetime) -> Concluded:
    """Conclude a visit: actions opened, rating given, extra samples asked for; called by issuing its report.

    Raises NotPermitted, RuleViolation with every reason why the report is not complete (R12, R69, R80, R81), or when
    it is concluded already.
    """
    activity = locked(activity_id)
    ACTIVITY.move(activity, "conclude_visit", by=by, at=at, concluded_at=at)
    opened = actions.open_from_drafts(activity_id=activity.pk, by=by, at=at)
    rating = _rate(activity, by, at)
    _ask_for_more_samples(activity, rating, by, at)
    deadlines.meet(["lsv_visit", "visit_documents", "report"], subject=activity, at=at)
    deadlines.cancel("fact_check", subject=activity, at=at)
    facts = [f"Report issued {date_plain(at)}", f"Risk: {rating.get_level_display().lower()}"]
    set_stage(activity.centre_year_id, "visit", StageState.DONE, facts)
    CentreYear.objects.filter(pk=activity.centre_year_id).update(risk=rating.level)
    return Concluded(activity, rating, opened)


def locked(activity_id: int) -> Activity:
    """The visit, locked, with what its rules and messages need."""
    return (
        Activity.objects.select_for_update(of=("self",), no_key=True)
        .select_related(
            "centre",
            "centre_year__scheme_version",
            "centre_year__lsv",
            "allocation__verifier__person",
            "site",
        )
        .get(pk=activity_id)
    )


def _to_write(activity_id: int, by: Actor) -> Activity:
    """The visit, locked, for somebody who writes it up. Raises NotPermitted."""
    activity = locked(activity_id)
    may_write(activity, by)
    return activity


def may_write(activity: Activity, by: Actor) -> None:
    """Only the LSV allocated to the centre writes up its visit. Raises NotPermitted (R24)."""
    if not by.may(Permission.VISIT_CONDUCT, activity.centre_id):
        raise NotPermitted("Writing up a visit is not part of your role here.")
    for condition in (*ACTIVITY["begin_visit"].conditions,):
        condition(activity, by)


def _draft(activity: Activity, by: Actor, at: datetime) -> ReportDraft:
    draft, _ = ReportDraft.objects.select_for_update(of=("self",)).get_or_create(
        centre_id=activity.centre_id,
        activity=activity,
        centre_year_id=activity.centre_year_id,
        kind="VISIT",
        defaults={"saved_by_id": by.pk, "saved_at": at},
    )
    return draft


def _report_due(activity: Activity, by: Actor, visited_on: date) -> None:
    form = scheme_of_year(activity.centre_year).verification.reports["lsv_visit"]
    due_on = queries.working_days_from(activity, visited_on, form.due_working_days.value)
    duty = Duty(
        title=f"Issue the LSV report of {activity.centre.name}",
        url=reverse("visit", args=[activity.pk]),
        owner_role=RoleCode.LEAD_STANDARDS_VERIFIER,
        owner_side=Side.VERIFIER,
        owner_id=by.pk,
        why=f"{form.due_working_days.value} working days after the visit.",
        source="LSV visit",
    )
    deadlines.set_due("report", subject=activity, year=activity.centre_year.year, due_on=due_on, duty=duty)


def _rate(activity: Activity, by: Actor, at: datetime) -> RiskRating:
    """Give the initial rating that the draft names, with what the scheme had suggested (R12, R80)."""
    scheme = scheme_of_year(activity.centre_year)
    draft = queries.draft_of(activity)
    assert draft is not None  # the conditions of the transition have seen it
    suggested = queries.suggest_rating(
        queries.visit_of(activity).criteria, queries.findings_of(activity), scheme.verification.risk
    )
    return RiskRating.objects.create(
        centre_id=activity.centre_id,
        centre_year=activity.centre_year,
        kind="INITIAL",
        level=draft.rating,
        reasons=draft.rating_reasons,
        facts=scheme.basis(
            "R80", activity=activity.pk, suggested=suggested.level, suggested_because=list(suggested.reasons)
        ),
        rated_at=at,
        rated_by_id=by.pk,
    )


def _ask_for_more_samples(activity: Activity, rating: RiskRating, by: Actor, at: datetime) -> None:
    """Raise the least number of samples of every work-based programme, as the scheme says for the rating (R12)."""
    policy = scheme_of_year(activity.centre_year).verification.risk
    extra = policy.rating(rating.level.lower()).extra_activities
    if not extra:
        return
    why = f"The LSV rated the centre {rating.get_level_display().lower()} after the visit"
    for programme in queries.programmes_of(activity.centre_id, activity.centre_year.year):
        activity_counts.raise_minimum(
            centre_year_id=activity.centre_year_id,
            programme_id=programme.pk,
            rule="R12",
            extra=extra,
            why=why,
            by=by,
            at=at,
        )


def is_writable(activity: Activity) -> bool:
    """Whether the draft of a visit may still change."""
    return activity.status in (ActivityStatus.UNDER_WAY, ActivityStatus.FACT_CHECK)
