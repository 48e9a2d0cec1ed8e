"""The places of a year: an LSV for every centre with a work-based programme, an SV for every active programme."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import Count, Exists, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce

from centres import academic_year
from centres.models import (
    Programme,
    ProgrammeStatus,
    QaModelPeriod,
    Registration,
    RegistrationStatus,
    Site,
)
from centres.queries.schemes import in_force, scheme_of
from centres.schemes import Scheme
from verification.models import Allocation, AllocationKind, AllocationStatus, CentreYear

MOST_YEARS_BACK = 8
HELD = (AllocationStatus.ACTIVE, AllocationStatus.PROPOSED)


@dataclass(frozen=True)
class Place:
    """A place to fill or filled, with what a planner looks at; ``history`` are all allocations of the centre."""

    centre_year: CentreYear
    kind: str
    programme: Programme | None
    programmes: tuple[Programme, ...]
    scheme: Scheme
    allocation: Allocation | None = None
    before: Allocation | None = None
    history: tuple[Allocation, ...] = ()

    @property
    def id(self) -> str:
        """The same place everywhere: in addresses, plans and proposals."""
        return place_id(self.kind, self.centre_year.pk, self.programme.pk if self.programme else None)

    @property
    def sites(self) -> int:
        """How many places of delivery the centre has."""
        return int(self.centre_year.sites)  # type: ignore[attr-defined]

    @property
    def due_on(self) -> date:
        """By when somebody must be allocated (R7)."""
        return self.scheme.windows["allocation"].deadline(self.centre_year.year)

    @property
    def days(self) -> Decimal:
        """Days of a verifier's year that the work takes, in half days."""
        kind = "lsv_visit" if self.programme is None else "standards_verification"
        count = len(self.programmes) if self.programme is None else 1
        return half_days_up(self.scheme.allocation.days_needed(kind, programmes=count, sites=self.sites))


def place_id(kind: str, centre_year_id: int, programme_id: int | None) -> str:
    """The name of a place: "lsv-12", "sv-12-34"."""
    return f"lsv-{centre_year_id}" if kind == AllocationKind.LSV else f"sv-{centre_year_id}-{programme_id}"


def half_days_up(days: Decimal) -> Decimal:
    """Days of work, rounded up to half days, as diaries have them."""
    return -(-days * 2 // 1) / 2


def places(
    centre_years: QuerySet[CentreYear] | Sequence[CentreYear], *, in_detail: bool = True
) -> list[Place]:
    """Every place of these centre-years of one academic year, filled or not, in the order of centres.

    ``in_detail`` reads the programmes' own schemes and earlier years as well, which a list does not need.
    """
    rows = list(with_sites(centre_years) if isinstance(centre_years, QuerySet) else centre_years)
    if not rows:
        return []
    year = rows[0].year
    programmes = _programmes([row.centre_id for row in rows], year)
    history = _allocations([row.centre_id for row in rows], year, MOST_YEARS_BACK if in_detail else 0)
    schemes = _schemes(programmes, year) if in_detail else {}
    found: list[Place] = []
    for row in rows:
        mine, past = tuple(programmes[row.centre_id]), tuple(history[row.centre_id])
        governing = scheme_of(row.scheme_version)
        if any(programme.work_based for programme in mine):  # type: ignore[attr-defined]
            found.append(_place(row, AllocationKind.LSV, None, mine, governing, past))
        for programme in mine:
            scheme = schemes.get(programme.qualification.suite, governing)
            found.append(_place(row, AllocationKind.SV, programme, mine, scheme, past))
    return found


def with_sites(centre_years: QuerySet[CentreYear]) -> QuerySet[CentreYear]:
    """Add centre, scheme version and the number of sites, in the order of centres."""
    open_sites = Site.objects.filter(centre=OuterRef("centre"), closed_on=None).order_by()
    count = open_sites.values("centre").annotate(total=Count("pk")).values("total")
    return (
        centre_years.select_related("centre__quality_manager", "scheme_version")
        .defer("scheme_version__content")
        .annotate(sites=Coalesce(Subquery(count), 0))
        .order_by("centre__name_key", "pk")
    )


def _place(
    row: CentreYear,
    kind: str,
    programme: Programme | None,
    programmes: tuple[Programme, ...],
    scheme: Scheme,
    history: tuple[Allocation, ...],
) -> Place:
    here = [a for a in history if a.kind == kind and a.programme_id == (programme.pk if programme else None)]
    now = [a for a in here if a.centre_year_id == row.pk and a.status in HELD]
    before = [a for a in here if a.centre_year.year == row.year - 1 and a.status not in _UNUSED]
    return Place(
        row,
        str(kind),
        programme,
        programmes,
        scheme,
        now[-1] if now else None,
        before[-1] if before else None,
        history,
    )


_UNUSED = (AllocationStatus.DROPPED, AllocationStatus.PROPOSED)


def _programmes(centre_ids: list[int], year: int) -> dict[int, list[Any]]:
    first, last = academic_year.bounds(year)
    work_based = QaModelPeriod.objects.filter(
        Q(ends_on=None) | Q(ends_on__gte=first),
        qualification=OuterRef("qualification"),
        model="WBL",
        starts_on__lte=first,
    )
    learners = (
        Registration.objects.filter(
            centre_id=OuterRef("centre_id"), programme_id=OuterRef("pk"), status=RegistrationStatus.REGISTERED
        )
        .order_by()
        .values("programme_id")
        .annotate(total=Count("pk"))
        .values("total")
    )
    rows = (
        Programme.objects.filter(centre_id__in=centre_ids, status=ProgrammeStatus.APPROVED)
        .active_in(first, last)
        .select_related("qualification__sector")
        .annotate(work_based=Exists(work_based), learners=Coalesce(Subquery(learners), 0))
    )
    found: dict[int, list[Any]] = defaultdict(list)
    for programme in rows.order_by("centre_id", "qualification__label", "pk"):
        found[programme.centre_id].append(programme)
    return found


def _allocations(centre_ids: list[int], year: int, years_back: int) -> dict[int, list[Allocation]]:
    rows = (
        Allocation.objects.filter(centre_id__in=centre_ids, centre_year__year__lte=year)
        .filter(centre_year__year__gte=year - years_back)
        .exclude(status=AllocationStatus.DROPPED)
        .select_related("verifier__person", "centre_year")
        .order_by("made_at", "pk")
    )
    found: dict[int, list[Allocation]] = defaultdict(list)
    for row in rows:
        found[row.centre_id].append(row)
    return found


def _schemes(programmes: dict[int, list[Any]], year: int) -> dict[str, Scheme]:
    """The scheme of every suite that occurs, each read once."""
    first, _ = academic_year.bounds(year)
    suites = {programme.qualification.suite for mine in programmes.values() for programme in mine}
    return {suite: in_force(suite, first).scheme for suite in sorted(suites)}
