"""Requests straight into a WSGI application, their queries counted, on one of the databases at a time."""

from __future__ import annotations

import io
import sys
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.db import connection

_NOT_COUNTED = ("SAVEPOINT", "RELEASE SAVEPOINT", "ROLLBACK TO SAVEPOINT")


class Refused(Exception):
    """An answer that is not 200: what was to be measured did not happen."""

    def __init__(self, path: str, status: str, body: bytes) -> None:
        super().__init__(f"{path}: {status}\n{body[:500].decode(errors='replace')}")
        self.status = status


@dataclass(frozen=True)
class Request:
    """A GET of one address by one caller."""

    application: Callable[..., Any]
    path: str
    cookie: str = ""
    token: str = ""

    def __call__(self) -> bytes:
        path, _, query = self.path.partition("?")
        environ = {
            "REQUEST_METHOD": "GET", "SCRIPT_NAME": "", "PATH_INFO": path, "QUERY_STRING": query,
            "SERVER_NAME": "localhost", "SERVER_PORT": "80", "SERVER_PROTOCOL": "HTTP/1.1", "HTTP_HOST": "localhost",
            "REMOTE_ADDR": "127.0.0.1", "wsgi.version": (1, 0), "wsgi.url_scheme": "http", "wsgi.input": io.BytesIO(),
            "wsgi.errors": sys.stderr, "wsgi.multithread": False, "wsgi.multiprocess": True, "wsgi.run_once": False,
        }  # fmt: skip
        if self.cookie:
            environ["HTTP_COOKIE"] = f"sessionid={self.cookie}"
        if self.token:
            environ["HTTP_AUTHORIZATION"] = f"Bearer {self.token}"
        status: list[str] = []
        response = self.application(environ, lambda line, headers, exc_info=None: status.append(line))
        body = b"".join(response)
        response.close()
        if not status[0].startswith("200"):
            raise Refused(self.path, status[0], body)
        return body


def use(database: str) -> None:
    """Send what follows to this database; connects anew where it was another."""
    if connection.settings_dict["NAME"] != database:
        connection.close()
        connection.settings_dict["NAME"] = database
    connection.ensure_connection()


def statements(run: Callable[[], object]) -> list[str]:
    """Every statement of a run, session and scope included; savepoints and the transaction's own are left out."""
    found: list[str] = []

    def note(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        if not sql.startswith(_NOT_COUNTED):
            found.append(sql)
        return execute(sql, params, many, context)

    with connection.execute_wrapper(note):
        run()
    return found
