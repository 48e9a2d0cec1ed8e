"""Deadlines: what one person or role must do by a local date. Any app above registers its kinds and sets its own."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from django.db import models

from qa_portal.models import Deadline, DeadlineState


@dataclass(frozen=True)
class Kind:
    """A registered kind of deadline; reminder and escalation days come from the scheme under the same ``code``."""

    code: str
    label: str


KINDS: dict[str, Kind] = {}


def register(*kinds: Kind) -> None:
    """Make kinds known; called when the applications are ready."""
    for kind in kinds:
        KINDS[kind.code] = kind


@dataclass(frozen=True)
class Duty:
    """What is to be done: the words of the to-do list, who does it, and where; ``kept_to`` one side, or everybody."""

    title: str
    url: str
    owner_role: str
    owner_side: str
    owner_id: int | None = None
    why: str = ""
    source: str = ""
    programme_id: int | None = None
    kept_to: str = ""


def set_due(kind: str, *, subject: models.Model, year: int, due_on: date, duty: Duty) -> Deadline:
    """Set or move the one open deadline of this kind for ``subject`` (a tenant-owned row).

    Moving the date keeps the row, so its history stays; reminders are unique per date, so a new date reminds again.
    """
    if kind not in KINDS:
        raise KeyError(f"{kind} is not a registered kind of deadline")
    values = {
        "year": year,
        "due_on": due_on,
        "owner_role": duty.owner_role,
        "owner_side": duty.owner_side,
        "owner_id": duty.owner_id,
        "title": duty.title[:200],
        "why": duty.why[:400],
        "source": duty.source[:80],
        "url": duty.url,
        "programme_id": duty.programme_id,
        "kept_to": duty.kept_to,
    }
    deadline, _ = Deadline.objects.update_or_create(
        centre_id=subject.centre_id,  # type: ignore[attr-defined]
        kind=kind,
        subject_type=subject._meta.label_lower,
        subject_id=subject.pk,
        state=DeadlineState.OPEN,
        defaults=values,
    )
    return deadline


def meet(kind: str | Iterable[str], *, subject: models.Model, at: datetime) -> int:
    """What had to be done is done; returns how many open deadlines ended."""
    return _end(kind, subject, at, DeadlineState.MET)


def cancel(kind: str | Iterable[str], *, subject: models.Model, at: datetime) -> int:
    """What had to be done is no longer asked for."""
    return _end(kind, subject, at, DeadlineState.CANCELLED)


def _end(kind: str | Iterable[str], subject: models.Model, at: datetime, state: str) -> int:
    kinds = [kind] if isinstance(kind, str) else list(kind)
    return Deadline.objects.filter(
        centre_id=subject.centre_id,  # type: ignore[attr-defined]
        kind__in=kinds,
        subject_type=subject._meta.label_lower,
        subject_id=subject.pk,
        state=DeadlineState.OPEN,
    ).update(state=state, ended_at=at)
