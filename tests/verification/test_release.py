"""Releases: who moves them, and that only a later sample releases after a block."""

from __future__ import annotations

import pytest

from qa_portal.errors import NotPermitted, RuleViolation
from tests.conftest import NOW
from tests.story.allocations import allocated, forget_access
from verification.models import Release
from verification.operations import releases

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _now(clock_at):
    clock_at(NOW)


@pytest.fixture
def release(cast) -> Release:
    centre_year = allocated(cast)
    forget_access(cast["sv"])
    return Release.objects.get(centre_year=centre_year, programme=cast.northgate.programmes[0])


def _settle(operation, release, cast, number, who="sv"):
    return operation(
        centre_year_id=release.centre_year_id,
        programme_id=release.programme_id,
        sample_number=number,
        facts={"rule": "R65"},
        by=cast[who],
        at=NOW,
    )


def test_r58_a_release_starts_outstanding_with_the_suites_control_measure(release):
    assert (release.status, release.control_measure) == ("OUTSTANDING", "ENHANCED")


def test_r66_after_a_block_only_a_later_sample_releases(release, cast):
    _settle(releases.hold, release, cast, 1)
    with pytest.raises(RuleViolation, match="second sample"):
        _settle(releases.release, release, cast, 1)

    released = _settle(releases.release, release, cast, 2)

    assert released.status == "RELEASED"
    assert released.facts["sample_number"] == 2


def test_r65_a_released_programme_is_held_again_by_a_later_inaccurate_sample(release, cast):
    _settle(releases.release, release, cast, 1)

    assert _settle(releases.hold, release, cast, 2).status == "PENDING"


def test_a_second_clean_sample_keeps_the_release_with_newer_facts(release, cast):
    _settle(releases.release, release, cast, 1)

    again = _settle(releases.release, release, cast, 2)

    assert (again.status, again.facts["sample_number"]) == ("RELEASED", 2)


def test_the_centre_releases_nothing(release, cast):
    with pytest.raises(NotPermitted):
        _settle(releases.release, release, cast, 1, who="qn")
