"""The items of a sample: added by the verifier, taken back, replaced where work is missing, frozen at the request."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Max
from django.utils import timezone

from centres.models import AssessmentDecision
from qa_portal import audit
from qa_portal.actors import Actor, person_or_none
from qa_portal.errors import RuleViolation
from sampling import draw, rules
from sampling.models import ItemStatus, Sample, SampledItem, SampleStatus
from sampling.operations.plan import locked_sample, may_plan
from sampling.queries import frames


@transaction.atomic
def add_item(*, sample_id: int, decision_id: int, reason: str, by: Actor, at: datetime) -> SampledItem:
    """Add one decision of the programme to a sample, with the verifier's reason (R63).

    Raises NotPermitted for the centre, RuleViolation without a reason, for work that is in already, or too late.
    """
    sample = locked_sample(sample_id)
    may_plan(sample.activity, by, at)
    rules.is_their_own(sample, by)
    rules.may_be_added(sample, reason)
    decision = (
        frames.decisions_of(
            sample.centre_id,
            sample.programme_id,
            sample.year,
            timezone.localdate(at),
            urgent=bool(sample.activity.urgent_reason),
        )
        .filter(pk=decision_id)
        .first()
    )
    if decision is None:
        raise RuleViolation(
            "This decision cannot be sampled: it is not of this programme and year.", rule="R63"
        )
    if sample.items.filter(decision=decision).exists():
        raise RuleViolation("This decision is in the sample already.")
    item = SampledItem.objects.create(
        centre_id=sample.centre_id,
        sample=sample,
        programme_id=sample.programme_id,
        decision=decision,
        position=(sample.items.aggregate(last=Max("position"))["last"] or 0) + 1,
        reasons=[{"code": "added", "text": f"Added by the verifier: {reason.strip()}", "rule": "R63"}],
        added_by=person_or_none(by),
        added_reason=reason.strip(),
        **(frozen(decision) if sample.status != SampleStatus.PLANNING else {}),
    )
    audit.record("sampled_item.added", by=by, target=item, at=at, sample=sample.pk, decision=decision.pk)
    return item


@transaction.atomic
def remove_item(*, item_id: int, by: Actor, at: datetime) -> None:
    """Take back an item that the verifier added, before the work is requested; what was drawn stays (R55, R63).

    Raises NotPermitted, RuleViolation.
    """
    sample, item = _locked(item_id)
    may_plan(sample.activity, by, at)
    rules.is_their_own(sample, by)
    if sample.status != SampleStatus.PLANNING:
        raise RuleViolation("The work has been requested, so the item stays.", rule="R63")
    if item.added_by_id is None:
        raise RuleViolation(
            "The draw chose this item, so it stays. You can only take back what you added.", rule="R55"
        )
    audit.record("sampled_item.removed", by=by, target=item, at=at, decision=item.decision_id)
    item.delete()


@transaction.atomic
def substitute(*, item_id: int, reason: str, by: Actor, at: datetime) -> SampledItem:
    """Take the next ticket of the same stratum in place of an item whose evidence is missing, with the reason.

    The stratum is the item's unit and assessor, else its unit. The missing item stays in the sample, with its reason.
    Raises NotPermitted, RuleViolation where nothing is missing or nothing is left. Source: R63.
    """
    sample, missing = _locked(item_id)
    may_plan(sample.activity, by, at)
    rules.is_their_own(sample, by)
    rules.may_be_added(sample, reason)
    if missing.status != ItemStatus.MISSING:
        raise RuleViolation("Only an item whose evidence is missing is replaced.", rule="R63")
    decision_id = _next_ticket(sample, missing)
    text = f"In place of item {missing.position}, whose evidence is missing: {reason.strip()}"
    return add_item(sample_id=sample.pk, decision_id=decision_id, reason=text, by=by, at=at)


def _locked(item_id: int) -> tuple[Sample, SampledItem]:
    """The sample and its item, locked in this order, as judging and concluding do."""
    sample = locked_sample(SampledItem.objects.values_list("sample_id", flat=True).get(pk=item_id))
    return sample, SampledItem.objects.select_for_update(of=("self",)).get(pk=item_id)


def _next_ticket(sample: Sample, missing: SampledItem) -> int:
    """The next drawn item of the frame that matches a missing one, by the published seed."""
    frame = sample.frames.order_by("-number").first()
    assert frame is not None
    records = [json.loads(line) for line in frame.lines.splitlines()]
    of = next((record for record in records if record["id"] == str(missing.decision_id)), None)
    taken = {str(pk) for pk in sample.items.values_list("decision_id", flat=True)}
    for keys in (("unit", "assessor"), ("unit",)):
        stratum = [r["id"] for r in records if of is None or all(r[key] == of[key] for key in keys)]
        found = draw.next_tickets(bytes.fromhex(frame.seed), stratum, already=taken, count=1)
        if found:
            return int(found[0])
    raise RuleViolation("No other work of this unit is left in the frame.", rule="R63")


def frozen(decision: AssessmentDecision) -> dict[str, Any]:
    """A decision as it stands at the request, as an item keeps it; what verification found is kept apart."""
    unit, cohort = decision.assignment.unit, decision.registration.cohort
    verifier = decision.internal_verifier
    return {
        "facts": {
            "grade": decision.grade,
            "attempt": decision.attempt,
            "decided_on": decision.decided_on.isoformat(),
            "criteria": decision.criteria,
            "registration": decision.registration_id,
            "unit": {"number": unit.number, "title": unit.title},
            "assignment": {"number": decision.assignment.number, "title": decision.assignment.title},
            "assessor": {"id": decision.assessor_id, "name": decision.assessor.name},
            "site": {"id": decision.site_id, "name": decision.site.name},
            "cohort": {"id": cohort.pk, "name": cohort.name},
        },
        "verification_facts": {
            "outcome": decision.verification_outcome,
            "verified_on": decision.verified_on.isoformat() if decision.verified_on else None,
            "verifier": {"id": verifier.pk, "name": verifier.name} if verifier else None,
        },
    }
