"""What the LSV writes during a visit: findings per criterion, and the actions that will come of them."""

from __future__ import annotations

from datetime import date, datetime

from django.db import transaction
from django.utils import timezone

from centres.models import Programme
from qa_portal import audit
from qa_portal.actors import Actor
from qa_portal.errors import RuleViolation
from verification.models import ActionLevel, Activity, DraftAction, Finding, FindingJudgement
from verification.operations import visits
from verification.queries import actions as action_queries
from verification.queries import visits as queries
from verification.queries.years import scheme_of_year
from verification.rules import actions as action_rules
from verification.rules import visits as rules


@transaction.atomic
def save_finding(
    *,
    activity_id: int,
    criterion: str,
    judgement: str,
    seen: str,
    risk_to_valid_certification: bool,
    revision: str,
    by: Actor,
    at: datetime,
) -> Finding:
    """Save what was seen for one criterion and how it is judged; the centre does not see it before the report.

    ``revision`` is ``finding_revision`` of the finding when the form was opened, or "". Raises EditConflict when
    somebody saved it since, RuleViolation for an unknown criterion or while the centre checks the facts, NotPermitted.
    """
    activity = visits.locked(activity_id)
    visits.may_write(activity, by)
    rules.is_being_written(activity, facts=True)
    if criterion not in {each.key for each in queries.visit_of(activity).criteria}:
        raise RuleViolation("The scheme of this year does not ask for this criterion.")
    if judgement and judgement not in FindingJudgement.values:
        raise RuleViolation("Choose met, partly met or not met.")
    before = queries.findings_of(activity).get(criterion)
    if before is not None:
        rules.is_as_it_was(revision, finding_revision(before), before.saved_by.name)
    finding, _ = Finding.objects.update_or_create(
        centre_id=activity.centre_id,
        activity=activity,
        criterion=criterion,
        defaults={
            "judgement": judgement,
            "seen": seen.strip(),
            "risk_to_valid_certification": risk_to_valid_certification,
            "saved_by_id": by.pk,
            "saved_at": at,
        },
    )
    audit.record(
        "finding.saved", by=by, target=finding, at=at, criterion=criterion, judgement=judgement, seen=seen
    )
    return finding


def finding_revision(finding: Finding | None) -> str:
    """What tells whether a finding is as it was when a form was opened."""
    return finding.saved_at.isoformat() if finding is not None else ""


@transaction.atomic
def save_draft_action(
    *,
    activity_id: int,
    level: str,
    criterion: str,
    text: str,
    owner_id: int,
    due_on: date,
    programme_id: int | None,
    risk_to_valid_certification: bool,
    by: Actor,
    at: datetime,
    draft_id: int | None = None,
    revision: str = "",
) -> DraftAction:
    """Write an action, or change one that is being written; it becomes the centre's when the report is issued.

    Raises RuleViolation for an owner who may not answer it, a date in the past, or one too late for a risk to valid
    certification (R81); EditConflict, NotPermitted.
    """
    activity = visits.locked(activity_id)
    visits.may_write(activity, by)
    rules.is_being_written(activity)
    _check_action(activity, level, criterion, text, owner_id, programme_id, timezone.localdate(at))
    action_rules.falls_due_in_time(
        due_on,
        scheme=scheme_of_year(activity.centre_year),
        year=activity.centre_year.year,
        risk_to_valid_certification=risk_to_valid_certification,
        on=timezone.localdate(at),
    )
    draft = DraftAction(centre_id=activity.centre_id, activity=activity)
    if draft_id is not None:
        draft = DraftAction.objects.select_for_update(of=("self",)).get(
            centre_id=activity.centre_id, activity=activity, pk=draft_id
        )
        rules.is_as_it_was(revision, queries.revision_of(draft), "Somebody")
    draft.level, draft.criterion, draft.text = level, criterion, text.strip()
    draft.owner_id, draft.due_on, draft.programme_id = owner_id, due_on, programme_id
    draft.risk_to_valid_certification = risk_to_valid_certification
    draft.save()
    audit.record(
        "draft_action.saved", by=by, target=draft, at=at, level=level, criterion=criterion, text=text
    )
    return draft


@transaction.atomic
def remove_draft_action(*, activity_id: int, draft_id: int, by: Actor, at: datetime) -> None:
    """Take out an action that was being written; a second call changes nothing. Raises NotPermitted, RuleViolation."""
    activity = visits.locked(activity_id)
    visits.may_write(activity, by)
    rules.is_being_written(activity)
    draft = DraftAction.objects.filter(centre_id=activity.centre_id, activity=activity, pk=draft_id).first()
    if draft is None:
        return
    audit.record("draft_action.removed", by=by, target=draft, at=at, text=draft.text)
    draft.delete()


def _check_action(
    activity: Activity,
    level: str,
    criterion: str,
    text: str,
    owner_id: int,
    programme_id: int | None,
    on: date,
) -> None:
    if level not in ActionLevel.values:
        raise RuleViolation("Choose essential or recommended.", rule="R81")
    if criterion not in action_queries.criterion_titles(scheme_of_year(activity.centre_year)):
        raise RuleViolation("Choose the criterion that the action comes from.", rule="R81")
    action_rules.is_said(text, "what the centre does")
    if not action_queries.possible_owners(activity.centre_id, on).filter(pk=owner_id).exists():
        raise RuleViolation("Choose somebody at the centre who may answer actions.", rule="R81")
    if programme_id is not None and not (
        Programme.objects.filter(centre_id=activity.centre_id, pk=programme_id).exists()
    ):
        raise RuleViolation("Choose a programme of this centre, or none.")
