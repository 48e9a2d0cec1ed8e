"""The API's list of learners by token against REST framework's own ModelViewSet."""

from __future__ import annotations

from benchmarks import callers, floors
from benchmarks.databases import BIG, SMALL
from benchmarks.measuring import ROUNDS, Rounds, Work
from benchmarks.requests import Request, statements, use
from benchmarks.results import Result, verdict
from reports.synthetic import FIRST_NUMBER

TIMES = 20
# From a profile of the list of a small centre.
_WHY = (
    "Where it misses: token and grants are two statements and two fifths of the request, the throttle's trip to Redis "
    "up to a tenth, the line in the log a tenth, opening the scope and asking the database whether the connection "
    "lives another tenth; the list itself is a sixth. The floor has only the token and the list."
)


def measure(databases: dict[str, str]) -> list[Result]:
    """A page of fifty learners on both sizes of data."""
    from qa_portal.wsgi import application

    bare = floors.application()
    works: dict[str, Work] = {}
    facts: dict[str, tuple[int, int]] = {}
    for size in (SMALL, BIG):
        database = databases[size.name]
        use(database)
        for name, centre, served, path in (
            ("floor", "30000", bare, "/api/learners/"),
            ("a small centre", "30000", application, "/api/v1/learners/"),
            ("the newest centre", str(FIRST_NUMBER + size.centres - 1), application, "/api/v1/learners/"),
        ):
            request = Request(served, path, token=callers.system(centre))
            request()
            key = f"{name}, {size.name}"
            facts[key] = (len(statements(request)), len(request()))
            works[key] = _work(database, request)
    rounds = Rounds(works)
    rows = []
    for name, (queries, weight) in facts.items():
        figures = [name, str(queries), f"{rounds.cpu(name) * 1000:.1f}", f"{weight / 1000:.1f}"]
        floor = f"floor, {name.rpartition(', ')[2]}"
        if name == floor:
            rows.append([*figures, "1", "", ""])
            continue
        pace = 1 / rounds.times_longer(name, floor)
        rows.append([*figures, f"{pace:.2f}", "≤ 5 queries, ≥ 1.0", verdict(pace >= 1 and queries <= 5)])
    how = (
        f"Fifty learners, {TIMES} requests a round, {ROUNDS} alternated rounds. The floor is a ModelViewSet with its "
        "ModelSerializer, numbered pages and a token found in one query; the portal's list adds the throttle, the "
        "scope and row-level security. Sizes as for the pages."
    )
    columns = ["list", "queries", "CPU ms", "kB", "pace", "goal", "verdict"]
    return [Result("API list", how, columns, rows, [_WHY])]


def _work(database: str, request: Request) -> Work:
    def before() -> None:
        use(database)
        request()

    return Work(request, before, times=TIMES)
