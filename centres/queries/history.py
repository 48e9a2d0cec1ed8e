"""The history of a thing, from the audit trail, as people read it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db.models import Model, Q

from centres.models import Person
from qa_portal.event_words import words_of
from qa_portal.models import AuditEvent
from qa_portal.wording import moment


def history_of(centre_id: int, targets: Iterable[Model], *, most: int = 30) -> list[dict[str, Any]]:
    """What happened to these things, newest first, as ``parts/timeline.html`` draws it; two queries."""
    where = Q(pk__in=[])
    for label, ids in _by_type(targets).items():
        where |= Q(target_type=label, target_id__in=ids)
    events = list(AuditEvent.objects.filter(where, chain=centre_id).order_by("-seq")[:most])
    names = dict(Person.objects.filter(pk__in={e.by_id for e in events if e.by_id}).values_list("pk", "name"))
    return [
        {
            "what": words_of(event.event),
            "by": f"by {names.get(event.by_id or 0, 'the portal')}",
            "when": moment(event.at),
        }
        for event in events
    ]


def _by_type(targets: Iterable[Model]) -> dict[str, list[int]]:
    found: dict[str, list[int]] = {}
    for target in targets:
        found.setdefault(target._meta.label_lower, []).append(target.pk)
    return found
