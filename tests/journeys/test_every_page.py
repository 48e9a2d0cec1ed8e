"""axe looks at every page of the portal, as somebody who may open it, on the demonstration's things."""

from __future__ import annotations

import csv
import json
from collections import defaultdict

import pytest

from tests import database

pytestmark = pytest.mark.journey

WHO = {
    "qn": "qn@northgate.example",
    "lsv": "lsv@verifiers.example",
    "sv": "sv@verifiers.example",
    "manager": "manager@awarding.example",
    "planner": "planner@awarding.example",
    "admin": "admin@awarding.example",
    "exams": "exams@northgate.example",
    "head": "head@northgate.example",
}
#: Each page is opened with the first thing of its kind; what needs another state is looked at by another journey.
AT_LEAST = 120
ADDRESSES = """
import json
from types import SimpleNamespace
from django.urls import reverse
from centres.models import Centre, Person
from qa_portal.tenancy import ALL_CENTRES, Side, scoped_to
from tests.contracts.pages import arguments, routes

class Cast(dict):
    northgate = None

with scoped_to(ALL_CENTRES, side=Side.AO):
    cast = Cast(leader=Person.objects.get(email="leader@northgate.example"))
    cast.northgate = SimpleNamespace(centre=Centre.objects.get(number="10101"))
    found = {
        route.name + " " + route.pattern: reverse(route.name, kwargs=arguments(route, cast))
        for route in routes() if route.name
    }
print(json.dumps(found))
"""


@pytest.fixture(scope="module")
def addresses(portal) -> dict[str, list[str]]:
    """Addresses by the person who opens them: the first whom the role matrix shows the page."""
    found = json.loads(portal.manage("shell", "-v0", "-c", ADDRESSES).splitlines()[-1])
    matrix = database.ROOT / "tests" / "contracts" / "page_matrix.csv"
    chosen: dict[str, list[str]] = defaultdict(list)
    with matrix.open(newline="") as file:
        for row in csv.DictReader(file):
            who = next((role for role in WHO if row[role] == "200"), None)
            if who and row["page"] in found and not row["page"].endswith((".csv", ".svg", ".json")):
                chosen[who].append(found[row["page"]])
    return chosen


@pytest.fixture(scope="module")
def seen() -> set[str]:
    """What was looked at so far."""
    return set()


@pytest.mark.parametrize("who", WHO)
def test_axe_finds_nothing_on_any_page(visitor, addresses, seen, who):
    one, wrong = visitor(WHO[who]), []
    for path in addresses.get(who, []):
        answer = one.page.context.request.get(path, max_redirects=0)
        # Another state than the matrix's story answers otherwise; a file has no page to look at.
        if answer.status == 200 and "text/html" in answer.headers["content-type"]:
            seen.add(path)
            try:
                one.open(path)
            except AssertionError as problem:
                wrong.append(str(problem))
    assert not wrong, "\n".join(wrong)


def test_most_pages_were_looked_at(seen):
    assert len(seen) >= AT_LEAST
