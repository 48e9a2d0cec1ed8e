"""Samples and their items as lists and pages read them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from django.db.models import Count, Exists, OuterRef, Prefetch, Q, QuerySet, Subquery

from centres.models import AccessGrant, AssessmentDecision, Person
from centres.permissions import RoleCode
from qa_portal.tenancy import Side
from sampling import power
from sampling.models import ItemEvidence, ItemStatus, Judgement, ReleasedJudgement, Sample, SampledItem
from sampling.queries import frames
from verification.models import Activity, ActivityKind, ActivityStatus


def with_names(samples: QuerySet[Sample]) -> QuerySet[Sample]:
    """Add what the pages of a sample name, in the same query, without a scheme's long content."""
    return samples.select_related(
        "centre",
        "activity__centre",
        "activity__centre_year",
        "activity__allocation__verifier__person",
        "programme__qualification",
        "programme__leader",
        "lead_iv",
        "scheme_version",
        "planned_by",
        "concluded_by",
    ).defer("scheme_version__content")


def activities_with_samples(person: Any) -> QuerySet[Activity]:
    """Standards verification that this person may see, newest year first, each with its sample if there is one."""
    counted = Sample.objects.visible_to(person).annotate(
        item_count=Count("items"),
        judged=Count("items", filter=Q(items__status=ItemStatus.JUDGED)),
        received=Count("items", filter=~Q(items__status=ItemStatus.REQUESTED)),
    )
    return (
        Activity.objects.visible_to(person)
        .filter(kind=ActivityKind.SAMPLING)
        .exclude(status=ActivityStatus.CANCELLED)
        .select_related("centre", "centre_year", "programme__qualification", "allocation__verifier__person")
        .prefetch_related(Prefetch("samples", queryset=counted, to_attr="the_sample"))
        .order_by("-centre_year__year", "window_until", "centre_id", "pk")
    )


def items_of(sample: Sample, *, side: str) -> list[SampledItem]:
    """The items in order, with learner, unit, number of files, and the verdict that this side may see; one query.

    A centre reads verdicts from its own copies, which exist from the conclusion on.
    """
    judgements = ReleasedJudgement if side == Side.CENTRE else Judgement
    verdicts = judgements.objects.filter(centre_id=sample.centre_id, item=OuterRef("pk"))
    return list(
        SampledItem.objects.filter(centre_id=sample.centre_id, sample=sample)
        .select_related(
            "decision__registration__learner",
            "decision__registration__cohort",
            "decision__assignment__unit",
            "decision__assessor",
            "decision__site",
        )
        .annotate(
            verdict=Subquery(verdicts.values("verdict")[:1]),
            files=Count("evidence", filter=Q(evidence__file__removed_at=None)),
        )
        .order_by("position")
    )


def lead_verifiers_of(sample: Sample, on: date) -> list[Person]:
    """The Lead IVs who may look after a sample: of its programme, of its subject area, or of the whole centre (R18)."""
    grants = AccessGrant.objects.active_on(on).filter(
        Q(programme=None) | Q(programme_id=sample.programme_id),
        role=RoleCode.LEAD_INTERNAL_VERIFIER,
        centre_id=sample.centre_id,
        subject_area__in=["", sample.programme.qualification.suite],
        person=OuterRef("pk"),
    )
    people = Person.objects.filter(Exists(grants), is_active=True, is_service=False)
    return list(people.order_by("name", "pk"))


def evidence_of(item: SampledItem) -> list[ItemEvidence]:
    """The files that were sent for an item, in the order in which they came."""
    links = item.evidence.filter(file__removed_at=None).select_related("file__uploaded_by")
    return list(links.order_by("file__uploaded_at", "pk"))


def statement(sample: Sample, items: Sequence[SampledItem]) -> power.PowerStatement:
    """What the part of the sample drawn by chance can find, naming its frame (for items read already)."""
    chance = sum(item.drawn_by_chance for item in items)
    units = [f"unit {unit['unit']}" for unit in sample.units_in_scope]
    scope = f"on {' and '.join(units)}" if 0 < len(units) <= 3 else ""
    return power.statement(sample.frame_size, chance, aimed_part=len(items) - chance, scope=scope)


def could_be_added(sample: Sample, *, until: Any) -> list[AssessmentDecision]:
    """Decisions of the programme's year that are not in the sample, for the verifier to add (R63)."""
    there = SampledItem.objects.filter(centre_id=sample.centre_id, sample=sample).values("decision_id")
    decisions = frames.decisions_of(
        sample.centre_id,
        sample.programme_id,
        sample.year,
        until,
        urgent=bool(sample.activity.urgent_reason),
    )
    found = frames.latest_attempts(decisions.exclude(pk__in=there))
    return sorted(found, key=lambda d: (d.registration.learner.name_key, d.assignment.unit.number))
