"""Judging items: by criterion, with reasons, never over another window's words, never to the centre too early."""

from __future__ import annotations

from datetime import timedelta

import pytest

from centres.operations import evidence as files
from qa_portal.errors import EditConflict, NotPermitted, RuleViolation
from qa_portal.models import AuditEvent
from qa_portal.tenancy import Side
from sampling.models import ComplianceCheck, Judgement, ReleasedJudgement, Sample, SampledItem
from sampling.operations import evidence, judge
from sampling.queries.judgements import Answer, criteria_of_item
from tests.story.samples import (
    JUDGED_AT,
    SENT_AT,
    judge_item,
    sample_concluded,
    sample_judged,
    sample_requested,
    sample_sent,
    work,
    written_up,
)
from verification.models import Activity

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _in_january(clock_at):
    clock_at(JUDGED_AT)


def _item(sample: Sample, position: int = 1) -> SampledItem:
    return SampledItem.objects.select_related("decision__assignment__unit").get(
        sample=sample, position=position
    )


def _answers(item: SampledItem, **first) -> dict[str, Answer]:
    answers = {each.code: Answer(True) for each in criteria_of_item(item)}
    if first:
        answers[next(iter(answers))] = Answer(**first)
    return answers


def test_an_item_is_judged_when_every_criterion_is_answered(cast):
    item = _item(sample_sent(cast))
    answers = _answers(item)
    code = next(iter(answers))

    part = {key: value for key, value in answers.items() if key != code}
    judgement = judge.judge(item_id=item.pk, revision=0, answers=part, by=cast["sv"], at=JUDGED_AT)
    assert not judgement.complete
    assert _item(item.sample).status == "RECEIVED"

    judgement = judge.judge(item_id=item.pk, revision=1, answers=answers, by=cast["sv"], at=JUDGED_AT)
    assert (judgement.complete, judgement.verdict) == (True, "AGREE")
    assert _item(item.sample).status == "JUDGED"


def test_the_first_judgement_puts_sample_and_activity_under_way(cast):
    sample = sample_sent(cast)

    judge_item(cast, sample.items.first())

    assert Sample.objects.get(pk=sample.pk).status == "JUDGING"
    assert Activity.objects.get(pk=sample.activity_id).status == "UNDER_WAY"


def test_r65_disagreeing_with_one_criterion_makes_the_item_inaccurate_and_needs_a_reason(cast):
    item = _item(sample_sent(cast))

    with pytest.raises(RuleViolation, match="Say why you disagree"):
        judge.judge(
            item_id=item.pk, revision=0, answers=_answers(item, agree=False), by=cast["sv"], at=JUDGED_AT
        )
    judgement = judge.judge(
        item_id=item.pk,
        revision=0,
        answers=_answers(item, agree=False, why="Nothing shows it."),
        by=cast["sv"],
        at=JUDGED_AT,
    )

    assert judgement.verdict == "DISAGREE"


def test_r68_work_that_was_not_sent_is_judged_only_where_the_verifier_says_they_saw_it(cast):
    item = _item(sample_requested(cast))

    with pytest.raises(RuleViolation, match="Nothing has been sent") as refused:
        judge.judge(item_id=item.pk, revision=0, answers=_answers(item), by=cast["sv"], at=JUDGED_AT)
    assert refused.value.rule == "R68"
    assert not Judgement.objects.exists()

    judgement = judge.judge(
        item_id=item.pk, revision=0, answers=_answers(item), work_seen="Folder 3, at the centre.",
        by=cast["sv"], at=JUDGED_AT,
    )  # fmt: skip
    assert (judgement.complete, judgement.work_seen) == (True, "Folder 3, at the centre.")


def test_r99_judging_waits_for_the_agreed_day_while_the_centre_still_answers(cast):
    sample = sample_requested(cast)
    item = _item(sample)
    day_before = JUDGED_AT - timedelta(days=1)
    file = files.store(centre_id=sample.centre_id, upload=work(), by=cast["qn"], at=SENT_AT)
    evidence.add_evidence(item_id=item.pk, file_ids=[file.pk], description="", by=cast["qn"], at=SENT_AT)

    with pytest.raises(RuleViolation, match="Judging begins on 27.January 2027, the agreed day"):
        judge.judge(item_id=item.pk, revision=0, answers=_answers(item), by=cast["sv"], at=day_before)

    for other in sample.items.exclude(pk=item.pk):
        evidence.say_missing(item_id=other.pk, reason="Lost.", by=cast["qn"], at=SENT_AT)
    assert judge.judge(
        item_id=item.pk, revision=0, answers=_answers(item), by=cast["sv"], at=day_before
    ).complete


def test_two_windows_never_overwrite_each_other(cast):
    item = _item(sample_sent(cast))
    judge.judge(item_id=item.pk, revision=0, answers=_answers(item), by=cast["sv"], at=JUDGED_AT)

    with pytest.raises(EditConflict):
        judge.judge(item_id=item.pk, revision=0, answers=_answers(item), by=cast["sv"], at=JUDGED_AT)

    assert Judgement.objects.get(item=item).revision == 1


def test_r23_only_the_allocated_verifier_judges(cast):
    item = _item(sample_sent(cast))

    for name in ("lsv", "qn", "manager", "lsv2", "outsider"):
        with pytest.raises(NotPermitted):
            judge.judge(item_id=item.pk, revision=0, answers=_answers(item), by=cast[name], at=JUDGED_AT)


def test_r24_a_declared_conflict_stops_planning_and_judging(cast):
    from verification.operations import conflicts

    item = _item(sample_sent(cast))
    conflicts.declare(
        centre_id=item.centre_id,
        category="FAMILY",
        starts_on=JUDGED_AT.date(),
        details="",
        by=cast["sv"],
        at=JUDGED_AT,
    )

    with pytest.raises(NotPermitted, match="conflict"):
        judge.judge(item_id=item.pk, revision=0, answers=_answers(item), by=cast["sv"], at=JUDGED_AT)


def test_r65_the_centre_sees_no_judgement_before_the_conclusion(cast, scope):
    sample = written_up(cast, sample_judged(cast, disagree=1), action=True)

    scope(sample.centre_id, side=Side.CENTRE, person_id=cast["qn"].pk)

    assert not Judgement.objects.exists()
    assert not ComplianceCheck.objects.exists()
    assert not ReleasedJudgement.objects.exists()
    details = str(list(AuditEvent.objects.filter(event="judgement.saved").values_list("details", flat=True)))
    assert "DISAGREE" not in details
    assert "warm-up" not in details


def test_r23_another_centre_sees_nothing_of_a_sample(cast, scope):
    sample = sample_concluded(cast)

    scope(cast.harbour.centre.pk, side=Side.CENTRE)

    assert not Sample.objects.exists()
    assert not SampledItem.objects.exists()
    assert not ReleasedJudgement.objects.filter(item__sample=sample.pk).exists()
