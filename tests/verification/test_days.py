"""How far ahead a chosen day may lie: the end of the next academic year, whoever chooses it."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from django.urls import reverse

from qa_portal.errors import RuleViolation
from sampling.operations import compliance
from tests.conftest import NOW
from tests.story.allocations import allocated, forget_access
from tests.story.samples import JUDGED_AT, sample_judged
from tests.story.visits import ISSUED, visit_report_issued, visit_under_way, write_action
from verification.models import Action, Activity, DraftAction
from verification.operations import actions, schedule
from verification.rules.days import is_in_reach, latest_day

LATEST = "The latest day is 31.August 2028"
FAR = date(2126, 12, 18)


def test_the_latest_day_is_the_end_of_the_next_academic_year():
    assert latest_day(date(2026, 8, 31)) == date(2027, 8, 31)
    assert latest_day(date(2026, 9, 1)) == date(2028, 8, 31)
    is_in_reach(date(2028, 8, 31), on=date(2026, 9, 1))
    with pytest.raises(RuleViolation, match=LATEST):
        is_in_reach(date(2028, 9, 1), on=date(2026, 9, 1))


@pytest.fixture
def visit(cast):
    allocated(cast)
    forget_access(cast["lsv"])
    return Activity.objects.get(centre=cast.northgate.centre, kind="VISIT")


def test_r8_a_visit_years_away_is_refused_with_any_reason(cast, visit):
    with pytest.raises(RuleViolation, match=LATEST):
        schedule.propose_date(
            activity_id=visit.pk, day=date(2036, 11, 18), late_reason="Later.", by=cast["lsv"], at=NOW
        )
    schedule.propose_date(activity_id=visit.pk, day=date(2026, 11, 18), by=cast["lsv"], at=NOW)
    with pytest.raises(RuleViolation, match=LATEST):
        schedule.propose_another(
            activity_id=visit.pk, day=date(2036, 11, 18), late_reason="Later.", by=cast["qn"], at=NOW
        )


def test_the_page_keeps_what_was_typed_beside_the_refusal(cast, visit, sign_in, clock_at):
    clock_at(NOW)
    typed = {"day": "2036-11-18", "mode": "ON_SITE", "late_reason": "The hall is being built."}
    page = sign_in(cast["lsv"]).post(reverse("activity-date", args=[visit.pk]), typed).content.decode()
    assert "The latest day is" in page
    assert "The hall is being built." in page
    assert "2036-11-18" in page


def test_r81_an_action_of_a_visit_is_not_due_in_a_hundred_years(cast):
    visit = visit_under_way(cast)
    with pytest.raises(RuleViolation, match=LATEST):
        write_action(cast, visit, due_on=FAR)
    assert not DraftAction.objects.exists()


def test_r81_an_action_of_a_sample_is_not_due_in_a_hundred_years(cast, clock_at):
    clock_at(JUDGED_AT)
    sample = sample_judged(cast)
    with pytest.raises(RuleViolation, match=LATEST):
        compliance.add_action(
            sample_id=sample.pk, level="ESSENTIAL", criterion="assessment_decisions", text="Do it.",
            owner_id=cast["leader"].pk, due_on=FAR, by=cast["sv"], at=JUDGED_AT,
        )  # fmt: skip


def test_r81_more_is_not_asked_for_by_a_day_in_a_hundred_years(cast, sign_in, clock_at):
    visit_report_issued(cast)
    action = Action.objects.get(number=1)
    actions.answer(action_id=action.pk, text="Done.", by=cast["leader"], at=ISSUED)
    clock_at(datetime(2026, 12, 2, 12, tzinfo=UTC))
    page = sign_in(cast["lsv"]).post(
        reverse("action-return", args=[action.pk]), {"remark": "Names are missing.", "due_on": "2126-12-18"}
    )
    text = page.content.decode()
    assert "The latest day is" in text
    assert "Names are missing." in text
    action.refresh_from_db()
    assert action.status == "ANSWERED"
