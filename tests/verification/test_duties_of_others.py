"""What one side does sets duties of the other, within its own scope."""

from __future__ import annotations

from datetime import date

import pytest
from django.urls import reverse

from qa_portal.models import Deadline
from qa_portal.tenancy import ALL_CENTRES, Side, scoped_to
from tests.story.allocations import allocated
from verification.models import Activity
from verification.operations import schedule

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _in_october(clock_at, now):
    clock_at(now)


def _post(client, name: str, *args, **data):
    answer = client.post(reverse(name, args=args), data)
    assert answer.status_code == 302, answer.content.decode()
    return answer


def test_a_centre_that_accepts_a_day_leaves_the_verifier_the_sample_to_plan(cast, sign_in, scope, now):
    allocated(cast, cast.northgate, at=now)
    activity = Activity.objects.get(
        centre=cast.northgate.centre, programme=cast.northgate.programmes[0], kind="SAMPLING", number=1
    )
    schedule.propose_date(activity_id=activity.pk, day=date(2027, 1, 27), by=cast["sv"], at=now)
    client = sign_in(cast["qn"])
    scope()

    _post(client, "activity-accept", activity.pk)

    with scoped_to(ALL_CENTRES, side=Side.AO):
        duty = Deadline.objects.get(kind="sample_plan", subject_id=activity.pk, state="OPEN")
        assert duty.owner == cast["sv"]
