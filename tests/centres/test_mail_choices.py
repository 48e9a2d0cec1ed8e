"""Which mail a person gets: group by group, and never less than what asks them to act."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest
from django.core import mail as outbox
from django.urls import reverse

from qa_portal import mail, reminders
from qa_portal.mail_choices import GROUPS
from qa_portal.models import Mail
from tests.kernel.test_reminders import _due, at, date

ROOT = Path(__file__).resolve().parents[2]
EVERYTHING = {group.code: "yes" for group in GROUPS}


@pytest.fixture
def choose(sign_in):
    def save(person, **answers):
        response = sign_in(person).post(reverse("account-mail"), EVERYTHING | answers)
        assert response.status_code == 302
        person.refresh_from_db()

    return save


def test_what_others_did_not_do_can_be_turned_off_but_not_ones_own_duty(cast, choose):
    choose(cast["head"], escalations="no")
    choose(cast["qn"], escalations="no", reminders="no", copies="no")
    _due(cast.northgate.centre, date(2026, 11, 3))
    reminders.write_due(at=at(6))
    assert Mail.objects.get(to=cast["head"]).state == "NOT_WANTED"
    reminders.write_due(at=at(2))
    assert not Mail.objects.filter(to=cast["qn"], kind="escalation", state="NOT_WANTED").exists()


def test_copies_of_reports_and_decisions_can_be_turned_off(cast, choose, now):
    choose(cast["head"], copies="no")
    for person in ("head", "qn"):
        mail.write(
            centre_id=cast.northgate.centre.pk, to_id=cast[person].pk, kind="report.issued", key=person,
            subject="Report issued", body="Read it.", url="/", at=now,
        )  # fmt: skip
    while (due := mail.claim_one(at=now)) is not None:
        mail.send(due, at=now)
    assert [message.to for message in outbox.outbox] == [[cast["qn"].email]]
    assert Mail.objects.get(to=cast["head"]).state == "NOT_WANTED"


def test_the_account_says_what_is_on_and_what_always_comes(cast, choose, client):
    choose(cast["qn"], copies="no")
    page = client.get(reverse("account")).content.decode()
    for group in GROUPS:
        assert group.label in page
    assert "Always sent" in client.get(reverse("account-mail")).content.decode()
    assert client.get(reverse("account-mail")).context["form"]["copies"].value() == "no"


def test_every_kind_that_can_be_turned_off_is_written_somewhere():
    kinds = set().union(*(group.kinds for group in GROUPS))
    found = set()
    for app in ("centres", "verification", "sampling", "reports"):
        for path in (ROOT / app / "operations").rglob("*.py"):
            constants = (n for n in ast.walk(ast.parse(path.read_text())) if isinstance(n, ast.Constant))
            found |= {node.value for node in constants if isinstance(node.value, str)}
    assert kinds <= found
