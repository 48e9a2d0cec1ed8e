"""The LSV visit: who may begin it, what it must hold before its report can be issued, and what concluding it does."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from qa_portal.errors import EditConflict, NotPermitted, RuleViolation
from qa_portal.models import Deadline, Mail
from reports.operations.issue import issue_visit_report
from tests.story import visits as story
from tests.story.allocations import visit_agreed
from verification.models import (
    Action,
    Activity,
    ActivityCount,
    CentreYear,
    DraftAction,
    FactCheck,
    Finding,
    RiskRating,
)
from verification.operations import escalations, fact_checks, findings, visits
from verification.queries import visits as queries

LATE = datetime(2026, 12, 8, 9, 0, tzinfo=UTC)


def open_deadlines(kind: str) -> list[Deadline]:
    return list(Deadline.objects.filter(kind=kind, state="OPEN"))


def test_begin_runs_the_deadline_of_the_report(cast):
    activity = story.visit_under_way(cast)
    assert activity.status == "UNDER_WAY"
    assert not open_deadlines("lsv_visit")
    (report,) = open_deadlines("report")
    assert report.due_on == date(2026, 12, 2)  # 10 working days after Wednesday 18 November
    assert report.owner == cast["lsv"]
    assert CentreYear.objects.get(pk=activity.centre_year_id).visit_state == "UNDER_WAY"


def test_r8_a_visit_after_its_window_needs_a_reason(cast):
    activity = visit_agreed(cast, day=story.VISIT_DAY)
    with pytest.raises(RuleViolation) as refused:
        visits.begin(activity_id=activity.pk, by=cast["lsv"], at=LATE)
    assert refused.value.rule == "R8"
    begun = visits.begin(activity_id=activity.pk, by=cast["lsv"], at=LATE, late_reason="Flooded site")
    assert begun.late_reason == "Flooded site"


def test_r99_a_visit_does_not_begin_before_its_agreed_day(cast):
    activity = visit_agreed(cast, day=story.VISIT_DAY)
    the_day_before = datetime(2026, 11, 17, 9, 0, tzinfo=UTC)

    with pytest.raises(RuleViolation, match="agreed for 18.November 2026") as refused:
        visits.begin(activity_id=activity.pk, by=cast["lsv"], at=the_day_before)

    assert refused.value.rule == "R99"
    assert Activity.objects.get(pk=activity.pk).status == "AGREED"


def test_r24_a_declared_conflict_keeps_the_verifier_away(cast):
    import uuid

    from verification.models import ConflictDeclaration

    activity = visit_agreed(cast, day=story.VISIT_DAY)
    ConflictDeclaration.objects.create(
        centre=cast.northgate.centre, verifier_person=cast["lsv"], category="FAMILY", declared_at=story.VISIT,
        starts_on=date(2026, 11, 1), series=uuid.uuid4(),
    )  # fmt: skip
    with pytest.raises(NotPermitted) as refused:
        visits.begin(activity_id=activity.pk, by=cast["lsv"], at=story.VISIT)
    assert refused.value.rule == "R24"


@pytest.mark.parametrize("who", ["qn", "head", "sv", "lsv2", "manager", "planner"])
def test_only_the_allocated_lsv_writes_it_up(cast, who):
    activity = story.visit_under_way(cast)
    with pytest.raises(NotPermitted):
        findings.save_finding(
            activity_id=activity.pk, criterion="standardisation", judgement="MET", seen="Seen.",
            risk_to_valid_certification=False, revision="", by=cast[who], at=story.VISIT,
        )  # fmt: skip


def test_two_tabs_on_one_finding_lose_nothing(cast):
    activity = story.visit_under_way(cast)
    story.write_findings(cast, activity)
    with pytest.raises(EditConflict):
        findings.save_finding(
            activity_id=activity.pk, criterion="standardisation", judgement="PARTLY", seen="Other words.",
            risk_to_valid_certification=False, revision="", by=cast["lsv"], at=story.VISIT,
        )  # fmt: skip
    assert Finding.objects.get(activity=activity, criterion="standardisation").judgement == "MET"


def test_issue_lists_every_reason_why_not(cast):
    activity = story.visit_under_way(cast)
    with pytest.raises(RuleViolation) as refused:
        issue_visit_report(activity_id=activity.pk, by=cast["lsv"], at=story.ISSUED)
    whats = [reason.what for reason in refused.value.reasons]
    assert "Standardisation is not judged" in whats
    assert "There is no initial risk rating" in whats
    assert "Who was seen at the centre is not written" in whats
    assert "The centre has not checked the facts" in whats
    assert len(whats) == 12  # seven criteria, three texts, the rating, the facts


def test_r81_a_failing_without_an_action_is_named(cast):
    activity = story.visit_under_way(cast)
    story.write_findings(cast, activity, not_met=("standardisation",))
    story.write_texts(cast, activity)
    story.check_facts(cast, activity)
    with pytest.raises(RuleViolation) as refused:
        issue_visit_report(activity_id=activity.pk, by=cast["lsv"], at=story.ISSUED)
    assert [reason.what for reason in refused.value.reasons] == ["Standardisation has no essential action"]


def test_r81_a_risk_to_valid_certification_falls_due_before_sampling(cast):
    activity = story.visit_under_way(cast)
    with pytest.raises(RuleViolation, match="choose 14.January 2027 or earlier"):
        story.write_action(cast, activity, risk=True, due_on=date(2027, 1, 15))
    assert story.write_action(cast, activity, risk=True, due_on=date(2027, 1, 14)).pk


def test_r81_an_action_has_owner_level_criterion_and_date(cast):
    activity = story.visit_under_way(cast)
    with pytest.raises(RuleViolation, match="somebody at the centre"):
        story.write_action(cast, activity, owner="outsider")
    with pytest.raises(RuleViolation, match="in the past"):
        story.write_action(cast, activity, due_on=date(2026, 11, 17))
    with pytest.raises(RuleViolation, match="essential or recommended"):
        story.write_action(cast, activity, level="URGENT")


def test_default_due_dates_come_from_the_scheme(cast):
    activity = queries.detailed(Activity.objects).get(pk=story.visit_under_way(cast).pk)
    assert queries.default_due(activity, "ESSENTIAL", risk=False, on=story.VISIT_DAY) == date(2026, 12, 9)
    assert queries.default_due(activity, "RECOMMENDED", risk=False, on=story.VISIT_DAY) == date(2027, 1, 18)
    assert queries.default_due(activity, "RECOMMENDED", risk=True, on=story.VISIT_DAY) == date(2027, 1, 14)


def test_r80_the_suggested_rating_is_the_worst_failed_criterion(cast):
    activity = queries.detailed(Activity.objects).get(pk=story.visit_under_way(cast).pk)
    visit, risk = queries.visit_of(activity), queries.scheme_of_year(activity.centre_year).verification.risk

    def suggested(**writing):
        story.write_findings(cast, activity, **writing)
        return queries.suggest_rating(visit.criteria, queries.findings_of(activity), risk)

    assert suggested().level == "low"
    assert suggested(not_met=("standardisation",)).level == "medium"
    worst = suggested(not_met=("standardisation", "internal_verification"))
    assert worst.level == "high"
    assert "Internal verification is not met (red: high risk)." in worst.reasons
    assert suggested(not_met=("standardisation",), risk=True).level == "high"


def test_the_centre_checks_facts_without_judgement_or_rating(cast):
    activity = story.visit_under_way(cast)
    story.write_findings(cast, activity, not_met=("standardisation",), risk=True)
    check = fact_checks.send(activity_id=activity.pk, by=cast["lsv"], at=story.VISIT)
    assert check.due_on == date(2026, 11, 25)
    assert {tuple(sorted(row)) for row in check.content["criteria"]} == {("key", "seen", "title")}
    (due,) = open_deadlines("fact_check")
    assert due.owner_role == "quality_nominee"
    answered = fact_checks.answer(
        fact_check_id=check.pk,
        by=cast["qn"],
        at=story.VISIT,
        corrections={"standardisation": "On 22 September."},
    )
    assert answered.corrections == {"standardisation": "On 22 September."}
    assert Activity.objects.get(pk=activity.pk).status == "UNDER_WAY"
    assert Mail.objects.filter(to=cast["lsv"], kind="fact_check.answered").count() == 1
    with pytest.raises(RuleViolation):
        fact_checks.answer(fact_check_id=check.pk, by=cast["qn"], at=story.VISIT, corrections={})


def test_facts_stay_as_they_are_while_the_centre_checks_them(cast):
    activity = story.visit_under_way(cast)
    story.write_findings(cast, activity)
    fact_checks.send(activity_id=activity.pk, by=cast["lsv"], at=story.VISIT)
    with pytest.raises(RuleViolation, match="checking the facts"):
        story.write_findings(cast, activity)


def test_r69_the_lsv_goes_on_without_an_answer_only_after_the_deadline(cast):
    activity = story.visit_under_way(cast)
    story.write_findings(cast, activity)
    check = fact_checks.send(activity_id=activity.pk, by=cast["lsv"], at=story.VISIT)
    with pytest.raises(RuleViolation, match="until 25"):
        fact_checks.close(fact_check_id=check.pk, by=cast["lsv"], at=story.VISIT)
    fact_checks.close(fact_check_id=check.pk, by=cast["lsv"], at=story.ISSUED)
    assert FactCheck.objects.get().status == "CLOSED"
    assert not open_deadlines("fact_check")


def test_an_escalation_reaches_the_quality_manager_with_a_deadline(cast):
    activity = story.visit_under_way(cast)
    escalation = escalations.escalate(
        activity_id=activity.pk, by=cast["lsv"], at=story.VISIT, text="Claims were sent without confirmation."
    )
    (due,) = open_deadlines("escalation")
    assert due.owner == cast["manager"]
    assert due.due_on == date(2026, 11, 20)
    with pytest.raises(NotPermitted):
        escalations.answer(escalation_id=escalation.pk, by=cast["lsv"], at=story.VISIT, answer="Fine.")
    escalations.answer(
        escalation_id=escalation.pk, by=cast["manager"], at=story.VISIT, answer="Stop claims today."
    )
    assert not open_deadlines("escalation")
    assert Mail.objects.filter(to=cast["lsv"], kind="escalation.answered").exists()


def test_r12_a_medium_rating_raises_the_minimum_of_samples(cast):
    story.visit_report_issued(cast, rating="MEDIUM")
    counts = list(ActivityCount.objects.filter(centre=cast.northgate.centre))
    assert len(counts) == 4
    assert {count.minimum for count in counts} == {2}
    assert all(count.facts["raised"]["R12"]["extra"] == 1 for count in counts)


def test_r12_a_low_rating_raises_nothing(cast):
    story.visit_report_issued(cast, rating="LOW", not_met=())
    assert not ActivityCount.objects.filter(facts__raised__has_key="R12").exists()
    assert RiskRating.objects.get().level == "LOW"


def test_concluding_opens_actions_rates_the_centre_and_ends_the_duties(cast):
    report = story.visit_report_issued(cast)
    activity = report.activity
    assert Activity.objects.get(pk=activity.pk).status == "CONCLUDED"
    assert not DraftAction.objects.exists()
    action = Action.objects.get()
    assert (action.number, action.level, action.owner) == (1, "ESSENTIAL", cast["leader"])
    (due,) = open_deadlines("essential_action")
    assert (due.due_on, due.owner) == (action.due_on, cast["leader"])
    rating = RiskRating.objects.get()
    assert rating.facts["facts"]["suggested"] == "medium"
    centre_year = CentreYear.objects.get(pk=activity.centre_year_id)
    assert (centre_year.risk, centre_year.visit_state) == ("MEDIUM", "DONE")
    assert not open_deadlines("report")
    assert not open_deadlines("lsv_visit")
