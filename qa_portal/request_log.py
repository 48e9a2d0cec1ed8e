"""What the log says of a request: which page, by its pattern and ids; never a query, a secret address or a value."""

from __future__ import annotations

import logging
import re
from typing import Any

from django.http import HttpRequest
from django.urls import Resolver404, resolve
from django_structlog.middlewares import RequestMiddleware
from structlog.typing import EventDict

# What the database says of the row that it refused: it quotes the row.
_ROW = re.compile(
    r"^DETAIL:.*?(?=^(?:CONTEXT|HINT|LINE \d+|Traceback|The above|During handling)\b|^\s*$|\Z)", re.M | re.S
)


def described(request: HttpRequest) -> str:
    """The request as "GET /learners/<int:pk>/ pk=7".

    A query may hold the name that somebody searched for, and some addresses are secrets (invitations, calendars, new
    passwords), so only the pattern and numbers are told.
    """
    try:
        # Once the page is known, finding it again would cost as much as a query.
        match = request.resolver_match or resolve(request.path_info)
    except Resolver404:
        return f"{request.method} (no such page)"
    ids = [
        f"{name}={value}" for name, value in match.kwargs.items() if re.fullmatch("[0-9]{1,18}", str(value))
    ]
    return " ".join([str(request.method), "/" + match.route.lstrip("^/"), *ids])


class PrivateRequestMiddleware(RequestMiddleware):
    """Request ids on every line, and a line for every request that names nobody."""

    @staticmethod
    def format_request(request: HttpRequest) -> str:
        return described(request)


class NoPaths(logging.Filter):
    """Puts the pattern where the framework's own messages put the path of a request ("Not Found: /...")."""

    def filter(self, record: logging.LogRecord) -> bool:
        request = getattr(record, "request", None)
        if isinstance(request, HttpRequest) and isinstance(record.args, tuple):
            secret = {request.path, request.path_info, request.get_full_path()}
            record.args = tuple(described(request) if arg in secret else arg for arg in record.args)
        return True


def without_rows(logger: Any, method: str, event: EventDict) -> EventDict:
    """Take out of an exception the row that the database quotes; the constraint's name stays."""
    if isinstance(event.get("exception"), str):
        event["exception"] = _ROW.sub("DETAIL: left out\n", event["exception"])
    return event
