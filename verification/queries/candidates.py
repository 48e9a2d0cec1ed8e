"""The people on the verifier register as the allocation calculation takes them, and the shortlist of one place."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Case, DecimalField, OuterRef, Q, QuerySet, Subquery, Sum, Value, When
from django.db.models.fields.json import KeyTextTransform
from django.db.models.functions import Cast, Coalesce, JSONObject

from centres.schemes import Scheme
from verification.candidates import Preferences, Shortlist, shortlist
from verification.eligibility import Absence, Conflict, Demand, Tenure
from verification.eligibility import Verifier as Person
from verification.models import (
    Allocation,
    AllocationKind,
    AllocationStatus,
    ConflictCategory,
    ConflictDeclaration,
    Verifier,
    VerifierAbsence,
    VerifierSector,
)
from verification.queries.places import MOST_YEARS_BACK, Place, half_days_up

_NEARLY_OVER = timedelta(days=14)
Tenures = Mapping[int, Sequence[Tenure]]


def demands(open_places: Iterable[Place], on: date, held: Iterable[Place] = ()) -> list[Demand]:
    """Places as the calculation takes them; ``held`` are those already filled, so that it knows the counterparts."""
    counterparts: dict[tuple[int, str], set[str]] = defaultdict(set)
    for place in held:
        if place.allocation is not None:
            counterparts[(place.centre_year.centre_id, place.kind)].add(str(place.allocation.verifier_id))
    return [_demand(place, on, counterparts) for place in open_places]


def preferences(scheme: Scheme) -> Preferences:
    """What a scheme hopes for when verifiers are allocated (R13, R14)."""
    return Preferences(
        years_at_one_centre=scheme.allocation.max_consecutive_years.value,
        lsv_is_current_sv=scheme.allocation.lead_verifier_prefers_verifier_of_suite.value,
    )


def register(
    year: int, on: date, *, cooling_off_years: int, tenures: Tenures, without: Sequence[int] = ()
) -> list[Person]:
    """Everybody on the register with what speaks for and against them, in one query.

    Read it in the staff scope: days taken are counted over all centres. ``without`` are allocations whose days do not
    count, because they are being decided. Conflicts come by category and dates, never with their story (R24).
    """
    rows = (
        Verifier.objects.filter(Q(left_on=None) | Q(left_on__gt=on))
        .annotate(
            taken=Coalesce(Subquery(_days_taken(year, without)), Decimal(0)),
            competent=ArraySubquery(_sectors(on)),
            serving=ArraySubquery(_served_sectors(year)),
            away=ArraySubquery(_absences(on)),
            declared=ArraySubquery(_conflicts(on, cooling_off_years)),
        )
        .select_related("person")
        .order_by("person__name_key", "pk")
    )
    return [_person(row, tenures.get(row.pk, ()), on, cooling_off_years) for row in rows]


@dataclass(frozen=True)
class Considered:
    """Everybody who was considered for a place: the shortlist, and what the register says of each by id."""

    shortlist: Shortlist
    people: Mapping[str, Person]

    def facts(self, verifier_id: str) -> dict[str, Any]:
        """What is kept with an allocation of this person: what spoke for and against, and how many there were."""
        for place, candidate in enumerate(self.shortlist.candidates, start=1):
            if candidate.verifier == verifier_id:
                return {
                    "pros": list(candidate.pros),
                    "cons": list(candidate.cons),
                    "rank": place,
                    "candidates": len(self.shortlist.candidates),
                }
        for other in self.shortlist.ineligible:
            if other.verifier == verifier_id:
                return {"in_the_way": [obstacle.text for obstacle in other.obstacles]}
        return {}


def shortlist_for(place: Place, all_places: Iterable[Place], on: date) -> Shortlist:
    """Who can take a place, best first, and what stands in the way of everybody else (R7, R13, R14, R24)."""
    return consider(place, all_places, on).shortlist


def consider(place: Place, all_places: Iterable[Place], on: date) -> Considered:
    """The shortlist of a place together with the people it was made from; read it in the staff scope."""
    own = [place.allocation.pk] if place.allocation is not None else []
    people = register(
        place.centre_year.year,
        on,
        cooling_off_years=place.scheme.allocation.cooling_off_years.value,
        tenures=tenures_from(place.history, place.centre_year.year),
        without=own,
    )
    others = [other for other in all_places if other.id != place.id]
    [demand] = demands([place], on, held=others)
    found = shortlist(demand, people, on=on, preferences=preferences(place.scheme))
    return Considered(found, {person.id: person for person in people})


def all_tenures(year: int) -> Tenures:
    """Who served which centre up to last year, over all centres in scope, in one query."""
    rows = Allocation.objects.made().filter(
        centre_year__year__lt=year, centre_year__year__gte=year - MOST_YEARS_BACK
    )
    served = rows.values_list("verifier_id", "centre_id", "kind", "centre_year__year")
    return _tenures(served, year)


def tenures_from(history: Iterable[Allocation], year: int) -> Tenures:
    """The same from allocations that were read already; select ``centre_year`` with them."""
    made = (AllocationStatus.ACTIVE, AllocationStatus.ENDED)
    served = (
        (row.verifier_id, row.centre_id, row.kind, row.centre_year.year)
        for row in history
        if row.status in made and row.centre_year.year < year
    )
    return _tenures(served, year)


def _tenures(served: Iterable[tuple[int, int, str, int]], year: int) -> Tenures:
    by_centre: dict[tuple[int, int], dict[int, set[str]]] = defaultdict(lambda: defaultdict(set))
    for verifier_id, centre_id, kind, in_year in served:
        by_centre[(verifier_id, centre_id)][in_year].add(kind)
    found: dict[int, list[Tenure]] = defaultdict(list)
    for (verifier_id, centre_id), by_year in by_centre.items():
        count = 0
        while year - 1 - count in by_year:
            count += 1
        if count:
            found[verifier_id].append(Tenure(str(centre_id), frozenset(by_year[year - 1]), count))
    return found


def _demand(place: Place, on: date, counterparts: Mapping[tuple[int, str], set[str]]) -> Demand:
    centre_year, lead = place.centre_year, place.programme is None
    window = place.scheme.windows["lsv_visit" if lead else "standards_verification"]
    first, last = window.on(centre_year.year)
    other = AllocationKind.SV if lead else AllocationKind.LSV
    programmes = place.programmes if place.programme is None else (place.programme,)
    return Demand(
        id=place.id,
        kind=place.kind,
        centre=str(centre_year.centre_id),
        centre_name=centre_year.centre.name,
        days=place.days,
        first=min(max(first, on), max(last, on)),
        last=max(last, on + _NEARLY_OVER),
        sectors=tuple(sorted({p.qualification.sector.name for p in programmes})),
        counterparts=frozenset(counterparts.get((centre_year.centre_id, str(other)), ())),
    )


def _days_taken(year: int, without: Sequence[int]) -> QuerySet[Any]:
    days = Cast(KeyTextTransform("days", "facts"), DecimalField(max_digits=6, decimal_places=2))
    rows = Allocation.objects.filter(
        verifier=OuterRef("pk"),
        centre_year__year=year,
        status__in=[AllocationStatus.ACTIVE, AllocationStatus.PROPOSED],
    ).exclude(pk__in=list(without))
    return rows.order_by().values("verifier").annotate(total=Sum(days)).values("total")


def _sectors(on: date) -> QuerySet[Any]:
    rows = VerifierSector.objects.filter(verifier=OuterRef("pk"), starts_on__lte=on)
    return rows.filter(Q(ends_on=None) | Q(ends_on__gt=on)).values("sector__name")


def _served_sectors(year: int) -> QuerySet[Any]:
    """Sectors in which somebody is an SV now: they hold an SV's place of this year, or still of the year before."""
    rows = Allocation.objects.active().filter(
        verifier=OuterRef("pk"), kind=AllocationKind.SV, centre_year__year__gte=year - 1
    )
    return rows.order_by().values("programme__qualification__sector__name").distinct()


def _absences(on: date) -> QuerySet[Any]:
    rows = VerifierAbsence.objects.filter(verifier=OuterRef("pk"), ends_on__gte=on).order_by("starts_on")
    return rows.values(span=JSONObject(first="starts_on", last="ends_on"))


def _conflicts(on: date, cooling_off_years: int) -> QuerySet[Any]:
    category = Case(*(When(category=code, then=Value(label)) for code, label in ConflictCategory.choices))
    rows = ConflictDeclaration.objects.standing_on(on, cooling_off_years=cooling_off_years)
    rows = rows.filter(verifier_person=OuterRef("person")).order_by("starts_on")
    return rows.values(
        found=JSONObject(centre="centre_id", category=category, first="starts_on", last="ends_on")
    )


def _person(row: Any, tenures: Sequence[Tenure], on: date, cooling_off_years: int) -> Person:
    sectors = frozenset(row.competent)
    return Person(
        id=str(row.pk),
        name=row.person.name,
        days_per_year=row.days_a_year,
        days_taken=half_days_up(row.taken),
        lsv_qualified=row.is_lsv,
        sectors=sectors,
        current_sv_sectors=frozenset(row.serving),
        base=row.town,
        absences=tuple(
            Absence(date.fromisoformat(span["first"]), date.fromisoformat(span["last"])) for span in row.away
        ),
        conflicts=tuple(_conflict(found, on, cooling_off_years) for found in row.declared),
        tenures=tuple(tenures),
    )


def _conflict(found: dict[str, Any], on: date, cooling_off_years: int) -> Conflict:
    last = date.fromisoformat(found["last"]) if found["last"] else None
    is_open = last is None or last > on
    until = None if last is None else _years_later(last, cooling_off_years)
    return Conflict(
        str(found["centre"]),
        found["category"].lower(),
        date.fromisoformat(found["first"]),
        is_open,
        until,
    )


def _years_later(day: date, years: int) -> date:
    try:
        return day.replace(year=day.year + years) - timedelta(days=1)
    except ValueError:
        return day.replace(year=day.year + years, day=28)
