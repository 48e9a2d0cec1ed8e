"""Drawing a sample: commit to the frame, make the seed, choose, and keep what was drawn (R55-R62, R64-R66)."""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils import timezone

from centres.models import AssessmentDecision, SchemeVersion
from centres.schemes import Scheme
from qa_portal.errors import RuleViolation
from sampling import draw, power, size, strategy
from sampling.frame import Finding, Item
from sampling.models import DrawnFrame, ItemStatus, Judgement, Sample, SampledItem, Verdict
from sampling.queries import frames
from sampling.strategy import Choice, Plan
from verification.models import Activity


@dataclass(frozen=True)
class Drawn:
    """A frame with everything that was decided on it."""

    frame: frames.Frame
    lines: tuple[str, ...]
    sha256: str
    seed: bytes
    minimum: size.MinimumSize
    plan: Plan
    facts: dict[str, Any]


def draw_sample(
    activity: Activity, control_measure: str, scheme: Scheme, before: Sample | None, at: datetime
) -> Drawn:
    """Commit to the frame, make the seed, and choose (assurance in this order: frame, digest, seed, tickets)."""
    wrong = _wrong_items(before)
    frame = frames.frame_for(
        programme=activity.programme,
        year=activity.centre_year.year,
        until=timezone.localdate(at),
        scheme=scheme,
        keep_units=sorted({item.unit for item in wrong}),
        leave_out=_accurate_decisions(before),
        urgent=bool(activity.urgent_reason),
    )
    if not frame.items:
        raise RuleViolation(
            "No assessed work can be sampled yet. The centre records its assessment decisions first.",
            rule="R55",
        )
    lines = draw.canonical_lines(frames.published_record(item) for item in frame.items)
    minimum = size.minimum_size(
        scheme.sampling.tables[scheme.sampling.table].rows,
        learners=frame.registered_learners,
        control_measure=control_measure,
        frame_size=len(frame.items),
        every_learner_up_to=scheme.sampling.every_learner_up_to.value,
        items_for_power=_items_for_power(scheme, len(frame.items)),
    )
    seed = secrets.token_bytes(draw.SEED_BYTES)
    chosen = strategy.choose(
        frame.items,
        scope=frame.scope,
        size=minimum.items,
        rules=frame.rules,
        ledger=frame.ledger,
        seed=seed,
        year=activity.centre_year.year,
        every_learner=minimum.every_learner,
        name=frame.name,
    )
    chosen = _with_concerned(
        chosen, frame, wrong, seed, scheme.sampling.second_sample.same_assessor_items.value
    )
    facts = scheme.basis(minimum.rule, **dict(minimum.facts)) | {
        "explanation": minimum.explanation,
        "limited_by_frame": minimum.limited_by_frame,
        "table": scheme.sampling.tables[scheme.sampling.table].title,
        "excluded_as_used_last_year": frame.excluded,
        "follows_sample": before.pk if before else None,
    }
    return Drawn(frame, lines, draw.commitment(lines), seed, minimum, chosen, facts)


def _items_for_power(scheme: Scheme, frame_size: int) -> int:
    wanted, rate = scheme.sampling.planned_power, scheme.sampling.planned_wrong_rate
    return power.items_needed(frame_size, rate.value, wanted.value) if wanted and rate else 0


def _wrong_items(before: Sample | None) -> list[Item]:
    """What an earlier sample found inaccurate; its assessors and units are looked at again (R65, R66)."""
    if before is None:
        return []
    ids = Judgement.objects.filter(
        centre_id=before.centre_id, item__sample=before, complete=True, verdict=Verdict.DISAGREE
    ).values_list("item__decision_id", flat=True)
    decisions = AssessmentDecision.objects.filter(pk__in=list(ids)).select_related(
        "registration", "assignment__unit"
    )
    return [frames.as_item(decision) for decision in decisions]


def _accurate_decisions(before: Sample | None) -> list[int]:
    if before is None:
        return []
    agreed = Judgement.objects.filter(
        centre_id=before.centre_id, item__sample=before, complete=True, verdict=Verdict.AGREE
    )
    return list(agreed.values_list("item__decision_id", flat=True))


def _with_concerned(plan: Plan, frame: frames.Frame, wrong: Sequence[Item], seed: bytes, most: int) -> Plan:
    """Add to a second sample the next items of the assessors and units that failed, up to the scheme's number (R65)."""
    pairs = {(item.assessor, item.unit) for item in wrong}
    if not pairs:
        return plan
    order = {
        item_id: place for place, item_id in enumerate(draw.by_ticket(seed, [i.id for i in frame.items]), 1)
    }
    chosen = {choice.item.id for choice in plan.choices}
    concerned = [item for item in frame.items if (item.assessor, item.unit) in pairs]
    room = most - sum(item.id in chosen for item in concerned)
    more = sorted((item for item in concerned if item.id not in chosen), key=lambda item: order[item.id])
    added = tuple(
        Choice(
            item,
            "aimed",
            order[item.id],
            (
                strategy.Reason(
                    "concerned",
                    f"{frame.name('assessor', item.assessor)} on {frame.name('unit', item.unit)}: "
                    "the first sample found a decision inaccurate",
                    "R65",
                    "assessor",
                    item.assessor,
                ),
            ),
        )
        for item in more[: max(room, 0)]
    )
    return Plan((*plan.choices, *added), plan.scope, plan.size, plan.frame_size, plan.findings)


def values(drawn: Drawn, version: SchemeVersion) -> dict[str, Any]:
    return {
        "scheme_version": version,
        "registered_learners": drawn.frame.registered_learners,
        "frame_size": len(drawn.frame.items),
        "frame_sha256": drawn.sha256,
        "seed": drawn.seed.hex(),
        "minimum_size": drawn.minimum.items,
        "size_facts": drawn.facts,
        "random_items": len(drawn.plan.random_part),
        "units_in_scope": _units(drawn.plan),
        "warnings": [_warning(finding) for finding in drawn.plan.findings],
    }


def _units(plan: Plan) -> list[dict[str, Any]]:
    return [
        {
            "unit": unit,
            "rotating": unit == plan.scope.rotating_unit,
            "why": plan.scope.reasons.get(unit, "Every unit is in scope"),
        }
        for unit in plan.scope.units
    ]


def _warning(finding: Finding) -> dict[str, str]:
    return {"level": finding.level, "code": finding.code, "text": finding.text, "rule": finding.rule}


def save(
    sample: Sample, drawn: Drawn, *, number: int, at: datetime, besides: dict[int, SampledItem] | None = None
) -> None:
    """Keep the frame and the chosen items, numbered by unit and learner as a verifier works through them."""
    DrawnFrame.objects.create(
        centre_id=sample.centre_id,
        sample=sample,
        number=number,
        lines="\n".join(drawn.lines) + "\n",
        sha256=drawn.sha256,
        seed=drawn.seed.hex(),
        drawn_at=at,
    )
    besides = besides or {}
    _note_chance(besides, drawn)
    learners = _learner_names(choice.item for choice in drawn.plan.choices)
    ordered = sorted(drawn.plan.choices, key=lambda choice: (learners[choice.item.id], int(choice.item.unit)))
    rows = [choice for choice in ordered if int(choice.item.id) not in besides]
    SampledItem.objects.bulk_create(
        SampledItem(
            centre_id=sample.centre_id,
            sample=sample,
            programme_id=sample.programme_id,
            decision_id=int(choice.item.id),
            position=position,
            status=ItemStatus.REQUESTED,
            reasons=[_reason(reason) for reason in choice.reasons],
            drawn_by_chance=choice.part == "random",
        )
        for position, choice in enumerate(rows, start=1)
    )
    for position, item in enumerate(sorted(besides.values(), key=lambda i: i.position), start=len(rows) + 1):
        item.position = position
        item.save(update_fields=["position"])


def _learner_names(items: Any) -> dict[str, str]:
    ids = [int(item.id) for item in items]
    rows = AssessmentDecision.objects.filter(pk__in=ids).values_list("pk", "registration__learner__name_key")
    return {str(pk): name for pk, name in rows}


def _reason(reason: strategy.Reason) -> dict[str, str]:
    return {"code": reason.code, "text": reason.text, "rule": reason.rule}


def _note_chance(besides: Mapping[int, SampledItem], drawn: Drawn) -> None:
    """An item that the verifier had added and chance draws now counts for the power statement as well."""
    for choice in drawn.plan.choices:
        item = besides.get(int(choice.item.id))
        if item is not None and choice.part == "random" and not item.drawn_by_chance:
            item.drawn_by_chance = True
            item.reasons = [*(_reason(reason) for reason in choice.reasons), *item.reasons]
            item.save(update_fields=["drawn_by_chance", "reasons"])
