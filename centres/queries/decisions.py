"""Assessment decisions as lists and forms need them, and who of the assessors has not standardised this year."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Q, QuerySet

from centres import academic_year
from centres.models import AssessmentDecision, DevelopmentKind, StaffDevelopment, StaffMember
from centres.queries.schemes import in_force


@dataclass(frozen=True)
class DecisionFilter:
    """What a list of decisions is narrowed to."""

    programme_id: int | None = None
    unit_id: int | None = None
    assessor_id: int | None = None
    registration_id: int | None = None


def decisions_of(person: Any, centre_id: int, wanted: DecisionFilter) -> QuerySet[AssessmentDecision]:
    """A centre's decisions, latest first, with all that a row shows; one query."""
    where = {
        "programme_id": wanted.programme_id,
        "assignment__unit_id": wanted.unit_id,
        "assessor_id": wanted.assessor_id,
        "registration_id": wanted.registration_id,
    }
    return (
        AssessmentDecision.objects.visible_to(person)
        .filter(centre_id=centre_id, **{field: value for field, value in where.items() if value})
        .select_related(
            "registration__learner", "assignment__unit", "assessor", "internal_verifier", "site",
            "programme__qualification",
        )
        .order_by("-decided_on", "-pk")
    )  # fmt: skip


def assessors(centre_id: int, on: date) -> QuerySet[StaffMember]:
    """Who may decide at a centre on a day, by name."""
    return _staff(centre_id, on).filter(roles__contains=["assessor"])


def internal_verifiers(centre_id: int, on: date) -> QuerySet[StaffMember]:
    """Who may internally verify at a centre on a day, by name."""
    may = Q(roles__contains=["internal_verifier"]) | Q(roles__contains=["lead_internal_verifier"])
    return _staff(centre_id, on).filter(may)


def _staff(centre_id: int, on: date) -> QuerySet[StaffMember]:
    here = Q(left_on=None) | Q(left_on__gt=on)
    return StaffMember.objects.filter(here, centre_id=centre_id).order_by("name")


def not_standardised(centre_id: int, staff_ids: list[int], decided_on: date, suite: str) -> set[int]:
    """Who of these had not taken part in standardisation in that academic year when they decided (R54).

    Empty where the scheme does not ask for it.
    """
    if not in_force(suite, decided_on).scheme.assessment.standardisation_before_decisions.value:
        return set()
    first, _ = academic_year.bounds(academic_year.year_of(decided_on))
    took_part = StaffDevelopment.objects.filter(
        centre_id=centre_id,
        staff_member_id__in=staff_ids,
        kind=DevelopmentKind.STANDARDISATION,
        on_date__gte=first,
        on_date__lte=decided_on,
    ).values_list("staff_member_id", flat=True)
    return set(staff_ids) - set(took_part)
