"""Pages: queries, CPU, weight and pace against a bare Django page of the same fifty rows."""

from __future__ import annotations

from dataclasses import dataclass

from benchmarks import callers, floors
from benchmarks.databases import BIG, SMALL, Size
from benchmarks.measuring import ROUNDS, Rounds, Work
from benchmarks.requests import Request, statements, use
from benchmarks.results import Result, verdict
from reports.synthetic import FIRST_NUMBER

TIMES = 10
FLOOR = "floor"
_MOST_BYTES = 30_000
# From a profile of the learners of a small centre.
_WHY = (
    "Where a list misses its pace: of the page of learners the template takes about 45 % (two thirds of it the fifty "
    "rows, the rest navigation, filters and shell), statements with their compilation a third (grants, scope, centre "
    "and cohorts are not in the floor), scope, session and log middleware most of what is left."
)


@dataclass(frozen=True)
class Page:
    """A page to measure and the goal for its queries."""

    name: str
    path: str
    caller: str
    queries: int


def measure(databases: dict[str, str]) -> list[Result]:
    """Every page on both sizes of data, in one alternated run."""
    from qa_portal.wsgi import application

    bare = floors.application()
    works: dict[str, Work] = {}
    facts: dict[str, tuple[int, int, int]] = {}
    for size in (SMALL, BIG):
        database = databases[size.name]
        use(database)
        for page in _pages(size):
            request = Request(application, page.path, cookie=_cookie(page.caller))
            request()
            name = f"{page.name}, {size.name}"
            facts[name] = (len(statements(request)), len(request()), page.queries)
            works[name] = _work(database, request)
        floor = Request(bare, "/learners/", cookie=_cookie("30000"))
        floor()
        name = f"{FLOOR}, {size.name}"
        facts[name] = (len(statements(floor)), len(floor()), 3)
        works[name] = _work(database, floor)
    rounds = Rounds(works)
    return [_against_the_floor(rounds, facts), _growth(rounds)]


def _pages(size: Size) -> list[Page]:
    small, newest = "30000", str(FIRST_NUMBER + size.centres - 1)
    pages = [
        Page("learners of a small centre", f"/centres/{small}/learners/", small, 8),
        Page("programmes", f"/centres/{small}/programmes/", small, 8),
        Page("home of a Quality Nominee", "/", small, 12),
        Page("dashboard of the awarding organisation", "/staff/", "", 12),
        Page("list of centres", "/staff/centres/", "", 8),
    ]
    if size is BIG:
        pages.insert(1, Page("learners of the newest centre", f"/centres/{newest}/learners/", newest, 8))
    return pages


def _cookie(centre: str) -> str:
    return callers.session(callers.quality_nominee(centre) if centre else callers.quality_manager())


def _work(database: str, request: Request) -> Work:
    def before() -> None:
        use(database)
        request()

    return Work(request, before, times=TIMES)


def _against_the_floor(rounds: Rounds, facts: dict[str, tuple[int, int, int]]) -> Result:
    rows = []
    for name, (queries, weight, most) in facts.items():
        cpu, floor = f"{rounds.cpu(name) * 1000:.1f}", f"{FLOOR}, {name.rpartition(', ')[2]}"
        if name == floor:
            rows.append([name, str(queries), cpu, f"{weight / 1000:.1f}", "1", "", ""])
            continue
        pace, is_list = 1 / rounds.times_longer(name, floor), not name.startswith(("home", "dashboard"))
        met = queries <= most and weight <= _MOST_BYTES and (pace >= 0.8 or not is_list)
        goal = f"≤ {most} queries, ≤ 30 kB" + (", ≥ 0.8" if is_list else "")
        rows.append([name, str(queries), cpu, f"{weight / 1000:.1f}", f"{pace:.2f}", goal, verdict(met)])
    how = (
        f"{SMALL.name}: {SMALL.words}. {BIG.name}: {BIG.words}. Each page {TIMES} times a round, {ROUNDS} alternated "
        "rounds, straight into the WSGI application; every statement of the request counts, those for session, person "
        "and scope too. The floor is a bare Django page of fifty rows with session and person. Pace is requests a "
        "second against the floor, the median of the rounds."
    )
    return Result(
        "Pages", how, ["page", "queries", "CPU ms", "kB", "pace", "goal", "verdict"], rows, [_WHY],
    )  # fmt: skip


def _growth(rounds: Rounds) -> Result:
    rows = []
    for name in list(rounds.taken):
        page, _, size = name.rpartition(", ")
        small = f"{page}, {SMALL.name}"
        if size != BIG.name or small not in rounds.taken:
            continue
        more = rounds.times_cpu(name, small)
        pace = 1 / rounds.times_longer(name, small)
        # The floor's own swing says how far the machine can be trusted, so it has no verdict.
        goal = ("≤ 1.2 CPU", verdict(more <= 1.2)) if page != FLOOR else ("", "")
        rows.append([page, f"{more:.2f}", f"{pace:.2f}", *goal])
    newest, centre = f"learners of the newest centre, {BIG.name}", f"learners of a small centre, {BIG.name}"
    pace = 1 / rounds.times_longer(newest, centre)
    rows.append(
        [f"newest centre against a small one, {BIG.name}", f"{rounds.times_cpu(newest, centre):.2f}", f"{pace:.2f}",
         "≥ 0.8 pace", verdict(pace >= 0.8)]
    )  # fmt: skip
    return Result(
        "Pages as data grows",
        f"The same run: what a request costs with {BIG.learners:,} learners against {SMALL.learners:,}, and the first "
        f"page of the newest centre, which has {BIG.newest:,} learners, against a centre of under two hundred.",
        ["page", "CPU per request", "pace", "goal", "verdict"],
        rows,
    )
