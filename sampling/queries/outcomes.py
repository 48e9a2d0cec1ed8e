"""What a sample comes to: counts, complete learners, what it could find, and reviews of a programme over the years."""

from __future__ import annotations

from collections import Counter
from typing import Any

from django.utils import timezone

from centres.models import AssessmentDecision, Unit
from sampling import power
from sampling.models import ItemStatus, Judgement, Sample, SampleOutcome, SampleStatus, Verdict
from verification.rules.direct_claims import Review


def counts(sample: Sample) -> dict[str, int]:
    """How many items were agreed, disagreed and missing."""
    verdicts = Counter(
        Judgement.objects.filter(centre_id=sample.centre_id, item__sample=sample, complete=True).values_list(
            "verdict", flat=True
        )
    )
    items = sample.items.count()
    judged = verdicts[Verdict.AGREE] + verdicts[Verdict.DISAGREE]
    return {
        "items": items,
        "agreed": verdicts[Verdict.AGREE],
        "disagreed": verdicts[Verdict.DISAGREE],
        "missing": items - judged,
    }


def statement_of(sample: Sample, *, judged_only: bool = False) -> power.PowerStatement:
    """What the part drawn by chance can find, naming its frame; once judged, only items that were judged count."""
    random_items = sample.items.filter(drawn_by_chance=True)
    items = sample.items.all()
    if judged_only:
        random_items, items = (each.filter(status=ItemStatus.JUDGED) for each in (random_items, items))
    chance = random_items.count()
    units = [f"unit {unit['unit']}" for unit in sample.units_in_scope]
    scope = f"on {' and '.join(units)}" if 0 < len(units) <= 3 else ""
    return power.statement(sample.frame_size, chance, aimed_part=items.count() - chance, scope=scope)


def complete_learners(sample: Sample) -> list[int]:
    """Registrations in the sample with a passing decision on every mandatory unit of the qualification (R72)."""
    registrations = set(sample.items.values_list("decision__registration_id", flat=True))
    units = set(
        Unit.objects.filter(qualification_id=sample.programme.qualification_id, mandatory=True).values_list(
            "pk", flat=True
        )
    )
    passed: dict[int, set[int]] = {}
    rows = AssessmentDecision.objects.filter(
        centre_id=sample.centre_id, programme_id=sample.programme_id, registration_id__in=registrations
    ).exclude(grade="U")
    for registration_id, unit_id in rows.values_list("registration_id", "assignment__unit_id"):
        passed.setdefault(registration_id, set()).add(unit_id)
    return sorted(pk for pk, there in passed.items() if units and units <= there)


def reviews_of(centre_id: int, programme_id: int) -> list[Review]:
    """Every concluded sample of a programme as a review for direct claims status, oldest first (R72, R75)."""
    samples = Sample.objects.filter(
        centre_id=centre_id, programme_id=programme_id, status=SampleStatus.CONCLUDED
    ).order_by("concluded_at")
    return [_review(sample) for sample in samples]


def _review(sample: Sample) -> Review:
    assert sample.concluded_at is not None
    facts: dict[str, Any] = sample.outcome_facts
    return Review(
        timezone.localdate(sample.concluded_at),
        sample.outcome == SampleOutcome.RELEASED,
        frozenset(facts.get("complete_learners", [])),
    )
