"""Who takes over what somebody had by name when their role ends (R17)."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from centres.models import AccessGrant
from centres.operations import accounts, roles
from centres.permissions import RoleCode as R
from qa_portal.models import AuditEvent, Deadline, Mail
from qa_portal.tenancy import ALL_CENTRES, Side, scoped_to
from reports.operations.issue import issue_visit_report
from tests.story.self_assessments import on, sections_of
from tests.story.visits import ISSUED, visit_written
from tests.story.years import open_year
from verification import tasks
from verification.models import Action, DraftAction
from verification.operations import self_assessment_sections

TODAY = ISSUED.date()


def grant_of(person, role) -> AccessGrant:
    return AccessGrant.objects.get(person=person, role=role)


def appoint(cast, who: str, starts_on: date = TODAY) -> AccessGrant:
    return roles.appoint_quality_nominee(
        centre_id=cast.northgate.centre.pk,
        person_id=cast[who].pk,
        starts_on=starts_on,
        by=cast["head"],
        at=ISSUED,
    )


@pytest.fixture
def action(cast) -> Action:
    """An open action of the Quality Nominee."""
    activity = visit_written(cast)
    DraftAction.objects.filter(activity=activity).update(owner=cast["qn"])
    issue_visit_report(activity_id=activity.pk, by=cast["lsv"], at=ISSUED)
    return Action.objects.get()


@pytest.fixture
def section(cast):
    """A section that the Quality Nominee asked themselves for, among many, and one of the programme leader's."""
    mine, other = sections_of(open_year(cast))[:2]
    for one, who in ((mine, "qn"), (other, "leader")):
        self_assessment_sections.delegate(
            section_id=one.pk, person_id=cast[who].pk, asked_by=date(2026, 10, 28), by=cast["qn"], at=on(20)
        )
    return mine


def duty_of(thing) -> Deadline:
    return Deadline.objects.open().get(
        subject_type=thing._meta.label_lower, subject_id=thing.pk, owner_side=Side.CENTRE
    )


def handed_over() -> list[AuditEvent]:
    return list(AuditEvent.objects.filter(event__endswith="handed_over").order_by("seq"))


def test_r17_open_actions_pass_to_the_new_quality_nominee(cast, action):
    due_on = duty_of(action).due_on
    appoint(cast, "iv")
    action.refresh_from_db()
    assert action.owner == cast["iv"]
    assert (duty_of(action).owner, duty_of(action).due_on) == (cast["iv"], due_on)
    (event,) = handed_over()
    assert event.details == {"before": cast["qn"].pk, "after": cast["iv"].pk}
    (told,) = Mail.objects.filter(kind="duties.handed_over")
    assert (told.to, told.subject) == (cast["iv"], "Yours now: 1\xa0action")


def test_r17_sections_pass_to_the_new_quality_nominee_and_others_stay(cast, section):
    leaders = sections_of(section.self_assessment.centre_year)[1]
    roles.appoint_quality_nominee(
        centre_id=cast.northgate.centre.pk, person_id=cast["iv"].pk, starts_on=date(2026, 10, 20), by=cast["head"],
        at=on(20),
    )  # fmt: skip
    section.refresh_from_db()
    leaders.refresh_from_db()
    assert (section.delegated_to, section.asked_by_date) == (cast["iv"], date(2026, 10, 28))
    assert duty_of(section).owner == cast["iv"]
    assert leaders.delegated_to == cast["leader"]


def test_r17_actions_of_somebody_who_left_pass_to_the_quality_nominee(cast, action):
    Action.objects.filter(pk=action.pk).update(owner=cast["leader"])
    Deadline.objects.filter(subject_id=action.pk, owner=cast["qn"]).update(owner=cast["leader"])
    roles.end(grant_id=grant_of(cast["leader"], R.PROGRAMME_LEADER).pk, on=TODAY, by=cast["qn"], at=ISSUED)
    action.refresh_from_db()
    assert (action.owner, duty_of(action).owner) == (cast["qn"], cast["qn"])


def test_r17_a_vacancy_keeps_what_is_open_until_somebody_is_appointed(cast, action):
    accounts.deactivate(person_id=cast["qn"].pk, by=cast["admin"], at=ISSUED)
    action.refresh_from_db()
    assert action.owner == cast["qn"]
    appoint(cast, "iv")
    action.refresh_from_db()
    assert action.owner == cast["iv"]


def test_r17_deactivation_hands_over_what_the_person_had_by_name(cast, action):
    Action.objects.filter(pk=action.pk).update(owner=cast["leader"])
    accounts.deactivate(person_id=cast["leader"].pk, by=cast["admin"], at=ISSUED)
    action.refresh_from_db()
    assert action.owner == cast["qn"]


def test_r17_a_successor_who_begins_later_takes_over_on_that_day(cast, action, clock_at):
    appoint(cast, "iv", TODAY + timedelta(days=3))
    action.refresh_from_db()
    assert action.owner == cast["qn"]
    clock_at(ISSUED + timedelta(days=3))
    tasks.hand_over_duties()
    with scoped_to(ALL_CENTRES):
        action.refresh_from_db()
        assert action.owner == cast["iv"]
        assert len(handed_over()) == 1
    tasks.hand_over_duties()
    with scoped_to(ALL_CENTRES):
        assert len(handed_over()) == 1
