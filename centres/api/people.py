"""Who works at a centre: people with access and their roles, and the staff register."""

from __future__ import annotations

from typing import Any

from django.contrib.postgres.aggregates import ArrayAgg
from django.db.models import F, QuerySet

from centres.models import AccessGrant, StaffMember
from centres.permissions import Permission as P
from centres.permissions import RoleCode, roles_of_side
from qa_portal import clock
from qa_portal.api import Collection, Resource
from qa_portal.api_fields import Field
from qa_portal.tenancy import Side

_ROLES = [str(role.code) for role in roles_of_side(Side.CENTRE) if role.code != RoleCode.SYSTEM_CLIENT]
_ROLE_LIST = {"type": "array", "items": {"type": "string", "enum": _ROLES}}


class People(Collection):
    """People who hold a role at a centre today, with their roles there; one entry a person and centre."""

    model = AccessGrant
    keys = ("centre_id", "person_id")
    scope = "people:read"
    permission = P.PEOPLE_READ
    fields = (
        "person_id",
        "centre_id",
        Field("name", "person__name"),
        Field("roles", "held", schema=_ROLE_LIST),
    )
    filters = {"person_id": "person_id"}

    def rows(self, person: Any) -> QuerySet:
        held = AccessGrant.objects.visible_to(person).active_on(clock.today())
        people = held.filter(role__in=_ROLES, centre__isnull=False, person__is_active=True)
        rows = people.values("centre_id", "person_id", "person__name")
        return rows.annotate(held=ArrayAgg(F("role"), distinct=True, order_by="role"))


class StaffMembers(Resource):
    """The staff register: who assesses and verifies. Their ids are what an assessment decision names."""

    model = StaffMember
    scope = "people:read"
    permission = P.PEOPLE_READ
    fields = (
        "id",
        "centre_id",
        "person_id",
        "name",
        Field("roles", schema={"type": "array", "items": {"type": "string"}}),
        Field("sector", "sector__code"),
        "site_id",
        "started_on",
        "left_on",
    )
    filters = {"site_id": "site_id", "person_id": "person_id"}
