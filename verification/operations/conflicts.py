"""A verifier's declarations of interest: declared, changed and ended in versions, never deleted (R24, R25)."""

from __future__ import annotations

import uuid
from datetime import date, datetime
from typing import Any

from django.db import transaction

from qa_portal import audit
from qa_portal.actors import Actor
from qa_portal.errors import NotPermitted, RuleViolation
from verification.models import ConflictCategory, ConflictDeclaration, Verifier


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
    return _recorded("conflict.ended", _next_version(current, at=at, ends_on=ends_on), by=by, at=at)


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
