"""A year follows on the last: cycles, blocks and last year's LSV are carried over."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from centres.models import AccessGrant
from centres.permissions import Permission
from centres.permissions import RoleCode as R
from qa_portal.actors import SYSTEM
from sampling.operations.plan import sample_that_blocked
from tests.conftest import NOW
from tests.story.allocations import allocated, forget_access
from tests.story.samples import CONCLUDED_AT, sample_concluded
from verification.models import Activity, ActivityCount, CentreYear, Release
from verification.operations import releases, roll_over, verifier_access

SEPTEMBER = datetime(2027, 9, 1, 7, 0, tzinfo=UTC)
pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _now(clock_at):
    clock_at(NOW)


def _rolled(cast) -> CentreYear:
    return roll_over.roll_over(centre_id=cast.northgate.centre.pk, year=2027, by=SYSTEM, at=SEPTEMBER)


def _recommend(year: CentreYear, programme, cycle: str) -> None:
    CentreYear.objects.filter(pk=year.pk).update(next_cycle={str(programme.pk): cycle})


def _next(cast) -> Release:
    return Release.objects.get(centre_year__year=2027, programme=cast.northgate.programmes[0])


def test_r11_what_the_final_report_recommends_sets_next_years_control_and_number(cast):
    year, programme = allocated(cast), cast.northgate.programmes[0]
    _recommend(year, programme, "enhanced_two")

    after = _rolled(cast)

    assert _next(cast).control_facts["rule"] == "R11"
    count = ActivityCount.objects.get(centre_year=after, programme=programme)
    assert (count.minimum, count.count) == (2, 2)


def test_r11_a_report_issued_after_the_roll_over_changes_the_year_that_is_open(cast):
    year, programme = allocated(cast), cast.northgate.programmes[0]
    after = _rolled(cast)
    assert _next(cast).control_measure == "ENHANCED"
    _recommend(year, programme, "standard")

    roll_over.carry_recommendation(centre_year_id=year.pk, at=SEPTEMBER)

    assert _next(cast).control_measure == "STANDARD"
    assert not ActivityCount.objects.filter(centre_year=after).exists()


def test_r11_another_recommendation_takes_the_first_ones_samples_back(cast):
    year, programme = allocated(cast), cast.northgate.programmes[0]
    _recommend(year, programme, "enhanced_two")
    _rolled(cast)
    _recommend(year, programme, "standard")

    for _ in range(2):  # run again it changes nothing
        roll_over.carry_recommendation(centre_year_id=year.pk, at=SEPTEMBER)

    count = ActivityCount.objects.get(centre_year__year=2027, programme=programme)
    assert (count.minimum, count.count) == (1, 1)
    assert _next(cast).control_measure == "STANDARD"


def test_r11_a_number_that_verifiers_agreed_above_the_minimum_stays(cast):
    year, programme = allocated(cast), cast.northgate.programmes[0]
    _recommend(year, programme, "enhanced_two")
    after = _rolled(cast)
    ActivityCount.objects.filter(centre_year=after).update(count=3, proposed_by=cast["sv"])
    _recommend(year, programme, "enhanced")

    roll_over.carry_recommendation(centre_year_id=year.pk, at=SEPTEMBER)

    count = ActivityCount.objects.get(centre_year=after, programme=programme)
    assert (count.minimum, count.count) == (1, 3)


def test_nothing_is_carried_while_the_next_year_is_not_open(cast):
    year = allocated(cast)
    _recommend(year, cast.northgate.programmes[0], "standard")

    assert roll_over.carry_recommendation(centre_year_id=year.pk, at=SEPTEMBER) is None


def test_r66_a_block_goes_on_into_the_new_year_under_enhanced_control(cast, clock_at):
    clock_at(CONCLUDED_AT)
    sample = sample_concluded(cast, disagree=1)
    _recommend(sample.activity.centre_year, sample.programme, "standard")

    _rolled(cast)

    after = _next(cast)
    assert (after.status, after.control_measure) == ("PENDING", "ENHANCED")
    assert after.control_facts["rule"] == "R59"
    untouched = Release.objects.get(centre_year__year=2027, programme=cast.northgate.programmes[1])
    assert untouched.status == "OUTSTANDING"


def test_r66_the_first_sample_of_the_new_year_is_the_second_sample(cast, clock_at):
    clock_at(CONCLUDED_AT)
    sample = sample_concluded(cast, disagree=1)
    after = _rolled(cast)
    first = Activity.objects.create(
        centre=sample.centre, centre_year=after, kind="SAMPLING", programme=sample.programme, mode="REMOTE",
        window_from=date(2027, 9, 1), window_until=date(2028, 5, 14),
    )  # fmt: skip

    assert sample_that_blocked(first) == sample


def test_r66_a_new_years_sample_releases_what_was_held_over(cast, clock_at):
    clock_at(CONCLUDED_AT)
    sample = sample_concluded(cast, disagree=1)
    after = _rolled(cast)

    released = releases.release(
        centre_year_id=after.pk, programme_id=sample.programme_id, sample_number=1, facts={}, by=SYSTEM,
        at=SEPTEMBER,
    )  # fmt: skip

    assert released.status == "RELEASED"


def test_r66_a_second_sample_of_the_old_year_lifts_what_was_held_over(cast, clock_at):
    clock_at(CONCLUDED_AT)
    sample = sample_concluded(cast, disagree=1)
    _rolled(cast)

    releases.release(
        centre_year_id=sample.activity.centre_year_id, programme_id=sample.programme_id, sample_number=2,
        facts={}, by=SYSTEM, at=SEPTEMBER,
    )  # fmt: skip

    assert _next(cast).status == "OUTSTANDING"


def test_r65_a_block_after_the_roll_over_holds_the_open_year_too(cast):
    year = allocated(cast)
    _rolled(cast)

    releases.hold(
        centre_year_id=year.pk, programme_id=cast.northgate.programmes[0].pk, sample_number=1, facts={},
        by=SYSTEM, at=SEPTEMBER,
    )  # fmt: skip

    assert _next(cast).status == "PENDING"


def test_r10_last_years_lsv_may_close_their_year_after_their_access_has_ended(cast, clock_at):
    allocated(cast)
    centre = cast.northgate.centre.pk
    _rolled(cast)
    clock_at(datetime(2027, 11, 20, 9, 0, tzinfo=UTC))
    forget_access(cast["lsv"])

    assert cast["lsv"].may(Permission.REPORT_ISSUE_FINAL, centre)
    assert cast["lsv"].may(Permission.SAMPLE_WAIVE, centre)
    for other in (Permission.VISIT_CONDUCT, Permission.SELF_ASSESSMENT_REVIEW, Permission.MESSAGE_READ):
        assert not cast["lsv"].may(other, centre)
    assert not cast["sv"].grants.active_on(date(2027, 11, 20)).exists()


def test_access_for_an_outstanding_report_ends_with_the_allocation_and_after_a_year(cast, clock_at):
    year = allocated(cast)
    _rolled(cast)
    grant = AccessGrant.objects.get(role=R.OUTGOING_LEAD_VERIFIER)
    assert (grant.person, grant.starts_on, grant.ends_on) == (
        cast["lsv"],
        date(2027, 11, 1),
        date(2028, 11, 1),
    )

    lead = year.allocations.get(kind="LSV")
    verifier_access.end_for_final_report([lead.pk], on=date(2027, 9, 20))

    grant.refresh_from_db()
    assert grant.ends_on == grant.starts_on


def test_nobody_keeps_access_when_the_final_report_is_issued_in_time(cast):
    year = allocated(cast)
    CentreYear.objects.filter(pk=year.pk).update(final_report_state="DONE")

    _rolled(cast)

    assert not AccessGrant.objects.filter(role=R.OUTGOING_LEAD_VERIFIER).exists()
