"""The centre's side of a sample: evidence for each item, or why there is none; and the verifier's word on it."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from centres.models import EvidenceFile
from centres.operations import evidence as files
from centres.permissions import Permission, RoleCode
from centres.queries.evidence import may_open
from qa_portal import audit, mail
from qa_portal.actors import Actor, person_or_none
from qa_portal.errors import NotPermitted, RuleViolation
from qa_portal.wording import counted
from sampling import rules
from sampling.lifecycle import ITEM
from sampling.models import ItemEvidence, ItemStatus, Sample, SampledItem
from sampling.operations.plan import locked_sample
from sampling.operations.request import end_deadlines, run_deadlines, waiting
from verification.queries.years import holders


@transaction.atomic
def add_evidence(
    *, item_id: int, file_ids: Collection[int], description: str = "", by: Actor, at: datetime
) -> SampledItem:
    """Send files for an item; when nothing is waited for any more the verifier is told.

    Raises NotPermitted, RuleViolation without a file, after the item was judged, or before the work was requested.
    """
    sample, item = _locked(item_id)
    if not by.may(Permission.SAMPLE_ANSWER, item.centre_id, item.programme_id):
        raise NotPermitted("Sending evidence for a sample is not part of your role here.")
    _is_waited_for(sample, item)
    if not file_ids:
        raise RuleViolation("Choose a file to send.")
    there = set(item.evidence.values_list("file_id", flat=True))
    chosen = EvidenceFile.objects.filter(centre_id=item.centre_id, pk__in=list(file_ids), removed_at=None)
    added = [file for file in chosen if file.pk not in there]
    if not all(may_open(by, file) for file in added):
        raise NotPermitted("You can only send files that you may open yourself.")
    ItemEvidence.objects.bulk_create(
        ItemEvidence(centre_id=item.centre_id, item=item, file=file, description=description.strip()[:160])
        for file in added
    )
    if item.status == ItemStatus.RECEIVED:
        audit.record("sampled_item.evidence_added", by=by, target=item, at=at, files=len(added))
    else:
        ITEM.move(
            item, "receive", by=by, at=at, received_at=at, missing_reason="", missing_by=None,
            facts={"files": len(added)},
        )  # fmt: skip
    _settle(sample, at=at)
    return item


@transaction.atomic
def remove_evidence(*, evidence_id: int, by: Actor, at: datetime) -> SampledItem:
    """Take a file back from an item that is not judged yet. Raises NotPermitted, RuleViolation."""
    evidence = ItemEvidence.objects.select_for_update(of=("self",)).get(pk=evidence_id)
    sample, item = _locked(evidence.item_id)
    if not by.may(Permission.SAMPLE_ANSWER, item.centre_id, item.programme_id):
        raise NotPermitted("Evidence of a sample is taken back by the centre.")
    _is_waited_for(sample, item)
    if evidence.opened_at is not None:
        raise RuleViolation("The verifier has opened this file, so it stays. Add another beside it.")
    if item.evidence.count() == 1:
        raise RuleViolation("This is the only file of the item. Add another first, or say why there is none.")
    file_id = evidence.file_id
    audit.record("sampled_item.evidence_removed", by=by, target=item, at=at, file=file_id)
    evidence.delete()
    files.remove(file_id=file_id, by=by, at=at)
    return item


@transaction.atomic
def say_missing(*, item_id: int, reason: str, by: Actor, at: datetime) -> SampledItem:
    """Say why there is no evidence for an item. Raises NotPermitted, RuleViolation without a reason."""
    if not reason.strip():
        raise RuleViolation("Say why there is no evidence.")
    sample, item = _locked(item_id)
    _is_waited_for(sample, item)
    changes = {"missing_reason": reason.strip(), "missing_by": person_or_none(by)}
    if item.status == ItemStatus.MISSING:
        if not by.may(Permission.SAMPLE_ANSWER, item.centre_id, item.programme_id):
            raise NotPermitted("The centre says why there is no evidence.")
        for field, value in changes.items():
            setattr(item, field, value)
        item.save(update_fields=list(changes))
        audit.record("sampled_item.missing_explained", by=by, target=item, at=at, reason=reason)
    else:
        ITEM.move(item, "say_missing", by=by, at=at, **changes)
    _settle(sample, at=at)
    return item


@transaction.atomic
def call_missing(*, item_id: int, reason: str, by: Actor, at: datetime) -> SampledItem:
    """Tell the centre that evidence of an item is missing or wrong; it can send it until the item is judged.

    Raises NotPermitted, RuleViolation without a reason.
    """
    if not reason.strip():
        raise RuleViolation("Say what is missing or wrong.")
    sample, item = _locked(item_id)
    rules.is_their_own(sample, by)
    _is_waited_for(sample, item)
    if item.status != ItemStatus.MISSING:
        ITEM.move(
            item, "call_missing", by=by, at=at, missing_reason=reason.strip(), missing_by=person_or_none(by)
        )
    else:
        item.missing_reason, item.missing_by = reason.strip(), person_or_none(by)
        item.save(update_fields=["missing_reason", "missing_by"])
        audit.record("sampled_item.missing_explained", by=by, target=item, at=at, reason=reason)
    run_deadlines(sample, at=at)
    for nominee in holders(sample.centre_id, RoleCode.QUALITY_NOMINEE, timezone.localdate(at)):
        mail.write(
            centre_id=sample.centre_id,
            to_id=nominee.pk,
            kind="evidence_missing",
            key=f"sampled-item-{item.pk}-missing-{at:%Y%m%d%H%M%S}-{nominee.pk}",
            subject=f"Evidence is missing: item {item.position}, {sample.programme.qualification.label}",
            body=reason.strip(),
            url=reverse("sample", args=[sample.pk]),
            at=at,
        )
    return item


@transaction.atomic
def note_opened(*, evidence_id: int, by: Actor, at: datetime) -> ItemEvidence:
    """Note that the verifier opened a file, the first time; whoever else opens it leaves no mark."""
    evidence = ItemEvidence.objects.select_related("item__sample__activity__allocation__verifier").get(
        pk=evidence_id
    )
    if evidence.opened_at is None and by.may(
        Permission.SAMPLE_JUDGE, evidence.centre_id, evidence.item.programme_id
    ):
        ItemEvidence.objects.filter(pk=evidence_id, opened_at=None).update(opened_at=at)
    return evidence


def _locked(item_id: int) -> tuple[Sample, SampledItem]:
    """The item's sample first, then the item: everybody locks in this order."""
    sample_id = SampledItem.objects.values_list("sample_id", flat=True).get(pk=item_id)
    sample = locked_sample(sample_id)
    item = SampledItem.objects.select_for_update(of=("self",)).get(pk=item_id)
    return sample, item


def _is_waited_for(sample: Sample, item: SampledItem) -> None:
    rules.is_asked_for(sample)
    if item.status == ItemStatus.JUDGED:
        raise RuleViolation("This item is judged, so its evidence does not change any more.")


def _settle(sample: Sample, *, at: datetime) -> None:
    """When nothing is waited for any more the deadlines are met, and the verifier is told once."""
    if waiting(sample) or not end_deadlines(sample, at=at, met=True):
        return
    allocation = sample.activity.allocation
    if allocation is None:
        return
    missing = sample.items.filter(status=ItemStatus.MISSING).count()
    rest = f" {counted(missing, 'item')} without evidence, with the reason." if missing else ""
    mail.write(
        centre_id=sample.centre_id,
        to_id=allocation.verifier.person_id,
        kind="sample_complete",
        key=f"sample-{sample.pk}-complete-{at:%Y%m%d%H%M%S}",
        subject=f"The work is there: {sample.programme.qualification.label}, {sample.activity.centre.name}",
        body=f"The centre has answered for all {counted(sample.items.count(), 'item')}.{rest}",
        url=reverse("sample", args=[sample.pk]),
        at=at,
    )
