"""Concluding a sample: outcome, release, actions, second sample, recommendation, report."""

from __future__ import annotations

from datetime import timedelta

import pytest

from qa_portal.errors import NotPermitted, RuleViolation
from qa_portal.models import Deadline, Mail
from reports.models import Report
from reports.operations.issue_sample import issue_sample_report
from sampling.models import ReleasedJudgement, Sample
from sampling.operations import compliance, waive
from sampling.operations.compliance import Check
from tests.story.allocations import sampling_agreed
from tests.story.samples import (
    ACTION_DUE,
    CONCLUDED_AT,
    SECOND_AT,
    conclude,
    judge_all,
    sample_concluded,
    sample_judged,
    sample_requested,
    sample_sent,
    second_sample_sent,
    written_up,
)
from verification.models import Action, Activity, CentreYear, DirectClaimsRecommendation, Escalation, Release

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _at_the_conclusion(clock_at):
    clock_at(CONCLUDED_AT)


def _issue(cast, sample, at=CONCLUDED_AT):
    return issue_sample_report(sample_id=sample.pk, by=cast["sv"], at=at)


def test_r65_one_inaccurate_item_holds_certification(cast):
    sample = sample_concluded(cast, disagree=1)

    release = Release.objects.get(programme=sample.programme)
    assert (sample.outcome, release.status) == ("PENDING", "PENDING")
    assert release.facts["rule"] == "R65"
    assert Action.objects.get(activity=sample.activity_id).level == "ESSENTIAL"


def test_r65_a_disagreement_needs_an_essential_action_before_the_conclusion(cast):
    sample = written_up(cast, sample_judged(cast, disagree=1))

    with pytest.raises(RuleViolation) as refusal:
        _issue(cast, sample)

    assert "R65" in {refusal.value.rule, *(reason.rule for reason in refusal.value.reasons)}


def test_an_accurate_sample_releases_the_programme(cast):
    sample = sample_concluded(cast)

    assert sample.outcome == "RELEASED"
    assert Release.objects.get(programme=sample.programme).status == "RELEASED"
    assert ReleasedJudgement.objects.filter(item__sample=sample).count() == 9
    centre_year = CentreYear.objects.get(pk=sample.activity.centre_year_id)
    assert centre_year.stage_facts["sampling"] == ["1 of 4 programmes verified"]
    assert centre_year.sampling_state == "UNDER_WAY"


def test_r59_a_block_sets_enhanced_control_for_the_next_sample(cast):
    sample = sample_judged(cast, disagree=1)
    Release.objects.filter(programme=sample.programme).update(control_measure="STANDARD")

    conclude(cast, sample, action=True)

    release = Release.objects.get(programme=sample.programme)
    assert release.control_measure == "ENHANCED"
    assert release.control_facts["rule"] == "R59"


def test_r66_a_second_sample_is_planned_and_due_after_the_centres_action(cast):
    sample = sample_concluded(cast, disagree=1)

    second = Activity.objects.get(programme=sample.programme, number=2)
    assert second.status == "PLANNED"
    assert second.window_until == ACTION_DUE + timedelta(days=28)
    deadline = Deadline.objects.get(kind="second_sample", state="OPEN")
    assert (deadline.due_on, deadline.owner) == (second.window_until, cast["sv"])


def test_r66_a_second_sample_that_passes_releases(cast, clock_at):
    first = sample_concluded(cast, disagree=1)
    clock_at(SECOND_AT)

    second = conclude(cast, judge_all(cast, second_sample_sent(cast, first), at=SECOND_AT), at=SECOND_AT)

    assert second.outcome == "RELEASED"
    assert Release.objects.get(programme=first.programme).status == "RELEASED"
    assert not Escalation.objects.exists()
    assert not Deadline.objects.filter(kind="second_sample", state="OPEN").exists()


def test_r66_a_second_sample_that_fails_goes_to_the_quality_manager_with_a_sanction(cast, clock_at):
    first = sample_concluded(cast, disagree=1)
    clock_at(SECOND_AT)
    second = judge_all(cast, second_sample_sent(cast, first), disagree=1, at=SECOND_AT)

    conclude(cast, second, action=True, action_due=SECOND_AT.date() + timedelta(days=30), at=SECOND_AT)

    escalation = Escalation.objects.get(activity=second.activity_id)
    assert "sanction level 2" in escalation.text
    assert Mail.objects.filter(kind="escalation.raised", to=cast["manager"]).exists()
    assert Release.objects.get(programme=first.programme).status == "PENDING"


def test_r68_every_item_is_judged_or_missing_with_a_reason(cast):
    sample = sample_sent(cast)
    judge_all(cast, sample)
    unjudged = sample_requested(cast, cast.northgate.programmes[1])
    written_up(cast, unjudged)

    with pytest.raises(RuleViolation) as refusal:
        _issue(cast, unjudged)

    assert "Item 1 is not judged." in {reason.what for reason in refusal.value.reasons}


def test_r68_an_item_without_evidence_is_concluded_with_its_reason(cast):
    sample = sample_judged(cast, missing=2)

    concluded = conclude(cast, sample)

    assert concluded.outcome_facts["facts"]["missing"] == 2
    assert "Lost when the learner moved." in str(Report.objects.get(kind="SAMPLE").content)


def test_r68_every_compliance_criterion_is_checked_with_evidence(cast):
    sample = sample_judged(cast)
    written_up(cast, sample)
    sample.compliance.filter(criterion="staffing").update(evidence_seen="")
    sample.compliance.filter(criterion="resources").delete()

    with pytest.raises(RuleViolation) as refusal:
        _issue(cast, sample)

    said = {reason.what for reason in refusal.value.reasons}
    assert {"Staffing has no evidence.", "Resources is not checked."} <= said


def test_r68_the_report_records_staffing_resources_and_compliance(cast):
    sample_concluded(cast)

    content = Report.objects.get(kind="SAMPLE").content
    keys = [section["key"] for section in content["sections"]]
    assert {"staffing", "resources", "compliance", "judgements", "sample", "direct_claims"} <= set(keys)
    assert "Learner0" not in str(content)


def test_r68_what_is_not_met_needs_an_action_on_it(cast):
    sample = written_up(cast, sample_judged(cast))
    compliance.save(
        sample_id=sample.pk, revision=1, checks={"staffing": Check("NOT_MET", "No certificates.")},
        by=cast["sv"], at=CONCLUDED_AT,
    )  # fmt: skip

    with pytest.raises(RuleViolation, match="has no action|Actions are missing"):
        _issue(cast, sample)


def test_r70_copies_go_to_the_quality_nominee_and_the_lsv(cast):
    sample_concluded(cast)

    told = set(Mail.objects.filter(kind="report.issued").values_list("to__email", flat=True))
    assert {"qn@northgate.example", "lsv@verifiers.example"} <= told


def test_r26_the_recommendation_waits_for_somebody_else(cast):
    sample = sample_concluded(cast)

    recommendation = DirectClaimsRecommendation.objects.get(programme=sample.programme)
    assert (recommendation.status, recommendation.kind) == ("WAITING", "NOT_YET")
    assert Mail.objects.filter(kind="direct_claims_recommended", to=cast["manager"]).exists()


def test_a_double_click_issues_one_report(cast):
    sample = sample_concluded(cast)

    with pytest.raises(RuleViolation):
        _issue(cast, sample)

    assert Report.objects.filter(kind="SAMPLE").count() == 1


def test_only_the_allocated_verifier_concludes(cast):
    sample = written_up(cast, sample_judged(cast))

    for name in ("lsv", "qn", "manager"):
        with pytest.raises(NotPermitted):
            issue_sample_report(sample_id=sample.pk, by=cast[name], at=CONCLUDED_AT)


def test_r10_a_sample_is_waived_by_the_lsv_with_a_reason(cast):
    activity = sampling_agreed(cast)

    with pytest.raises(NotPermitted):
        waive.waive(activity_id=activity.pk, reason="No learners", by=cast["sv"], at=CONCLUDED_AT)
    with pytest.raises(RuleViolation):
        waive.waive(activity_id=activity.pk, reason=" ", by=cast["lsv"], at=CONCLUDED_AT)
    waived = waive.waive(activity_id=activity.pk, reason="No learners left.", by=cast["lsv"], at=CONCLUDED_AT)

    assert (waived.status, waived.ended_reason) == ("WAIVED", "No learners left.")
    assert Release.objects.get(programme=activity.programme).status == "OUTSTANDING"
    assert Mail.objects.filter(kind="sample_waived").count() == 2


def test_r10_waiving_ends_a_sample_that_was_requested(cast):
    sample = sample_requested(cast)

    waive.waive(activity_id=sample.activity_id, reason="Centre closes.", by=cast["manager"], at=CONCLUDED_AT)

    assert Sample.objects.get(pk=sample.pk).status == "WAIVED"
    assert not Deadline.objects.filter(kind__startswith="sample_evidence", state="OPEN").exists()
