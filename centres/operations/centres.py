"""The awarding organisation's register of centres: adding, changing, closing, reopening (R35)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import available_timezones

from django.db import IntegrityError, transaction
from django.utils import timezone

from centres import identifiers
from centres.models import Centre, CentreStatus
from centres.operations import vacancies
from centres.permissions import Permission
from centres.queries.schemes import lead_verifier_scheme
from qa_portal import audit
from qa_portal.actors import Actor
from qa_portal.errors import NotPermitted, RuleViolation

_CHANGEABLE = (
    "name", "nation", "time_zone", "town", "address", "approved_on", "mainly_btec_qa", "quality_manager_id",
)  # fmt: skip


@dataclass(frozen=True)
class CentreDetails:
    """What the register holds of a centre besides its number and status."""

    name: str
    approved_on: date
    nation: str = "GB-ENG"
    time_zone: str = "Europe/London"
    town: str = ""
    address: str = ""
    mainly_btec_qa: bool = False
    quality_manager_id: int | None = None


@transaction.atomic
def add(*, number: str, details: CentreDetails, by: Actor, at: datetime) -> Centre:
    """Add a centre to the register, with the duties to record its Head of Centre and appoint a Quality Nominee (R17).

    Raises NotPermitted, RuleViolation for a number of another shape (R35) or one that another centre has.
    """
    _may_edit(by, None)
    number = acceptable_number(number, timezone.localdate(at))
    _acceptable(details)
    try:
        with transaction.atomic():
            centre = Centre.objects.create(
                number=number, **{field: getattr(details, field) for field in _CHANGEABLE}
            )
    except IntegrityError as clash:
        raise taken(number) from clash
    vacancies.announce_new([centre], since=timezone.localdate(at))
    audit.record("centre.added", by=by, target=centre, at=at, number=number)
    return centre


@transaction.atomic
def change(*, centre_id: int, details: CentreDetails, by: Actor, at: datetime) -> Centre:
    """Change what the register holds of a centre; its number never changes."""
    centre = Centre.objects.select_for_update(of=("self",)).get(pk=centre_id)
    _may_edit(by, centre.pk)
    _acceptable(details)
    changed = [field for field in _CHANGEABLE if getattr(centre, field) != getattr(details, field)]
    if not changed:
        return centre
    for field in changed:
        setattr(centre, field, getattr(details, field))
    centre.save(update_fields=[field.removesuffix("_id") for field in changed])
    audit.record("centre.changed", by=by, target=centre, at=at, fields=changed)
    return centre


@transaction.atomic
def close(*, centre_id: int, by: Actor, at: datetime) -> Centre:
    """Close a centre in the register; everything about it stays readable. A second call changes nothing."""
    return _set_status(centre_id, CentreStatus.CLOSED, "centre.closed", by=by, at=at)


@transaction.atomic
def reopen(*, centre_id: int, by: Actor, at: datetime) -> Centre:
    """Put a closed centre back among the approved ones. A second call changes nothing."""
    return _set_status(centre_id, CentreStatus.APPROVED, "centre.reopened", by=by, at=at)


def acceptable_number(number: str, today: date) -> str:
    """The number without spaces. Raises RuleViolation when it has not the scheme's count of digits (R35)."""
    digits = lead_verifier_scheme(today).scheme.registration.centre_number_digits.value
    number = identifiers.squeeze(number)
    finding = identifiers.check_centre_number(number, digits=digits)
    if finding is not None:
        raise RuleViolation(finding.message, rule=finding.rule)
    return number


def taken(number: str) -> RuleViolation:
    """The refusal of a number that another centre has."""
    return RuleViolation(f"Another centre has the number {number}.", rule="R35")


def _set_status(centre_id: int, status: str, event: str, *, by: Actor, at: datetime) -> Centre:
    centre = Centre.objects.select_for_update(of=("self",)).get(pk=centre_id)
    _may_edit(by, centre.pk)
    if centre.status == status:
        return centre
    centre.status = status
    centre.save(update_fields=["status"])
    audit.record(event, by=by, target=centre, at=at)
    return centre


def _may_edit(by: Actor, centre_id: int | None) -> None:
    if not by.may(Permission.CENTRE_EDIT, centre_id):
        raise NotPermitted("The register of centres is kept by planners and administrators.")


def _acceptable(details: CentreDetails) -> None:
    if not details.name.strip():
        raise RuleViolation("Enter the name of the centre.")
    if details.time_zone not in available_timezones():
        raise RuleViolation(f"“{details.time_zone}” is not a time zone. Write it like Europe/London.")
