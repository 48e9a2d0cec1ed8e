"""The number of samples: one verifier proposes, the other confirms, and rules set the least."""

from __future__ import annotations

from datetime import date

import pytest

from centres.models import Cohort, Programme
from qa_portal.errors import NotPermitted, RuleViolation
from qa_portal.models import Deadline, Mail, OutboxEntry
from tests.conftest import NOW
from tests.story.allocations import agreed, allocated, forget_access
from verification.models import Activity, ActivityCount, CentreYear, Verifier
from verification.operations import activities, activity_counts, allocations
from verification.queries.activity_counts import agreements, without_activity

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _now(clock_at):
    clock_at(NOW)


@pytest.fixture
def centre_year(cast) -> CentreYear:
    made = allocated(cast)
    for name in ("sv", "lsv"):
        forget_access(cast[name])
    return made


def _propose(cast, centre_year, who="sv", count=1):
    return activity_counts.propose(
        centre_year_id=centre_year.pk,
        programme_id=cast.northgate.programmes[0].pk,
        count=count,
        by=cast[who],
        at=NOW,
    )


def _samples(cast):
    return Activity.objects.filter(programme=cast.northgate.programmes[0], kind="SAMPLING").count()


def test_r9_one_proposes_and_the_other_confirms(cast, centre_year):
    proposed = _propose(cast, centre_year, "sv", 2)
    with pytest.raises(NotPermitted, match="other verifier"):
        activity_counts.confirm(activity_count_id=proposed.pk, by=cast["sv"], at=NOW)
    assert _samples(cast) == 1

    confirmed = activity_counts.confirm(activity_count_id=proposed.pk, by=cast["lsv"], at=NOW)

    assert confirmed.status == "CONFIRMED"
    assert _samples(cast) == 2
    assert Mail.objects.filter(kind="activity_count", to=cast["lsv"]).count() == 1


def test_r9_the_lsv_may_propose_and_the_sv_confirm(cast, centre_year):
    proposed = _propose(cast, centre_year, "lsv", 1)

    assert activity_counts.confirm(activity_count_id=proposed.pk, by=cast["sv"], at=NOW).status == "CONFIRMED"


def test_r9_nobody_else_proposes_or_confirms(cast, centre_year):
    for who in ("qn", "manager", "planner", "lsv2"):
        with pytest.raises(NotPermitted):
            _propose(cast, centre_year, who)
    proposed = _propose(cast, centre_year)
    for who in ("qn", "manager", "planner", "lsv2"):
        with pytest.raises(NotPermitted):
            activity_counts.confirm(activity_count_id=proposed.pk, by=cast[who], at=NOW)


def test_r9_a_number_below_the_minimum_is_refused(cast, centre_year):
    with pytest.raises(RuleViolation, match="at least"):
        _propose(cast, centre_year, count=0)


def test_r14_one_person_in_both_roles_confirms_and_the_record_says_so(cast):
    sector = cast.northgate.programmes[0].qualification.sector
    lead = Verifier.objects.get(person=cast["lsv"])
    lead.sectors.get_or_create(sector=sector, defaults={"starts_on": date(2023, 9, 1)})
    centre_year = allocated(cast, sv="lsv")
    forget_access(cast["lsv"])

    proposed = _propose(cast, centre_year, "lsv", 1)
    confirmed = activity_counts.confirm(activity_count_id=proposed.pk, by=cast["lsv"], at=NOW)

    assert confirmed.facts["same_person"] is True


def _agree(cast, centre_year, count):
    row = _propose(cast, centre_year, "sv", count)
    activity_counts.confirm(activity_count_id=row.pk, by=cast["lsv"], at=NOW)


def _standing(cast):
    samples = Activity.objects.filter(programme=cast.northgate.programmes[0], kind="SAMPLING")
    return list(samples.exclude(status="CANCELLED").order_by("number").values_list("number", flat=True))


def test_r9_a_lower_number_cancels_what_is_undated_and_to_spare(cast, centre_year):
    _agree(cast, centre_year, 3)
    assert _standing(cast) == [1, 2, 3]

    _agree(cast, centre_year, 2)

    assert _standing(cast) == [1, 2]
    cancelled = Activity.objects.get(status="CANCELLED")
    assert (cancelled.number, cancelled.ended_reason) == (3, "2\xa0samples agreed between SV and LSV.")
    assert not Deadline.objects.filter(subject_id=cancelled.pk, state="OPEN").exists()


def test_r9_an_agreed_day_is_kept_and_undated_ones_go_before_it(cast, centre_year):
    _agree(cast, centre_year, 3)
    third = Activity.objects.get(programme=cast.northgate.programmes[0], number=3)
    agreed(cast, third, "sv", cast.northgate, day=date(2027, 1, 27), at=NOW)

    _agree(cast, centre_year, 1)

    assert _standing(cast) == [3]


def test_r9_agreed_extra_samples_get_a_proposed_date(cast, centre_year):
    OutboxEntry.objects.all().delete()
    _agree(cast, centre_year, 1)
    assert not OutboxEntry.objects.filter(task="verification.propose_schedule").exists()

    _agree(cast, centre_year, 2)

    assert OutboxEntry.objects.filter(task="verification.propose_schedule").count() == 1


def _short_course(cast, name, starts_on, ends_on):
    house = cast.northgate
    Cohort.objects.create(
        centre=house.centre, programme=house.programmes[0], site=house.sites[0], name=name,
        delivery_pattern="SHORT_COURSE", starts_on=starts_on, ends_on=ends_on,
    )  # fmt: skip


def test_r9_the_second_sample_takes_the_later_cohorts_window(cast, centre_year):
    _short_course(cast, "Autumn", date(2026, 10, 1), date(2026, 12, 18))
    _short_course(cast, "Summer", date(2027, 5, 3), date(2027, 7, 23))
    Activity.objects.filter(programme=cast.northgate.programmes[0]).delete()
    allocation = centre_year.allocations.get(kind="SV", programme=cast.northgate.programmes[0])
    activities.prepare(allocation, by=cast["planner"], at=NOW)

    _agree(cast, centre_year, 3)

    untils = Activity.objects.filter(programme=cast.northgate.programmes[0]).order_by("number")
    assert list(untils.values_list("window_until", flat=True)) == [
        date(2026, 12, 18),
        date(2027, 7, 23),
        date(2027, 7, 23),
    ]


def test_a_replaced_svs_open_samples_all_move_to_the_new_sv(cast, centre_year):
    _agree(cast, centre_year, 3)
    programme = cast.northgate.programmes[0]
    allocation = centre_year.allocations.get(kind="SV", programme=programme)
    allocations.end(allocation_id=allocation.pk, by=cast["planner"], at=NOW, reason="Illness")
    lead = Verifier.objects.get(person=cast["lsv2"])

    new = allocations.allocate(
        centre_year_id=centre_year.pk, kind="SV", programme_id=programme.pk, verifier_id=lead.pk,
        by=cast["planner"], at=NOW,
    )  # fmt: skip

    samples = Activity.objects.filter(programme=programme, kind="SAMPLING")
    assert set(samples.values_list("allocation", flat=True)) == {new.pk}
    due = Deadline.objects.filter(kind="standards_verification", programme_id=programme.pk, state="OPEN")
    assert list(due.values_list("owner__name", flat=True)) == ["LSV2 Person"] * 3


def test_r12_a_medium_rating_adds_a_sample_and_reopens_what_was_confirmed(cast, centre_year):
    proposed = _propose(cast, centre_year, "sv", 1)
    activity_counts.confirm(activity_count_id=proposed.pk, by=cast["lsv"], at=NOW)

    for _ in range(2):  # told twice it counts once
        row = activity_counts.raise_minimum(
            centre_year_id=centre_year.pk,
            programme_id=cast.northgate.programmes[0].pk,
            rule="R12",
            extra=1,
            why="Rated medium",
            by=cast["lsv"],
            at=NOW,
        )

    assert (row.minimum, row.count, row.status) == (2, 2, "PROPOSED")
    assert _samples(cast) == 2  # the rule asks for it, so it is planned before anybody agrees
    assert activity_counts.confirm(activity_count_id=row.pk, by=cast["sv"], at=NOW).status == "CONFIRMED"
    assert _samples(cast) == 2


def test_r67_a_new_qualification_gets_two_samples_in_its_first_year(cast, centre_year):
    Programme.objects.filter(pk=cast.northgate.programmes[0].pk).update(approved_from=date(2026, 9, 15))

    with pytest.raises(RuleViolation, match="at least 2"):
        _propose(cast, centre_year, count=1)

    activity_counts.plan_the_least(
        centre_year_id=centre_year.pk,
        programme_id=cast.northgate.programmes[0].pk,
        by=cast["planner"],
        at=NOW,
    )
    assert _samples(cast) == 2
    assert _propose(cast, centre_year, count=2).facts["rule"] == "R67"


def test_r9_a_programme_without_a_planned_sample_is_listed(cast, centre_year):
    Activity.objects.filter(programme=cast.northgate.programmes[1]).delete()

    assert without_activity(agreements(centre_year)) == [cast.northgate.programmes[1]]
    assert not ActivityCount.objects.exists()
