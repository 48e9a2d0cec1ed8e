"""Samples for urgent claims: after 31 August they belong to the year that has begun (R10)."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from django.urls import reverse

from qa_portal.actors import SYSTEM
from qa_portal.errors import NotPermitted, RuleViolation
from reports.queries.final import record_of
from sampling.operations import plan
from tests.conftest import NOW
from tests.story.allocations import allocated, forget_access
from tests.story.samples import assessed
from verification.models import Activity, CentreYear, Verifier
from verification.operations import allocations, roll_over, urgent_samples
from verification.queries.activity_counts import agreements

AUGUST = datetime(2027, 8, 20, 9, 0, tzinfo=UTC)
SEPTEMBER = datetime(2027, 9, 3, 9, 0, tzinfo=UTC)
REASON = "Four learners start work on 20 September and need their certificates."
pytestmark = pytest.mark.django_db


@pytest.fixture
def last_year(cast, clock_at) -> CentreYear:
    clock_at(NOW)
    year = allocated(cast)
    assessed(cast, decided=date(2027, 7, 2))
    roll_over.roll_over(centre_id=year.centre_id, year=2027, by=SYSTEM, at=datetime(2027, 9, 1, tzinfo=UTC))
    clock_at(SEPTEMBER)
    for name in ("sv", "lsv"):
        forget_access(cast[name])
    return year


def _plan(cast, who="sv", at=SEPTEMBER, reason=REASON) -> Activity:
    return urgent_samples.plan_urgent(
        programme_id=cast.northgate.programmes[0].pk, reason=reason, by=cast[who], at=at
    )


def test_r10_a_sample_for_urgent_claims_after_31_august_belongs_to_the_next_year(cast, last_year):
    before = len(record_of(last_year).unfinished)

    activity = _plan(cast)

    assert (activity.centre_year.year, activity.urgent_reason) == (2027, REASON)
    assert (activity.window_from, activity.window_until) == (date(2027, 9, 3), date(2027, 9, 15))
    assert activity.allocation.centre_year_id == last_year.pk
    assert len(record_of(last_year).unfinished) == before


def test_r10_what_is_planned_in_august_belongs_to_the_year_that_ends(cast, last_year, clock_at):
    clock_at(AUGUST)

    activity = _plan(cast, at=AUGUST)

    assert (activity.centre_year_id, activity.window_until) == (last_year.pk, date(2027, 8, 31))


def test_r10_last_years_work_can_be_sampled_for_urgent_claims(cast, last_year):
    sample = plan.plan(activity_id=_plan(cast).pk, by=cast["sv"], at=SEPTEMBER)

    assert (sample.year, sample.registered_learners) == (2027, 8)
    assert sample.frame_size > 0


def test_r9_the_years_own_sample_is_planned_beside_it(cast, last_year):
    urgent = _plan(cast)
    after = CentreYear.objects.get(year=2027, centre=last_year.centre)

    new = allocations.allocate(
        centre_year_id=after.pk, kind="SV", programme_id=urgent.programme_id,
        verifier_id=Verifier.objects.get(person=cast["lsv2"]).pk, by=cast["planner"], at=SEPTEMBER,
    )  # fmt: skip

    rows = Activity.objects.filter(centre_year=after, programme=urgent.programme).order_by("number")
    assert [(row.number, bool(row.urgent_reason), row.allocation_id) for row in rows] == [
        (1, True, new.pk),
        (2, False, new.pk),
    ]
    assert next(each for each in agreements(after) if each.programme.pk == urgent.programme_id).planned == 1


def test_r10_urgent_claims_need_a_reason_a_role_and_their_weeks(cast, last_year):
    with pytest.raises(RuleViolation, match="Say why"):
        _plan(cast, reason=" ")
    with pytest.raises(NotPermitted):
        _plan(cast, who="qn")
    with pytest.raises(RuleViolation, match="from 1.August 2028 to 15.September 2028"):
        _plan(cast, at=datetime(2027, 9, 16, 9, 0, tzinfo=UTC))


def test_the_page_is_offered_in_its_weeks_and_plans_the_sample(cast, last_year, sign_in, clock_at):
    programme = cast.northgate.programmes[0]
    url = reverse("urgent-sample", args=["10101", programme.pk])
    client = sign_in(cast["sv"])
    counts = reverse("activity-counts", args=["10101"])
    assert url in client.get(counts).content.decode()
    assert "It belongs to 2027-28" in client.get(url).content.decode()

    page = client.post(url, {"reason": REASON}, follow=True)

    assert REASON in page.content.decode()
    clock_at(datetime(2027, 10, 4, 9, 0, tzinfo=UTC))
    client = sign_in(cast["sv"])
    assert url not in client.get(counts).content.decode()
    assert client.get(url).status_code == 409
