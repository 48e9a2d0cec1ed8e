"""The portal's web process while PostgreSQL or Redis goes away and comes back: real servers of these tests' own."""

from __future__ import annotations

import http.cookiejar
import os
import re
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from qa_portal import embedded
from qa_portal.embedded import postgres, redis
from qa_portal.embedded.folder import Folder
from tests import database

SECONDS_TO_BE_READY = 60


class Browser:
    """Somebody with cookies, on the page where one signs in."""

    def __init__(self, address: str) -> None:
        self.address = address
        jar = urllib.request.HTTPCookieProcessor(http.cookiejar.CookieJar())
        self.opener = urllib.request.build_opener(jar)

    def ask(self, path: str, data: dict[str, str] | None = None) -> tuple[int, str]:
        body = urllib.parse.urlencode(data).encode() if data else None
        try:
            with self.opener.open(self.address + path, body, timeout=30) as answer:
                return answer.status, answer.read().decode()
        except urllib.error.HTTPError as refused:
            return refused.code, refused.read().decode()

    def sign_in(self, token: str) -> tuple[int, str]:
        """Try an account that does not exist: reads the database and counts the attempt in Redis."""
        who = {"login": "nobody@example.org", "password": "not-a-password", "csrfmiddlewaretoken": token}
        return self.ask("/account/login/", who)

    def token(self) -> str:
        status, page = self.ask("/account/login/")
        assert status == 200
        return re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page)[1]


@pytest.fixture(scope="module")
def portal(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Folder, str]]:
    """A web process over servers of its own, with a migrated database."""
    data = tmp_path_factory.mktemp("robust") / ".data"
    servers = embedded.start(data, durable=False)
    url = database.copy(servers, database.template(servers, data / "templates"), "robust")
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    environment = os.environ | {
        "TESTING": "1", "DATABASE_URL": url, "REDIS_URL": servers.redis_url, "EVIDENCE_ROOT": str(data / "files"),
        "MIGRATION_DATABASE_URL": database.with_name(servers.migration_database_url, "robust"),
    }  # fmt: skip
    web = subprocess.Popen(
        [sys.executable, "-m", "gunicorn", "qa_portal.wsgi", "--bind", f"127.0.0.1:{port}", "--workers", "1"],
        cwd=database.ROOT, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    try:
        _wait_for(port)
        yield Folder.prepared(data), f"http://127.0.0.1:{port}"
    finally:
        web.terminate()
        web.wait(20)
        embedded.stop(Path(data))


def _wait_for(port: int) -> None:
    until = time.monotonic() + SECONDS_TO_BE_READY
    while time.monotonic() < until:
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
            return
        except OSError:
            time.sleep(0.2)
    raise AssertionError("the web process did not begin to listen")


def test_postgresql_restarted_between_two_requests(portal):
    folder, address = portal
    browser = Browser(address)
    token = browser.token()
    assert browser.sign_in(token)[0] == 200
    postgres.stop(folder)
    try:
        status, page = browser.sign_in(token)
        assert status == 500
        assert "was not saved" in page
    finally:
        postgres.start(folder, durable=False)
    # The connection that the worker kept is dead; it is tried and replaced before it is used.
    for _ in range(3):
        assert browser.sign_in(browser.token())[0] == 200


def test_redis_away_for_a_while_stops_nobody(portal):
    folder, address = portal
    browser = Browser(address)
    redis.stop(folder)
    try:
        assert browser.sign_in(browser.token())[0] == 200
    finally:
        redis.start(folder)
    assert browser.sign_in(browser.token())[0] == 200
