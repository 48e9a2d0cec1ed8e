"""The dashboard: its numbers, its filters, and who may see it."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from qa_portal.deadlines import Duty, set_due
from qa_portal.tenancy import ALL_CENTRES, Side, scoped_to
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
    clock_at(datetime(2026, 11, 23, 9, tzinfo=UTC))
    client = sign_in(cast["manager"])
    scope()
    with django_assert_max_num_queries(12 + SAVEPOINT):
        response = client.get("/staff/")
    stages = {row["key"]: row for row in response.context["stages"]}
    assert (stages["self_assessment"]["done"], stages["self_assessment"]["late"]) == (1, 1)
    assert response.context["overdue_total"] == 1
    assert "Harbour Training" in response.content.decode()


def test_filters_survive_and_narrow(cast, years, sign_in, scope, clock_at):
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


# A request inside a test's transaction begins and ends with a savepoint.
SAVEPOINT = 2
NOVEMBER = datetime(2026, 11, 23, 9, tzinfo=UTC)


def page_of(client, address):
    response = client.get(address)
    assert response.status_code == 200
    return response.content.decode().replace("\N{NO-BREAK SPACE}", " ").replace("&nbsp;", " ")


@pytest.fixture
def staff(cast, years, sign_in, scope, clock_at):
    clock_at(NOVEMBER)
    client = sign_in(cast["manager"])
    scope()
    return client


def test_the_dashboard_shows_the_fullest_verifiers_with_their_numbers(cast, sign_in, scope, clock_at):
    from tests.story.allocations import allocated
    from verification.models import Verifier

    allocated(cast)
    Verifier.objects.filter(person=cast["sv"]).update(days_a_year=1)
    clock_at(NOVEMBER)
    client = sign_in(cast["viewer"])
    scope()
    response = client.get("/staff/")
    first = response.context["load"]["rows"][0]
    assert first["name"] == cast["sv"].name
    assert first["allocations"] == len(cast.northgate.programmes)
    assert first["centres"] == 1
    assert first["state"][0] == "overdue"
    assert response.context["load"]["second"].startswith("1 of")
    assert (
        'href="/staff/verifiers/"' in response.content.decode().split('id="load"')[1].split("</section>")[0]
    )


def test_the_list_says_stages_what_is_due_first_and_who_must_act(staff):
    page = page_of(staff, "/staff/centres-by-stage/?stage=self_assessment&state=late")
    row = page.split("<tbody>")[1].split("</tbody>")[0]
    assert "Harbour Training" in row
    assert "Northgate" not in row
    assert "Submit it" in row
    assert "20 days overdue" in row
    assert "Quality Nominee" in row
    assert row.count('data-label="LSV visit"') == 1
    assert "Overdue" in row.split('data-label="Self-assessment"')[1].split("</td>")[0]


def test_the_list_keeps_its_filters_and_pages(cast, staff, monkeypatch):
    from reports.views import dashboard_list

    monkeypatch.setattr(dashboard_list, "PAGE", 1)
    response = staff.get("/staff/centres-by-stage/?stage=self_assessment&page=2")
    assert [row["name"] for row in response.context["rows"]] == ["Harbour Training"]
    form = response.context["filter_form"]
    assert (form["stage"].value(), form["year"].value()) == ("self_assessment", "2026")
    assert "stage=self_assessment" in response.content.decode().split('rel="prev"')[1].split(">")[0]
    csv = staff.get("/staff/dashboard.csv?stage=self_assessment").content.decode()
    assert "Harbour Training" in csv
    assert "Northgate" in csv


def test_an_owners_overdue_number_leads_to_the_centres_that_wait_for_them(staff):
    page = page_of(staff, "/staff/")
    assert "owner=quality_nominee" in page.split('id="owners"')[1].split("</section>")[0]
    rows = page_of(staff, "/staff/centres-by-stage/?owner=quality_nominee&state=late").split("<tbody>")[1]
    assert "Harbour Training" in rows
    assert "Northgate" not in rows


def test_overdue_and_claims_follow_the_chosen_year(staff):
    response = staff.get("/staff/?year=2025")
    assert response.context["overdue_total"] == 0
    assert sum(row["number"] for row in response.context["claims_rows"]) == 0
    assert list(response.context["first"]) == []


def test_one_of_a_thing_is_not_called_by_its_plural(staff):
    texts = [figure["text"] for figure in staff.get("/staff/").context["figures"]]
    assert texts[0] == "task overdue"
    assert texts[3].startswith("recommendations to decide")


@pytest.mark.parametrize(("address", "most"), [("/staff/", 12), ("/staff/centres-by-stage/", 8)])
def test_dashboard_and_list_make_few_queries(staff, django_assert_max_num_queries, address, most):
    with django_assert_max_num_queries(most + SAVEPOINT):
        staff.get(address)


def test_the_file_holds_the_formula_of_no_centre(cast, staff):
    from centres.models import Centre
    from qa_portal.tenancy import ALL_CENTRES, scoped_to

    with scoped_to(ALL_CENTRES):
        Centre.objects.filter(pk=cast.harbour.centre.pk).update(name="=HYPERLINK(1)")
    assert "'=HYPERLINK(1)" in staff.get("/staff/dashboard.csv").content.decode()


def test_what_a_year_before_left_open_counts_in_the_year_under_way(cast, years, staff):
    duty = Duty(
        title="Complete essential action 1", url="/", owner_role="quality_nominee", owner_side="centre"
    )
    with scoped_to(ALL_CENTRES, side=Side.AO):
        set_due("essential_action", subject=years[0], year=2025, due_on=date(2026, 10, 9), duty=duty)
    response = staff.get("/staff/")
    assert response.context["overdue_total"] == 2
    assert [row["what"] for row in response.context["first"]] == ["Complete essential action 1", "Submit it"]
    page = page_of(staff, "/staff/centres-by-stage/?state=late")
    assert "Complete essential action 1" in page
    assert "Submit it" in page
    stage = page_of(staff, "/staff/centres-by-stage/?stage=self_assessment&state=late").split("<tbody>")[1]
    assert "Northgate" not in stage


@pytest.mark.parametrize(("who", "there"), [("manager", True), ("planner", False), ("viewer", False)])
def test_the_dashboard_leads_to_decisions_only_who_decides(cast, years, sign_in, scope, clock_at, who, there):
    clock_at(NOVEMBER)
    client = sign_in(cast[who])
    scope()
    page = page_of(client, "/staff/").split("<main")[1]
    assert ("/staff/decisions/" in page) is there
