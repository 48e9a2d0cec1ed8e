"""A centre's list of activities."""

from __future__ import annotations

import pytest
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


@pytest.mark.parametrize(("who", "offered"), [("qn", True), ("assessor", False), ("iv", False)])
def test_r23_writing_is_offered_to_whoever_may_open_the_conversation(cast, sign_in, clock_at, who, offered):
    clock_at(NOW)
    visit = visit_agreed(cast)
    client = sign_in(cast[who])
    messages = reverse("messages", args=["10101"])
    assert (client.get(messages).status_code == 200) is offered
    for page in (reverse("activities", args=["10101"]), reverse("activity", args=[visit.pk])):
        assert (f'href="{messages}">Write to each other' in client.get(page).content.decode()) is offered
