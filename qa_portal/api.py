"""What every resource of the API shares: keyset pages, permissions and scopes, preconditions, idempotent calls."""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Callable
from functools import wraps
from typing import Any, ClassVar

from django.db import IntegrityError, models, transaction
from django.db.models import Q
from rest_framework import exceptions, mixins, viewsets
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.serializers import BaseSerializer

from qa_portal import tenancy
from qa_portal.errors import EditConflict, NotPermitted
from qa_portal.models import IdempotencyKey
from qa_portal.problems import problem

PAGE = 50
LARGEST_PAGE = 500


class PreconditionRequired(exceptions.APIException):
    """An edit without If-Match could overwrite somebody else's."""

    status_code = 428
    default_detail = "Send If-Match with the ETag you read"


class Rows(BaseSerializer):
    """A hand-written serializer: ``represent(row) -> dict``; a framework serializer is most of a list's time.

    ``fields_schema`` describes the result for the OpenAPI schema.
    """

    def __init__(self, *args: Any, represent: Callable[[Any], dict[str, Any]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.represent = represent

    def to_representation(self, instance: Any) -> dict[str, Any]:
        return self.represent(instance)


class Resource(mixins.ListModelMixin, mixins.RetrieveModelMixin, viewsets.GenericViewSet):
    """Read one kind of thing; it changes only through named POST actions.

    ``rows(person)`` starts with ``visible_to``; ``represent(row)`` is its JSON; ``scope`` is what a machine's token
    needs, ``permission`` what the caller's role needs. Pages are keyset pages over ``keys``.
    """

    scope: ClassVar[str] = ""
    write_scope: ClassVar[str] = ""
    permission: ClassVar[str] = ""
    keys: ClassVar[tuple[str, ...]] = ("centre_id", "id")
    filters: ClassVar[dict[str, str]] = {}
    # The framework's pagination and its COUNT stay out.
    pagination_class = None

    def rows(self, person: Any) -> models.QuerySet:
        """Everything of this kind that the caller may know exists."""
        raise NotImplementedError  # each resource names its rows

    def represent(self, row: Any) -> dict[str, Any]:
        """One row as JSON."""
        raise NotImplementedError  # each resource names its fields

    def get_queryset(self) -> models.QuerySet:
        return self.rows(self.request.user)

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        super().initial(request, *args, **kwargs)
        needed = (
            self.scope if request.method in ("GET", "HEAD", "OPTIONS") else (self.write_scope or self.scope)
        )
        if request.auth is not None and needed and needed not in request.auth.get_scopes():
            raise NotPermitted(f"This client's token lacks the scope {needed}.")
        if self.permission and not request.user.may(self.permission):
            raise NotPermitted("This is not part of your role.")

    def list(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        queryset = self.get_queryset()
        for name, lookup in self.filters.items():
            if name in request.query_params:
                queryset = queryset.filter(**{lookup: request.query_params[name]})
        rows, following = keyset_page(queryset, self.keys, request)
        body = {"results": [self.represent(row) for row in rows], "next": following}
        response = Response(body)
        if following:
            response["Link"] = f'<{following}>; rel="next"'
        return response

    def retrieve(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        row = self.get_object()
        response = Response(self.represent(row))
        response["ETag"] = etag(row)
        return response

    def enter(self, *permissions: str) -> Any:
        """The row of a detail action, with the scope narrowed to its centre before anything is changed."""
        row = self.get_object()
        tenancy.narrow_to(row.centre_id)
        programme_id = getattr(row, "programme_id", None)
        if permissions and not any(
            self.request.user.may(p, row.centre_id, programme_id) for p in permissions
        ):
            raise NotPermitted("This is not part of your role at this centre.")
        return row


def keyset_page(
    queryset: models.QuerySet, keys: tuple[str, ...], request: Request
) -> tuple[list[Any], str | None]:
    """One page after the cursor, and the address of the next; compares row values, which the index serves.

    Raises a validation error for a cursor or a page size that is none.
    """
    size = _page_size(request)
    after = _cursor(request, keys)
    if after is not None:
        queryset = queryset.filter(_after(keys, after))
    rows = list(queryset.order_by(*keys)[: size + 1])
    if len(rows) <= size:
        return rows, None
    last = rows[size - 1]
    cursor = base64.urlsafe_b64encode(json.dumps([_value(last, key) for key in keys]).encode()).decode()
    query = request.query_params.copy()
    query["cursor"] = cursor
    return rows[:size], request.build_absolute_uri(f"{request.path}?{query.urlencode()}")


def _after(keys: tuple[str, ...], values: list[Any]) -> Q:
    if len(keys) == 1:
        return Q(**{f"{keys[0]}__gt": values[0]})
    # Django writes a comparison of tuples as a row value: (centre_id, id) > (x, y).
    from django.db.models.fields.tuple_lookups import Tuple, TupleGreaterThan

    return Q(TupleGreaterThan(Tuple(*keys), tuple(values)))


def _value(row: Any, key: str) -> Any:
    for part in key.split("__"):
        row = getattr(row, part)
    return row


def _page_size(request: Request) -> int:
    given = request.query_params.get("limit", str(PAGE))
    if not given.isdigit() or not 1 <= int(given) <= LARGEST_PAGE:
        raise exceptions.ValidationError({"limit": [f"Give a number from 1 to {LARGEST_PAGE}."]})
    return int(given)


def _cursor(request: Request, keys: tuple[str, ...]) -> list[Any] | None:
    given = request.query_params.get("cursor")
    if not given:
        return None
    try:
        values = json.loads(base64.urlsafe_b64decode(given.encode()))
        if not isinstance(values, list) or len(values) != len(keys):
            raise ValueError
    except (ValueError, UnicodeError) as error:
        raise exceptions.ValidationError({"cursor": ["This is not a cursor of this list."]}) from error
    return values


def etag(row: models.Model) -> str:
    """A digest of the row's own columns: it changes when the row does."""
    values = [str(getattr(row, field.attname)) for field in row._meta.concrete_fields]
    return '"' + hashlib.sha256("\x1f".join(values).encode()).hexdigest()[:32] + '"'


def require_match(request: Request, row: models.Model) -> None:
    """Refuse an edit of something that changed since it was read (409), or that names no version (428)."""
    given = request.headers.get("If-Match")
    if not given:
        raise PreconditionRequired
    if given != "*" and etag(row) not in [part.strip() for part in given.split(",")]:
        raise EditConflict("Somebody changed this since you read it. Read it again and repeat your change.")


def idempotent(method: Callable[..., Response]) -> Callable[..., Response]:
    """A POST with the same Idempotency-Key answers what it answered first, and does nothing twice.

    The key is written in the call's own transaction: of two calls at once the second waits, then answers the same.
    """

    @wraps(method)
    def once(view: Any, request: Request, *args: Any, **kwargs: Any) -> Response:
        key = request.headers.get("Idempotency-Key")
        if not key:
            return method(view, request, *args, **kwargs)
        client = str(getattr(request.auth, "client_id", None) or f"person-{request.user.pk}")
        body = json.dumps(request.data, sort_keys=True, default=str)
        digest = hashlib.sha256(f"{request.path}\n{body}".encode()).hexdigest()
        try:
            with transaction.atomic():
                kept = IdempotencyKey.objects.create(client=client, key=key[:255], request_hash=digest)
        except IntegrityError:
            return _repeat(client, key[:255], digest)
        response = method(view, request, *args, **kwargs)
        IdempotencyKey.objects.filter(pk=kept.pk).update(
            status=response.status_code, body=json.loads(json.dumps(response.data, default=str))
        )
        return response

    return once


def _repeat(client: str, key: str, digest: str) -> Response:
    kept = IdempotencyKey.objects.get(client=client, key=key)
    if kept.request_hash != digest:
        return problem(422, "This Idempotency-Key was used for another call", "Use a new key for a new call.")
    response = Response(kept.body, status=kept.status or 200)
    response["Idempotent-Replay"] = "true"
    return response
