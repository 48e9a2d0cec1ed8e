"""The centre's staff register: who assesses and verifies, with what qualifications and development."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, datetime
from decimal import Decimal

from django.db import transaction

from centres.models import StaffDevelopment, StaffMember
from centres.permissions import ROLES, Permission, RoleCode
from qa_portal import audit
from qa_portal.actors import Actor
from qa_portal.errors import NotPermitted, RuleViolation
from qa_portal.tenancy import Side
from qa_portal.wording import date_plain

# What somebody may be on the register as, with or without an account.
REGISTER_ROLES = tuple(
    role.code
    for role in ROLES.values()
    if role.side == Side.CENTRE and role.code not in (RoleCode.SYSTEM_CLIENT, RoleCode.HEAD_OF_CENTRE)
)


@transaction.atomic
def add(
    *,
    centre_id: int,
    name: str,
    roles: Collection[str],
    sector_id: int | None = None,
    site_id: int | None = None,
    person_id: int | None = None,
    started_on: date | None = None,
    by: Actor,
    at: datetime,
) -> StaffMember:
    """Put somebody on the staff register. Raises NotPermitted, RuleViolation for a name that is there already."""
    _may_edit(by, centre_id)
    _known_roles(roles)
    same = StaffMember.objects.filter(centre_id=centre_id, name__iexact=name.strip(), left_on=None)
    if same.filter(site_id=site_id).exists():
        raise RuleViolation(f"{name.strip()} is on the staff register of this site already.")
    member = StaffMember.objects.create(
        centre_id=centre_id,
        name=name.strip(),
        roles=list(roles),
        sector_id=sector_id,
        site_id=site_id,
        person_id=person_id,
        started_on=started_on,
    )
    audit.record("staff_member.added", by=by, target=member, at=at, roles=list(roles))
    return member


@transaction.atomic
def change(
    *,
    staff_member_id: int,
    name: str,
    roles: Collection[str],
    sector_id: int | None,
    site_id: int | None,
    started_on: date | None,
    left_on: date | None = None,
    person_id: int | None = None,
    by: Actor,
    at: datetime,
) -> StaffMember:
    """Correct an entry, or note the day on which somebody left; entries stay, decisions name them.

    Raises NotPermitted, RuleViolation for a leaving date before the start.
    """
    member = _locked(staff_member_id, by)
    _known_roles(roles)
    if left_on and started_on and left_on < started_on:
        raise RuleViolation(f"{name} cannot leave before starting on {date_plain(started_on)}.")
    before = {"roles": member.roles, "left_on": member.left_on, "person": member.person_id}
    member.name, member.roles = name.strip(), list(roles)
    member.sector_id, member.site_id = sector_id, site_id
    member.started_on, member.left_on, member.person_id = started_on, left_on, person_id
    member.save(update_fields=["name", "roles", "sector", "site", "started_on", "left_on", "person"])
    audit.record(
        "staff_member.changed",
        by=by,
        target=member,
        at=at,
        before=before,
        roles=member.roles,
        left_on=left_on,
        person=person_id,
    )
    return member


@transaction.atomic
def add_development(
    *,
    staff_member_id: int,
    kind: str,
    title: str,
    on_date: date,
    hours: Decimal | None = None,
    by: Actor,
    at: datetime,
) -> StaffDevelopment:
    """Record a qualification, professional development (with hours), or a standardisation event (R54).

    Raises NotPermitted, RuleViolation for a date that has not come yet.
    """
    member = _locked(staff_member_id, by)
    if on_date > at.date():
        raise RuleViolation("This date has not come yet. Record development after it has taken place.")
    line = StaffDevelopment.objects.create(
        centre_id=member.centre_id,
        staff_member=member,
        kind=kind,
        title=title.strip(),
        on_date=on_date,
        hours=hours,
    )
    audit.record(
        "staff_development.added", by=by, target=line, at=at, kind=kind, on_date=on_date, hours=hours
    )
    return line


@transaction.atomic
def remove_development(*, development_id: int, by: Actor, at: datetime) -> None:
    """Take away a line that was entered by mistake. Raises NotPermitted."""
    line = StaffDevelopment.objects.select_for_update(of=("self",)).get(pk=development_id)
    _may_edit(by, line.centre_id)
    pk = line.pk
    StaffDevelopment.objects.filter(pk=pk).delete()
    line.pk = pk
    audit.record("staff_development.removed", by=by, target=line, at=at, kind=line.kind, on_date=line.on_date)


def _locked(staff_member_id: int, by: Actor) -> StaffMember:
    member = StaffMember.objects.select_for_update(of=("self",)).get(pk=staff_member_id)
    _may_edit(by, member.centre_id)
    return member


def _may_edit(by: Actor, centre_id: int) -> None:
    if not by.may(Permission.STAFF_REGISTER_EDIT, centre_id):
        raise NotPermitted("The Quality Nominee and programme leaders keep the staff register.")


def _known_roles(roles: Collection[str]) -> None:
    unknown = set(roles) - set(REGISTER_ROLES)
    if unknown or not roles:
        raise RuleViolation("Choose at least one role from the list.")
