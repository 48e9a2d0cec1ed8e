"""Queries of every page and API list, for every role, on the demonstration alone and beside a million learners."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field

from django.urls import reverse

from benchmarks import callers
from benchmarks.databases import BIG, DEMO
from benchmarks.requests import Refused, Request, statements, use
from benchmarks.results import Result
from centres.models import Centre, Person
from centres.permissions import RoleCode
from qa_portal.tenancy import ALL_CENTRES, scoped_to
from reports.demo.people import NORTHGATE, SHOWN
from reports.models import Report
from reports.synthetic import FIRST_NUMBER
from sampling.models import Sample
from scripts import addresses

API = 5
# Whose pages of the demonstration are counted again beside a million learners.
_AGAIN = ("qn@", "leadiv@", "lsv@", "sv@", "manager@", "admin@")
# A centre that had its visit and has a sample, and the two verifiers that look after it.
_SYNTHETIC = (
    ("nominee-{}@centre.example", "Quality Nominee, synthetic centre"),
    (RoleCode.LEAD_STANDARDS_VERIFIER, "LSV with twenty centres"),
    (RoleCode.STANDARDS_VERIFIER, "SV with twenty centres"),
    ("manager@awarding.example", "Quality manager"),
    ("planner@awarding.example", "Planner"),
    ("admin@awarding.example", "Administrator"),
)


@dataclass
class Count:
    """What one person's pages cost on one database."""

    answered: int = 0
    page: int = 0
    listing: int = 0
    api: int = 0
    dear: list[tuple[str, int, int]] = field(default_factory=list)

    def note(self, name: str, number: int, budget: int) -> None:
        """One answered address."""
        self.answered += 1
        if name.startswith("API"):
            self.api = max(self.api, number)
        elif budget == addresses.LIST:
            self.listing = max(self.listing, number)
        else:
            self.page = max(self.page, number)
        if number > budget:
            self.dear.append((name, number, budget))


def measure(databases: dict[str, str]) -> list[Result]:
    """Each caller's pages on the demonstration, then the same and a synthetic centre's on the big database."""
    from qa_portal.wsgi import application

    # Every refused page would be a line.
    logging.disable(logging.CRITICAL)
    counts: dict[tuple[str, str], Count] = {}
    use(databases[BIG.name])
    with_visit = _centre_with_visit_and_sample()
    for size, number, people in (
        (DEMO, NORTHGATE, SHOWN),
        (BIG, NORTHGATE, [one for one in SHOWN if one[0].startswith(_AGAIN)]),
        (BIG, with_visit, [(email.format(with_visit), what) for email, what in _SYNTHETIC]),
    ):
        use(databases[size.name])
        # Over all centres, to find things by their numbers.
        with scoped_to(ALL_CENTRES):
            centre = Centre.objects.get(number=number)
            pages = list(_pages(centre))
        for who, what in people:
            cookie = callers.session(_person(who, centre))
            key = (f"{size.learners:,} learners, centre {number}", what)
            counts[key] = _count(pages, lambda path, cookie=cookie: Request(application, path, cookie=cookie))
    return [_by_caller(counts), _over(counts)]


def _person(who: str, centre: Centre) -> Person:
    """The person with this address, or who holds this role at the centre."""
    if "@" in who:
        return Person.objects.get(email=who)
    return Person.objects.filter(grants__centre=centre, grants__role=who).order_by("pk")[0]


def _centre_with_visit_and_sample() -> str:
    """The number of the first synthetic centre that has both."""
    with scoped_to(ALL_CENTRES):
        samples = Sample.objects.filter(
            centre__number__gte=str(FIRST_NUMBER), centre_id__in=Report.objects.values("centre_id")
        )
        return str(samples.select_related("centre").order_by("centre__number")[0].centre.number)


def _pages(centre: Centre) -> Iterator[tuple[str, str, int]]:
    """Name, address and budget: with the centre's first and its newest thing, and the lists of the API."""
    person = Person.objects.filter(grants__centre=centre).order_by("pk").first()
    seen: set[str] = set()
    for route in addresses.routes():
        for newest in (False, True):
            if not route.name:
                continue
            path = addresses.address(route, centre, person_id=person.pk, newest=newest)
            if path not in seen and str(addresses.NOTHING) not in path:
                seen.add(path)
                yield route.name, path, route.budget
    for noun in addresses.api_lists():
        yield f"API {noun}", reverse(f"{noun}-list") + "?limit=50", API


def _count(pages: Iterable[tuple[str, str, int]], request: Callable[[str], Request]) -> Count:
    count = Count()
    for name, path, budget in pages:
        ask = request(path)
        try:
            number = _statements(ask)
        except Refused as failed:
            count.dear.append((f"{name} ({failed.status})", 0, budget))
            continue
        if number is not None and number > budget:
            # What a process reads once, of a published scheme for example, costs the first request only.
            number = _statements(ask)
        if number is not None:
            count.note(name, number, budget)
    return count


def _statements(ask: Request) -> int | None:
    """How many, or None where the caller is not shown the page."""
    try:
        return len(statements(ask))
    except Refused as refused:
        if refused.status.startswith("5"):
            raise
        return None


def _by_caller(counts: dict[tuple[str, str], Count]) -> Result:
    rows = [
        [data, what, str(one.answered), str(one.page), str(one.listing), str(one.api), str(len(one.dear))]
        for (data, what), one in counts.items()
    ]
    how = (
        f"Every address of the portal and every list of the API by GET, once with the centre's first "
        f"and once with its newest thing of each kind; only those answered with 200 count. At most {addresses.PAGE} "
        f"statements a page, {addresses.LIST} a list, {API} a list of the API, all statements of the request included."
    )
    columns = ["data", "signed in as", "answered", "most on a page", "most on a list", "most on an API list",
               "over budget"]  # fmt: skip
    return Result("Queries of every page", how, columns, rows)


def _over(counts: dict[tuple[str, str], Count]) -> Result:
    most: dict[tuple[str, int], tuple[int, str]] = {}
    for (data, what), one in counts.items():
        for name, number, budget in one.dear:
            most[name, budget] = max(most.get((name, budget), (0, "")), (number, f"{what}, {data}"))
    rows = [
        [name, str(number), str(budget), where] for (name, budget), (number, where) in sorted(most.items())
    ]
    how = "The worst of each page that costs more than its budget."
    return Result(
        "Pages over budget", how, ["page", "queries", "budget", "where"], rows or [["none", "", "", ""]]
    )
