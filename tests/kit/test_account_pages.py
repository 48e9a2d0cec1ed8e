"""Sign-in and account pages: allauth's views in our shell and our words."""

from __future__ import annotations

import re

import pytest

from tests.factories.centres import PersonFactory

PASSWORD = "three-words-and-more"


@pytest.fixture
def person(as_staff):
    person = PersonFactory()
    person.set_password(PASSWORD)
    person.save()
    return person


def text(response) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]*>", " ", response.content.decode()))


def test_sign_in_shows_the_form_and_who_may_use_it(client, db):
    response = client.get("/account/login/")
    assert response.status_code == 200
    assert "Who can sign in" in text(response)
    assert "Sign up" not in text(response)


def test_a_wrong_password_says_what_to_check_and_keeps_the_address(client, person):
    response = client.post("/account/login/", {"login": person.email, "password": "wrong"})
    assert "The e-mail address or the password is not right" in text(response)
    assert "<title>Error: Sign in" in response.content.decode()
    assert f'value="{person.email}"' in response.content.decode()


def test_signing_in_leaves_no_greeting(client, person):
    response = client.post("/account/login/", {"login": person.email, "password": PASSWORD})
    assert response.status_code == 302
    assert "Successfully" not in text(client.get("/account/sessions/"))


@pytest.mark.parametrize(
    ("address", "heading"),
    [
        ("/account/password/change/", "Change your password"),
        ("/account/sessions/", "Where you are signed in"),
        ("/account/mfa/", "Second factor"),
        ("/account/mfa/webauthn/", "Passkeys and security keys"),
        ("/account/logout/", "Sign out of the portal?"),
        ("/account/reauthenticate/", "Confirm that it is you"),
    ],
)
def test_an_account_page_stands_in_our_shell(sign_in, person, address, heading):
    response = sign_in(person).get(address)
    assert response.status_code == 200
    html = response.content.decode()
    assert html.count("<h1") == 1
    assert heading in html
    assert 'class="qa-masthead"' in html


def test_password_reset_says_the_same_for_every_address(client, person):
    known = client.post("/account/password/reset/", {"email": person.email}, follow=True)
    unknown = client.post("/account/password/reset/", {"email": "nobody@elsewhere.example"}, follow=True)
    assert text(known) == text(unknown)
    assert "If the address belongs to an account" in text(known)


def test_the_mail_of_a_password_reset_is_plain(client, person, mailoutbox):
    client.post("/account/password/reset/", {"email": person.email})
    assert mailoutbox[0].subject == "Choose a new password"
    assert "/account/password/reset/key/" in mailoutbox[0].body
    assert "Hello" not in mailoutbox[0].body
    assert "example.com" not in mailoutbox[0].body


def test_a_page_that_does_not_exist_says_nothing_about_what_does(client, db):
    response = client.get("/centres/99999/nothing/")
    assert response.status_code in (302, 404)
