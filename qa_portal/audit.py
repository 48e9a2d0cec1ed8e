"""The audit trail: append-only events in one hash chain per centre, and one for the installation."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from decimal import Decimal
from typing import Any

import structlog
from django.db import models

from qa_portal.actors import Actor
from qa_portal.models import AuditEvent, AuditHead
from qa_portal.rls import kept_to as kept_to_of
from qa_portal.tenancy import current_scope

INSTALLATION = 0
GENESIS = "0" * 64


def record(
    event: str,
    *,
    by: Actor,
    target: models.Model,
    at: datetime,
    chain: int | None = None,
    kept_to: str | None = None,
    **details: Any,
) -> AuditEvent:
    """Append what happened to the chain of the target's centre (or the installation's).

    Events hold ids, dates, statuses and digests, never names or free text, so that erasing a person does not break the
    chain. An event is kept to the side that its target is kept to (drafts, plans, proposals), unless ``kept_to`` says
    otherwise: the centre reads its own chain. Call it last in an operation: the chain's head stays locked until the
    transaction ends (R97).
    """
    if chain is None:
        chain = getattr(target, "centre_id", None) or (
            target.pk if target._meta.label_lower == "centres.centre" else INSTALLATION
        )
    AuditHead.objects.get_or_create(chain=chain)
    head = AuditHead.objects.select_for_update().get(chain=chain)
    row = AuditEvent(
        chain=chain,
        seq=head.seq + 1,
        event=event,
        by_id=by.pk,
        side=str(current_scope().side),
        kept_to=kept_to_of(target) if kept_to is None else str(kept_to),
        target_type=target._meta.label_lower,
        target_id=target.pk,
        at=at,
        details=recordable(details),
        request_id=str(structlog.contextvars.get_contextvars().get("request_id", "")),
        prev_hash=head.hash,
    )
    row.hash = digest(row)
    row.save(force_insert=True)
    AuditHead.objects.filter(chain=chain).update(seq=row.seq, hash=row.hash)
    return row


def digest(row: AuditEvent) -> str:
    """SHA-256 over the previous hash and this event's canonical JSON."""
    content = {
        "chain": row.chain,
        "seq": row.seq,
        "event": row.event,
        "by": row.by_id,
        "side": row.side,
        "kept_to": row.kept_to,
        "target": [row.target_type, row.target_id],
        "at": row.at.astimezone(UTC).isoformat(timespec="microseconds"),
        "details": row.details,
        "request": row.request_id,
    }
    canonical = json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256((row.prev_hash + canonical).encode()).hexdigest()


def text_digest(text: str) -> str:
    """What the trail keeps of a text: enough to prove it later, nothing to read."""
    return "sha256:" + hashlib.sha256(text.encode()).hexdigest()


def recordable(value: Any) -> Any:
    """A value as the trail may keep it: rows as ids, moments as ISO text, long or free text as a digest."""
    if isinstance(value, Mapping):
        return {str(key): recordable(item) for key, item in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [recordable(item) for item in value]
    if isinstance(value, models.Model):
        return value.pk
    if isinstance(value, datetime | date | time):
        return value.isoformat()
    if isinstance(value, Decimal):
        return str(value)
    if isinstance(value, str):
        return value if _is_code(value) else text_digest(value)
    return value


def _is_code(text: str) -> bool:
    """Codes, references and digests have no spaces and are short; whatever else is text."""
    return len(text) <= 80 and " " not in text and "@" not in text


@dataclass(frozen=True)
class Break:
    """Where a chain does not hold."""

    chain: int
    seq: int
    what: str


def breaks_in(chain: int) -> Iterator[Break]:
    """Walk one chain from its beginning and yield every event that does not follow from the one before."""
    expected_hash, expected_seq = GENESIS, 1
    for row in AuditEvent.objects.filter(chain=chain).order_by("seq").iterator():
        if row.seq != expected_seq:
            yield Break(chain, expected_seq, f"event {expected_seq} is missing")
        if row.prev_hash != expected_hash:
            yield Break(chain, row.seq, "does not follow the event before it")
        if row.hash != digest(row):
            yield Break(chain, row.seq, "its content was changed")
        expected_hash, expected_seq = row.hash, row.seq + 1
    head = AuditHead.objects.filter(chain=chain).first()
    if head and (head.hash != expected_hash or head.seq != expected_seq - 1):
        yield Break(chain, expected_seq, "events at the end are missing")
