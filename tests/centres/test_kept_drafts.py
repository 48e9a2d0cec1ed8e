"""A form that arrives after its session has ended is kept, for the person who wrote it and nobody else."""

from __future__ import annotations

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from centres.models import StaffMember
from qa_portal.tenancy import ALL_CENTRES, scoped_to

ADD = "/centres/10101/people/staff/add/"
TYPED = {"name": "Robin Ashe", "roles": ["assessor", "internal_verifier"], "started_on": "2026-09-01"}
BACKEND = "allauth.account.auth_backends.AuthenticationBackend"


@pytest.fixture
def expired(cast, sign_in, scope):
    """A browser in which the Quality Nominee was at work, and whose session has ended."""
    client = sign_in(cast["qn"])
    scope()
    client.get(ADD)
    client.session.flush()
    return client


def test_what_was_typed_is_kept_and_offered_to_the_same_person(cast, expired):
    answer = expired.post(ADD, TYPED)
    assert answer.status_code == 302
    assert answer["Location"] == "/account/login/?next=/account/kept/"
    expired.force_login(cast["qn"], backend=BACKEND)
    page = expired.get("/account/kept/").content.decode()
    assert "We kept what you had written" in page
    assert "Robin Ashe" in page
    assert f'action="{ADD}"' in page
    assert page.count('name="roles"') == 2


def test_sending_it_again_saves_it_once(cast, expired):
    expired.post(ADD, TYPED)
    expired.force_login(cast["qn"], backend=BACKEND)
    expired.get("/account/kept/")
    assert expired.post(ADD, TYPED).status_code == 302
    with scoped_to(ALL_CENTRES):
        assert StaffMember.objects.filter(name="Robin Ashe").count() == 1
    assert expired.get("/account/kept/")["Location"] == "/"


def test_nobody_else_in_that_browser_sees_it(cast, expired):
    expired.post(ADD, TYPED)
    expired.force_login(cast["leader"], backend=BACKEND)
    answer = expired.get("/account/kept/")
    assert answer["Location"] == "/"
    expired.logout()
    expired.force_login(cast["qn"], backend=BACKEND)
    assert expired.get("/account/kept/")["Location"] == "/"


def test_passwords_tokens_and_files_are_never_kept(cast, expired):
    upload = SimpleUploadedFile("plan.pdf", b"%PDF-1.7 plan")
    expired.post(ADD, {**TYPED, "password": "hidden words", "csrfmiddlewaretoken": "x", "files": upload})
    draft = expired.session["kept_draft"]
    assert "hidden words" not in str(draft)
    assert [name for name, _ in draft["fields"]] == ["name", "roles", "roles", "started_on"]
    expired.force_login(cast["qn"], backend=BACKEND)
    assert "Choose again afterwards: plan.pdf" in expired.get("/account/kept/").content.decode()


def test_a_browser_in_which_nobody_was_signed_in_keeps_nothing(client, db):
    answer = client.post(ADD, TYPED)
    assert answer.status_code == 302
    assert "kept_draft" not in client.session


def test_too_much_text_is_not_kept(expired):
    expired.post(ADD, {**TYPED, "name": "x" * 300_000})
    assert "kept_draft" not in expired.session


def test_it_can_be_thrown_away(cast, expired):
    expired.post(ADD, TYPED)
    expired.force_login(cast["qn"], backend=BACKEND)
    expired.post("/account/kept/")
    assert expired.get("/account/kept/")["Location"] == "/"


def test_staying_signed_in_renews_the_session(cast, sign_in, scope):
    client = sign_in(cast["qn"])
    scope()
    session = client.session
    session["renewed"] = 1
    session.save()
    assert client.post("/account/stay/").status_code == 204
    assert client.session["renewed"] > 1
    assert client.get("/account/stay/").status_code == 405


def test_staying_signed_in_is_too_late_after_the_end(client, db):
    assert client.post("/account/stay/").status_code == 401
