"""What a page costs: every page, for every role that sees it, stays within its number of statements."""

from __future__ import annotations

from django.db import connection, reset_queries, transaction
from django.test.utils import CaptureQueriesContext

from tests.api.conftest import files  # noqa: F401  (fixture)
from tests.contracts.pages import routes
from tests.contracts.test_page_matrix import ROLES, _path, story  # noqa: F401  (fixture)

# Session, user, grants, scope, navigation and what the page is about; counted without BEGIN, COMMIT and SAVEPOINT.
PAGE, LIST = 12, 8
# Pages that are a list of rows and little else.
LISTS = {
    "programmes", "sites", "learners", "assessment", "staff-centres", "staff-qualifications", "imports", "allocation",
    "actions", "caseload", "caseload-actions", "caseload-reports", "reports", "decisions", "dashboard-list", "schemes",
    "installation-history", "mail-log", "staff-people", "calendar", "search",
}  # fmt: skip
# These put a whole year's record together once; what each reads does not grow with the year.
MORE = {"visit-draft": 20, "final-report": 17, "final-report-of-year": 17}


def _statements(client, path: str) -> tuple[int, list[str]]:
    point = transaction.savepoint()
    # The log holds 9,000 statements; when it is full, nothing seems to be added.
    reset_queries()
    try:
        with CaptureQueriesContext(connection) as captured:
            status = client.get(path).status_code
    finally:
        transaction.savepoint_rollback(point)
    return status, [each["sql"] for each in captured if "SAVEPOINT" not in each["sql"]]


def test_no_page_costs_more_than_its_budget(story, client, sign_in, scope):  # noqa: F811
    paths = {route: _path(route, story) for route in routes() if route.name}
    client.raise_request_exception = False
    dear: list[str] = []
    # What a process reads once, of a published scheme, costs the first page only.
    sign_in(story[ROLES[0]])
    for once in ("calendar", "reports"):
        client.get(next(path for route, path in paths.items() if route.name == once))
    for role in ROLES:
        sign_in(story[role])
        scope()
        for route, path in paths.items():
            status, statements = _statements(client, path)
            budget = MORE.get(route.name, LIST if route.name in LISTS else PAGE)
            if status == 200 and len(statements) > budget:
                dear.append(f"{len(statements)} of {budget}: {route.name} {path} for {role}")
    assert not dear, "\n".join(sorted(dear))
