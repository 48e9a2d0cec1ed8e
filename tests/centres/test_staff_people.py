"""The administrator's people: search, deactivation, a lost second factor, unused accounts (R22)."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.core import mail
from django.test import Client

from centres.access import load
from centres.models import Invitation, Person
from centres.operations import account_mail, accounts
from centres.operations.vacancies import VACANCY
from centres.permissions import RoleCode as R
from qa_portal.errors import NotPermitted, RuleViolation
from qa_portal.models import AuditEvent, Deadline, OutboxEntry
from qa_portal.tenancy import ALL_CENTRES, scoped_to
from tests.conftest import NOW
from tests.factories.centres import AccessGrantFactory

PASSWORD = "copper lantern meadow"


def told(what: str) -> list[int]:
    rows = OutboxEntry.objects.filter(task="centres.tell_person", kwargs__what=what)
    return [row.kwargs["person_id"] for row in rows]


@pytest.fixture
def two_administrators(cast):
    AccessGrantFactory(person=cast["planner"], role=R.ADMINISTRATOR, centre=None)
    return cast


def test_deactivation_signs_out_at_once_and_is_told_and_noted(cast, client, scope):
    person = cast["leader"]
    person.set_password(PASSWORD)
    person.save(update_fields=["password"])
    theirs = Client()
    theirs.post("/account/login/", {"login": person.email, "password": PASSWORD})
    scope()
    assert theirs.get("/centres/10101/people/").status_code == 200
    with scoped_to(ALL_CENTRES):
        accounts.deactivate(person_id=person.pk, by=cast["admin"], at=NOW)
        assert not UserSession.objects.filter(user=person).exists()
        assert AuditEvent.objects.filter(chain=0, event="person.deactivated", target_id=person.pk).exists()
        assert told("account.deactivated") == [person.pk]
    assert theirs.get("/centres/10101/people/").status_code == 302
    again = Client().post("/account/login/", {"login": person.email, "password": PASSWORD})
    assert again.status_code == 302
    assert "inactive" in again["Location"]
    person.refresh_from_db()
    assert load(person).held == ()


def test_r17_deactivating_the_quality_nominee_alerts_the_head(cast):
    accounts.deactivate(person_id=cast["qn"].pk, by=cast["admin"], at=NOW)
    duty = Deadline.objects.get(kind=VACANCY)
    assert duty.centre == cast.northgate.centre
    accounts.reactivate(person_id=cast["qn"].pk, by=cast["admin"], at=NOW)
    duty.refresh_from_db()
    assert duty.state == "MET"
    assert told("account.reactivated") == [cast["qn"].pk]


@pytest.mark.parametrize("who", ["qn", "head", "planner", "manager", "viewer"])
def test_r20_only_an_administrator_touches_accounts(cast, who):
    for operation in (accounts.deactivate, accounts.reactivate, accounts.reset_second_factor):
        with pytest.raises(NotPermitted):
            operation(person_id=cast["leader"].pk, by=cast[who], at=NOW)


def test_r20_never_ones_own(two_administrators):
    admin = two_administrators["admin"]
    Authenticator.objects.create(user=admin, type="totp", data={"secret": "x"})
    for operation in (accounts.deactivate, accounts.reset_second_factor):
        with pytest.raises(NotPermitted, match="another administrator"):
            operation(person_id=admin.pk, by=admin, at=NOW)


def test_a_lost_second_factor_is_reset_and_told_and_noted(cast):
    person = cast["manager"]
    for kind in ("totp", "recovery_codes", "webauthn"):
        Authenticator.objects.create(user=person, type=kind, data={})
    accounts.reset_second_factor(person_id=person.pk, by=cast["admin"], at=NOW)
    assert not Authenticator.objects.filter(user=person).exists()
    event = AuditEvent.objects.get(event="second_factor.reset")
    assert (event.chain, event.by_id, event.target_id) == (0, cast["admin"].pk, person.pk)
    assert told("second_factor.reset") == [person.pk]
    with pytest.raises(RuleViolation, match="has no second factor"):
        accounts.reset_second_factor(person_id=person.pk, by=cast["admin"], at=NOW)


def test_what_is_told_is_plain_and_has_a_link(cast):
    mail.outbox.clear()
    account_mail.send(person_id=cast["manager"].pk, what="second_factor.reset")
    (message,) = mail.outbox
    assert message.to == [cast["manager"].email]
    assert "write to us at once" in message.body
    assert "/account/mfa/" in message.body


def test_r22_accounts_that_nobody_used_for_two_years_are_deactivated(cast):
    Person.objects.update(joined_at=datetime(2020, 9, 1, tzinfo=UTC))
    used = {"qn": datetime(2026, 10, 1, tzinfo=UTC), "head": datetime(2024, 10, 25, tzinfo=UTC)}
    for who, moment in used.items():
        Person.objects.filter(pk=cast[who].pk).update(last_login=moment)
    Person.objects.filter(pk=cast["leader"].pk).update(last_login=datetime(2024, 10, 1, tzinfo=UTC))
    accounts.deactivate_unused(at=NOW)
    active = set(Person.objects.filter(is_active=True).values_list("pk", flat=True))
    assert {cast[who].pk for who in ("qn", "head", "admin")} == active
    assert cast["leader"].pk in told("account.unused")
    assert accounts.deactivate_unused(at=NOW) == 0


def test_r22_an_administrator_brings_an_account_back_and_it_stays(cast):
    leader = cast["leader"]
    Person.objects.filter(pk=leader.pk).update(joined_at=datetime(2020, 9, 1, tzinfo=UTC), is_active=False)
    accounts.reactivate(person_id=leader.pk, by=cast["admin"], at=NOW)
    leader.refresh_from_db()
    assert leader.is_active
    accounts.deactivate_unused(at=NOW)
    leader.refresh_from_db()
    assert leader.is_active


def test_the_list_finds_people_by_any_word_of_their_name(cast, sign_in, scope, django_assert_max_num_queries):
    client = sign_in(cast["admin"])
    scope()
    client.get("/")
    with django_assert_max_num_queries(12):
        page = client.get("/staff/people/?q=harbour").content.decode()
    assert "Quality Nominee of Harbour Training" in page
    assert "Northgate" not in page
    assert cast["lsv"].name in client.get("/staff/people/?q=lsv@verif").content.decode()


@pytest.mark.parametrize("who", ["qn", "exams", "head", "planner", "viewer", "manager"])
def test_r23_the_administrators_pages_are_for_administrators(cast, sign_in, scope, who):
    client = sign_in(cast[who])
    scope()
    for path in ("", f"{cast['leader'].pk}/", "invite/", f"{cast['leader'].pk}/deactivate/"):
        assert client.get(f"/staff/people/{path}").status_code == 403


def test_an_administrator_gives_and_ends_a_role_by_hand(cast, sign_in, scope, clock_at):
    clock_at(NOW)
    client = sign_in(cast["admin"])
    scope()
    person = cast["viewer"]
    base = f"/staff/people/{person.pk}/"
    give = {"role": R.EXAMINATIONS_OFFICER, "centre_number": "20202", "starts_on": "2026-10-20"}
    assert client.post(base + "give-role/", give).status_code == 302
    with scoped_to(ALL_CENTRES):
        grant = person.grants.get(role=R.EXAMINATIONS_OFFICER)
        assert grant.centre == cast.harbour.centre
    assert "Examinations Officer" in client.get(base).content.decode()
    answer = client.post(f"/staff/people/roles/{grant.pk}/end/", {"on": "2026-10-20"}, follow=True)
    assert "ends" in answer.content.decode()
    wrong = client.post(base + "give-role/", give | {"centre_number": "99999"})
    assert "no centre with this number" in wrong.content.decode()


def test_an_administrator_invites_somebody_to_the_awarding_organisation(cast, sign_in, scope):
    client = sign_in(cast["admin"])
    scope()
    new = {"email": "new@awarding.example", "name": "Kit Moore", "role": R.PLANNER}
    answer = client.post("/staff/people/invite/", new, follow=True)
    assert "Kit Moore is invited as Planner" in answer.content.decode()
    pk = Invitation.objects.get().pk
    base = f"/staff/people/invitations/{pk}/"
    assert "is sent again" in client.post(base + "resend/", follow=True).content.decode()
    assert "Withdraw the invitation of Kit Moore?" in client.get(base + "withdraw/").content.decode()
    assert "is withdrawn" in client.post(base + "withdraw/", follow=True).content.decode()


@pytest.mark.parametrize("step", ["deactivate", "reset-second-factor"])
def test_the_confirm_pages_ask_first(cast, sign_in, scope, step):
    Authenticator.objects.create(user=cast["manager"], type="totp", data={})
    client = sign_in(cast["admin"])
    scope()
    url = f"/staff/people/{cast['manager'].pk}/{step}/"
    assert "told by e-mail" in client.get(url).content.decode()
    assert client.post(url, follow=True).status_code == 200
    cast["manager"].refresh_from_db()
    assert cast["manager"].is_active == (step != "deactivate")


def test_a_role_held_for_several_programmes_is_named_once(cast, sign_in, scope):
    for _ in range(2):
        AccessGrantFactory(person=cast["sv"], role=R.STANDARDS_VERIFIER, centre=cast.northgate.centre)
    client = sign_in(cast["admin"])
    scope()
    page = client.get("/staff/people/?q=" + cast["sv"].email).content.decode().split("<tbody>")[1]
    assert page.count("Standards Verifier, Northgate College") == 1
    assert "Never" in page
