"""Planning a sample: frame, size, units, grades, and what only the verifier may do."""

from __future__ import annotations

from datetime import date

import pytest

from centres.models import AssessmentDecision, SchemeVersion
from centres.queries.schemes import lead_verifier_scheme, scheme_of
from qa_portal.errors import NotPermitted, RuleViolation
from sampling import draw
from sampling.models import Sample
from sampling.operations import items, plan, request
from sampling.queries.frames import frame_for, ledger_of
from sampling.size import minimum_size
from tests.story.allocations import forget_access, sampling_agreed
from tests.story.samples import (
    ACTION_DUE,
    PLANNED_AT,
    SECOND_AT,
    assessed,
    sample_concluded,
    sample_planned,
    sample_requested,
    second_sample_sent,
)
from verification.models import Release

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _in_december(clock_at):
    clock_at(PLANNED_AT)


def test_r55_a_plan_holds_the_minimum_of_the_table_for_the_control_measure(cast):
    sample = sample_planned(cast, learners=8)

    assert sample.registered_learners == 8
    assert sample.minimum_size == 9
    assert sample.items.count() == 9
    assert sample.size_facts["rule"] == "R55"


def test_r55_a_sample_below_the_minimum_cannot_be_requested(cast):
    sample = sample_planned(cast)
    sample.items.order_by("position").first().delete()

    with pytest.raises(RuleViolation, match="at least 9"):
        request.request(sample_id=sample.pk, by=cast["sv"], at=PLANNED_AT)


def test_r55_a_frame_smaller_than_the_table_asks_for_goes_ahead_only_with_a_reason(cast):
    activity = sampling_agreed(cast, cast.northgate.programmes[0], day=date(2027, 1, 27))
    assessed(cast, learners=8)
    forget_access(cast["sv"])
    AssessmentDecision.objects.exclude(assignment__unit__number="4").delete()
    sample = plan.plan(activity_id=activity.pk, by=cast["sv"], at=PLANNED_AT)
    assert sample.items.count() == sample.frame_size < 9

    with pytest.raises(RuleViolation, match="at least 9") as refused:
        request.request(sample_id=sample.pk, by=cast["sv"], at=PLANNED_AT)
    assert refused.value.rule == "R55"

    why = "The other unit is assessed in June; these learners need certificates in March."
    asked = request.request(sample_id=sample.pk, by=cast["sv"], at=PLANNED_AT, small_frame_reason=why)
    assert asked.small_frame_reason == why


def test_r56_with_five_learners_or_fewer_every_learner_is_sampled(cast):
    sample = sample_planned(cast, learners=4)

    learners = set(sample.items.values_list("decision__registration_id", flat=True))
    assert len(learners) == 4


def test_r57_above_two_hundred_learners_more_is_sampled_for_each_further_hundred(cast):
    scheme = lead_verifier_scheme(PLANNED_AT.date()).scheme
    rows = scheme.sampling.tables[scheme.sampling.table].rows

    sizes = [
        minimum_size(rows, learners=learners, control_measure="enhanced", frame_size=9999).items
        for learners in (200, 201, 301)
    ]

    assert sizes == [15, 30, 45]


def test_r58_each_programme_year_has_one_control_measure_and_this_suite_starts_enhanced(cast):
    sample = sample_planned(cast)

    release = Release.objects.get(programme=sample.programme)
    assert release.control_measure == sample.control_measure == "ENHANCED"
    assert release.control_facts["rule"] == "R58"


def test_r60_unit_4_and_exactly_one_of_units_1_to_3_are_in_scope(cast):
    sample = sample_planned(cast)

    units = [unit["unit"] for unit in sample.units_in_scope]
    assert "4" in units
    assert len(units) == 2
    sampled = set(sample.items.values_list("decision__assignment__unit__number", flat=True))
    assert {str(number) for number in sampled} == set(units)


def test_r60_the_rotating_unit_is_not_the_one_used_last_time(cast):
    first = sample_concluded(cast)
    used = next(unit["unit"] for unit in first.units_in_scope if unit["rotating"])
    scheme = scheme_of(SchemeVersion.objects.get(pk=first.scheme_version_id))

    frame = frame_for(programme=first.programme, year=2026, until=date(2027, 3, 1), scheme=scheme)

    assert frame.scope.rotating_unit != used


def test_r61_every_grade_of_the_frame_is_in_the_sample(cast):
    sample = sample_planned(cast)

    assert set(sample.items.values_list("decision__grade", flat=True)) == {"P", "M", "D"}


def test_r62_what_was_sampled_is_remembered_by_assessor_site_unit_and_cohort(cast):
    sample = sample_concluded(cast)

    ledger = ledger_of(sample.centre_id, sample.programme_id)
    assert set(ledger.years["unit"].values()) == {2026}
    assert len(ledger.years["assessor"]) == 3
    assert ledger.last("site", str(cast.northgate.sites[0].pk)) == 2026


def test_r62_every_aimed_item_says_why_it_was_chosen(cast):
    sample = sample_planned(cast)

    assert all(item.reasons for item in sample.items.all())
    assert sample.random_items == 3


def test_r63_the_frame_is_committed_to_and_the_draw_can_be_recomputed(cast):
    sample = sample_planned(cast)
    frame = sample.frames.get()
    lines = frame.lines.splitlines()

    chance = {
        str(pk) for pk in sample.items.filter(drawn_by_chance=True).values_list("decision_id", flat=True)
    }
    ordered = [pk for pk in draw.by_ticket(bytes.fromhex(sample.seed), draw.ids_in(lines)) if pk in chance]
    faults = draw.faults_in_draw(
        lines, committed=sample.frame_sha256, seed=bytes.fromhex(sample.seed), claimed_random_part=ordered
    )
    assert faults == ()
    assert "internal_verifier" not in frame.lines


def test_r63_only_the_allocated_verifier_plans(cast):
    activity = sampling_agreed(cast)
    assessed(cast)

    for name in ("qn", "lsv", "manager", "lsv2"):
        with pytest.raises(NotPermitted):
            plan.plan(activity_id=activity.pk, by=cast[name], at=PLANNED_AT)
    assert not Sample.objects.exists()


def test_r63_an_item_that_the_verifier_adds_needs_a_reason(cast):
    sample = sample_planned(cast)
    spare = AssessmentDecision.objects.exclude(
        pk__in=sample.items.values_list("decision_id", flat=True)
    ).first()

    with pytest.raises(RuleViolation, match="Say why"):
        items.add_item(sample_id=sample.pk, decision_id=spare.pk, reason=" ", by=cast["sv"], at=PLANNED_AT)
    with pytest.raises(NotPermitted):
        items.add_item(sample_id=sample.pk, decision_id=spare.pk, reason="Ours", by=cast["qn"], at=PLANNED_AT)
    added = items.add_item(
        sample_id=sample.pk, decision_id=spare.pk, reason="New assessor", by=cast["sv"], at=PLANNED_AT
    )

    assert added.position == 10
    assert added.added_reason == "New assessor"


def test_r63_what_was_drawn_cannot_be_taken_back_and_what_was_added_can(cast):
    sample = sample_planned(cast)
    spare = AssessmentDecision.objects.exclude(
        pk__in=sample.items.values_list("decision_id", flat=True)
    ).first()
    added = items.add_item(
        sample_id=sample.pk, decision_id=spare.pk, reason="New assessor", by=cast["sv"], at=PLANNED_AT
    )

    with pytest.raises(RuleViolation, match="draw chose"):
        items.remove_item(item_id=sample.items.get(position=1).pk, by=cast["sv"], at=PLANNED_AT)
    items.remove_item(item_id=added.pk, by=cast["sv"], at=PLANNED_AT)

    assert sample.items.count() == 9


def test_r63_a_sample_is_drawn_again_only_when_more_work_was_assessed(cast):
    sample = sample_planned(cast)
    with pytest.raises(RuleViolation, match="nothing but chance"):
        plan.draw_again(sample_id=sample.pk, by=cast["sv"], at=PLANNED_AT)

    decision = AssessmentDecision.objects.filter(assignment__unit__number=4).first()
    AssessmentDecision.objects.filter(pk=decision.pk).update(grade="U")
    again = plan.draw_again(sample_id=sample.pk, by=cast["sv"], at=PLANNED_AT)

    assert again.frames.count() == 2
    assert again.items.count() == 9
    assert again.frame_sha256 != sample.frame_sha256


def test_r64_a_unit_sampled_last_year_with_the_same_cohort_is_left_out(cast):
    sample = sample_concluded(cast)
    Sample.objects.filter(pk=sample.pk).update(year=2025)
    scheme = scheme_of(SchemeVersion.objects.get(pk=sample.scheme_version_id))

    frame = frame_for(programme=sample.programme, year=2026, until=date(2027, 3, 1), scheme=scheme)

    used = {unit["unit"] for unit in sample.units_in_scope}
    assert not used & {item.unit for item in frame.items}
    assert frame.excluded == 16


def test_nothing_is_planned_before_any_work_is_assessed(cast):
    activity = sampling_agreed(cast)

    with pytest.raises(RuleViolation, match="No assessed work"):
        plan.plan(activity_id=activity.pk, by=cast["sv"], at=PLANNED_AT)


def test_planning_twice_keeps_the_first_draw(cast):
    sample = sample_planned(cast)

    again = plan.plan(activity_id=sample.activity_id, by=cast["sv"], at=PLANNED_AT)

    assert again.seed == sample.seed


def test_r65_a_second_sample_looks_again_at_the_assessor_and_unit_that_failed(cast):
    first = sample_concluded(cast, disagree=1)
    wrong = first.items.get(released_judgements__verdict="DISAGREE").decision

    second = second_sample_sent(cast, first, day=date(2027, 3, 22), at=SECOND_AT)

    units = {item.decision.assignment.unit_id for item in second.items.select_related("decision__assignment")}
    agreed = set(
        first.items.filter(released_judgements__verdict="AGREE").values_list("decision_id", flat=True)
    )
    assert wrong.assignment.unit_id in units
    assert second.items.filter(
        decision__assessor=wrong.assessor, decision__assignment__unit=wrong.assignment.unit
    )
    assert not agreed & set(second.items.values_list("decision_id", flat=True))
    assert second.activity.window_from == ACTION_DUE


def test_requesting_tells_the_centre_and_freezes_the_decisions(cast):
    sample = sample_requested(cast)

    assert sample.status == "REQUESTED"
    assert all(item.facts["grade"] and item.verification_facts for item in sample.items.all())
