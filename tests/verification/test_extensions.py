"""More time for a self-assessment: asked, granted, refused."""

from __future__ import annotations

from datetime import date

import pytest

from qa_portal.errors import NotPermitted, RuleViolation
from qa_portal.models import Deadline, Mail
from tests.story.self_assessments import answered_self_assessment, on, self_assessment_of
from tests.story.years import open_year
from verification.operations import extensions, self_assessments


@pytest.fixture
def form(cast):
    return self_assessment_of(open_year(cast))


def ask(cast, form, until=date(2026, 11, 17), reason="Two leaders are ill.", by="qn"):
    return extensions.ask(
        self_assessment_id=form.pk, wanted_until=until, reason=reason, by=cast[by], at=on(20)
    )


def due():
    return Deadline.objects.get(kind="self_assessment", state="OPEN").due_on


def test_r5_granted_time_moves_the_deadline_and_tells_the_centre(cast, form):
    extension = ask(cast, form)
    assert due() == date(2026, 11, 3)
    assert Mail.objects.get(kind="extension.asked").to == cast["manager"]
    extensions.grant(extension_id=extension.pk, by=cast["manager"], at=on(21))
    form.refresh_from_db()
    assert due() == form.due_on == date(2026, 11, 17)
    assert Mail.objects.get(kind="extension.granted").to == cast["qn"]
    with pytest.raises(RuleViolation):
        extensions.grant(extension_id=extension.pk, by=cast["manager"], at=on(21))


def test_r5_refused_time_leaves_the_deadline_and_says_why(cast, form):
    extension = ask(cast, form)
    with pytest.raises(RuleViolation):
        extensions.refuse(extension_id=extension.pk, decision_reason="", by=cast["manager"], at=on(21))
    extensions.refuse(
        extension_id=extension.pk,
        decision_reason="The visit is on 10 November.",
        by=cast["manager"],
        at=on(21),
    )
    assert due() == date(2026, 11, 3)
    assert "10 November" in Mail.objects.get(kind="extension.refused").body
    assert ask(cast, form).status == "ASKED"


def test_one_request_at_a_time(cast, form):
    ask(cast, form)
    with pytest.raises(RuleViolation, match="already"):
        ask(cast, form)


@pytest.mark.parametrize("until", [date(2026, 11, 3), date(2026, 10, 1), date(2027, 9, 1)])
def test_a_day_outside_the_year_or_no_later_than_the_deadline_is_refused(cast, form, until):
    with pytest.raises(RuleViolation, match="Choose a date"):
        ask(cast, form, until=until)


def test_a_reason_is_needed(cast, form):
    with pytest.raises(RuleViolation):
        ask(cast, form, reason=" ")


def test_the_centre_asks_and_the_other_side_decides(cast, form):
    with pytest.raises(NotPermitted):
        ask(cast, form, by="leader")
    extension = ask(cast, form)
    for person in ("qn", "head", "planner"):
        with pytest.raises(NotPermitted):
            extensions.grant(extension_id=extension.pk, by=cast[person], at=on(21))


@pytest.mark.parametrize("end", ["submit", "withdraw"])
def test_a_request_is_closed_when_nobody_has_to_decide_it_any_more(cast, end):
    form = answered_self_assessment(cast)
    extension = ask(cast, form)
    if end == "submit":
        self_assessments.submit(self_assessment_id=form.pk, by=cast["qn"], at=on(21))
        self_assessments.recall(self_assessment_id=form.pk, by=cast["qn"], at=on(22))
    else:
        self_assessments.withdraw(self_assessment_id=form.pk, reason="No learners", by=cast["qn"], at=on(21))
        self_assessments.reopen(self_assessment_id=form.pk, by=cast["qn"], at=on(22))
    extension.refresh_from_db()
    assert extension.status == "CLOSED"
    assert ask(cast, form).status == "ASKED"
