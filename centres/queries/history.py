"""The history of a thing, from the audit trail, as people read it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db.models import Model, Q

from centres.models import Person
from qa_portal.models import AuditEvent
from qa_portal.wording import moment

_WORDS = {
    "learner.added": "Added to the register",
    "learner.changed": "Details changed",
    "learner.erased": "Details erased",
    "learner_data.exported": "Data exported",
    "registration.enrolled": "Enrolled",
    "registration.registered": "Registered",
    "registration.withdrawn": "Withdrawn",
    "registration.reopened": "Registration reopened",
    "registration.name_corrected": "Name for certificates corrected",
    "registration.deleted": "Registration deleted",
    "programme.approved": "Approved",
    "programme.approval_changed": "Approval changed",
    "programme.closed": "Closed",
    "programme.reopened": "Reopened",
    "programme.leader_named": "Programme leader named",
    "cohort.added": "Cohort added",
    "cohort.changed": "Cohort changed",
    "decision.recorded": "Assessment decision recorded",
    "decision.verified": "Internally verified",
    "centre.added": "Added to the register",
    "centre.changed": "Register entry changed",
    "centre.closed": "Closed",
    "centre.reopened": "Reopened",
}


def history_of(centre_id: int, targets: Iterable[Model], *, most: int = 30) -> list[dict[str, Any]]:
    """What happened to these things, newest first, as ``parts/timeline.html`` draws it; two queries."""
    where = Q(pk__in=[])
    for label, ids in _by_type(targets).items():
        where |= Q(target_type=label, target_id__in=ids)
    events = list(AuditEvent.objects.filter(where, chain=centre_id).order_by("-seq")[:most])
    names = dict(Person.objects.filter(pk__in={e.by_id for e in events if e.by_id}).values_list("pk", "name"))
    return [
        {
            "what": _WORDS.get(event.event) or _plain(event.event),
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


def _plain(event: str) -> str:
    noun, _, verb = event.partition(".")
    return f"{noun} {verb}".replace("_", " ").capitalize()
