"""The verifier register as lists and pages show it, the contact card, and declarations by category and dates."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Count, DecimalField, F, OuterRef, Prefetch, Q, QuerySet, Subquery, Sum
from django.db.models.fields.json import KeyTextTransform
from django.db.models.functions import Cast, Coalesce, JSONObject

from centres.models import Centre
from qa_portal.tenancy import ALL_CENTRES, Side, scoped_to
from verification.models import (
    Allocation,
    AllocationKind,
    AllocationStatus,
    CentreYear,
    ConflictDeclaration,
    Verifier,
    VerifierAbsence,
    VerifierSector,
)


@dataclass(frozen=True)
class Contact:
    """One person whom a centre may turn to, and for what."""

    name: str
    email: str
    what: str


def with_load(verifiers: QuerySet[Verifier], year: int) -> QuerySet[Verifier]:
    """Add ``taken`` (days of the year given away) and ``centres`` to verifiers; read it in the staff scope."""
    mine = Allocation.objects.filter(
        verifier=OuterRef("pk"), centre_year__year=year, status=AllocationStatus.ACTIVE
    ).order_by()
    days = Cast(KeyTextTransform("days", "facts"), DecimalField(max_digits=6, decimal_places=2))
    taken = mine.values("verifier").annotate(total=Sum(days)).values("total")
    centres = mine.values("verifier").annotate(total=Count("centre_id", distinct=True)).values("total")
    return verifiers.annotate(
        taken=Coalesce(Subquery(taken), Decimal(0)), centres=Coalesce(Subquery(centres), 0)
    )


def register(year: int, on: date) -> QuerySet[Verifier]:
    """The register in the order of names, with load, current sectors and when somebody is away next."""
    sectors = VerifierSector.objects.filter(starts_on__lte=on).filter(Q(ends_on=None) | Q(ends_on__gt=on))
    next_absence = VerifierAbsence.objects.filter(verifier=OuterRef("pk"), ends_on__gte=on).order_by(
        "starts_on"
    )
    return (
        with_load(Verifier.objects.select_related("person"), year)
        .annotate(
            away_from=Subquery(next_absence.values("starts_on")[:1]),
            away_until=Subquery(next_absence.values("ends_on")[:1]),
        )
        .prefetch_related(Prefetch("sectors", sectors.select_related("sector"), to_attr="current_sectors"))
        .order_by("person__name_key", "pk")
    )


def coming_absences(verifier_id: int, on: date) -> QuerySet[VerifierAbsence]:
    """The absences of a verifier that are not over on a day, the next one first."""
    return VerifierAbsence.objects.filter(verifier_id=verifier_id, ends_on__gte=on).order_by("starts_on")


def allocations_of(verifier_id: int, year: int) -> QuerySet[Allocation]:
    """A verifier's active allocations of a year, by centre; what may be seen of them is the scope's matter."""
    return (
        Allocation.objects.filter(
            verifier_id=verifier_id, centre_year__year=year, status=AllocationStatus.ACTIVE
        )
        .select_related("centre", "programme__qualification")
        .order_by("centre__name_key", "kind", "pk")
    )


def declarations_of(person_id: int) -> QuerySet[ConflictDeclaration]:
    """A verifier's declarations for planners: centre, category and dates, never the details (R24, R25)."""
    return (
        ConflictDeclaration.objects.current()
        .filter(verifier_person_id=person_id)
        .select_related("centre")
        .defer("details")
        .order_by("-starts_on", "pk")
    )


def own_declarations(person_id: int) -> list[tuple[ConflictDeclaration, Centre]]:
    """A verifier's own declarations, current versions, with the centres that they are about.

    The centres are read over all tenants, because one may declare an interest in a centre that one has no access to;
    only those of the person's own declarations leave this function.
    """
    with scoped_to([], side=Side.VERIFIER, person_id=person_id):
        rows = list(
            ConflictDeclaration.objects.current()
            .filter(verifier_person_id=person_id)
            .order_by("-starts_on", "pk")
        )
    # Over all centres: only those that the person's own declarations name.
    with scoped_to(ALL_CENTRES):
        centres = Centre.objects.in_bulk([row.centre_id for row in rows])
    return [(row, centres[row.centre_id]) for row in rows]


def versions_of(person_id: int, series: str) -> list[ConflictDeclaration]:
    """All versions of one of a verifier's own declarations, newest first (R25)."""
    with scoped_to([], side=Side.VERIFIER, person_id=person_id):
        rows = ConflictDeclaration.objects.filter(verifier_person_id=person_id, series=series)
        return list(rows.order_by("-version"))


def centre_by_number(number: str) -> Centre | None:
    """The centre with this number, for somebody who declares an interest in it.

    Over all tenants, because a verifier declares before they have access; number and name of centres are public.
    """
    # Over all centres: number and name are public, and nothing else leaves.
    with scoped_to(ALL_CENTRES):
        return Centre.objects.filter(number=number.strip()).first()


def with_contacts(centre_years: QuerySet[CentreYear]) -> QuerySet[CentreYear]:
    """Add what ``contact_card`` tells of the allocations to years, in the same query."""
    rows = _contacts().filter(centre_id=OuterRef("centre_id"), centre_year_id=OuterRef("pk"))
    one = JSONObject(name="name", email="email", kind="kind", label="label")
    return centre_years.annotate(contact_rows=ArraySubquery(rows.values_list(one)))


def _contacts() -> QuerySet[Allocation, dict[str, Any]]:
    return (
        Allocation.objects.active()
        .values(
            "kind",
            name=F("verifier__person__name"),
            email=F("verifier__person__email"),
            label=F("programme__qualification__label"),
        )
        .order_by("kind", "label")
    )


def contact_card(centre_year: CentreYear) -> list[Contact]:
    """Whom a centre turns to in a year: its LSV, its SVs with their programmes, and its quality manager (R7).

    Select ``centre__quality_manager`` with the year, and take the year ``with_contacts`` to save a query.
    """
    found = getattr(centre_year, "contact_rows", None)
    if found is None:
        found = _contacts().filter(centre_id=centre_year.centre_id, centre_year_id=centre_year.pk)
    labels: dict[tuple[str, str], list[str]] = {}
    for row in found:
        label = AllocationKind.LSV.label if row["kind"] == AllocationKind.LSV else row["label"]
        labels.setdefault((row["name"], row["email"]), []).append(str(label))
    card = [Contact(name, email, _what(mine)) for (name, email), mine in labels.items()]
    manager = centre_year.centre.quality_manager
    if manager is not None:
        card.append(Contact(manager.name, manager.email, "Quality manager"))
    return card


def _what(labels: list[str]) -> str:
    lead = [label for label in labels if label == AllocationKind.LSV.label]
    programmes = [label for label in labels if label != AllocationKind.LSV.label]
    parts = [*lead]
    if programmes:
        parts.append(f"{AllocationKind.SV.label}: {', '.join(programmes)}")
    return "; ".join(parts)
