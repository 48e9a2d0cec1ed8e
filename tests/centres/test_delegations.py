"""Standing in for somebody: scoped, ending by itself, taken back, and never a way to give access (R20)."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from centres.access import load
from centres.models import AccessGrant
from centres.operations import delegations, roles
from centres.permissions import RoleCode as R
from qa_portal.errors import NotPermitted, RuleViolation
from qa_portal.models import AuditEvent, Mail
from tests.conftest import NOW, TODAY

UNTIL = date(2026, 11, 6)


@pytest.fixture
def stand_in(cast, clock_at):
    clock_at(NOW)

    def call(to="leader", **more):
        wanted = {"until": UNTIL, "by": cast["qn"], "centre_id": cast.northgate.centre.pk} | more
        return delegations.give(person_id=cast[to].pk, at=NOW, **wanted)

    return call


def test_r20_whoever_stands_in_may_do_the_work_until_the_last_day(cast, stand_in, clock_at):
    centre = cast.northgate.centre
    row = stand_in()
    assert row.ends_on == UNTIL + timedelta(days=1)
    leader = cast["leader"]
    leader.access = load(leader)
    assert leader.may("self_assessment.submit", centre.pk)
    assert Mail.objects.filter(to=leader, kind="role.granted").exists()
    assert AuditEvent.objects.filter(event="delegation.given", chain=centre.pk).exists()
    clock_at(NOW + timedelta(days=30))
    assert not load(leader).may("self_assessment.submit", centre.pk)


def test_r20_whoever_stands_in_gives_no_access_and_passes_nothing_on(cast, stand_in):
    centre = cast.northgate.centre
    stand_in()
    leader = cast["leader"]
    leader.access = load(leader)
    assert not leader.access.may_grant(R.ASSESSOR, centre.pk)
    for permission in ("role.grant", "delegation.give", "api_client.manage"):
        assert not leader.may(permission, centre.pk)
    with pytest.raises(NotPermitted):
        delegations.give(person_id=cast["iv"].pk, centre_id=centre.pk, until=UNTIL, by=leader, at=NOW)


def test_r17_standing_in_is_not_a_second_quality_nominee(cast, stand_in):
    stand_in()
    own = AccessGrant.objects.filter(centre=cast.northgate.centre, role=R.QUALITY_NOMINEE, delegated_by=None)
    assert own.count() == 1


def test_for_one_programme_only_that_one_is_reached(cast, stand_in):
    programmes = cast.northgate.programmes
    row = stand_in(to="assessor", role=R.PROGRAMME_LEADER, programme_id=programmes[0].pk)
    access = load(cast["assessor"])
    centre_id = row.centre_id
    assert access.may("sample.answer", centre_id, programmes[0].pk)
    assert not access.may("sample.answer", centre_id, programmes[1].pk)


def test_r20_nobody_passes_on_what_they_neither_hold_nor_give(cast, stand_in):
    for role in (R.EXAMINATIONS_OFFICER, R.HEAD_OF_CENTRE):
        with pytest.raises(NotPermitted):
            stand_in(role=role)
    with pytest.raises(NotPermitted):
        stand_in(to="qn")
    with pytest.raises(NotPermitted):
        stand_in(by=cast["outsider"])


@pytest.mark.parametrize("until", [TODAY - timedelta(days=1), TODAY + timedelta(days=400)])
def test_the_last_day_is_neither_past_nor_years_away(stand_in, until):
    with pytest.raises(RuleViolation, match="Choose a last day"):
        stand_in(until=until)


def test_it_is_taken_back_at_any_time(cast, stand_in):
    row = stand_in()
    delegations.take_back(grant_id=row.pk, by=cast["qn"], at=NOW)
    assert not load(cast["leader"]).may("self_assessment.submit", row.centre_id)
    with pytest.raises(RuleViolation, match="already"):
        delegations.take_back(grant_id=row.pk, by=cast["qn"], at=NOW)


def test_others_do_not_take_it_back(cast, stand_in):
    row = stand_in()
    with pytest.raises(NotPermitted):
        delegations.take_back(grant_id=row.pk, by=cast["leader"], at=NOW)


def test_r17_it_ends_with_the_role_it_came_from(cast, stand_in):
    row = stand_in()
    roles.appoint_quality_nominee(
        centre_id=row.centre_id, person_id=cast["iv"].pk, starts_on=TODAY, by=cast["head"], at=NOW
    )
    row.refresh_from_db()
    assert row.ends_on == TODAY
