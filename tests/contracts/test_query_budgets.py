"""What a page costs: every page, for every role that sees it, stays within its number of statements."""

from __future__ import annotations

from django.db import connection, reset_queries, transaction
from django.test.utils import CaptureQueriesContext

from tests.contracts.pages import routes
from tests.contracts.test_page_matrix import ROLES, _path, story  # noqa: F401  (fixture)


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
            if status == 200 and len(statements) > route.budget:
                dear.append(f"{len(statements)} of {route.budget}: {route.name} {path} for {role}")
    assert not dear, "\n".join(sorted(dear))
