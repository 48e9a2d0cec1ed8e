"""What samples hold about one learner: for the copy of their data, and what stands against erasing it (R96)."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet

from centres.models import Learner
from qa_portal.errors import Reason
from qa_portal.tenancy import Side, current_scope
from qa_portal.wording import date_plain
from sampling.models import ItemEvidence, Judgement, ReleasedJudgement, SampledItem, SampleStatus

_OVER = (SampleStatus.CONCLUDED, SampleStatus.WAIVED)


def sampled_items(learner_id: int) -> list[dict[str, Any]]:
    """Each decision of the learner that was chosen for a sample, with why, and what was frozen of it.

    A centre learns of an item when its work is requested (R63). One row an item.
    """
    return [
        {
            "sample": item.sample_id,
            "sample_state": item.sample.get_status_display(),
            "year": item.sample.year,
            "programme": item.programme.qualification.title,
            "unit": item.decision.assignment.unit.number,
            "assignment": item.decision.assignment.number,
            "item": item.position,
            "state": item.get_status_display(),
            "chosen_because": item.reasons,
            "drawn_by_chance": item.drawn_by_chance,
            "added_because": item.added_reason,
            "decision_when_requested": item.facts,
            "verification_when_requested": item.verification_facts,
            "missing_because": item.missing_reason,
            "received_at": item.received_at,
        }
        for item in _items(learner_id)
    ]


def judgements(learner_id: int) -> list[dict[str, Any]]:
    """What verifiers judged of the learner's work: a centre gets it once it is released; one row a judgement."""
    items = {item.pk: item for item in _items(learner_id)}
    released = {
        one.item_id: one
        for one in ReleasedJudgement.objects.filter(item_id__in=items).select_related("judged_by")
    }
    # Row-level security keeps what is not released from the centre's side.
    drafts = Judgement.objects.filter(item_id__in=set(items) - set(released)).select_related("judged_by")
    found: list[Judgement | ReleasedJudgement] = [*released.values(), *drafts]
    return [
        {
            "sample": items[one.item_id].sample_id,
            "item": items[one.item_id].position,
            "released": one.item_id in released,
            "verdict": one.get_verdict_display(),
            "criteria": one.criteria,
            "feedback": one.feedback,
            "work_seen": one.work_seen,
            "judged_by": one.judged_by.name,
            "judged_at": one.judged_at,
        }
        for one in sorted(found, key=lambda one: one.item_id)
    ]


def evidence(learner_id: int) -> list[dict[str, Any]]:
    """The files of the learner's work that were sent for samples; the files themselves are opened in the portal."""
    links = ItemEvidence.objects.filter(item__in=_items(learner_id)).select_related("item", "file")
    return [
        {
            "sample": link.item.sample_id,
            "item": link.item.position,
            "file": link.file.name,
            "description": link.description,
            "size": link.file.size,
            "sha256": link.file.sha256,
            "uploaded_at": link.file.uploaded_at,
            "removed_at": link.file.removed_at,
        }
        for link in links.order_by("pk")
    ]


def open_samples(learner_id: int) -> list[Reason]:
    """The samples that hold the learner's work and are not over: the learner stays until they are (R96)."""
    samples = {item.sample_id: item for item in _items(learner_id).exclude(sample__status__in=_OVER)}
    return [
        Reason(
            f"Work of this learner is in the sample of {item.programme.qualification.label} of "
            f"{date_plain(item.sample.planned_at)}, which is “{item.sample.get_status_display().lower()}”.",
            "Ask again when the sample is concluded or waived.",
            rule="R96",
        )
        for item in samples.values()
    ]


def _items(learner_id: int) -> QuerySet[SampledItem]:
    centre_id = Learner.objects.values_list("centre_id", flat=True).get(pk=learner_id)
    items = SampledItem.objects.filter(
        centre_id=centre_id, decision__registration__learner_id=learner_id
    ).select_related("sample", "programme__qualification", "decision__assignment__unit")
    if current_scope().side == Side.CENTRE:
        items = items.exclude(sample__requested_at=None)
    return items.order_by("sample_id", "position")
