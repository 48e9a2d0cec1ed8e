"""Concluding a sample: outcome, release, the centre's actions, a second sample, and the recommendation (R65-R68)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils import timezone

from centres.queries.schemes import scheme_of
from centres.schemes import Scheme
from qa_portal.actors import Actor, person_or_none
from qa_portal.wording import counted
from sampling.lifecycle import SAMPLE
from sampling.models import Judgement, ReleasedJudgement, Sample, SampleOutcome
from sampling.operations.judge import begin, may_judge
from sampling.operations.plan import locked_sample, sample_that_blocked
from sampling.operations.request import end_deadlines
from sampling.queries import outcomes
from sampling.rules import draft_of
from verification.models import Action, ActionLevel, Activity, DirectClaimsRecommendation, Escalation, Release
from verification.operations import actions, direct_claims, releases, standards_verification


@dataclass(frozen=True)
class Concluded:
    """What a concluded sample leaves behind."""

    sample: Sample
    release: Release
    actions: list[Action]
    recommendation: DirectClaimsRecommendation
    second: Activity | None
    escalation: Escalation | None


@transaction.atomic
def conclude(*, sample_id: int, by: Actor, at: datetime) -> Concluded:
    """Close a sample; any inaccurate item holds certification, else the programme is released.

    Called by the operation that issues the report, in its transaction: judgements reach the centre, actions open, the
    release moves, a second sample is planned where certification is held, and direct claims status is recommended on.
    Raises NotPermitted, RuleViolation with every reason why it cannot be concluded yet.
    Sources: R59, R65, R66, R68, R71.
    """
    sample = locked_sample(sample_id)
    may_judge(sample, by, at)
    begin(sample, by=by, at=at)
    scheme = scheme_of(sample.scheme_version)
    counts = outcomes.counts(sample)
    outcome = SampleOutcome.PENDING if counts["disagreed"] else SampleOutcome.RELEASED
    facts = scheme.basis("R65", **counts) | {
        "complete_learners": outcomes.complete_learners(sample),
        "power": outcomes.statement_of(sample, judged_only=True).text,
    }
    before = sample_that_blocked(sample.activity)
    SAMPLE.move(
        sample, "conclude", by=by, at=at, outcome=outcome, outcome_facts=facts, concluded_at=at,
        concluded_by=person_or_none(by),
    )  # fmt: skip
    _release_judgements(sample)
    opened = actions.open_from_drafts(activity_id=sample.activity_id, by=by, at=at)
    release = _settle_release(sample, outcome, counts, scheme, by=by, at=at)
    second, escalation = None, None
    if outcome == SampleOutcome.PENDING:
        second = _second(sample, opened, scheme, by=by, at=at)
        if before is not None:
            escalation = _escalate(sample, scheme, by=by, at=at)
    recommendation = _recommend(sample, by=by, at=at)
    standards_verification.conclude(activity_id=sample.activity_id, by=by, at=at)
    end_deadlines(sample, at=at, met=False)
    return Concluded(sample, release, opened, recommendation, second, escalation)


def _release_judgements(sample: Sample) -> None:
    """Give the centre its copy of every judgement, unchangeable from now on."""
    judgements = Judgement.objects.filter(centre_id=sample.centre_id, item__sample=sample, complete=True)
    ReleasedJudgement.objects.bulk_create(
        ReleasedJudgement(
            centre_id=sample.centre_id,
            item_id=judgement.item_id,
            verdict=judgement.verdict,
            criteria=judgement.criteria,
            feedback=judgement.feedback,
            work_seen=judgement.work_seen,
            judged_by_id=judgement.judged_by_id,
            judged_at=judgement.judged_at,
        )
        for judgement in judgements
    )


def _settle_release(
    sample: Sample, outcome: str, counts: dict[str, int], scheme: Scheme, *, by: Actor, at: datetime
) -> Release:
    settle = releases.hold if outcome == SampleOutcome.PENDING else releases.release
    facts: dict[str, Any] = scheme.basis("R65", **counts) | {"sample": sample.pk}
    return settle(
        centre_year_id=sample.activity.centre_year_id,
        programme_id=sample.programme_id,
        sample_number=sample.round,
        facts=facts,
        by=by,
        at=at,
    )


def _second(sample: Sample, opened: list[Action], scheme: Scheme, *, by: Actor, at: datetime) -> Activity:
    essential = [action.due_on for action in opened if action.level == ActionLevel.ESSENTIAL]
    days = scheme.sampling.second_sample.due_days_after_corrective_action.value
    return standards_verification.add_second(
        activity=sample.activity,
        action_due_on=max(essential, default=timezone.localdate(at)),
        due_days=days,
        by=by,
        at=at,
        facts=scheme.basis("R66", sample=sample.pk, days_after_action=days),
    )


def _escalate(sample: Sample, scheme: Scheme, *, by: Actor, at: datetime) -> Escalation:
    """Note what a failed second sample recommends: the scheme's sanction level, for a quality manager (R66)."""
    level = scheme.verification.sanction(scheme.sampling.second_sample.sanction_level_when_failed.value)
    wrong = sample.outcome_facts["facts"]["disagreed"]
    text = (
        f"The second sample of {sample.programme.qualification.short_title} found "
        f"{counted(wrong, 'inaccurate decision')}. Recommended: sanction level {level.level}, "
        f"{level.title[:1].lower()}{level.title[1:]}. {level.effect}"
    )
    return standards_verification.escalate(activity=sample.activity, text=text, by=by, at=at)


def _recommend(sample: Sample, *, by: Actor, at: datetime) -> DirectClaimsRecommendation:
    draft = draft_of(sample)
    assert draft is not None  # a condition of the transition has seen it
    return direct_claims.recommend(
        activity_id=sample.activity_id,
        kind=draft.texts["direct_claims_kind"],
        reasons=draft.texts["direct_claims_reasons"],
        reviews=outcomes.reviews_of(sample.centre_id, sample.programme_id),
        by=by,
        at=at,
    )
