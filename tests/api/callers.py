"""Callers of the API: machines with tokens, people with sessions; each call begins without any scope."""

from __future__ import annotations

import secrets
from datetime import timedelta
from typing import Any

from allauth.idp.oidc.models import Client, Token
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from rest_framework.test import APIClient

from centres.operations import api_clients
from qa_portal.api_access import MachineClients
from qa_portal.tenancy import NO_SCOPE, Scope, Side, enter
from tests.cast import House
from tests.conftest import NOW

SCOPES = tuple(MachineClients.scope_display)
STAFF = Scope((), Side.AO, None, everywhere=True)


class Caller:
    """Somebody who calls: the transaction has no scope before, and the staff's again after, so a test can look."""

    def __init__(self, client: APIClient) -> None:
        self.client = client

    def get(self, path: str, query: dict[str, Any] | None = None, **headers: str) -> Any:
        return self._call("get", path, query, headers)

    def post(self, path: str, body: Any = None, *, format: str = "json", **headers: str) -> Any:
        return self._call("post", path, {} if body is None else body, headers, format=format)

    def raw(self, path: str, content: bytes, content_type: str = "application/json", **headers: str) -> Any:
        return self._call("post", path, content, headers, content_type=content_type)

    def cost(self, path: str, query: dict[str, Any] | None = None) -> tuple[Any, list[str]]:
        """The answer of a GET and its statements, as a budget counts them: without BEGIN, COMMIT and SAVEPOINT."""
        enter(NO_SCOPE)
        try:
            with CaptureQueriesContext(connection) as captured:
                answer = self.client.get(f"/api/v1/{path}", query)
        finally:
            enter(STAFF)
        return answer, [each["sql"] for each in captured if "SAVEPOINT" not in each["sql"]]

    def _call(self, method: str, path: str, data: Any, headers: dict[str, str], **how: Any) -> Any:
        address = path if path.startswith(("/", "http")) else f"/api/v1/{path}"
        enter(NO_SCOPE)
        try:
            return getattr(self.client, method)(address, data, headers=_dashed(headers), **how)
        finally:
            enter(STAFF)


def _dashed(headers: dict[str, str]) -> dict[str, str]:
    return {name.replace("_", "-"): value for name, value in headers.items()}


def anonymous() -> Caller:
    """Nobody."""
    return Caller(APIClient())


def machine(house: House, scopes: tuple[str, ...] = SCOPES) -> Caller:
    """One of a centre's systems with a fresh token of these scopes."""
    client, _ = api_clients.create(
        centre_id=house.centre.pk,
        name="Management information system",
        scopes=scopes,
        by=house["exams"],
        at=NOW,
    )
    return with_token(token_of(client))


def token_of(client: Client, *, seconds: int = 3600, scopes: tuple[str, ...] | None = None) -> str:
    """A token's value, as the token endpoint would have made it."""
    value = secrets.token_hex(16)
    token = Token(
        type=Token.Type.ACCESS_TOKEN, client=client, expires_at=timezone.now() + timedelta(seconds=seconds)
    )
    token.set_value(value)
    token.set_scopes(list(scopes or client.get_scopes()))
    token.save()
    return value


def with_token(value: str) -> Caller:
    """Whoever holds this token."""
    client = APIClient()
    client.credentials(HTTP_AUTHORIZATION=f"Bearer {value}")
    return Caller(client)


def person(somebody: Any) -> Caller:
    """Somebody signed in."""
    client = APIClient()
    client.force_login(somebody, backend="allauth.account.auth_backends.AuthenticationBackend")
    return Caller(client)
