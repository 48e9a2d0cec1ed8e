"""The number of samples: one verifier proposes, the other confirms, and rules set the least."""

from __future__ import annotations

from datetime import date

import pytest

from centres.models import Programme
from qa_portal.errors import NotPermitted, RuleViolation
from qa_portal.models import Mail
from tests.conftest import NOW
from tests.story.allocations import allocated, forget_access
from verification.models import Activity, ActivityCount, CentreYear, Verifier
from verification.operations import activity_counts
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
    assert activity_counts.confirm(activity_count_id=row.pk, by=cast["sv"], at=NOW).status == "CONFIRMED"
    assert _samples(cast) == 2


def test_r67_a_new_qualification_gets_two_samples_in_its_first_year(cast, centre_year):
    Programme.objects.filter(pk=cast.northgate.programmes[0].pk).update(approved_from=date(2026, 9, 15))

    with pytest.raises(RuleViolation, match="at least 2"):
        _propose(cast, centre_year, count=1)

    assert _propose(cast, centre_year, count=2).facts["rule"] == "R67"


def test_r9_a_programme_without_a_planned_sample_is_listed(cast, centre_year):
    Activity.objects.filter(programme=cast.northgate.programmes[1]).delete()

    assert without_activity(agreements(centre_year)) == [cast.northgate.programmes[1]]
    assert not ActivityCount.objects.exists()
