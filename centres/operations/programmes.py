"""A centre's approval to deliver qualifications: approving, dating, closing, reopening, and naming a leader."""

from __future__ import annotations

from datetime import date, datetime

from django.db import IntegrityError, transaction
from django.utils import timezone

from centres.lifecycle.programmes import PROGRAMME
from centres.models import AccessGrant, Centre, Programme, Qualification
from centres.operations.registrations import refresh_deadline
from centres.permissions import Permission
from qa_portal import audit, jobs
from qa_portal.actors import Actor
from qa_portal.errors import NotPermitted, RuleViolation
from qa_portal.wording import date_plain

CATCH_UP_TASK = "verification.catch_up_year"


@transaction.atomic
def approve(
    *,
    centre_id: int,
    qualification_id: int,
    approved_from: date,
    by: Actor,
    at: datetime,
    approved_to: date | None = None,
    specification_version: str = "1",
) -> Programme:
    """Approve a centre to deliver a qualification; ``approved_to`` is the last day of registrations (R29).

    Raises NotPermitted, or RuleViolation for dates out of order, a closed centre, or a programme that exists already.
    """
    if not by.may(Permission.PROGRAMME_APPROVE, centre_id):
        raise NotPermitted("Programmes are approved by the awarding organisation.")
    centre = Centre.objects.get(pk=centre_id)
    qualification = Qualification.objects.get(pk=qualification_id)
    if centre.status == "CLOSED":
        raise RuleViolation(f"{centre.name} is closed, so it takes no new programme.")
    _dates_in_order(approved_from, approved_to)
    try:
        with transaction.atomic():
            programme = Programme.objects.create(
                centre_id=centre_id,
                qualification=qualification,
                approved_from=approved_from,
                approved_to=approved_to,
                specification_version=specification_version.strip(),
            )
    except IntegrityError as clash:
        raise RuleViolation(
            f"{centre.name} has {qualification.short_title} already. Change its approval instead."
        ) from clash
    audit.record(
        "programme.approved",
        by=by,
        target=programme,
        at=at,
        qualification=qualification.qan,
        approved_from=approved_from,
        approved_to=approved_to,
    )
    _catch_up_year(centre_id)
    return programme


@transaction.atomic
def change_approval(
    *,
    programme_id: int,
    approved_from: date,
    approved_to: date | None,
    specification_version: str,
    by: Actor,
    at: datetime,
) -> Programme:
    """Change the dates of an approval, or the specification version that new registrations get."""
    programme = _locked(programme_id)
    if not by.may(Permission.PROGRAMME_APPROVE, programme.centre_id):
        raise NotPermitted("Programmes are approved by the awarding organisation.")
    _dates_in_order(approved_from, approved_to)
    fields = {
        "approved_from": approved_from,
        "approved_to": approved_to,
        "specification_version": specification_version.strip(),
    }
    before = {field: getattr(programme, field) for field in fields}
    for field, value in fields.items():
        setattr(programme, field, value)
    programme.save(update_fields=list(fields))
    audit.record("programme.approval_changed", by=by, target=programme, at=at, before=before, after=fields)
    _catch_up_year(programme.centre_id)
    return programme


@transaction.atomic
def close(*, programme_id: int, by: Actor, at: datetime) -> Programme:
    """Close a programme: nobody is registered on it from today on; learners who are registered finish (R29)."""
    programme = _locked(programme_id)
    today = timezone.localdate(at)
    last = max(programme.approved_from, min(programme.approved_to or today, today))
    PROGRAMME.move(programme, "close", by=by, at=at, approved_to=last)
    refresh_deadline(programme_id=programme.pk, at=at)
    return programme


@transaction.atomic
def reopen(*, programme_id: int, by: Actor, at: datetime, approved_to: date | None = None) -> Programme:
    """Reopen a closed programme, for registrations to ``approved_to`` or without an end."""
    programme = _locked(programme_id)
    _dates_in_order(programme.approved_from, approved_to)
    PROGRAMME.move(programme, "reopen", by=by, at=at, approved_to=approved_to)
    refresh_deadline(programme_id=programme.pk, at=at)
    _catch_up_year(programme.centre_id)
    return programme


@transaction.atomic
def name_leader(*, programme_id: int, leader_id: int | None, by: Actor, at: datetime) -> Programme:
    """Name the person who leads a programme at the centre, or nobody. Raises RuleViolation for an outsider."""
    programme = _locked(programme_id)
    if not by.may(Permission.PROGRAMME_EDIT, programme.centre_id, programme.pk):
        raise NotPermitted("The programme leader is named by the Quality Nominee.")
    if leader_id is not None:
        grants = AccessGrant.objects.filter(person_id=leader_id, centre_id=programme.centre_id)
        if not grants.active_on(timezone.localdate(at)).exists():
            raise RuleViolation("This person has no role at the centre. Give them one first.")
    before, programme.leader_id = programme.leader_id, leader_id
    programme.save(update_fields=["leader"])
    audit.record("programme.leader_named", by=by, target=programme, at=at, before=before, after=leader_id)
    return programme


def _catch_up_year(centre_id: int) -> None:
    """Have the centre's open year give the programme its section, release and verifier's place, in the background."""
    jobs.enqueue(CATCH_UP_TASK, centre_id=centre_id)


def _locked(programme_id: int) -> Programme:
    return (
        Programme.objects.select_for_update(of=("self",))
        .select_related("qualification", "centre")
        .get(pk=programme_id)
    )


def _dates_in_order(approved_from: date, approved_to: date | None) -> None:
    if approved_to is not None and approved_to < approved_from:
        raise RuleViolation(
            f"The approval begins on {date_plain(approved_from)}, so it cannot end before. Choose a later last day."
        )
