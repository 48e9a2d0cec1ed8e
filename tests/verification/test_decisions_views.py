"""Pages of decisions and of the number of samples."""

from __future__ import annotations

import pytest
from django.urls import reverse

from tests.story.allocations import allocated, forget_access
from tests.story.samples import CONCLUDED_AT, sample_concluded
from verification.models import ActivityCount, DirectClaimsRecommendation

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _in_january(clock_at):
    clock_at(CONCLUDED_AT)


def test_r26_the_quality_manager_decides_by_page(cast, sign_in, django_assert_max_num_queries):
    sample_concluded(cast)
    row = DirectClaimsRecommendation.objects.get()
    client = sign_in(cast["manager"])
    url = reverse("decision", args=[row.pk])

    with django_assert_max_num_queries(10):
        assert "Not yet" in client.get(reverse("decisions")).content.decode()
    with django_assert_max_num_queries(14):
        assert "No essential action is outstanding" in client.get(url).content.decode()
    assert "Say why you decline" in client.post(url, {"decision": "decline"}).content.decode()
    assert client.post(url, {"decision": "accept"}).status_code == 302
    assert client.post(url, {"decision": "accept"}).status_code == 409
    row.refresh_from_db()
    assert (row.status, row.decided_by) == ("ACCEPTED", cast["manager"])


def test_r26_others_do_not_decide(cast, sign_in):
    sample_concluded(cast)
    url = reverse("decision", args=[DirectClaimsRecommendation.objects.get().pk])

    assert sign_in(cast["sv"]).post(url, {"decision": "accept"}).status_code in (403, 409)
    for who in ("qn", "planner", "viewer"):
        assert sign_in(cast[who]).get(url).status_code == 403


def test_r9_numbers_are_proposed_and_confirmed_by_page(cast, sign_in, django_assert_max_num_queries):
    allocated(cast)
    for who in ("sv", "lsv"):
        forget_access(cast[who])
    url = reverse("activity-counts", args=["10101"])
    client = sign_in(cast["sv"])
    with django_assert_max_num_queries(14):
        assert client.get(url).status_code == 200

    client.post(url, {"programme": cast.northgate.programmes[0].pk, "count": 2, "reason": "New assessor"})
    count = ActivityCount.objects.get()
    assert client.post(reverse("activity-count-confirm", args=[count.pk])).status_code == 403
    assert sign_in(cast["lsv"]).post(reverse("activity-count-confirm", args=[count.pk])).status_code == 302
    count.refresh_from_db()
    assert count.status == "CONFIRMED"


def test_numbers_are_not_the_centres_to_see(cast, sign_in):
    allocated(cast)

    assert sign_in(cast["qn"]).get(reverse("activity-counts", args=["10101"])).status_code == 403
