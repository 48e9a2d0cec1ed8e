"""The history of a centre and of one thing at it: which events belong to it, what they are called, where they lead."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.apps import apps
from django.db.models import Model, OuterRef, Q, QuerySet, Subquery
from django.urls import reverse

from centres.models import Person
from qa_portal import wording
from qa_portal.event_words import words_of
from qa_portal.models import AuditEvent

# A thing with a page: what it is called, the page, and what else is told of it (model, key to it).
_PARTS: dict[str, tuple[str, str, tuple[tuple[str, str], ...]]] = {
    "verification.activity": (
        "activity",
        "activity",
        (
            ("verification.finding", "activity"),
            ("verification.reportdraft", "activity"),
            ("verification.factcheck", "activity"),
            ("verification.escalation", "activity"),
            ("verification.requesteddocument", "activity"),
            ("verification.directclaimsrecommendation", "activity"),
            ("sampling.sample", "activity"),
        ),
    ),
    "verification.action": ("action", "action", ()),
    "verification.allocation": ("allocation", "", ()),
    "verification.selfassessment": (
        "self-assessment",
        "",
        (
            ("verification.selfassessmentsection", "self_assessment"),
            ("verification.extension", "self_assessment"),
        ),
    ),
    "sampling.sample": (
        "sample",
        "sample",
        (("sampling.sampleditem", "sample"),),
    ),
    "reports.report": ("report", "report", ()),
    "centres.programme": (
        "programme",
        "programme",
        (
            ("centres.cohort", "programme"),
            ("verification.directclaimsstatus", "programme"),
            ("verification.release", "programme"),
            ("verification.activitycount", "programme"),
        ),
    ),
    "centres.learner": ("learner", "learner", (("centres.registration", "learner"),)),
}


def noun_of(thing: Model) -> str:
    """What a thing with a history of its own is called, "" for anything else."""
    return _PARTS.get(thing._meta.label_lower, ("", "", ()))[0]


def events_of(chain: int, target: str = "") -> tuple[QuerySet[AuditEvent], str]:
    """The events of a chain, newest first, and what they are about: all of it, or one thing ("sampling.sample:4")."""
    who = Person.objects.filter(pk=OuterRef("by_id")).values("name")
    rows = AuditEvent.objects.filter(chain=chain).annotate(by_name=Subquery(who)).order_by("-seq")
    kind, _, key = target.partition(":")
    if not key.isdigit():
        return rows, ""
    noun, _, parts = _PARTS.get(kind, ("thing", "", ()))
    about = Q(target_type=kind, target_id=int(key))
    for label, field in parts:
        mine = apps.get_model(label).objects.filter(centre_id=chain, **{field: int(key)}).values("pk")
        about |= Q(target_type=label, target_id__in=mine)
    return rows.filter(about), noun


def as_told(rows: Iterable[Any], *, linked: bool = True) -> list[dict[str, Any]]:
    """Events as ``parts/timeline.html`` draws them, with a link to what they are about; the names come with them."""
    return [
        {
            "what": words_of(row.event),
            "by": f"by {row.by_name or 'the portal'}",
            "when": wording.moment(row.at),
            "detail": _change(row),
            **(_link(row) if linked else {}),
        }
        for row in rows
    ]


def page_of(kind: str, key: int | None) -> str:
    """The address of a thing's page, "" where it has none of its own."""
    name = _PARTS.get(kind, ("", "", ()))[1]
    return reverse(name, args=[key]) if name and key else ""


def _link(row: AuditEvent) -> dict[str, str]:
    url = page_of(row.target_type, row.target_id)
    return {"url": url, "link_text": f"Open the {_PARTS[row.target_type][0]}"} if url else {}


def _change(row: AuditEvent) -> str:
    """From which status to which, where the event is a change of status."""
    before, after = row.details.get("before"), row.details.get("after")
    if not (isinstance(before, str) and isinstance(after, str)) or before == after:
        return ""
    return f"From {_status(before)} to {_status(after)}"


def _status(code: str) -> str:
    return f"“{code.lower().replace('_', ' ')}”"
