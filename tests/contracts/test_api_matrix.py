"""Every call of the API x every caller: what each answers is written down in api_matrix.csv; a new call needs its row.

`UPDATE_MATRIX=1 pytest tests/contracts/test_api_matrix.py` writes the file again; a person then reads what changed.
POSTs are sent with an empty object: 422, 428 and 409 mean that the caller was let through to the body, the version or
the rule.
"""

from __future__ import annotations

import csv
import os
import re
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import connection, transaction

from qa_portal.api_urls import router
from qa_portal.models import AuditHead
from reports.models import Report
from tests.api.callers import Caller, anonymous, machine, person
from tests.api.conftest import taught, whole_year  # noqa: F401  (fixtures)
from verification.models import DirectClaimsRecommendation, SelfAssessmentSection

FILE = Path(__file__).with_name("api_matrix.csv")
PEOPLE = ["head", "qn", "exams", "leader", "leadiv", "iv", "assessor", "lsv", "sv", "manager", "planner", "viewer",
          "admin", "outsider"]  # fmt: skip
# A system of Northgate's with every scope, one that may only read learners, and Harbour's with every scope.
MACHINES = ["system", "narrow", "othersystem"]
CALLERS = ["nobody", *PEOPLE, *MACHINES]
SHARED = ("qualifications/", "units/")
FOR_PEOPLE = tuple(f"{noun}/" for noun, viewset, _ in router.registry if not viewset.machines)
OWN_APPS = ("qa_portal", "centres", "verification", "sampling", "reports")


def calls() -> list[tuple[str, str]]:
    """Every method and path of the API, with {id} and {position} for what varies."""
    found = [("GET", "schema/"), ("GET", "docs/")]
    for pattern in router.urls:
        path = (
            re.sub(r"\(\?P<(\w+)>[^)]*\)", r"{\1}", str(pattern.pattern)).strip("^$").replace("{pk}", "{id}")
        )
        found += [(method.upper(), path) for method in pattern.callback.actions if method in ("get", "post")]
    return found


@pytest.fixture
def year(whole_year, clock_at):  # noqa: F811
    """The story with one printed report and a recommendation that waits."""
    clock_at(datetime(2027, 2, 1, 9, tzinfo=UTC))
    name = default_storage.save("report.pdf", ContentFile(b"%PDF-1.7"))
    Report.objects.update(pdf_name=name, pdf_size=8, pdf_sha256="0" * 64, pdf_at=datetime.now(UTC))
    assert DirectClaimsRecommendation.objects.filter(status="WAITING").exists()
    return whole_year


def _callers(year) -> dict[str, Caller]:
    people = {name: person(year[name]) for name in PEOPLE}
    machines = {
        "system": machine(year.northgate),
        "narrow": machine(year.northgate, ("learners:read",)),
        "othersystem": machine(year.harbour),
    }
    return {"nobody": anonymous(), **people, **machines}


def _ids(year) -> dict[str, int]:
    """One thing of Northgate's of every kind; a registration that is not withdrawn, the visit."""
    own = year.northgate.centre.pk
    section = SelfAssessmentSection.objects.filter(centre_id=own).order_by("pk").first()
    found: dict[str, int] = {"centres": own, "section": section.pk}
    for noun, viewset, _ in router.registry:
        rows = viewset.model.objects.order_by("pk")
        if noun not in ("centres", "qualifications", "units", "people"):
            rows = rows.filter(centre_id=own)
        if noun == "samples":
            rows = rows.exclude(requested_at=None)
        found.setdefault(noun, rows.values_list("pk", flat=True)[0])
    return found


def _address(path: str, ids: dict[str, int]) -> str:
    """The path with Northgate's things in it."""
    noun = path.partition("/")[0]
    return (
        path.replace("{id}", str(ids.get(noun)))
        .replace("{position}", "1")
        .replace("{section}", str(ids["section"]))
    )


def _send(caller: Caller, method: str, path: str) -> Any:
    """The answer, with everything it did taken back."""
    with transaction.atomic():
        answer = caller.get(path) if method == "GET" else caller.post(path, {})
        transaction.set_rollback(True)
    return answer


def _measured(year) -> dict[str, list[str]]:
    ids, callers = _ids(year), _callers(year)
    table: dict[str, list[str]] = {}
    for method, path in calls():
        address = _address(path, ids)
        statuses = [_send(callers[name], method, address).status_code for name in CALLERS]
        table[f"{method} {path}"] = [str(status) for status in statuses]
    return table


def _written() -> dict[str, list[str]]:
    if not FILE.exists():
        return {}
    with FILE.open(newline="") as file:
        return {row[0]: row[1:] for row in list(csv.reader(file))[1:]}


def test_every_call_answers_every_caller_as_written_down(year):
    table = _measured(year)
    if os.environ.get("UPDATE_MATRIX"):
        with FILE.open("w", newline="") as file:
            csv.writer(file).writerows([["call", *CALLERS], *([key, *row] for key, row in table.items())])
    written = _written()
    different = {key: (written.get(key), row) for key, row in table.items() if written.get(key) != row}
    assert not different, "\n".join(f"{key}: {was} is now {now}" for key, (was, now) in different.items())
    assert set(written) == set(table), set(written) - set(table)
    assert not {key for key, row in table.items() if "500" in row}


def test_every_call_has_its_row():
    """Fails as soon as a route is added, without asking anything."""
    assert {f"{method} {path}" for method, path in calls()} == set(_written())


def test_only_the_description_is_open_to_everybody():
    open_calls = {key for key, row in _written().items() if row[CALLERS.index("nobody")] != "401"}
    assert open_calls == {"GET schema/", "GET docs/"}


def test_r23_nobody_of_another_centre_is_let_through_to_northgates_things():
    for key, row in _written().items():
        if "{id}" not in key or any(shared in key for shared in SHARED):
            continue
        for name in ("outsider", "othersystem"):
            assert row[CALLERS.index(name)] in ("404", "403"), (key, name)
        assert row[CALLERS.index("othersystem")] == "404" or key.split()[1].startswith(FOR_PEOPLE), key


def _counts() -> dict[str, int]:
    tables = [model._meta.db_table for model in apps.get_models() if model._meta.app_label in OWN_APPS]
    union = " UNION ALL ".join(f"SELECT '{table}', count(*) FROM {table}" for table in tables)
    with connection.cursor() as cursor:
        cursor.execute(union)
        counted = dict(cursor.fetchall())
    return counted | {"audit events": sum(AuditHead.objects.values_list("seq", flat=True))}


def test_a_failing_post_on_any_route_leaves_nothing(year):
    """Refused by role, scope, body, version or rule, with a key or without: no row, no event, no key."""
    ids, callers = _ids(year), _callers(year)
    before = _counts()
    tried = 0
    for method, path in calls():
        if method != "POST":
            continue
        address = _address(path, ids)
        for name in ("qn", "exams", "lsv", "manager", "system", "othersystem"):
            with transaction.atomic():
                answer = callers[name].post(address, {}, Idempotency_Key=f"{tried}")
                if answer.status_code >= 400:
                    assert _counts() == before, (path, name)
                    tried += 1
                transaction.set_rollback(True)
    assert tried > 150
