"""Who the API answers: tokens, sessions, scopes, pace, and the shape of every refusal."""

from __future__ import annotations

import re

import pytest
from allauth.idp.oidc.models import Client
from django.conf import settings
from rest_framework.test import APIClient

from centres.models import Learner
from centres.operations import api_clients
from centres.operations.api_clients import create
from tests.api.callers import Caller, anonymous, machine, person, token_of, with_token
from tests.conftest import NOW


def _client(house, scopes=("learners:read", "learners:write")):
    return create(centre_id=house.centre.pk, name="Records", scopes=scopes, by=house["exams"], at=NOW)


def test_a_client_gets_a_token_and_reads_its_centre(taught):
    client, secret = _client(taught.northgate)
    caller = Caller(APIClient())
    answer = caller.post(
        "/api/oauth/token",
        {"grant_type": "client_credentials", "client_id": client.pk, "client_secret": secret},
        format="multipart",
    )
    assert answer.status_code == 200
    learners = with_token(answer.json()["access_token"]).get("learners/")
    assert learners.status_code == 200
    assert len(learners.json()["results"]) == 8


def test_a_wrong_secret_gets_no_token(taught):
    client, _ = _client(taught.northgate)
    answer = anonymous().post(
        "/api/oauth/token",
        {"grant_type": "client_credentials", "client_id": client.pk, "client_secret": "guess"},
        format="multipart",
    )
    assert answer.status_code == 401


def test_without_credentials_the_answer_is_401_with_a_way_in(taught):
    answer = anonymous().get("learners/")
    assert answer.status_code == 401
    assert answer["WWW-Authenticate"].startswith("Bearer")
    assert answer["Content-Type"] == "application/problem+json"
    assert answer.json()["status"] == 401


@pytest.mark.parametrize("value", ["", "nonsense", "nonsense with spaces"])
def test_a_token_that_is_none_is_401(taught, value):
    assert with_token(value).get("learners/").status_code == 401


def test_an_expired_token_is_401(taught):
    client, _ = _client(taught.northgate)
    assert with_token(token_of(client, seconds=-1)).get("learners/").status_code == 401


def test_a_revoked_client_is_401_at_once(taught):
    client, _ = _client(taught.northgate)
    caller = with_token(token_of(client))
    grant = client.owner.grants.get()
    api_clients.revoke(grant_id=grant.pk, by=taught.northgate["exams"], at=NOW)
    assert caller.get("learners/").status_code == 401
    assert not Client.objects.filter(pk=client.pk).exists()


def test_a_missing_scope_is_403_and_named(taught):
    answer = machine(taught.northgate, ("learners:read",)).get("reports/")
    assert answer.status_code == 403
    assert "reports:read" in answer.json()["detail"]


def test_reading_learners_does_not_allow_writing_them(taught):
    caller = machine(taught.northgate, ("learners:read",))
    answer = caller.post("learners/", {"given_name": "Ann", "family_name": "Lee"})
    assert answer.status_code == 403
    assert not Learner.objects.filter(family_name="Lee").exists()


def test_a_person_may_use_their_session(taught):
    answer = person(taught["exams"]).get("learners/")
    assert answer.status_code == 200
    assert len(answer.json()["results"]) == 8


def test_a_session_without_the_form_token_cannot_post(taught):
    client = APIClient(enforce_csrf_checks=True)
    client.force_login(taught["exams"], backend="allauth.account.auth_backends.AuthenticationBackend")
    answer = Caller(client).post("learners/", {"given_name": "Ann", "family_name": "Lee"})
    assert answer.status_code == 403
    assert "CSRF" in answer.json()["detail"]


def test_a_role_without_the_permission_is_403(taught):
    answer = person(taught["exams"]).get("samples/")
    assert answer.status_code == 403
    assert answer.json()["title"] == "Not permitted"


def test_a_system_cannot_decide_direct_claims(northgate):
    answer = northgate.get("direct-claims-recommendations/")
    assert answer.status_code == 403


def test_a_key_that_no_text_can_say_is_refused(taught, northgate):
    body = b'{"criteria": {"\\ud800": 3}}'
    assert northgate.raw("assessment-decisions/", body).status_code == 400


def test_too_many_calls_are_429_with_the_time_to_wait(taught, monkeypatch):
    from rest_framework.settings import api_settings

    monkeypatch.setitem(api_settings.DEFAULT_THROTTLE_RATES, "client", "3/min")
    caller, other = machine(taught.northgate), machine(taught.northgate)
    answers = [caller.get("sites/") for _ in range(7)]
    assert answers[0].status_code == 200
    assert answers[-1].status_code == 429
    assert 1 <= int(answers[-1]["Retry-After"]) <= 61
    assert answers[-1].json()["title"] == "Too many calls"
    assert other.get("sites/").status_code == 200


def test_whatever_is_no_resource_is_a_problem_too(northgate):
    for path in ("nothing/", "learners/abc/", "learners/99999999999999999999/", "/api/elsewhere"):
        answer = northgate.get(path)
        assert answer.status_code == 404, path
        assert answer["Content-Type"] == "application/problem+json", path
    strict = APIClient(enforce_csrf_checks=True)
    assert Caller(strict).post("nothing/", {"a": 1}).status_code == 404


def test_only_json_is_taken_and_given(northgate):
    assert northgate.raw("learners/", b"{not json").status_code == 400
    assert (
        northgate.raw("learners/", b"given_name=Ann", "application/x-www-form-urlencoded").status_code == 415
    )
    assert northgate.get("learners/", Accept="text/csv").status_code == 406
    for method in ("delete", "put", "patch", "options"):
        assert getattr(northgate.client, method)("/api/v1/learners/1/").status_code == 405, method
    for body in (b"", b"[" * 200_000, b'{"given_name": "\\ud800"}', b'{"uln": NaN}', b"\xff"):
        assert northgate.raw("learners/", body).status_code in (400, 422), body[:40]
    assert northgate.raw("learners/", b'"' + b"a" * 6_000_000 + b'"').status_code == 413
    for body in (b"[]", b"3", b'"x"', b"null", b'{"given_name": {"a": 1}}', b'{"given_name": "\\u0000"}'):
        assert northgate.raw("learners/", body).status_code == 422, body


def test_what_names_people_is_kept_nowhere(taught, northgate):
    assert northgate.get("learners/")["Cache-Control"] == "private, no-store"


def test_the_documentation_needs_no_exception_from_the_content_security_policy(db):
    """No inline script or style: each is a file of our own origin."""
    page = APIClient().get("/api/v1/docs/").content.decode()
    assert "unsafe" not in APIClient().get("/api/v1/docs/")["Content-Security-Policy"]
    assert re.findall(r"<script(?![^>]*\bsrc=)|<style|\bstyle=|//cdn", page) == []
    script = re.search(r'src="([^"]*script=)"', page)
    assert script
    assert APIClient().get(script[1])["Content-Type"].startswith("application/javascript")


def test_the_documentation_is_open_to_everybody(db):
    caller = APIClient()
    assert caller.get("/api/v1/docs/").status_code == 200
    assert caller.get("/api/v1/schema/").status_code == 200
    assert settings.SPECTACULAR_SETTINGS["OAS_VERSION"].startswith("3.1")


def test_a_crash_is_a_problem_too_and_says_nothing_of_its_cause(taught, northgate, monkeypatch):
    def broken(*_args, **_more):
        raise RuntimeError("a secret of the machine room")

    monkeypatch.setattr(Learner.objects, "visible_to", broken)
    northgate.client.raise_request_exception = False
    answer = northgate.get("learners/")
    assert (answer.status_code, answer["Content-Type"]) == (500, "application/problem+json")
    assert answer.json()["status"] == 500
    assert b"secret" not in answer.content
