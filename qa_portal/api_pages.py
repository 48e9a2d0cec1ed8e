"""Lists of the API: filters, and keyset pages that the index serves."""

from __future__ import annotations

import base64
import json
from collections.abc import Sequence
from typing import Any

from django.db import models
from django.db.models import Q
from django.db.models.fields.tuple_lookups import Tuple, TupleGreaterThan
from rest_framework import exceptions
from rest_framework.request import Request

from qa_portal.api_fields import LARGEST_KEY, Fields, Filter

PAGE = 50
LARGEST_PAGE = 500
PAGING = ("limit", "cursor")


def narrowed(queryset: models.QuerySet, filters: Sequence[Filter], request: Request) -> models.QuerySet:
    """The rows that the query parameters ask for.

    Raises a validation error for a value that cannot be one, and for a parameter that the list does not have: a
    mistyped filter would otherwise answer with everything.
    """
    known = {each.name: each for each in filters}
    where = {}
    for name in request.query_params:
        if name in PAGING:
            continue
        if name not in known:
            raise exceptions.ValidationError({f"?{name}": ["This list has no such parameter."]})
        where[known[name].lookup] = known[name].value(request.query_params[name])
    return queryset.filter(**where) if where else queryset


def keyset_page(
    queryset: models.QuerySet, keys: Sequence[str], fields: Fields, request: Request
) -> tuple[list[dict[str, Any]], str | None]:
    """One page after the cursor as JSON, and the address of the next; compares row values, which the index serves.

    Raises a validation error for a cursor or a page size that is none.
    """
    size = _page_size(request)
    after = _cursor(request, keys)
    if after is not None:
        queryset = queryset.filter(_after(keys, after))
    found = list(queryset.order_by(*keys).values_list(*fields.paths, *keys)[: size + 1])
    rows = [fields.of_values(values) for values in found[:size]]
    if len(found) <= size:
        return rows, None
    last = list(found[size - 1][len(fields.paths) :])
    query = request.query_params.copy()
    query["cursor"] = base64.urlsafe_b64encode(json.dumps(last).encode()).decode()
    return rows, request.build_absolute_uri(f"{request.path}?{query.urlencode()}")


def _after(keys: Sequence[str], values: list[int]) -> Q:
    if len(keys) == 1:
        return Q(**{f"{keys[0]}__gt": values[0]})
    # Django writes a comparison of tuples as a row value: (centre_id, id) > (x, y).
    return Q(TupleGreaterThan(Tuple(*keys), tuple(values)))


def _page_size(request: Request) -> int:
    given = request.query_params.get("limit", str(PAGE))
    if not (given.isascii() and given.isdigit() and len(given) < 5 and 1 <= int(given) <= LARGEST_PAGE):
        raise exceptions.ValidationError({"?limit": [f"Give a number from 1 to {LARGEST_PAGE}."]})
    return int(given)


def _cursor(request: Request, keys: Sequence[str]) -> list[int] | None:
    given = request.query_params.get("cursor")
    if not given:
        return None
    try:
        values = json.loads(base64.urlsafe_b64decode(given.encode("ascii")))
    except (ValueError, UnicodeError, RecursionError) as error:
        raise _no_cursor() from error
    if not isinstance(values, list) or len(values) != len(keys):
        raise _no_cursor()
    if not all(type(value) is int and abs(value) <= LARGEST_KEY for value in values):
        raise _no_cursor()
    return values


def _no_cursor() -> exceptions.ValidationError:
    return exceptions.ValidationError(
        {"?cursor": ["This is not a cursor of this list. Follow the address in “next”."]}
    )
