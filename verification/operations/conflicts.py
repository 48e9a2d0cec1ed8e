"""A verifier's declarations of interest: declared, changed and ended in versions, never deleted (R24, R25)."""

from __future__ import annotations

import uuid
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone

from centres.permissions import RoleCode
from centres.queries.schemes import due_within
from qa_portal import audit, deadlines, jobs, mail
from qa_portal.actors import Actor
from qa_portal.deadlines import Duty
from qa_portal.errors import NotPermitted, RuleViolation
from qa_portal.tenancy import Side
from qa_portal.wording import date_long
from verification.models import Allocation, ConflictCategory, ConflictDeclaration, Verifier
from verification.queries import years

KIND = "declared_conflict"
FOLLOW_UP_TASK = "verification.follow_up_conflict"


@transaction.atomic
def declare(
    *, centre_id: int, category: str, details: str, starts_on: date, by: Actor, at: datetime
) -> ConflictDeclaration:
    """Declare an interest in a centre; from its first day the verifier cannot be allocated, plan or judge there.

    Planners see category and dates, the centre sees nothing, nobody but the verifier and administrators reads the
    details. Run in a scope of the centre with the verifier as the person. Raises NotPermitted for anybody who is not
    on the verifier register. Source: R24, R25.
    """
    _on_the_register(by)
    if category not in ConflictCategory.values:
        raise RuleViolation("Choose what kind of interest this is.")
    declaration = ConflictDeclaration.objects.create(
        centre_id=centre_id,
        verifier_person_id=by.pk,
        category=category,
        details=details.strip(),
        declared_at=at,
        starts_on=starts_on,
        series=uuid.uuid4(),
    )
    jobs.enqueue(FOLLOW_UP_TASK, centre_id=centre_id, person_id=by.pk)
    return _recorded("conflict.declared", declaration, by=by, at=at)


@transaction.atomic
def end(*, declaration_id: int, ends_on: date, by: Actor, at: datetime) -> ConflictDeclaration:
    """Say that an interest has ended, or will; a new version says so and the one before stays (R25).

    Raises NotPermitted for anybody but the person who declared it, RuleViolation for an older version or a day before
    it began.
    """
    current = ConflictDeclaration.objects.select_for_update(of=("self",)).get(pk=declaration_id)
    if current.verifier_person_id != by.pk:
        raise NotPermitted("A declaration is ended by the person who made it.")
    if current.replaced_at is not None:
        raise RuleViolation("This declaration has been changed since. Open the newest version.", rule="R25")
    if ends_on < current.starts_on:
        raise RuleViolation("An interest ends after it began. Choose a later day.")
    jobs.enqueue(FOLLOW_UP_TASK, centre_id=current.centre_id, person_id=by.pk)
    return _recorded("conflict.ended", _next_version(current, at=at, ends_on=ends_on), by=by, at=at)


@transaction.atomic
def follow_up(*, centre_id: int, person_id: int, at: datetime) -> int:
    """Have planners replace a verifier who is allocated where they declared a conflict; returns at how many places.

    Planners are told the kind of interest, never its story; where it stands no more the duty ends. Run it on the
    awarding organisation's side, for the centre sees nothing of it. Source: R24.
    """
    today = timezone.localdate(at)
    standing = ConflictDeclaration.objects.filter(centre_id=centre_id, verifier_person_id=person_id).current()
    conflict = standing.filter(Q(ends_on=None) | Q(ends_on__gt=today)).order_by("starts_on").first()
    allocations = list(
        Allocation.objects.active()
        .filter(centre_id=centre_id, verifier__person_id=person_id, countersigned_by=None)
        .select_related("centre_year__centre", "verifier__person", "programme__qualification")
    )
    for allocation in allocations:
        if conflict is None:
            deadlines.cancel(KIND, subject=allocation, at=at)
        else:
            _ask_planners(allocation, conflict, today, at)
    return len(allocations) if conflict else 0


def _ask_planners(allocation: Allocation, conflict: ConflictDeclaration, today: date, at: datetime) -> None:
    centre, programme = allocation.centre_year.centre, allocation.programme
    what = f"SV for {programme.qualification.label}" if programme else "LSV"
    name = "allocate-sv" if programme else "allocate-lsv"
    due_on = due_within(KIND, nation=centre.nation, on=today)
    category = str(conflict.get_category_display()).lower()  # type: ignore[attr-defined]
    duty = Duty(
        title=f"Replace {allocation.verifier}, {what} of {centre.name}",
        url=reverse(name, args=[centre.number, programme.pk] if programme else [centre.number]),
        owner_role=RoleCode.PLANNER,
        owner_side=Side.AO,
        why=f"They have declared a conflict with the centre ({category}). They cannot plan, judge or decide there.",
        source="Declared conflict",
        programme_id=allocation.programme_id,
        kept_to=Side.AO,
    )
    deadlines.set_due(KIND, subject=allocation, year=allocation.centre_year.year, due_on=due_on, duty=duty)
    for planner in years.holders(centre.pk, RoleCode.PLANNER, today):
        mail.write(
            centre_id=centre.pk,
            to_id=planner.pk,
            kind="conflict.declared",
            key=f"conflict-{conflict.series}-{allocation.pk}-{planner.pk}",
            subject=f"A declared conflict: {allocation.verifier}, {centre.name}",
            body=f"{duty.why} Please put somebody else in their place as {what} by {date_long(due_on)}.",
            url=duty.url,
            at=at,
            kept_to=Side.AO,
        )


def _next_version(current: ConflictDeclaration, *, at: datetime, **changes: Any) -> ConflictDeclaration:
    current.replaced_at = at
    current.save(update_fields=["replaced_at"])
    values = {
        "centre_id": current.centre_id,
        "verifier_person_id": current.verifier_person_id,
        "category": current.category,
        "details": current.details,
        "declared_at": at,
        "starts_on": current.starts_on,
        "ends_on": current.ends_on,
        "series": current.series,
        "version": current.version + 1,
    }
    return ConflictDeclaration.objects.create(**(values | changes))


def _recorded(
    event: str, declaration: ConflictDeclaration, *, by: Actor, at: datetime
) -> ConflictDeclaration:
    """In the installation's chain, because a centre reads its own chain and must not learn of declarations."""
    audit.record(
        event,
        by=by,
        target=declaration,
        at=at,
        chain=audit.INSTALLATION,
        series=str(declaration.series),
        version=declaration.version,
    )
    return declaration


def _on_the_register(by: Actor) -> None:
    if by.pk is None or not Verifier.objects.filter(person_id=by.pk, left_on=None).exists():
        raise NotPermitted("Interests are declared by people on the verifier register.")
