"""A second factor is asked of verifiers and the awarding organisation's staff, where the installation wants it."""

from __future__ import annotations

import pytest
from allauth.mfa.models import Authenticator
from django.test import override_settings

from centres.permissions import RoleCode as R
from tests.factories.centres import AccessGrantFactory

wanted = override_settings(SECOND_FACTOR_REQUIRED=True)


@pytest.fixture
def cast_with_verifier(cast):
    AccessGrantFactory(person=cast["lsv"], role=R.LEAD_STANDARDS_VERIFIER, centre=cast.northgate.centre)
    return cast


@wanted
@pytest.mark.parametrize("who", ["manager", "admin", "viewer", "lsv"])
def test_staff_and_verifiers_without_one_set_it_up_first(cast_with_verifier, sign_in, scope, who):
    client = sign_in(cast_with_verifier[who])
    scope()
    answer = client.get("/", follow=True)
    assert answer.redirect_chain == [("/account/mfa/", 302)]
    assert "Set up a second factor first" in answer.content.decode()
    assert client.get("/account/").status_code == 200
    assert client.get("/api/v1/schema/").status_code == 403


@wanted
def test_somebody_who_also_works_at_a_centre_needs_it_there_too(cast_with_verifier, sign_in, scope):
    person = cast_with_verifier["lsv"]
    AccessGrantFactory(person=person, role=R.ASSESSOR, centre=cast_with_verifier.harbour.centre)
    client = sign_in(person)
    scope()
    session = client.session
    session["context"] = f"centre-{cast_with_verifier.harbour.centre.pk}"
    session.save()
    assert client.get("/")["Location"] == "/account/mfa/"


@wanted
def test_people_of_a_centre_do_not_need_one(cast, sign_in, scope):
    client = sign_in(cast["qn"])
    scope()
    assert client.get("/").status_code == 200


@wanted
def test_with_an_app_the_portal_opens(cast, sign_in, scope):
    Authenticator.objects.create(user=cast["admin"], type="totp", data={"secret": "x"})
    client = sign_in(cast["admin"])
    scope()
    assert client.get("/").status_code == 200


@wanted
def test_recovery_codes_alone_are_no_second_factor(cast, sign_in, scope):
    Authenticator.objects.create(user=cast["admin"], type="recovery_codes", data={"seed": "x"})
    client = sign_in(cast["admin"])
    scope()
    assert client.get("/")["Location"] == "/account/mfa/"


def test_the_demo_asks_for_none(cast, sign_in, scope):
    client = sign_in(cast["admin"])
    scope()
    assert client.get("/").status_code == 200
