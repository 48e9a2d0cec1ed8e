"""Memory of a web process before and after a thousand mixed requests, on both sizes of data."""

from __future__ import annotations

import gc
import itertools
import multiprocessing

import psutil

from benchmarks import callers
from benchmarks.databases import BIG, SMALL
from benchmarks.requests import Request, use
from benchmarks.results import Result, verdict

REQUESTS = 1_000
MOST_MIB = 130
_OF_A_CENTRE = (
    "/", "/centres/30000/learners/", "/centres/30000/programmes/", "/centres/30000/self-assessment/",
    "/centres/30000/activities/", "/centres/30000/actions/", "/centres/30000/people/", "/calendar/",
)  # fmt: skip
_OF_THE_STAFF = ("/staff/", "/staff/centres/", "/staff/dashboard.csv")


def measure(databases: dict[str, str]) -> list[Result]:
    """One new process a size, as a web worker is; each size's figures are read inside it."""
    rows = []
    for size in (SMALL, BIG):
        with multiprocessing.get_context("fork").Pool(1) as pool:
            before, after = pool.apply(_served, [databases[size.name]])
        goal = (f"≤ {MOST_MIB} MiB", verdict(after <= MOST_MIB))
        rows.append([f"{size.learners:,} learners", f"{before:.0f}", f"{after:.0f}", *goal])
    how = (
        f"Resident memory of a web process after its first request of each kind and after {REQUESTS:,} mixed ones: "
        "pages of a centre, the awarding organisation's dashboard and lists with the dashboard as CSV, the API."
    )
    columns = ["data", "MiB at first", "MiB afterwards", "goal", "verdict"]
    return [Result("Memory of a web process", how, columns, rows)]


def _served(database: str) -> tuple[float, float]:
    from qa_portal.wsgi import application

    use(database)
    nominee = callers.session(callers.quality_nominee("30000"))
    manager = callers.session(callers.quality_manager())
    mixed = [Request(application, path, cookie=nominee) for path in _OF_A_CENTRE]
    mixed += [Request(application, path, cookie=manager) for path in _OF_THE_STAFF]
    mixed += [Request(application, "/api/v1/learners/", token=callers.system("30000"))]
    for request in mixed:
        request()
    before = _mib()
    for request in itertools.islice(itertools.cycle(mixed), REQUESTS):
        request()
    return before, _mib()


def _mib() -> float:
    gc.collect()
    return psutil.Process().memory_info().rss / 2**20
