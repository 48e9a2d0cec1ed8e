"""The search box: centres, learners and people, within what the person may see."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Exists, OuterRef, Q
from django.urls import reverse

from centres.models import AccessGrant, Centre, Learner, Person
from centres.permissions import Permission, RoleCode
from centres.queries.learners import learner_matches, name_begins
from centres.queries.people import named

MOST = 20


@dataclass(frozen=True)
class Found:
    """One thing that was found: its name, where it is, and what tells it from others of that name."""

    name: str
    url: str
    second: str


def centres(person: Any, text: str) -> list[Found]:
    """Centres by the beginning of their name or by number; one query."""
    if not person.may(Permission.CENTRE_READ):
        return []
    wanted = Q(number__gte=text, number__lt=text + "~") if text.isdigit() else name_begins(text)
    rows = Centre.objects.visible_to(person).filter(wanted).order_by("name_key", "pk")[:MOST]
    return [
        Found(c.name, c.get_absolute_url(), f"Centre {c.number}{', ' + c.town if c.town else ''}")
        for c in rows
    ]


def learners(person: Any, text: str) -> list[Found]:
    """Learners by the beginning of their name, by ULN or by the centre's own number; one query."""
    if not person.may(Permission.LEARNER_READ):
        return []
    rows = (
        Learner.objects.visible_to(person)
        .filter(learner_matches(text), erased_at=None)
        .select_related("centre")
        .order_by("name_key", "pk")[:MOST]
    )
    return [
        Found(
            row.name,
            reverse("learner", args=[row.pk]),
            f"{row.centre.name}{', ULN ' + row.uln if row.uln else ''}",
        )
        for row in rows
    ]


def people(person: Any, text: str, on: date) -> list[Found]:
    """People by any of their names or their whole address, among those with a role where one may look; one query."""
    if not person.may(Permission.PEOPLE_READ):
        return []
    grants = AccessGrant.objects.visible_to(person).active_on(on).filter(person_id=OuterRef("pk"))
    wanted = Person.objects.filter(email=text.lower()) if "@" in text else named(Person.objects.all(), text)
    rows = (
        wanted.filter(Exists(grants), is_active=True, is_service=False)
        .annotate(
            role=grants.order_by("pk").values("role")[:1], centre_number=grants.values("centre__number")[:1]
        )
        .order_by("name_key", "pk")[:MOST]
    )
    return [
        Found(
            row.name,
            reverse("people", args=[row.centre_number]) if row.centre_number else "",
            f"{RoleCode(row.role).label}{', centre ' + row.centre_number if row.centre_number else ''}",
        )
        for row in rows
    ]
