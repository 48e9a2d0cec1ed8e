"""Home pages answer for every side, within the budget of queries."""

from __future__ import annotations

import pytest


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
