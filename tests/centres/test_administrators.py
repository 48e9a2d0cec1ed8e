"""The first administrator, new accounts without a password, and changed addresses."""

from __future__ import annotations

import re

import pytest
from django.core import mail
from django.core.management import CommandError, call_command

from centres.models import AccessGrant, Person
from centres.operations import account_mail, accounts
from centres.permissions import RoleCode as R
from qa_portal.errors import NotPermitted, RuleViolation
from qa_portal.models import AuditEvent, OutboxEntry
from qa_portal.tenancy import ALL_CENTRES, scoped_to
from tests.conftest import NOW
from verification.operations import verifiers

PASSWORD = "copper lantern meadow"


def events(name: str) -> list[AuditEvent]:
    with scoped_to(ALL_CENTRES):
        return list(AuditEvent.objects.filter(chain=0, event=name).order_by("seq"))


def told(what: str) -> list[dict]:
    rows = OutboxEntry.objects.filter(task="centres.tell_person", kwargs__what=what).order_by("pk")
    return [row.kwargs for row in rows]


def choose_password(client, text: str) -> None:
    """Open the link of a message and choose a password, as somebody new does."""
    link = re.search(r"https?://\S+/account/password/reset/key/\S+", text)[0]
    page = client.get(link.partition("/account/")[1] + link.partition("/account/")[2], follow=True)
    assert page.status_code == 200
    done = client.post(page.request["PATH_INFO"], {"password1": PASSWORD, "password2": PASSWORD})
    assert done.status_code == 302, done.content


def make(capsys, *args: str) -> str:
    call_command("create_administrator", *args)
    return capsys.readouterr().out


def test_the_first_administrator_is_made_without_a_password_and_chooses_one(db, scope, capsys, client):
    scope()
    said = make(capsys, "Ada@Awarding.example", "Ada Okafor")
    assert "Ada Okafor (ada@awarding.example) is an administrator." in said
    person = Person.objects.get(email="ada@awarding.example")
    assert not person.has_usable_password()
    assert [kwargs["person_id"] for kwargs in told("account.made")] == [person.pk]
    assert [e.target_id for e in events("person.added")] == [person.pk]
    granted = events("role.granted")[-1]
    assert (granted.details["role"], granted.by_id) == ("administrator", None)
    account_mail.send(person_id=person.pk, what="account.made")
    assert mail.outbox[0].to == ["ada@awarding.example"]
    choose_password(client, mail.outbox[0].body)
    signed_in = client.post("/account/login/", {"login": "ada@awarding.example", "password": PASSWORD})
    assert signed_in.status_code == 302
    assert client.get("/staff/people/").status_code == 200


def test_the_link_can_be_printed_where_no_mail_goes_out(db, scope, capsys, client):
    scope()
    said = make(capsys, "ada@awarding.example", "Ada Okafor", "--print-link")
    assert not told("account.made")
    choose_password(client, said)
    assert Person.objects.get(email="ada@awarding.example").has_usable_password()


def test_r20_an_account_that_is_there_is_not_widened_silently(cast, capsys):
    with pytest.raises(CommandError, match="has an account already"):
        make(capsys, cast["qn"].email, "Somebody")
    assert not AccessGrant.objects.filter(person=cast["qn"], role=R.ADMINISTRATOR).exists()
    make(capsys, cast["qn"].email, "Somebody", "--existing")
    assert AccessGrant.objects.filter(person=cast["qn"], role=R.ADMINISTRATOR).exists()
    with pytest.raises(CommandError, match="here already"):
        make(capsys, cast["qn"].email, "Somebody", "--existing")
    with pytest.raises(CommandError, match="not an e-mail address"):
        make(capsys, "ada", "Ada")


def test_a_new_verifier_gets_a_link_to_choose_a_password(cast, client):
    add = {
        "is_lsv": True,
        "days_a_year": 20,
        "town": "York",
        "sector_ids": [],
        "by": cast["planner"],
        "at": NOW,
    }
    new = verifiers.add(name="Nia Price", email="nia@verifiers.example", **add)
    verifiers.add(name="Known", email=cast["iv"].email, **add)
    assert [kwargs["person_id"] for kwargs in told("account.made")] == [new.person_id]
    account_mail.send(person_id=new.person_id, what="account.made")
    choose_password(client, mail.outbox[-1].body)
    new.person.refresh_from_db()
    assert new.person.has_usable_password()


def test_r21_an_administrator_changes_an_address_and_both_are_told(cast, sign_in, client):
    person, old = cast["qn"], cast["qn"].email
    person.set_password(PASSWORD)
    person.save(update_fields=["password"])
    assert client.post("/account/login/", {"login": old, "password": PASSWORD}).status_code == 302
    client.post("/account/logout/")
    page = f"/staff/people/{person.pk}/email/"
    admin = sign_in(cast["admin"])
    assert "Change the address" in admin.get(page).content.decode()
    both = {"email": "New@Northgate.example", "again": "new@northgate.example"}
    assert "not the same" in admin.post(page, both | {"again": "x@y.example"}).content.decode()
    taken = {"email": cast["iv"].email, "again": cast["iv"].email}
    assert "Somebody else has an account" in admin.post(page, taken).content.decode()
    assert admin.post(page, both).status_code == 302
    person.refresh_from_db()
    assert person.email == "new@northgate.example"
    assert [kwargs.get("to") for kwargs in told("email.replaced")] == [old]
    assert told("email.changed")
    for kwargs in [*told("email.changed"), *told("email.replaced")]:
        account_mail.send(**kwargs)
    assert [message.to for message in mail.outbox[-2:]] == [["new@northgate.example"], [old]]
    (event,) = events("person.email_changed")
    assert "@" not in str(event.details)
    admin.post("/account/logout/")
    assert (
        "is not right"
        in client.post("/account/login/", {"login": old, "password": PASSWORD}).content.decode()
    )
    again = client.post("/account/login/", {"login": person.email, "password": PASSWORD})
    assert again.status_code == 302


def test_an_address_is_changed_by_another_administrator_only(cast):
    with pytest.raises(NotPermitted):
        accounts.change_email(person_id=cast["iv"].pk, email="x@y.example", by=cast["qn"], at=NOW)
    with pytest.raises(NotPermitted):
        accounts.change_email(person_id=cast["admin"].pk, email="x@y.example", by=cast["admin"], at=NOW)
    with pytest.raises(RuleViolation, match="already"):
        accounts.change_email(person_id=cast["iv"].pk, email=cast["iv"].email, by=cast["admin"], at=NOW)


def test_nobody_changes_their_own_address_past_the_administrator(cast, sign_in):
    client = sign_in(cast["qn"])
    for answer in (client.get("/account/email/"), client.post("/account/email/", {"email": "x@y.example"})):
        assert (answer.status_code, answer["Location"]) == (302, "/account/details/")
    assert "an administrator of" in client.get("/account/details/").content.decode()
