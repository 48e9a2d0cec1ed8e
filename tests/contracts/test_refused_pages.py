"""A page that refuses, or shows its form again, leaves nothing: no row, no event, no mail, no file."""

from __future__ import annotations

from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

import pytest
from django.apps import apps
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection, transaction

from centres.operations import evidence
from qa_portal.errors import RuleViolation
from qa_portal.stored_files import removed_with_a_rollback
from qa_portal.tenancy import enter
from tests.api.callers import STAFF
from tests.conftest import NOW
from tests.contracts.pages import Route, routes
from tests.contracts.test_page_matrix import _path
from tests.story.samples import work

OWN_APPS = ("qa_portal", "centres", "verification", "sampling", "reports")
ROLES = ("qn", "exams", "lsv", "sv", "manager", "admin")
# Answers a POST with what was asked for, and records it: a copy of a learner's data, a sample's files.
ANSWERS_WITH_A_FILE = {"learner-export", "sample-archive"}


@pytest.fixture
def story(cast, clock_at, files):
    """A concluded sample and an issued visit report with its action, as the pages' matrix has them."""
    from tests.story.samples import sample_concluded
    from tests.story.visits import visit_report_issued

    clock_at(datetime(2026, 10, 20, 9, tzinfo=UTC))
    visit_report_issued(cast)
    sample_concluded(cast)
    clock_at(datetime(2027, 2, 1, 9, tzinfo=UTC))
    return cast


def _rows() -> dict[str, tuple[int, int]]:
    """How many rows each table has, and in which transaction the last of them was written: an update shows too."""
    tables = [model._meta.db_table for model in apps.get_models() if model._meta.app_label in OWN_APPS]
    each = (f"SELECT '{name}', count(*), coalesce(max(xmin::text::bigint), 0) FROM {name}" for name in tables)
    enter(STAFF)
    with connection.cursor() as cursor:
        cursor.execute(" UNION ALL ".join(each))
        return {name: (count, last) for name, count, last in cursor.fetchall()}


def _kept(folder: Path) -> set[Path]:
    return {path for path in folder.rglob("*") if path.is_file()}


def _bodies():
    """Nothing at all; nonsense with a file; what a stale form sends."""
    yield {}
    yield {
        "file": SimpleUploadedFile("work.pdf", b"%PDF-1.7 work"),
        "files": SimpleUploadedFile("work.pdf", b"%PDF-1.7 more work"),
        "revision": "999999",
        "due_on": "31/02/2027",
        "day": "never",
        "reason": "\x00",
    }


def _answered(client, path: str, body: dict, files) -> tuple[int, dict, set[Path]]:
    point = transaction.savepoint()
    try:
        status = client.post(path, body).status_code
        return status, _rows(), _kept(files)
    finally:
        transaction.savepoint_rollback(point)


def _left(route: Route, client, path: str, before, folder: Path) -> list[str]:
    rows, kept = before
    found = []
    for number, body in enumerate(_bodies()):
        status, now, files_now = _answered(client, path, body, folder)
        if status == 405 or (status == 200 and route.name in ANSWERS_WITH_A_FILE):
            break
        if status < 400 and status != 200:
            for path_kept in files_now - kept:
                path_kept.unlink()
            continue
        changed = sorted(name for name in now if now[name] != rows[name])
        if status == 500 or changed or files_now != kept:
            found.append(f"{route.name} {path} body {number}: {status} {changed} {files_now - kept}")
    return found


def test_a_refused_or_repeated_form_on_any_page_leaves_nothing(story, client, sign_in, files):
    paths = {route: _path(route, story) for route in routes() if route.name}
    client.raise_request_exception = False
    found: list[str] = []
    for role in ROLES:
        sign_in(story[role])
        before = _rows(), _kept(files)
        for route, path in paths.items():
            found += [f"{role}: {each}" for each in _left(route, client, path, before, files)]
    assert not found, "\n".join(found)


def test_bytes_go_with_the_savepoint_that_kept_them(story, files):
    """A row of many that is refused takes its own file away, not those of the others."""
    by, centre_id = story["qn"], story.northgate.centre.pk
    before = _kept(files)
    with removed_with_a_rollback(), transaction.atomic():
        good = evidence.store(centre_id=centre_id, upload=work("a.pdf"), by=by, at=NOW)
        with suppress(RuleViolation), transaction.atomic():
            evidence.store(centre_id=centre_id, upload=work("b.pdf"), by=by, at=NOW)
            raise RuleViolation("Refused later.")
    assert _kept(files) - before == {files / good.storage_name}
    with suppress(RuleViolation), removed_with_a_rollback(), transaction.atomic():
        evidence.store(centre_id=centre_id, upload=work("c.pdf"), by=by, at=NOW)
        raise RuleViolation("Refused later.")
    assert _kept(files) - before == {files / good.storage_name}
