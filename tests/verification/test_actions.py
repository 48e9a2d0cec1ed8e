"""Actions: the centre answers, only the verifiers' side closes, and which essential ones are overdue."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from django.db import DatabaseError, transaction

from qa_portal.errors import NotPermitted, RuleViolation
from qa_portal.models import Deadline, Mail
from tests.story import visits as story
from verification.models import Action, ActionResponse
from verification.operations import actions
from verification.queries.actions import history, overdue_essential, possible_owners

ANSWERED = datetime(2026, 12, 10, 9, 0, tzinfo=UTC)


@pytest.fixture
def action(cast) -> Action:
    story.visit_report_issued(cast)
    return Action.objects.get()


def answer(cast, action, *, by="qn", at=ANSWERED, text="Minutes attached."):
    return actions.answer(action_id=action.pk, by=cast[by], at=at, text=text)


def due(kind: str):
    return Deadline.objects.filter(kind=kind, state="OPEN").first()


def test_an_answer_meets_the_deadline_and_asks_the_verifier(cast, action):
    answered = answer(cast, action)
    assert answered.status == "ANSWERED"
    assert due("essential_action") is None
    review = due("action_review")
    assert (review.owner, review.due_on) == (cast["lsv"], date(2026, 12, 17))
    assert Mail.objects.filter(to=cast["lsv"], kind="action.answered").count() == 1


def test_a_second_answer_waits_for_the_verifier(cast, action):
    answer(cast, action)
    with pytest.raises(RuleViolation):
        answer(cast, action)
    assert ActionResponse.objects.count() == 1


def test_an_answer_says_something(cast, action):
    with pytest.raises(RuleViolation, match="what was done"):
        answer(cast, action, text="  ")


def test_more_is_asked_for_by_a_new_date(cast, action):
    answer(cast, action)
    returned = actions.return_for_more(
        action_id=action.pk,
        by=cast["lsv"],
        at=ANSWERED,
        remark="The names are missing.",
        due_on=date(2027, 1, 8),
    )
    assert (returned.status, returned.due_on) == ("RETURNED", date(2027, 1, 8))
    assert due("essential_action").due_on == date(2027, 1, 8)
    assert due("action_review") is None
    assert Mail.objects.filter(kind="action.returned", to=cast["leader"]).exists()
    assert [turn.what for turn in history(returned)] == ["More asked for", "Answer sent", "Action 1 opened"]


@pytest.mark.parametrize("who", ["qn", "head", "leader", "leadiv", "planner", "viewer", "lsv2"])
def test_r82_only_the_verifiers_side_closes(cast, action, who):
    answer(cast, action)
    with pytest.raises(NotPermitted):
        actions.close(action_id=action.pk, by=cast[who], at=ANSWERED)


@pytest.mark.parametrize("who", ["lsv", "sv", "manager"])
def test_r82_lsv_sv_and_quality_manager_close(cast, action, who):
    answer(cast, action)
    closed = actions.close(action_id=action.pk, by=cast[who], at=ANSWERED)
    assert (closed.status, closed.closed_by) == ("CLOSED", cast[who])
    assert due("action_review") is None


def test_r82_closing_without_an_answer_is_explained(cast, action):
    with pytest.raises(RuleViolation, match="why it can be closed"):
        actions.close(action_id=action.pk, by=cast["lsv"], at=ANSWERED)
    closed = actions.close(action_id=action.pk, by=cast["lsv"], at=ANSWERED, note="Seen on a call.")
    assert closed.closing_note == "Seen on a call."
    with pytest.raises(RuleViolation):
        actions.close(action_id=action.pk, by=cast["lsv"], at=ANSWERED, note="Again.")


def test_r82_nobody_closes_what_they_answered_for_the_centre(cast, action):
    answer(cast, action)
    from centres.models import AccessGrant

    AccessGrant.objects.create(
        person=cast["qn"],
        role="lead_standards_verifier",
        centre=cast.northgate.centre,
        starts_on=date(2026, 9, 1),
    )
    cast["qn"].access = _as_verifier(cast)
    with pytest.raises(NotPermitted, match="You answered"):
        actions.close(action_id=action.pk, by=cast["qn"], at=ANSWERED)


def _as_verifier(cast):
    from centres.access import load

    return load(cast["qn"], "verifier")


def test_r74_overdue_means_not_answered_and_past_its_date(cast, action):
    assert list(overdue_essential(date(2026, 12, 18))) == []
    assert list(overdue_essential(date(2026, 12, 19))) == [action]
    answer(cast, action)
    assert list(overdue_essential(date(2026, 12, 19))) == []


def test_r81_an_answer_does_not_change(cast, action):
    answer(cast, action)
    with pytest.raises(DatabaseError), transaction.atomic():
        ActionResponse.objects.update(text="Other words.")


def test_actions_are_owned_by_people_who_may_answer(cast):
    owners = set(possible_owners(cast.northgate.centre.pk, date(2026, 11, 18)))
    assert owners == {cast["qn"], cast["leader"], cast["leadiv"]}


def test_an_action_of_a_programme_leader_is_due_from_them_as_programme_leader(cast, action):
    deadline = due("essential_action")
    assert (deadline.owner, deadline.owner_role) == (cast["leader"], "programme_leader")
