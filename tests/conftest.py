"""The cast, the clock, and a database used as the unprivileged role."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from qa_portal.tenancy import ALL_CENTRES, NO_SCOPE, Side, enter, scoped_to

NOW = datetime(2026, 10, 20, 9, 0, tzinfo=UTC)
TODAY = date(2026, 10, 20)


@pytest.fixture(scope="session")
def django_db_setup():
    """The database was copied from the migrated template before Django started; nothing to make."""


@pytest.fixture(scope="module")
def chromium():
    """The machine's Chromium; ended with the module, so that the database tests after it run."""
    from tests.browser import chromium_running

    with chromium_running() as browser:
        yield browser


@pytest.fixture
def files(settings, tmp_path):
    """Evidence and PDFs of this test, in a folder of its own."""
    settings.STORAGES = settings.STORAGES | {
        "default": {
            "BACKEND": "django.core.files.storage.FileSystemStorage",
            "OPTIONS": {"location": str(tmp_path)},
        }
    }
    return tmp_path


@pytest.fixture
def now() -> datetime:
    return NOW


@pytest.fixture
def as_staff(db):
    """Run the test as the staff role over all centres: for arranging, never for proving isolation."""
    with scoped_to(ALL_CENTRES, side=Side.AO):
        yield


@pytest.fixture
def scope():
    """Change the scope inside a test: ``scope(centre.pk, side=Side.CENTRE)``; no argument is no scope at all."""
    from dataclasses import replace

    from qa_portal.tenancy import Scope

    def change(*centre_ids: int, side: str = Side.CENTRE, person_id: int | None = None) -> None:
        enter(
            replace(NO_SCOPE, centre_ids=centre_ids, side=side, person_id=person_id)
            if centre_ids
            else Scope()
        )

    return change


@pytest.fixture
def cast(as_staff):
    """Everybody, in the scope of the staff role (see tests/cast.py)."""
    from tests.cast import make_cast

    return make_cast()


@pytest.fixture
def sign_in(client):
    """``sign_in(person)`` gives a client that is signed in as this person; requests set their own scope."""

    def as_person(person):
        client.force_login(person, backend="allauth.account.auth_backends.AuthenticationBackend")
        return client

    return as_person


@pytest.fixture
def clock_at(monkeypatch):
    """``clock_at(datetime)`` stops the portal's clock (and Django's) at a moment."""
    import time_machine

    travellers = []

    def stop(moment):
        traveller = time_machine.travel(moment, tick=False)
        traveller.start()
        travellers.append(traveller)

    yield stop
    for traveller in travellers:
        traveller.stop()
