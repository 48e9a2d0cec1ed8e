"""How much of the days that verifiers have given is taken: the fullest first."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import Count, ExpressionWrapper, F, FloatField, OuterRef, Q, Subquery, Window
from django.db.models.functions import Coalesce, Greatest

from verification.models import Allocation, AllocationStatus, Verifier
from verification.queries.verifiers import with_load


@dataclass(frozen=True)
class Load:
    """One verifier: allocations, centres, days taken of the days given; ``over`` where more is taken than given."""

    pk: int
    name: str
    allocations: int
    centres: int
    taken: Decimal
    days: int

    @property
    def over(self) -> bool:
        return self.taken > self.days


@dataclass(frozen=True)
class Loads:
    """The fullest verifiers, with how many there are in all and how many have too much."""

    first: list[Load]
    verifiers: int = 0
    over: int = 0


def fullest(year: int, today: date, *, most: int = 8) -> Loads:
    """The verifiers with the largest share of their days of ``year`` taken; one query, in the staff scope."""
    given = Allocation.objects.filter(
        verifier=OuterRef("pk"), centre_year__year=year, status=AllocationStatus.ACTIVE
    ).order_by()
    number = given.values("verifier").annotate(number=Count("pk")).values("number")
    rows: list[Any] = list(
        with_load(Verifier.objects.select_related("person"), year)
        .exclude(left_on__lte=today)
        .annotate(
            allocations=Coalesce(Subquery(number), 0),
            share=ExpressionWrapper(
                F("taken") * 1.0 / Greatest(F("days_a_year"), 1), output_field=FloatField()
            ),
            all=Window(Count("pk")),
            all_over=Window(Count("pk", filter=Q(taken__gt=F("days_a_year")))),
        )
        .order_by("-share", "person__name_key", "pk")[:most]
    )
    loads = [
        Load(row.pk, row.person.name, row.allocations, row.centres, row.taken, row.days_a_year)
        for row in rows
    ]
    return Loads(loads, rows[0].all, rows[0].all_over) if loads else Loads([])
