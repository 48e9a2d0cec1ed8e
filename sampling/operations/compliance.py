"""What the verifier checks besides the work, writes in the report and asks the centre to do (R65, R68, R81)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction
from django.utils import timezone

from centres.queries.schemes import scheme_of
from qa_portal import audit
from qa_portal.actors import Actor
from qa_portal.errors import EditConflict, RuleViolation
from sampling import rules
from sampling.models import ComplianceCheck, ComplianceJudgement, Sample
from sampling.operations.judge import may_judge
from sampling.operations.plan import locked_sample
from verification.models import ActionLevel, DraftAction, RecommendationKind, ReportDraft
from verification.queries import actions as action_queries
from verification.rules import actions as action_rules
from verification.rules.days import is_in_reach

COLUMNS = ("summary", "good_practice", "next_steps")


@dataclass(frozen=True)
class Check:
    """How one requirement was found and what was seen; an empty judgement is still open."""

    judgement: str
    evidence_seen: str = ""


@transaction.atomic
def save(
    *,
    sample_id: int,
    revision: int,
    checks: Mapping[str, Check] | None = None,
    texts: Mapping[str, str] | None = None,
    direct_claims: tuple[str, str] | None = None,
    by: Actor,
    at: datetime,
) -> ReportDraft:
    """Save the compliance criteria, the report's written sections and the recommendation, complete or not (R68).

    ``checks`` by criterion key, ``texts`` by section key of the scheme's report, ``direct_claims`` kind and reasons;
    what is left out stays as it is. The centre sees none of it before the sample is concluded. Raises EditConflict when
    it was saved since the form was opened, NotPermitted, RuleViolation for an unknown criterion or a concluded sample.
    """
    sample = locked_sample(sample_id)
    may_judge(sample, by, at)
    rules.is_asked_for(sample)
    scheme = scheme_of(sample.scheme_version)
    criteria = {each.key for each in scheme.verification.standards_verification.criteria}
    checks, texts = checks or {}, texts or {}
    if unknown := set(checks) - criteria:
        raise RuleViolation(f"The scheme does not ask for {', '.join(sorted(unknown))}.", rule="R68")
    if direct_claims and direct_claims[0] and direct_claims[0] not in RecommendationKind.values:
        raise RuleViolation("Choose what you recommend about direct claims status.", rule="R71")
    draft = _draft(sample, revision, by, at)
    for key, check in checks.items():
        if check.judgement and check.judgement not in ComplianceJudgement.values:
            raise RuleViolation("Choose met, partly met or not met.", rule="R68")
        ComplianceCheck.objects.update_or_create(
            centre_id=sample.centre_id,
            sample=sample,
            criterion=key,
            defaults={
                "judgement": check.judgement,
                "evidence_seen": check.evidence_seen.strip(),
                "checked_by_id": by.pk,
                "checked_at": at,
            },
        )
    for key, text in texts.items():
        if key in COLUMNS:
            setattr(draft, key, text.strip())
    draft.texts = draft.texts | {key: text.strip() for key, text in texts.items() if key not in COLUMNS}
    if direct_claims is not None:
        kind, reasons = direct_claims
        draft.texts |= {"direct_claims_kind": kind, "direct_claims_reasons": reasons.strip()}
    draft.revision, draft.saved_by_id, draft.saved_at = revision + 1, by.pk, at
    draft.save()
    audit.record("sample.compliance_saved", by=by, target=draft, at=at, revision=draft.revision)
    return draft


@transaction.atomic
def add_action(
    *,
    sample_id: int,
    level: str,
    criterion: str,
    text: str,
    owner_id: int,
    due_on: date,
    risk_to_valid_certification: bool = False,
    by: Actor,
    at: datetime,
) -> DraftAction:
    """Write an action for the centre; it becomes the centre's when the report is issued (R65, R81).

    Raises NotPermitted, RuleViolation for an owner who may not answer it, a due date that has passed or is too far.
    """
    sample = locked_sample(sample_id)
    may_judge(sample, by, at)
    rules.is_asked_for(sample)
    today = timezone.localdate(at)
    if level not in ActionLevel.values:
        raise RuleViolation("Choose essential or recommended.", rule="R81")
    scheme = scheme_of(sample.scheme_version)
    if criterion not in action_queries.criterion_titles(scheme):
        raise RuleViolation("Choose the criterion that the action comes from.", rule="R81")
    action_rules.is_said(text, "what the centre does")
    if not action_queries.possible_owners(sample.centre_id, today).filter(pk=owner_id).exists():
        raise RuleViolation("Choose somebody at the centre who may answer actions.", rule="R81")
    if due_on < today:
        raise RuleViolation("This day has passed. Choose a day to come.", rule="R81")
    is_in_reach(due_on, on=today, rule="R81")
    draft = DraftAction.objects.create(
        centre_id=sample.centre_id,
        activity_id=sample.activity_id,
        level=level,
        criterion=criterion,
        text=text.strip(),
        owner_id=owner_id,
        due_on=due_on,
        programme_id=sample.programme_id,
        risk_to_valid_certification=risk_to_valid_certification,
    )
    audit.record("draft_action.saved", by=by, target=draft, at=at, level=level, criterion=criterion)
    return draft


@transaction.atomic
def remove_action(*, sample_id: int, draft_id: int, by: Actor, at: datetime) -> None:
    """Take out an action that is being written; a second call changes nothing. Raises NotPermitted, RuleViolation."""
    sample = locked_sample(sample_id)
    may_judge(sample, by, at)
    rules.is_asked_for(sample)
    draft = DraftAction.objects.filter(
        centre_id=sample.centre_id, activity_id=sample.activity_id, pk=draft_id
    ).first()
    if draft is None:
        return
    audit.record("draft_action.removed", by=by, target=draft, at=at)
    draft.delete()


def _draft(sample: Sample, revision: int, by: Actor, at: datetime) -> ReportDraft:
    """The draft as the form was opened with it. Raises EditConflict when it was saved since."""
    draft = (
        ReportDraft.objects.select_for_update(of=("self",))
        .filter(centre_id=sample.centre_id, kind="SAMPLE", activity_id=sample.activity_id)
        .first()
    )
    if (draft.revision if draft else 0) != revision:
        raise EditConflict(
            "The report was saved in another window since you opened this. Nothing of either is lost: compare both, "
            "then save what is right."
        )
    return draft or ReportDraft(
        centre_id=sample.centre_id,
        activity_id=sample.activity_id,
        centre_year_id=sample.activity.centre_year_id,
        kind="SAMPLE",
        saved_by_id=by.pk,
        saved_at=at,
    )
