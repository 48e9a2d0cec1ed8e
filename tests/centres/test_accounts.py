"""One's own account: details once a year, contexts, mail, calendar; sign-in noted; and how often one may try."""

from __future__ import annotations

import pytest
from django.core.cache import cache
from django.test import override_settings

from centres import tasks
from centres.models import AccessGrant
from centres.operations import accounts
from centres.permissions import RoleCode as R
from qa_portal.errors import NotPermitted
from qa_portal.models import AuditEvent, Deadline, OutboxEntry
from qa_portal.tenancy import ALL_CENTRES, scoped_to
from tests.conftest import NOW
from tests.factories.centres import AccessGrantFactory

PASSWORD = "copper lantern meadow"


@pytest.fixture
def person(cast):
    cast["qn"].set_password(PASSWORD)
    cast["qn"].save(update_fields=["password"])
    return cast["qn"]


@pytest.fixture(autouse=True)
def fresh_counters():
    cache.clear()
    yield
    cache.clear()


def events(name: str) -> list[AuditEvent]:
    with scoped_to(ALL_CENTRES):
        return list(AuditEvent.objects.filter(chain=0, event=name).order_by("seq"))


def log_in(client, email, password=PASSWORD):
    return client.post("/account/login/", {"login": email, "password": password})


def test_sign_in_and_out_are_noted_without_the_address(person, client, scope):
    scope()
    assert log_in(client, person.email).status_code == 302
    client.post("/account/logout/")
    noted = events("person.signed_in") + events("person.signed_out")
    assert [(e.target_id, e.by_id) for e in noted] == [(person.pk, person.pk)] * 2
    assert "@" not in str([e.details for e in noted])


def test_a_failed_sign_in_is_noted_for_a_known_and_an_unknown_address(person, client, scope):
    scope()
    assert "is not right" in log_in(client, person.email, "wrong").content.decode()
    log_in(client, "nobody@elsewhere.example", "wrong")
    known, unknown = events("person.sign_in_failed")
    assert (known.target_id, known.details) == (person.pk, {"known": True})
    assert (unknown.target_id, unknown.details) == (None, {"known": False})


def test_a_changed_password_is_noted(person, client, scope):
    scope()
    log_in(client, person.email)
    new = {"oldpassword": PASSWORD, "password1": "seven quiet harbours", "password2": "seven quiet harbours"}
    client.post("/account/password/change/", new)
    assert [e.target_id for e in events("person.password_changed")] == [person.pk]


def test_repeated_failures_are_slowed_down_with_a_page(person, client, scope):
    scope()
    answers = [log_in(client, person.email, "wrong") for _ in range(7)]
    assert answers[0].status_code == 200
    assert "Too many tries" in answers[-1].content.decode()
    assert log_in(client, person.email).status_code == 200


@override_settings(ACCOUNT_RATE_LIMITS={"login": "3/m/ip"})
def test_too_many_tries_from_one_address_get_the_page_that_says_so(person, client, scope):
    scope()
    answers = [log_in(client, f"{i}@elsewhere.example", "wrong") for i in range(5)]
    assert answers[-1].status_code == 429
    assert "Too many tries in a short time" in answers[-1].content.decode()


@override_settings(
    CACHES={
        "default": {"BACKEND": "qa_portal.cache.ForgivingRedisCache", "LOCATION": "redis://127.0.0.1:1/0"}
    }
)
def test_signing_in_works_while_redis_is_away(person, client, scope):
    scope()
    assert log_in(client, person.email).status_code == 302
    assert client.get("/account/").status_code == 200


def test_a_person_with_several_places_chooses_one_and_it_is_noted(cast, sign_in, scope):
    harbour = cast.harbour.centre
    AccessGrantFactory(person=cast["qn"], role=R.ASSESSOR, centre=harbour)
    client = sign_in(cast["qn"])
    scope()
    page = client.get("/account/contexts/").content.decode()
    assert "Northgate College" in page
    assert "Harbour Training" in page
    assert client.get("/centres/20202/").status_code == 404
    answer = client.post("/account/contexts/", {"context": f"centre-{harbour.pk}"})
    assert answer["Location"] == "/"
    assert client.get("/centres/20202/").status_code == 200
    assert client.get("/centres/10101/").status_code == 404
    (event,) = events("context.chosen")
    assert event.details["after"] == f"centre-{harbour.pk}"


def test_a_place_without_a_role_cannot_be_chosen(cast, sign_in, scope):
    client = sign_in(cast["qn"])
    scope()
    answer = client.post("/account/contexts/", {"context": f"centre-{cast.harbour.centre.pk}"})
    assert answer.status_code == 403
    assert "context" not in client.session


def test_r22_details_are_asked_for_once_a_year_and_confirmed(cast, sign_in, scope, clock_at):
    centre, person = cast.northgate.centre, cast["qn"]
    assert accounts.ask_to_confirm_details(centre_id=centre.pk, at=NOW) == 7
    assert accounts.ask_to_confirm_details(centre_id=centre.pk, at=NOW) == 0
    duty = Deadline.objects.get(kind=accounts.DETAILS, owner=person)
    assert duty.url == "/account/details/"
    clock_at(NOW)
    client = sign_in(person)
    scope()
    client.post("/account/details/", {"name": "Priya Nair", "phone": "0113 496 0000"})
    with scoped_to(ALL_CENTRES):
        duty.refresh_from_db()
        person.refresh_from_db()
        assert (duty.state, person.name, str(person.details_confirmed_on)) == (
            "MET",
            "Priya Nair",
            "2026-10-20",
        )
        assert accounts.ask_to_confirm_details(centre_id=centre.pk, at=NOW) == 0


def test_nobody_confirms_for_somebody_else(cast):
    with pytest.raises(NotPermitted):
        accounts.confirm_details(person_id=cast["head"].pk, name="X", phone="", by=cast["qn"], at=NOW)


def test_reminders_are_turned_off_and_on(cast, sign_in, scope):
    client = sign_in(cast["qn"])
    scope()
    others = {"escalations": "yes", "copies": "yes"}
    client.post("/account/mail/", {"reminders": "no"} | others)
    cast["qn"].refresh_from_db()
    assert cast["qn"].mail_preferences == {"reminders": "off", "escalations": "on", "copies": "on"}
    client.post("/account/mail/", {"reminders": "yes"} | others)
    cast["qn"].refresh_from_db()
    assert cast["qn"].mail_preferences["reminders"] == "on"


def test_a_new_calendar_address_replaces_the_old_one(cast, sign_in, scope):
    client = sign_in(cast["qn"])
    scope()
    secrets = []
    for _ in range(2):
        client.post("/account/calendar/")
        cast["qn"].refresh_from_db()
        secrets.append(cast["qn"].calendar_secret)
    assert secrets[0]
    assert secrets[0] != secrets[1]


@pytest.mark.parametrize("who", ["head", "qn", "assessor", "manager", "admin", "lsv"])
def test_everybody_has_an_account_page(cast, sign_in, scope, who, django_assert_max_num_queries):
    client = sign_in(cast[who])
    scope()
    client.get("/account/")
    with django_assert_max_num_queries(14):  # two of them are savepoints
        page = client.get("/account/")
    assert page.status_code == 200
    assert cast[who].email in page.content.decode()


def test_every_account_page_asks_to_sign_in_first(client, db):
    for name in ("", "details/", "mail/", "contexts/", "kept/"):
        assert client.get(f"/account/{name}").status_code == 302


def test_a_grant_that_ended_yesterday_opens_nothing(cast, sign_in, scope):
    AccessGrant.objects.filter(person=cast["qn"]).update(ends_on="2024-01-01")
    client = sign_in(cast["qn"])
    scope()
    assert "You have no access yet" in client.get("/").content.decode()
    assert client.get("/centres/10101/people/").status_code == 404


def test_r22_the_daily_sweep_asks_at_every_centre_and_only_once(cast, clock_at):
    clock_at(NOW)
    tasks.ask_for_details()
    asked = Deadline.objects.filter(kind=accounts.DETAILS)
    assert set(asked.values_list("centre__number", flat=True)) == {"10101", "20202"}
    before = asked.count()
    tasks.ask_for_details()
    assert asked.count() == before


def test_r22_somebody_with_many_centres_is_asked_once(cast, clock_at):
    clock_at(NOW)
    verifier = cast["lsv"]
    for house in (cast.northgate, cast.harbour):
        AccessGrantFactory(person=verifier, role=R.LEAD_STANDARDS_VERIFIER, centre=house.centre)
    tasks.ask_for_details()
    tasks.ask_for_details()
    asked = Deadline.objects.filter(kind=accounts.DETAILS, owner=verifier)
    assert [duty.centre for duty in asked] == [cast.northgate.centre]
    AccessGrant.objects.filter(person=verifier, centre=cast.northgate.centre).update(ends_on="2026-10-01")
    tasks.ask_for_details()
    assert asked.filter(centre=cast.harbour.centre).count() == 1
    accounts.confirm_details(person_id=verifier.pk, name=verifier.name, phone="", by=verifier, at=NOW)
    assert not asked.filter(state="OPEN").exists()


def test_r22_the_awarding_organisations_people_are_asked_too(cast, clock_at, sign_in, scope):
    clock_at(NOW)
    staff = {"manager", "planner", "viewer", "admin"}
    tasks.ask_for_details()
    tasks.ask_for_details()
    told = OutboxEntry.objects.filter(task="centres.tell_person", kwargs__what="details.due")
    assert {row.kwargs["person_id"] for row in told} == {cast[name].pk for name in staff}
    assert told.count() == len(staff)
    client = sign_in(cast["planner"])
    scope()
    assert "Confirm your details" in client.get("/").content.decode()
    client.post("/account/details/", {"name": "Pat Planner", "phone": ""})
    assert "Confirm your details" not in client.get("/").content.decode()
