"""A centre's list of activities."""

from __future__ import annotations

from django.urls import reverse

from tests.conftest import NOW
from tests.story.allocations import sampling_agreed, visit_agreed


def test_a_centre_reads_its_activities_in_the_order_of_their_days(cast, sign_in, clock_at):
    clock_at(NOW)
    visit_agreed(cast)
    sampling_agreed(cast)
    group = sign_in(cast["qn"]).get(reverse("activities", args=["10101"])).context["groups"][0]
    days = [row["first"] for row in group["rows"]]
    assert len(days) > 1
    assert days == sorted(days)
