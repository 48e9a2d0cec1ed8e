"""Direct claims status: recommended, decided by somebody else, suspended and given back by rule."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from centres.models import Qualification
from centres.queries.schemes import lead_verifier_scheme
from qa_portal.errors import NotPermitted, RuleViolation
from qa_portal.models import Deadline, Mail, OutboxEntry
from tests.conftest import NOW
from tests.story.allocations import forget_access, sampling_agreed
from verification.models import Action, DirectClaimsRecommendation, DirectClaimsStatus
from verification.operations import actions, dated_rules, direct_claims
from verification.rules.direct_claims import Review, preconditions, suspends_when_overdue, whole_months

pytestmark = pytest.mark.django_db
TODAY = NOW.date()
TWO_GOOD = [
    Review(TODAY - timedelta(days=200), True, frozenset({1, 2})),
    Review(TODAY - timedelta(days=20), True, frozenset({2, 3})),
]


@pytest.fixture(autouse=True)
def _now(clock_at):
    clock_at(NOW)


@pytest.fixture
def activity(cast):
    made = sampling_agreed(cast)
    forget_access(cast["sv"])
    return made


def _recommend(cast, activity, kind, reviews=()):
    return direct_claims.recommend(
        activity_id=activity.pk, kind=kind, reasons="As seen.", reviews=reviews, by=cast["sv"], at=NOW
    )


def _status(activity) -> DirectClaimsStatus:
    return DirectClaimsStatus.objects.get(programme_id=activity.programme_id)


def _granted(cast, activity) -> DirectClaimsStatus:
    row = _recommend(cast, activity, "GRANT", TWO_GOOD)
    direct_claims.accept(recommendation_id=row.pk, reasons="", by=cast["manager"], at=NOW)
    return _status(activity)


def _action(cast, activity, *, due: date, programme=True, risk=False, status="OPEN") -> Action:
    action = Action.objects.create(
        centre_id=activity.centre_id, number=Action.objects.count() + 1, centre_year=activity.centre_year,
        activity=activity, programme=activity.programme if programme else None, criterion="staffing",
        level="ESSENTIAL", text="Do it.", owner=cast["qn"], due_on=due, risk_to_valid_certification=risk,
        opened_at=NOW,
    )  # fmt: skip
    if status == "ANSWERED":
        actions.answer(action_id=action.pk, text="Done.", by=cast["qn"], at=NOW)
    return action


def test_r26_a_decision_needs_somebody_other_than_the_recommender(cast, activity):
    row = _recommend(cast, activity, "GRANT", TWO_GOOD)
    from tests.factories.centres import AccessGrantFactory

    AccessGrantFactory(person=cast["sv"], role="quality_manager", centre=None, starts_on=date(2023, 9, 1))
    forget_access(cast["sv"])

    with pytest.raises(NotPermitted, match="somebody else"):
        direct_claims.accept(recommendation_id=row.pk, reasons="", by=cast["sv"], at=NOW)
    for who in ("qn", "lsv", "planner"):
        with pytest.raises(NotPermitted):
            direct_claims.accept(recommendation_id=row.pk, reasons="", by=cast[who], at=NOW)


def test_r71_a_grant_has_start_review_date_and_basis(cast, activity):
    status = _granted(cast, activity)

    assert (status.status, status.since, status.review_due) == ("ACTIVE", TODAY, date(2027, 10, 20))
    assert status.basis["rule"] == "R71"
    assert status.basis["version"] == 1
    assert Deadline.objects.get(kind="direct_claims_review", state="OPEN").due_on == status.review_due
    assert Mail.objects.filter(kind="direct_claims_changed", to=cast["qn"]).exists()


def test_r71_keeping_it_moves_the_review_date_on(cast, activity):
    _granted(cast, activity)
    row = _recommend(cast, activity, "KEEP", TWO_GOOD)

    direct_claims.accept(
        recommendation_id=row.pk, reasons="", by=cast["manager"], at=NOW + timedelta(days=100)
    )

    assert _status(activity).review_due == date(2028, 1, 28)


@pytest.mark.parametrize(
    ("reviews", "failing"),
    [
        (TWO_GOOD[:1], {"reviews", "months_apart", "complete_learners"}),
        ([TWO_GOOD[0], Review(TODAY, False, frozenset({3}))], {"reviews"}),
        ([Review(TODAY - timedelta(days=10), True, frozenset({1, 2, 3})), TWO_GOOD[1]], {"months_apart"}),
        ([Review(TODAY - timedelta(days=700), True, frozenset({1, 2, 3})), TWO_GOOD[1]], {"months_apart"}),
        ([TWO_GOOD[0], Review(TODAY, True)], {"complete_learners"}),
    ],
)
def test_r72_a_grant_needs_two_clean_reviews_apart_over_three_complete_learners(
    cast, activity, reviews, failing
):
    scheme = lead_verifier_scheme(TODAY).scheme
    found = preconditions(scheme.direct_claims, reviews=reviews, outstanding=0, moderated=False)
    assert {each.key for each in found if not each.met} == failing

    with pytest.raises(RuleViolation) as refusal:
        _recommend(cast, activity, "GRANT", reviews)
    assert len(refusal.value.reasons) == len(failing)
    assert not DirectClaimsRecommendation.objects.exists()


def test_r72_an_outstanding_essential_action_stands_in_the_way_of_a_grant(cast, activity):
    row = _recommend(cast, activity, "GRANT", TWO_GOOD)
    _action(cast, activity, due=TODAY + timedelta(days=20))

    with pytest.raises(RuleViolation, match="outstanding"):
        direct_claims.accept(recommendation_id=row.pk, reasons="", by=cast["manager"], at=NOW)
    with pytest.raises(RuleViolation):
        _recommend(cast, activity, "GRANT", TWO_GOOD)


def test_r72_the_recommendation_keeps_its_preconditions_and_scheme_version(cast, activity):
    row = _recommend(cast, activity, "NOT_YET", TWO_GOOD[:1])

    facts = row.facts
    assert (facts["scheme"], facts["version"], facts["rule"]) == ("wbl", 1, "R72")
    assert {each["key"] for each in facts["facts"]["preconditions"]} >= {"reviews", "months_apart"}


def test_r76_a_moderated_qualification_never_holds_it(cast, activity):
    Qualification.objects.filter(pk=activity.programme.qualification_id).update(moderated=True)

    with pytest.raises(RuleViolation) as refusal:
        _recommend(cast, activity, "GRANT", TWO_GOOD)

    assert "R76" in {reason.rule for reason in refusal.value.reasons}


def test_declining_needs_reasons_and_changes_nothing(cast, activity):
    row = _recommend(cast, activity, "GRANT", TWO_GOOD)
    with pytest.raises(RuleViolation):
        direct_claims.decline(recommendation_id=row.pk, reasons=" ", by=cast["manager"], at=NOW)

    declined = direct_claims.decline(
        recommendation_id=row.pk, reasons="Too early.", by=cast["manager"], at=NOW
    )

    assert declined.status == "DECLINED"
    assert _status(activity).status == "NOT_HELD"
    assert Mail.objects.filter(kind="direct_claims_decided", to=cast["sv"]).count() == 1


def test_a_decision_is_made_once(cast, activity):
    row = _recommend(cast, activity, "GRANT", TWO_GOOD)
    direct_claims.accept(recommendation_id=row.pk, reasons="", by=cast["manager"], at=NOW)

    with pytest.raises(RuleViolation):
        direct_claims.accept(recommendation_id=row.pk, reasons="", by=cast["manager"], at=NOW)


def test_a_newer_recommendation_takes_the_place_of_one_that_waits(cast, activity):
    _recommend(cast, activity, "NOT_YET")
    newer = _recommend(cast, activity, "GRANT", TWO_GOOD)

    assert DirectClaimsRecommendation.objects.get() == newer


def test_r74_an_overdue_essential_action_suspends_the_programme(cast, activity):
    _granted(cast, activity)
    action = _action(cast, activity, due=TODAY - timedelta(days=1))

    assert dated_rules.apply_at(centre_id=activity.centre_id, at=NOW) == 1
    status = _status(activity)
    assert status.status == "SUSPENDED"
    assert status.basis["rule"] == "R74"
    assert status.basis["facts"]["action"] == action.pk
    assert dated_rules.apply_at(centre_id=activity.centre_id, at=NOW) == 0


def test_r74_it_comes_back_when_the_action_is_closed(cast, activity):
    before = _granted(cast, activity)
    action = _action(cast, activity, due=TODAY - timedelta(days=1))
    dated_rules.apply_at(centre_id=activity.centre_id, at=NOW)
    actions.answer(action_id=action.pk, text="Done.", by=cast["qn"], at=NOW)
    assert dated_rules.apply_at(centre_id=activity.centre_id, at=NOW) == 0

    actions.close(action_id=action.pk, by=cast["sv"], at=NOW)
    assert dated_rules.apply_at(centre_id=activity.centre_id, at=NOW) == 1

    status = _status(activity)
    assert (status.status, status.review_due, status.basis) == ("ACTIVE", before.review_due, before.basis)


def test_r74_more_asked_for_with_a_new_date_keeps_it_suspended_until_the_action_is_closed(cast, activity):
    _granted(cast, activity)
    action = _action(cast, activity, due=TODAY - timedelta(days=1))
    dated_rules.apply_at(centre_id=activity.centre_id, at=NOW)
    actions.answer(action_id=action.pk, text="Done.", by=cast["qn"], at=NOW)
    actions.return_for_more(
        action_id=action.pk, remark="Not all of it.", due_on=TODAY + timedelta(days=30), by=cast["sv"], at=NOW
    )

    assert dated_rules.apply_at(centre_id=activity.centre_id, at=NOW) == 0
    assert _status(activity).status == "SUSPENDED"
    OutboxEntry.objects.all().delete()
    dated_rules.apply(at=NOW)
    assert not OutboxEntry.objects.filter(task=dated_rules.TASK).exists()

    actions.answer(action_id=action.pk, text="All of it.", by=cast["qn"], at=NOW)
    actions.close(action_id=action.pk, by=cast["sv"], at=NOW)
    assert dated_rules.apply_at(centre_id=activity.centre_id, at=NOW) == 1
    assert _status(activity).status == "ACTIVE"


def test_r74_every_action_that_suspended_it_has_to_be_closed(cast, activity):
    _granted(cast, activity)
    first = _action(cast, activity, due=TODAY - timedelta(days=3))
    second = _action(cast, activity, due=TODAY - timedelta(days=1))
    dated_rules.apply_at(centre_id=activity.centre_id, at=NOW)
    actions.answer(action_id=second.pk, text="Done.", by=cast["qn"], at=NOW)
    actions.return_for_more(
        action_id=second.pk, remark="Not all of it.", due_on=TODAY + timedelta(days=30), by=cast["sv"], at=NOW
    )
    actions.close(action_id=first.pk, note="Seen.", by=cast["sv"], at=NOW)
    assert dated_rules.apply_at(centre_id=activity.centre_id, at=NOW) == 0
    actions.close(action_id=second.pk, note="Seen.", by=cast["sv"], at=NOW)
    assert dated_rules.apply_at(centre_id=activity.centre_id, at=NOW) == 1


@pytest.mark.parametrize(
    ("level", "programme", "risk", "suspends"),
    [
        ("ESSENTIAL", True, False, True),
        ("ESSENTIAL", False, True, True),
        ("ESSENTIAL", False, False, False),
        ("RECOMMENDED", True, True, False),
    ],
)
def test_r74_what_suspends_when_overdue_is_said_by_one_rule(activity, level, programme, risk, suspends):
    scheme = lead_verifier_scheme(TODAY).scheme
    action = Action(
        level=level, programme=activity.programme if programme else None, risk_to_valid_certification=risk
    )
    assert suspends_when_overdue(action, scheme) is suspends


def test_r74_due_today_or_answered_or_without_risk_for_the_whole_centre_suspends_nothing(cast, activity):
    _granted(cast, activity)
    _action(cast, activity, due=TODAY)
    _action(cast, activity, due=TODAY - timedelta(days=3), status="ANSWERED")
    _action(cast, activity, due=TODAY - timedelta(days=3), programme=False)

    assert dated_rules.apply_at(centre_id=activity.centre_id, at=NOW) == 0


def test_r74_a_risk_of_the_whole_centre_suspends_every_programme_that_holds_it(cast, activity):
    _granted(cast, activity)
    _action(cast, activity, due=TODAY - timedelta(days=3), programme=False, risk=True)

    assert dated_rules.apply_at(centre_id=activity.centre_id, at=NOW) == 1


def test_r75_a_status_suspended_by_decision_does_not_come_back_by_rule(cast, activity):
    _granted(cast, activity)
    action = _action(cast, activity, due=TODAY - timedelta(days=1))
    row = _recommend(cast, activity, "SUSPEND", TWO_GOOD)
    dated_rules.apply_at(centre_id=activity.centre_id, at=NOW)
    direct_claims.accept(recommendation_id=row.pk, reasons="", by=cast["manager"], at=NOW)
    actions.close(action_id=action.pk, note="Seen on the visit.", by=cast["sv"], at=NOW)

    assert dated_rules.apply_at(centre_id=activity.centre_id, at=NOW) == 0
    assert _status(activity).status == "SUSPENDED"


def test_r75_it_is_regained_after_two_satisfactory_reviews_in_a_row(cast, activity):
    scheme = lead_verifier_scheme(TODAY).scheme
    since = TODAY - timedelta(days=300)

    def regained(*reviews):
        found = preconditions(
            scheme.direct_claims, reviews=reviews, outstanding=0, moderated=False, suspended_on=since
        )
        return next(each.met for each in found if each.key == "regained")

    assert regained(*TWO_GOOD)
    assert not regained(TWO_GOOD[0])
    assert not regained(TWO_GOOD[0], Review(TODAY, False))


def test_r74_the_sweep_asks_for_the_centres_concerned_once(cast, activity):
    _granted(cast, activity)
    _action(cast, activity, due=TODAY - timedelta(days=1))
    dated_rules.apply(at=NOW)
    dated_rules.apply(at=NOW)

    asked = OutboxEntry.objects.filter(task=dated_rules.TASK)
    assert [entry.centre_id for entry in asked] == [activity.centre_id]


def test_whole_months_count_complete_ones():
    assert whole_months(date(2026, 1, 31), date(2026, 2, 28)) == 1
    assert whole_months(date(2026, 1, 15), date(2026, 2, 14)) == 0
    assert whole_months(date(2025, 3, 1), date(2026, 9, 1)) == 18
