"""Judging an item: agree or disagree, criterion by criterion, with what the centre is told (R65, R68)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from django.db import transaction
from django.utils import timezone

from centres.permissions import Permission
from qa_portal import audit
from qa_portal.actors import Actor
from qa_portal.errors import EditConflict, NotPermitted, RuleViolation
from sampling import rules
from sampling.lifecycle import ITEM, SAMPLE
from sampling.models import ItemStatus, Judgement, Sample, SampledItem, SampleStatus, Verdict
from sampling.operations.plan import locked_sample
from sampling.queries.judgements import Answer, criteria_of_item, is_complete, unexplained
from verification.models import ActivityStatus
from verification.operations import standards_verification
from verification.rules.allocations import has_no_standing_conflict


@transaction.atomic
def judge(
    *,
    item_id: int,
    revision: int,
    answers: Mapping[str, Answer],
    feedback: str = "",
    work_seen: str = "",
    by: Actor,
    at: datetime,
) -> Judgement:
    """Save what the verifier says of an item; with every criterion answered the item is judged.

    ``answers`` by criterion code; those left out are still open. ``revision`` is the one the form was opened with (0
    for none). ``work_seen`` says where, when the centre sent nothing for the item. The centre sees nothing of it before
    the sample is concluded. Raises EditConflict when it was saved since, RuleViolation for a disagreement without a
    reason, work that nobody saw, a judged item with an answer taken away, a sample that is not being judged, or whose
    day has not come while the centre still answers, NotPermitted.
    """
    sample_id = SampledItem.objects.values_list("sample_id", flat=True).get(pk=item_id)
    sample = locked_sample(sample_id)
    may_judge(sample, by, at)
    rules.is_asked_for(sample)
    rules.the_day_has_come_or_all_is_answered(sample, timezone.localdate(at))
    item = (
        SampledItem.objects.select_for_update(of=("self",))
        .select_related("decision__assignment__unit")
        .get(pk=item_id)
    )
    criteria = criteria_of_item(item)
    rules.disagreement_says_why(unexplained(criteria, answers))
    judgement = _as_opened(item, revision, by, at)
    kept = {each.code: answers[each.code] for each in criteria if each.code in answers}
    judgement.complete = is_complete(criteria, kept)
    if item.status == ItemStatus.JUDGED and not judgement.complete:
        raise RuleViolation("This item is judged already: change answers, but leave none open.")
    if judgement.complete:
        rules.the_work_was_seen(item, work_seen)
    judgement.verdict = _verdict(kept) if judgement.complete else ""
    judgement.criteria = {code: answer.as_json() for code, answer in kept.items()}
    judgement.feedback, judgement.work_seen = feedback.strip(), work_seen.strip()
    judgement.revision = revision + 1
    judgement.judged_by_id, judgement.judged_at = by.pk, at
    judgement.save()
    begin(sample, by=by, at=at)
    if judgement.complete and item.status != ItemStatus.JUDGED:
        ITEM.move(item, "judge", by=by, at=at)
    # The centre may read its trail: the verdict is kept as a digest only.
    digest = audit.text_digest(repr(sorted(judgement.criteria.items())))
    audit.record("judgement.saved", by=by, target=item, at=at, revision=judgement.revision, content=digest)
    return judgement


def begin(sample: Sample, *, by: Actor, at: datetime) -> None:
    """Put a requested sample and its activity under way."""
    if sample.status == SampleStatus.REQUESTED:
        SAMPLE.move(sample, "begin_judging", by=by, at=at, judging_at=at)
    if sample.activity.status == ActivityStatus.AGREED:
        sample.activity = standards_verification.begin(activity_id=sample.activity_id, by=by, at=at)


def may_judge(sample: Sample, by: Actor, at: datetime) -> None:
    """Only the allocated SV, without a declared conflict, judges and concludes. Raises NotPermitted (R23, R24)."""
    if not by.may(Permission.SAMPLE_JUDGE, sample.centre_id, sample.programme_id):
        raise NotPermitted("Judging a sample is not part of your role here.")
    rules.is_their_own(sample, by)
    has_no_standing_conflict(person_id=by.pk, centre_id=sample.centre_id, on=timezone.localdate(at))


def _as_opened(item: SampledItem, revision: int, by: Actor, at: datetime) -> Judgement:
    """The item's judgement as the form was opened with it. Raises EditConflict when it was saved since."""
    found = Judgement.objects.select_for_update(of=("self",)).filter(item=item).first()
    current = found.revision if found else 0
    if current != revision:
        raise EditConflict(
            "This item was saved in another window since you opened it. Nothing of either is lost: compare both, then "
            "save what is right."
        )
    return found or Judgement(centre_id=item.centre_id, item=item, judged_by_id=by.pk, judged_at=at)


def _verdict(answers: Mapping[str, Answer]) -> str:
    return Verdict.DISAGREE if any(answer.agree is False for answer in answers.values()) else Verdict.AGREE
