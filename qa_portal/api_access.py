"""How the API knows its callers: client credentials for machines, the session for people, and their pace."""

from __future__ import annotations

import time
from typing import Any

from allauth.idp.oidc.adapter import DefaultOIDCAdapter, get_adapter
from allauth.idp.oidc.models import Client, Token
from django.core.cache import cache
from django.utils import timezone
from rest_framework.authentication import BaseAuthentication, SessionAuthentication
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.request import Request
from rest_framework.settings import api_settings
from rest_framework.throttling import BaseThrottle, SimpleRateThrottle

from qa_portal import tenancy

_REALM = 'Bearer realm="api"'


class MachineClients(DefaultOIDCAdapter):
    """Scopes that a client may ask for, in words."""

    scope_display = {
        "learners:read": "Read learners, cohorts and registrations",
        "learners:write": "Add and change learners and registrations",
        "assessment:read": "Read assessment decisions",
        "assessment:write": "Add assessment decisions and their internal verification",
        "people:read": "Read who works at the centre, in which role, and its staff register",
        "imports:run": "Import files of what its other scopes let it add, and read what came of them",
        "verification:read": "Read self-assessments, activities, samples and actions",
        "verification:write": "Answer actions and samples",
        "reports:read": "Read issued reports",
    }


class ClientCredentials(BaseAuthentication):
    """A machine's token; it acts as the service person that owns the client, in that person's scope.

    The library's own lookup asks for token, client and owner one after the other; this is the same check in one query.
    """

    def authenticate(self, request: Request) -> tuple[Any, Token] | None:
        kind, _, value = request.headers.get("Authorization", "").partition(" ")
        if kind.lower() != "bearer":
            return None
        token = self._token(value.strip())
        if token is None:
            raise AuthenticationFailed("The token is not valid, or has expired. Ask for a new one.")
        person = token.client.owner
        tenancy.enter(person.access.scope())
        return person, token

    def _token(self, value: str) -> Token | None:
        """A token that has not expired, of a confidential client whose service person is active."""
        digest = get_adapter().hash_token(value)
        # Found by its unique digest; the rest is looked at here, because each condition costs the query more.
        found = Token.objects.filter(hash=digest, type=Token.Type.ACCESS_TOKEN).select_related(
            "client__owner"
        )
        token = next(iter(found[:1]), None)
        if token is None or token.user_id is not None or token.client is None:
            return None
        person = token.client.owner
        machine = token.client.type == Client.Type.CONFIDENTIAL and person is not None and person.is_service
        expired = token.expires_at is not None and token.expires_at <= timezone.now()
        return token if machine and person.is_active and not expired else None

    def authenticate_header(self, request: Request) -> str:
        """Without this header REST framework answers 403 where 401 is right."""
        return _REALM


class PortalSession(SessionAuthentication):
    """People may use their session, with the same form token as in pages."""

    def authenticate_header(self, request: Request) -> str:
        return _REALM


class ClientThrottle(BaseThrottle):
    """Calls per client or person and minute; counted in Redis, open while Redis is away.

    One counter a minute, increased in one step: the framework's own throttle reads and writes a list of every moment.
    """

    def allow_request(self, request: Request, view: Any) -> bool:
        self.limit, self.seconds = _rate()
        if not self.limit:
            return True
        key = f"throttle-{caller_of(request)}-{int(time.time()) // self.seconds}"
        return cache.count(key, self.seconds) <= self.limit  # type: ignore[attr-defined]

    def wait(self) -> float:
        """Seconds until the next window."""
        return self.seconds - time.time() % self.seconds


def caller_of(request: Request) -> str:
    """The client of a machine's token, or the person; throttles and idempotency keys count by it."""
    client = getattr(request.auth, "client_id", None)
    return str(client) if client else f"person-{request.user.pk}"


def _rate() -> tuple[int, int]:
    """Calls and seconds of the configured rate, for example 600/min; no calls are counted without one."""
    rate = SimpleRateThrottle.parse_rate(None, api_settings.DEFAULT_THROTTLE_RATES.get("client"))  # type: ignore[arg-type]
    return rate[0] or 0, rate[1] or 60
