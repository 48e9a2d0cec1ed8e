"""Who asks in the benchmarks: a Quality Nominee, a quality manager and a system, made where they are missing."""

from __future__ import annotations

from datetime import timedelta
from importlib import import_module

from allauth.idp.oidc.models import Client, Token
from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.utils import timezone

from centres.models import AccessGrant, Centre, Person
from centres.operations import api_clients
from centres.permissions import RoleCode
from qa_portal import clock
from qa_portal.actors import SYSTEM
from qa_portal.tenancy import ALL_CENTRES, scoped_to

_TOKEN = "token-of-the-benchmarks-{}"  # noqa: S105
_DAY = timedelta(days=1)


def quality_nominee(centre: str) -> Person:
    """A centre's Quality Nominee."""
    return _person(f"nominee-{centre}@centre.example", RoleCode.QUALITY_NOMINEE, centre)


def examinations_officer(centre: str) -> Person:
    """Who imports a centre's learners."""
    return _person(f"exams-{centre}@centre.example", RoleCode.EXAMINATIONS_OFFICER, centre)


def quality_manager() -> Person:
    """Somebody of the awarding organisation."""
    return _person("manager@awarding.example", RoleCode.QUALITY_MANAGER, "")


def system(centre: str) -> str:
    """The token of a centre's own system."""
    value = _TOKEN.format(centre)
    # Over all centres, because it makes its own caller.
    with scoped_to(ALL_CENTRES):
        if Token.objects.by_value(value).exists():
            Token.objects.by_value(value).update(expires_at=timezone.now() + _DAY)
            return value
        client, _secret = api_clients.create(
            centre_id=Centre.objects.get(number=centre).pk,
            name=f"Benchmarks {centre}",
            scopes=["learners:read"],
            by=SYSTEM,
            at=clock.now(),
        )
        token = Token(
            type=Token.Type.ACCESS_TOKEN,
            client=Client.objects.get(pk=client.pk),
            expires_at=timezone.now() + _DAY,
        )
        token.set_value(value)
        token.set_scopes(["learners:read"])
        token.save()
    return value


def session(person: Person) -> str:
    """The key of a new session of this person."""
    store = import_module(settings.SESSION_ENGINE).SessionStore()
    store[SESSION_KEY] = str(person.pk)
    store[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
    store[HASH_SESSION_KEY] = person.get_session_auth_hash()
    store.create()
    return str(store.session_key)


def _person(email: str, role: str, centre: str) -> Person:
    # Over all centres, because it makes its own caller.
    with scoped_to(ALL_CENTRES):
        person = Person.objects.filter(email=email).first()
        if person is None:
            person = Person.objects.create_user(email, "Priya Nair", None)
            AccessGrant.objects.create(
                person=person,
                role=role,
                centre=Centre.objects.get(number=centre) if centre else None,
                starts_on=clock.today() - _DAY,
            )
    return person
