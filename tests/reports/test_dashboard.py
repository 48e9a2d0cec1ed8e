"""The dashboard: its numbers, its filters, and who may see it."""

from __future__ import annotations

from datetime import date

import pytest

from qa_portal.deadlines import Duty, set_due
from reports import charts
from verification.models import CentreYear


@pytest.fixture
def years(cast):
    from centres.models import SchemeVersion

    scheme = SchemeVersion.objects.get(code="wbl")
    made = []
    for house, state in ((cast.northgate, "DONE"), (cast.harbour, "UNDER_WAY")):
        made.append(
            CentreYear.objects.create(
                centre=house.centre, year=2026, scheme_version=scheme, self_assessment_state=state,
                risk="HIGH" if state == "UNDER_WAY" else "",
            )
        )  # fmt: skip
    duty = Duty(title="Submit it", url="/", owner_role="quality_nominee", owner_side="centre")
    set_due("self_assessment", subject=made[1], year=2026, due_on=date(2026, 11, 3), duty=duty)
    return made


def test_dashboard_counts_stages_and_overdue_tasks(
    cast, years, sign_in, scope, clock_at, django_assert_max_num_queries
):
    from datetime import UTC, datetime

    clock_at(datetime(2026, 11, 23, 9, tzinfo=UTC))
    client = sign_in(cast["manager"])
    scope()
    with django_assert_max_num_queries(16):
        response = client.get("/staff/")
    stages = {row["key"]: row for row in response.context["stages"]}
    assert (stages["self_assessment"]["done"], stages["self_assessment"]["late"]) == (1, 1)
    assert response.context["overdue_total"] == 1
    assert "Harbour Training" in response.content.decode()


def test_filters_survive_and_narrow(cast, years, sign_in, scope, clock_at):
    from datetime import UTC, datetime

    clock_at(datetime(2026, 11, 23, 9, tzinfo=UTC))
    client = sign_in(cast["viewer"])
    scope()
    response = client.get("/staff/?risk=HIGH&year=2026")
    assert response.context["heading"].replace("\N{NO-BREAK SPACE}", " ") == "Where 1 centre stands"
    csv = client.get("/staff/dashboard.csv?risk=HIGH&year=2026").content.decode()
    assert "Harbour Training" in csv
    assert "Northgate" not in csv


@pytest.mark.parametrize("who", ["qn", "head", "outsider"])
def test_dashboard_is_not_for_centres(cast, sign_in, scope, who):
    client = sign_in(cast[who])
    scope()
    assert client.get("/staff/").status_code == 403


def test_charts_are_the_same_bytes_for_the_same_numbers():
    rows = [charts.Stack("Self-assessment", 187, 0, 0, 25), charts.Stack("LSV visit", 96, 93, 16, 7)]
    assert charts.stacked(rows) == charts.stacked(rows)
    assert b"<script" not in charts.stacked(rows)


def test_a_chart_of_nonsense_does_not_exist(cast, sign_in, scope):
    client = sign_in(cast["manager"])
    scope()
    assert client.get("/staff/charts/stages.svg?d=abc").status_code == 404
    assert client.get("/staff/charts/owners.svg?d=quality_nominee.3.5~planner.1.2").status_code == 200


def test_schemes_can_be_read_by_staff_with_their_windows_and_rules(cast, sign_in, scope):
    from centres.models import SchemeVersion

    client = sign_in(cast["viewer"])
    scope()
    assert "wbl" in client.get("/staff/schemes/").content.decode()
    page = client.get(f"/staff/schemes/{SchemeVersion.objects.get(code='wbl').pk}/").content.decode()
    assert "R55" in page or "R3" in page
    assert "every learner" in page
