"""Pages that refuse: an address that takes a form only, opened as a page."""

from __future__ import annotations

import pytest

from tests.story.visits import visit_under_way


@pytest.fixture
def opened(cast, sign_in, scope):
    def get(who, path):
        client = sign_in(cast[who])
        scope()
        return client.get(path)

    return get


def test_an_address_for_a_form_says_what_to_do_and_leads_back(cast, opened):
    activity = visit_under_way(cast)
    response = opened("qn", f"/activities/{activity.pk}/plan-again/")
    assert response.status_code == 405
    assert response["Allow"] == "POST"
    page = response.content.decode()
    assert "Nothing was done" in page
    assert f'href="/activities/{activity.pk}/"' in page


def test_without_a_page_above_it_leads_home(cast, opened):
    response = opened("qn", "/calendar/address/")
    assert response.status_code == 405
    assert 'href="/calendar/"' in response.content.decode()


def test_the_api_keeps_its_problem_document(cast, client):
    response = client.post("/api/v1/qualifications/")
    assert response["Content-Type"].startswith("application/problem+json")


def test_what_cannot_be_opened_without_signing_in_says_no_more(client, db):
    response = client.get("/activities/1/date/accept/")
    assert response.status_code in (302, 405)
