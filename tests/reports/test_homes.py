"""Home pages answer for every side, within the budget of queries."""

from __future__ import annotations

from datetime import date

import pytest

from centres.permissions import RoleCode as R
from qa_portal.deadlines import Duty, set_due
from qa_portal.tenancy import ALL_CENTRES, Side, scoped_to


@pytest.mark.parametrize(
    "who",
    ["head", "qn", "exams", "leader", "leadiv", "iv", "assessor", "manager", "planner", "viewer", "admin"],
)
def test_home_answers_for_every_role(cast, sign_in, who, django_assert_max_num_queries, scope):
    client = sign_in(cast[who])
    scope()
    with django_assert_max_num_queries(14):  # two of them are savepoints
        response = client.get("/")
    assert response.status_code == 200
    assert "What you have to do next" in response.content.decode()


def test_another_centres_page_does_not_exist(cast, sign_in, scope):
    client = sign_in(cast["outsider"])
    scope()
    assert client.get("/centres/20202/").status_code == 200
    assert client.get("/centres/10101/").status_code == 404


def test_a_duty_on_a_centres_page_is_a_link_only_where_its_page_opens(cast, sign_in, scope):
    def due(kind, url, person=None):
        duty = Duty(
            title=f"Do {kind}",
            url=url,
            owner_role=R.LEAD_STANDARDS_VERIFIER,
            owner_side=Side.VERIFIER,
            owner_id=person.pk if person else None,
        )
        set_due(kind, subject=cast.northgate.programmes[0], year=2026, due_on=date(2026, 11, 3), duty=duty)

    with scoped_to(ALL_CENTRES, side=Side.AO):
        due("final_annual_report", "/centres/10101/final-report/2026/")
        due("details_confirmation", "/account/details/", cast["qn"])
        due("lsv_visit", "/centres/10101/activities/")
    client = sign_in(cast["viewer"])
    scope()
    page = client.get("/centres/10101/").content.decode()
    assert "<strong>Do final_annual_report</strong>" in page
    assert "<strong>Do details_confirmation</strong>" in page
    assert '<a href="/centres/10101/activities/">Do lsv_visit</a>' in page


def test_a_home_with_more_than_ten_duties_leads_to_all_of_them(cast, sign_in, scope):
    def due(number):
        duty = Duty(title=f"Duty {number:02}", url="/", owner_role=R.QUALITY_NOMINEE, owner_side=Side.CENTRE)
        kind = ("lsv_visit", "date_reply", "visit_documents", "fact_check", "report", "sample_plan")[
            number // 2
        ]
        subject = cast.northgate.programmes[number % 2]
        set_due(kind, subject=subject, year=2026, due_on=date(2026, 11, number + 1), duty=duty)

    with scoped_to(ALL_CENTRES, side=Side.AO):
        for number in range(10):
            due(number)
    client = sign_in(cast["qn"])
    scope()
    assert "duties=all" not in client.get("/").content.decode()
    with scoped_to(ALL_CENTRES, side=Side.AO):
        due(10)
    scope()
    page = client.get("/").content.decode()
    assert 'href="/?duties=all"' in page
    assert "Duty 10" not in page
    page = client.get("/?duties=all").content.decode()
    assert "Duty 10" in page
    assert "duties=all" not in page
