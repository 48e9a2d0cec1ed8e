"""Who may open the files that were sent for a sample, and which of them stay."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from centres.permissions import Permission
from qa_portal.tenancy import Side
from sampling.models import ItemEvidence, ItemStatus


def may_see(person: Any, file_ids: Collection[int]) -> set[int]:
    """Files of samples of the programmes this person may see samples of; one query."""
    if not person.may(Permission.SAMPLE_READ):
        return set()
    links = ItemEvidence.objects.filter(
        person.centre_condition("centre_id", "item__programme_id"), file_id__in=list(file_ids)
    )
    if person.access.side == Side.CENTRE:
        links = links.exclude(item__sample__requested_at=None)
    return set(links.values_list("file_id", flat=True))


def keeps(file_ids: Collection[int]) -> set[int]:
    """Files that a judgement rests on, or that a verifier has opened; one query."""
    links = ItemEvidence.objects.filter(file_id__in=list(file_ids))
    rested_on = links.filter(item__status=ItemStatus.JUDGED) | links.filter(opened_at__isnull=False)
    return set(rested_on.values_list("file_id", flat=True))
