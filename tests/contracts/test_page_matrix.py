"""Every page x every role: what each answers is written down in page_matrix.csv; a new page needs its row.

`UPDATE_MATRIX=1 pytest tests/contracts/test_page_matrix.py` writes the file again; a person then reads what changed.
"""

from __future__ import annotations

import csv
import os
from datetime import UTC, datetime
from pathlib import Path

import pytest
from django.db import transaction
from django.urls import reverse

from tests.contracts.pages import Route, arguments, routes

FILE = Path(__file__).with_name("page_matrix.csv")
ROLES = ["head", "qn", "exams", "leader", "leadiv", "iv", "assessor", "lsv", "sv", "manager", "planner", "viewer",
         "admin", "outsider"]  # fmt: skip
# Open to everybody, signed in or not.
PUBLIC = {"healthz", "readyz", "privacy", "accessibility", "accept-invitation", "calendar-feed", "home"}
# What carries no centre in its address, or is everybody's own.
OWN = ("help", "account", "contexts", "kept", "calendar", "search", "home", "privacy", "accessibility", "healthz",
       "readyz", "caseload", "conflict", "parts", "stay", "accept-invitation", "demo")  # fmt: skip


@pytest.fixture
def story(cast, clock_at):
    """A concluded sample, an issued visit report with its action, and the other things that pages show."""
    from tests.story.samples import sample_concluded
    from tests.story.visits import visit_report_issued

    clock_at(datetime(2026, 10, 20, 9, tzinfo=UTC))
    visit_report_issued(cast)
    sample_concluded(cast)
    clock_at(datetime(2027, 2, 1, 9, tzinfo=UTC))
    return cast


def _statuses(client, path: str, method: str) -> int:
    """The answer, with everything it did taken back."""
    point = transaction.savepoint()
    try:
        return getattr(client, method)(path).status_code
    finally:
        transaction.savepoint_rollback(point)


def _path(route: Route, cast) -> str:
    return reverse(route.name, kwargs=arguments(route, cast))


def _measured(story, client, sign_in, scope) -> dict[str, list[str]]:
    paths = {route.name + " " + route.pattern: _path(route, story) for route in routes() if route.name}
    table: dict[str, list[str]] = {key: [] for key in paths}
    for role in ["nobody", *ROLES]:
        if role == "nobody":
            client.logout()
        else:
            sign_in(story[role])
        scope()
        client.raise_request_exception = False
        for key, path in paths.items():
            table[key].append(str(_statuses(client, path, "get")))
    return table


def _written() -> dict[str, list[str]]:
    if not FILE.exists():
        return {}
    with FILE.open(newline="") as file:
        rows = list(csv.reader(file))[1:]
    return {row[0]: row[1:] for row in rows}


def test_every_page_answers_every_role_as_written_down(story, client, sign_in, scope):
    table = _measured(story, client, sign_in, scope)
    if os.environ.get("UPDATE_MATRIX"):
        with FILE.open("w", newline="") as file:
            csv.writer(file).writerows(
                [["page", "nobody", *ROLES], *([key, *row] for key, row in table.items())]
            )
    written = _written()
    different = {key: (written.get(key), row) for key, row in table.items() if written.get(key) != row}
    assert not different, "\n".join(f"{key}: {was} is now {now}" for key, (was, now) in different.items())
    assert set(written) == set(table), set(written) - set(table)
    failed = {key: row for key, row in table.items() if "500" in row}
    assert not failed


def test_nobody_sees_a_page_without_signing_in():
    open_pages = {
        key
        for key, row in _written().items()
        if row[0] == "200" and not key.startswith("help") and key.split()[0] not in PUBLIC
    }
    assert open_pages == set()


def test_another_centres_quality_nominee_sees_nothing_of_northgate():
    seen = {
        key
        for key, row in _written().items()
        if row[-1] == "200" and not key.startswith(OWN) and ("<" in key.split(" ", 1)[1])
    }
    # Reference data is everybody's.
    assert {key for key in seen if "qualification" not in key} == set()
