"""How the API knows its callers: client credentials for machines, the session for people, and their pace."""

from __future__ import annotations

from typing import Any

from allauth.idp.oidc.adapter import DefaultOIDCAdapter
from allauth.idp.oidc.contrib.rest_framework.authentication import TokenAuthentication
from rest_framework.authentication import SessionAuthentication
from rest_framework.request import Request
from rest_framework.throttling import SimpleRateThrottle

from qa_portal import tenancy


class MachineClients(DefaultOIDCAdapter):
    """Scopes that a client may ask for, in words."""

    scope_display = {
        "learners:read": "Read learners, cohorts and registrations",
        "learners:write": "Add and change learners and registrations",
        "assessment:read": "Read assessment decisions",
        "assessment:write": "Add assessment decisions",
        "verification:read": "Read self-assessments, activities, samples and actions",
        "verification:write": "Answer actions and samples",
        "reports:read": "Read issued reports",
    }


class ClientCredentials(TokenAuthentication):
    """A machine's token; it acts as the service person that owns the client, in that person's scope."""

    def authenticate(self, request: Request) -> tuple[Any, Any] | None:
        if not request.headers.get("Authorization", "").lower().startswith("bearer "):
            return None
        found = super().authenticate(request)
        if found is None:
            from rest_framework.exceptions import AuthenticationFailed

            raise AuthenticationFailed("The token is not valid, or has expired. Ask for a new one.")
        _, token = found
        person = token.user or token.client.owner
        tenancy.enter(person.access.scope())
        return person, token

    def authenticate_header(self, request: Request) -> str:
        """Without this header REST framework answers 403 where 401 is right."""
        return 'Bearer realm="api"'


class PortalSession(SessionAuthentication):
    """People may use their session, with the same form token as in pages."""

    def authenticate_header(self, request: Request) -> str:
        return 'Bearer realm="api"'


class ClientThrottle(SimpleRateThrottle):
    """Calls per client or person and minute; counted in Redis, open while Redis is away."""

    scope = "client"

    def get_cache_key(self, request: Request, view: Any) -> str | None:
        caller = getattr(request.auth, "client_id", None) or (
            f"person-{request.user.pk}" if request.user.pk else None
        )
        return self.cache_format % {"scope": self.scope, "ident": caller or self.get_ident(request)}
