"""Asking for the second signature that a verifier with a declared conflict needs (R24)."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from centres.models import Person
from centres.permissions import RoleCode
from centres.queries.schemes import due_within
from qa_portal import deadlines, mail
from qa_portal.actors import Actor
from qa_portal.deadlines import Duty
from qa_portal.errors import RuleViolation
from qa_portal.tenancy import Side
from qa_portal.wording import date_long
from verification.models import Allocation
from verification.operations import allocations
from verification.queries import years
from verification.rules import allocations as rules

KIND = "countersignature"


@transaction.atomic
def ask(
    *,
    centre_year_id: int,
    kind: str,
    programme_id: int | None,
    verifier_id: int,
    reason: str,
    by: Actor,
    at: datetime,
    long_stay_reason: str = "",
    facts: dict[str, Any] | None = None,
) -> tuple[Allocation, list[Person]]:
    """Propose somebody with a declared conflict, and ask a second person to sign; returns whom.

    That is the centre's quality manager, or every quality manager where it has none. Why nobody else will do and what
    the planner saw are kept with the proposal. Raises NotPermitted; RuleViolation without a reason, for a long stay
    without one (R13), and when there is nobody to ask. Source: R24.
    """
    if not reason.strip():
        raise RuleViolation("Say why nobody else can do it.", rule="R24")
    proposal = allocations.propose(
        centre_year_id=centre_year_id, kind=kind, programme_id=programme_id, verifier_id=verifier_id, by=by, at=at,
        long_stay_reason=long_stay_reason, facts=(facts or {}) | {"unavoidable_because": reason.strip()},
    )  # fmt: skip
    rules.long_stay_has_a_reason(proposal, by)
    centre = proposal.centre_year.centre
    manager = centre.quality_manager
    asked = (
        [manager] if manager else years.holders(centre.pk, RoleCode.QUALITY_MANAGER, timezone.localdate(at))
    )
    asked = [person for person in asked if person.pk != by.pk]
    if not asked:
        raise RuleViolation(
            f"{centre.name} has no quality manager, and nobody holds that role. Ask an administrator to name one.",
            rule="R24",
        )
    _make_due(proposal, reason, manager, asked, by=by, at=at)
    return proposal, asked


def _make_due(
    proposal: Allocation,
    reason: str,
    manager: Person | None,
    asked: list[Person],
    *,
    by: Actor,
    at: datetime,
) -> None:
    centre = proposal.centre_year.centre
    due_on = due_within(KIND, nation=centre.nation, on=timezone.localdate(at))
    duty = Duty(
        title=f"Countersign the allocation of {proposal.verifier} to {centre.name}, or drop it",
        url=reverse("allocation-countersign", args=[proposal.pk]),
        owner_role=RoleCode.QUALITY_MANAGER,
        owner_side=Side.AO,
        owner_id=manager.pk if manager else None,
        why=f"They have declared a conflict with the centre. {reason.strip()}"[:400],
        source="Allocation",
        kept_to=Side.AO,
    )
    deadlines.set_due(KIND, subject=proposal, year=proposal.centre_year.year, due_on=due_on, duty=duty)
    for person in asked:
        mail.write(
            centre_id=centre.pk,
            to_id=person.pk,
            kind="countersign",
            key=f"countersign-{proposal.pk}-{person.pk}",
            subject=f"Countersign an allocation to {centre.name}",
            body=f"{getattr(by, 'name', 'A planner')} proposes {proposal.verifier}, who has declared a conflict with"
            f" {centre.name}: {reason.strip()}\n\nA second person must sign before the allocation holds. Please do so,"
            f" or say that you do not, by {date_long(due_on)}.",
            url=duty.url,
            at=at,
            kept_to=Side.AO,
        )
