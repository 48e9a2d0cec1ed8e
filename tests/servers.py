"""Starts the real servers before Django reads its settings (a pytest plugin named in addopts)."""

from __future__ import annotations

import atexit
import os
from contextlib import ExitStack
from pathlib import Path

os.environ.setdefault("TESTING", "1")


def _start() -> None:
    from qa_portal.embedded import running
    from tests import database

    stack = ExitStack()
    atexit.register(stack.close)
    servers = stack.enter_context(running(database.DATA, durable=False))
    worker = os.environ.get("PYTEST_XDIST_WORKER", f"p{os.getpid()}")
    name = f"test_{os.getpid()}_{worker}"
    template = database.template(servers, database.DATA)
    os.environ["DATABASE_URL"] = database.copy(servers, template, name)
    os.environ["MIGRATION_DATABASE_URL"] = servers.migration_database_url
    os.environ["TEST_TEMPLATE"] = template
    number = int("".join(filter(str.isdigit, worker)) or 0) % 15
    os.environ["REDIS_URL"] = servers.redis_url.rsplit("/", 1)[0] + f"/{number}"
    os.environ["EVIDENCE_ROOT"] = str(Path(database.DATA) / "evidence" / worker)
    stack.callback(database.drop, servers, name)


_start()
