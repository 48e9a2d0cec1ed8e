"""A centre's systems: a client with its own person, tokens by client credentials, and the end of its access."""

from __future__ import annotations

import base64

import pytest
from allauth.idp.oidc.models import Client as OidcClient
from django.test import Client
from django.urls import include, path
from rest_framework.response import Response
from rest_framework.views import APIView

from centres.models import AccessGrant, Centre
from centres.operations import api_clients
from centres.permissions import RoleCode as R
from qa_portal.errors import NotPermitted, RuleViolation
from qa_portal.models import AuditEvent
from qa_portal.tenancy import ALL_CENTRES, scoped_to
from tests.conftest import NOW

SCOPES = ["learners:read", "learners:write"]


class Mine(APIView):
    """What a machine sees: who it is, and the centres of its scope."""

    def get(self, request):
        return Response({"name": request.user.name, "centres": [c.number for c in Centre.objects.all()]})


urlpatterns = [path("api/v1/mine/", Mine.as_view()), path("", include("qa_portal.urls"))]


@pytest.fixture
def made(cast):
    return api_clients.create(
        centre_id=cast.northgate.centre.pk, name="College records", scopes=SCOPES, by=cast["exams"], at=NOW
    )


def token_for(made, **more):
    client, secret = made
    machine = Client(enforce_csrf_checks=True)
    basic = base64.b64encode(f"{client.pk}:{secret}".encode()).decode()
    return machine.post(
        "/api/oauth/token",
        {"grant_type": "client_credentials", **more},
        headers={"Authorization": f"Basic {basic}"},
    )


def test_a_client_gets_a_token_without_cookies_and_acts_at_its_centre_alone(made, settings):
    settings.ROOT_URLCONF = __name__
    answer = token_for(made)
    assert answer.status_code == 200, answer.content
    body = answer.json()
    assert (body["token_type"], sorted(body["scope"].split())) == ("Bearer", SCOPES)
    headers = {"Authorization": f"Bearer {body['access_token']}"}
    mine = Client().get("/api/v1/mine/", headers=headers)
    assert mine.json() == {"name": "College records", "centres": ["10101"]}


def test_the_secret_may_also_stand_in_the_body(made):
    client, secret = made
    answer = Client().post(
        "/api/oauth/token",
        {
            "grant_type": "client_credentials",
            "client_id": client.pk,
            "client_secret": secret,
            "scope": "learners:read",
        },
    )
    assert answer.json()["scope"] == "learners:read"


def test_a_wrong_secret_and_a_scope_that_was_not_given_are_refused(made):
    client, _ = made
    assert token_for((client, "wrong")).status_code == 401
    assert token_for(made, scope="assessment:write").status_code == 400


def test_without_a_token_the_answer_is_401(made, settings):
    settings.ROOT_URLCONF = __name__
    assert Client().get("/api/v1/mine/").status_code == 401
    wrong = Client().get("/api/v1/mine/", headers={"Authorization": "Bearer nonsense"})
    assert wrong.status_code == 401
    assert wrong.headers["WWW-Authenticate"].startswith("Bearer")


def test_only_a_digest_of_the_secret_is_kept(made):
    client, secret = made
    stored = OidcClient.objects.get(pk=client.pk)
    assert secret not in str(vars(stored))
    assert stored.owner.is_service
    assert not stored.owner.has_usable_password()


def test_an_ended_system_gets_neither_token_nor_answer(made, cast, settings):
    settings.ROOT_URLCONF = __name__
    token = token_for(made).json()["access_token"]
    with scoped_to(ALL_CENTRES):
        grant = AccessGrant.objects.get(role=R.SYSTEM_CLIENT)
        api_clients.revoke(grant_id=grant.pk, by=cast["qn"], at=NOW)
    assert token_for(made).status_code == 401
    assert Client().get("/api/v1/mine/", headers={"Authorization": f"Bearer {token}"}).status_code == 401
    with scoped_to(ALL_CENTRES), pytest.raises(RuleViolation, match="ended already"):
        api_clients.revoke(grant_id=grant.pk, by=cast["qn"], at=NOW)


@pytest.mark.parametrize("who", ["head", "leader", "assessor", "outsider", "planner"])
def test_r20_systems_are_for_the_quality_nominee_and_examinations_officer(cast, who):
    with pytest.raises(NotPermitted):
        api_clients.create(centre_id=cast.northgate.centre.pk, name="X", scopes=SCOPES, by=cast[who], at=NOW)


def test_an_unknown_scope_is_refused(cast):
    with pytest.raises(RuleViolation):
        api_clients.create(
            centre_id=cast.northgate.centre.pk, name="X", scopes=["everything"], by=cast["qn"], at=NOW
        )


def test_the_page_shows_the_secret_once(cast, sign_in, scope):
    client = sign_in(cast["qn"])
    scope()
    url = "/centres/10101/api-clients/"
    answer = client.post(url, {"name": "Records", "scopes": SCOPES})
    with scoped_to(ALL_CENTRES):
        stored = OidcClient.objects.get()
        secret = answer.context["made"]["secret"]
        assert stored.check_secret(secret)
        event = AuditEvent.objects.get(event="api_client.created")
        assert secret not in str(event.details)
    assert secret in answer.content.decode()
    again = client.get(url).content.decode()
    assert secret not in again
    assert stored.pk in again


def test_the_page_ends_access_after_asking(cast, sign_in, scope, made):
    grant = AccessGrant.objects.get(role=R.SYSTEM_CLIENT)
    client = sign_in(cast["exams"])
    scope()
    url = f"/centres/10101/api-clients/{grant.pk}/revoke/"
    assert "End the access of College records?" in client.get(url).content.decode()
    answer = client.post(url, follow=True)
    assert "The access of College records has ended" in answer.content.decode()
    assert not OidcClient.objects.exists()


def test_r23_another_centres_systems_are_not_found(cast, sign_in, scope, made):
    client = sign_in(cast["outsider"])
    scope()
    assert client.get("/centres/10101/api-clients/").status_code == 404
