"""The sections of a self-assessment that are not asked: what the register holds of programmes and staff."""

from __future__ import annotations

from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Count, Max, OuterRef, Q, Subquery

from centres import academic_year
from centres.models import (
    Cohort,
    DevelopmentKind,
    Programme,
    ProgrammeStatus,
    RegistrationStatus,
    StaffMember,
)
from centres.permissions import RoleCode
from verification.models import DirectClaimsState, DirectClaimsStatus


def register_of(centre_id: int, year: int) -> dict[str, list[dict[str, Any]]]:
    """Programmes with learners, sites and direct claims status, and staff with their last standardisation.

    Two queries, whatever the size; plain values, so that a version can freeze them.
    """
    return {"programmes": _programmes(centre_id, year), "staff": _staff(centre_id, year)}


def _programmes(centre_id: int, year: int) -> list[dict[str, Any]]:
    status = DirectClaimsStatus.objects.filter(centre_id=centre_id, programme=OuterRef("pk")).values(
        "status"
    )[:1]
    sites = (
        Cohort.objects.filter(centre_id=centre_id, programme=OuterRef("pk"))
        .order_by("site__name")
        .values("site__name")
        .distinct()
    )
    registered = Count("registrations", filter=Q(registrations__status=RegistrationStatus.REGISTERED))
    rows = (
        Programme.objects.filter(centre_id=centre_id, status=ProgrammeStatus.APPROVED)
        .active_in(*academic_year.bounds(year))
        .select_related("qualification")
        .annotate(learners=registered, claims_status=Subquery(status), sites=ArraySubquery(sites))
        .order_by("qualification__label", "pk")
    )
    return [
        {
            "qan": row.qualification.qan,
            "title": row.qualification.short_title,
            "learners": row.learners,
            "sites": list(row.sites),
            "direct_claims": DirectClaimsState(row.claims_status or "NOT_HELD").label,
        }
        for row in rows
    ]


def _staff(centre_id: int, year: int) -> list[dict[str, Any]]:
    first, last = academic_year.bounds(year)
    standardised = Max(
        "development__on_date",
        filter=Q(
            development__kind=DevelopmentKind.STANDARDISATION, development__on_date__range=(first, last)
        ),
    )
    rows = (
        StaffMember.objects.filter(Q(left_on=None) | Q(left_on__gte=first), centre_id=centre_id)
        .select_related("site")
        .annotate(standardised_on=standardised)
        .order_by("name", "pk")
    )
    labels = dict(RoleCode.choices)
    return [
        {
            "name": row.name,
            "roles": [labels.get(code, code) for code in row.roles],
            "site": row.site.name if row.site else "",
            "standardised_on": row.standardised_on.isoformat() if row.standardised_on else None,
        }
        for row in rows
    ]
