"""Introducing verifiers and a centre's Quality Nominee to each other by e-mail, and telling of changes."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime

from django.utils import timezone

from centres import academic_year
from centres.permissions import RoleCode
from qa_portal import mail
from qa_portal.wording import date_plain, joined
from verification.models import (
    Allocation,
    AllocationKind,
    CentreYear,
    SelfAssessment,
    SelfAssessmentStatus,
)
from verification.queries import years

_SENT = (SelfAssessmentStatus.SUBMITTED, SelfAssessmentStatus.ACCEPTED)


def introduce(allocations: Sequence[Allocation], *, at: datetime) -> None:
    """Write to each verifier and to the Quality Nominee, one message a person and centre (R7).

    The allocations are of one centre-year. The messages name the self-assessment that is still missing.
    """
    if not allocations:
        return
    centre_year = allocations[0].centre_year
    today = timezone.localdate(at)
    nominees = years.holders(centre_year.centre_id, RoleCode.QUALITY_NOMINEE, today)
    missing = missing_self_assessments(centre_year)
    by_verifier: dict[int, list[Allocation]] = defaultdict(list)
    for allocation in allocations:
        by_verifier[allocation.verifier_id].append(allocation)
    for group in by_verifier.values():
        _to_verifier(centre_year, group, [n.name for n in nominees], missing, at)
        for nominee in nominees:
            _to_centre(centre_year, group, nominee.pk, missing, at)


def missing_self_assessments(centre_year: CentreYear) -> list[str]:
    """What the centre has not submitted yet, in words with its due date; empty when all is there (R1, R5)."""
    rows = SelfAssessment.objects.filter(
        centre_id=centre_year.centre_id, centre_year_id=centre_year.pk
    ).exclude(status__in=[*_SENT, SelfAssessmentStatus.WITHDRAWN])
    return [
        f"{row.get_kind_display().lower()} {academic_year.label(centre_year.year)}, due {date_plain(row.due_on)}"  # type: ignore[attr-defined]
        for row in rows
    ]


def tell_of_end(ended: Sequence[Allocation], *, successor: str, at: datetime) -> None:
    """Tell a verifier and the Quality Nominee, once, that allocations at one centre ended and who takes over."""
    allocation = ended[0]
    centre = allocation.centre_year.centre
    after = f" {successor} takes over, with the open work." if successor else ""
    mail.write(
        centre_id=allocation.centre_id,
        to_id=allocation.verifier.person_id,
        kind="allocation_ended",
        key=f"allocation-ended-{allocation.pk}",
        subject=f"Your allocation to {centre.name} has ended",
        body=f"You are no longer {role_of(ended)} at {centre.name} ({centre.number}).{after} "
        "You can still read the reports that you issued.",
        url="/",
        at=at,
    )
    name = allocation.verifier.person.name
    follows = (
        f"{successor} takes over, with the open work." if successor else "A planner allocates somebody else."
    )
    for nominee in years.holders(centre.pk, RoleCode.QUALITY_NOMINEE, timezone.localdate(at)):
        mail.write(
            centre_id=centre.pk,
            to_id=nominee.pk,
            kind="allocation_ended",
            key=f"allocation-ended-{allocation.pk}-{nominee.pk}",
            subject=f"{name} is no longer your {role_of(ended)}",
            body=f"{name} is no longer {role_of(ended)} at {centre.name}. {follows}",
            url=f"{centre.get_absolute_url()}messages/",
            at=at,
        )


def role_of(allocations: Sequence[Allocation]) -> str:
    """What one verifier does at a centre: "Lead Standards Verifier", "Standards Verifier for A and B"."""
    parts = [AllocationKind.LSV.label for a in allocations if a.kind == AllocationKind.LSV]
    labels = [a.programme.qualification.label for a in allocations if a.programme is not None]
    if labels:
        parts.append(f"{AllocationKind.SV.label} for {joined(labels)}")
    return joined(parts)


def _to_verifier(
    centre_year: CentreYear, group: list[Allocation], nominees: list[str], missing: list[str], at: datetime
) -> None:
    centre = centre_year.centre
    contact = f" Your contact is {joined(nominees)}, Quality Nominee." if nominees else ""
    mail.write(
        centre_id=centre.pk,
        to_id=group[0].verifier.person_id,
        kind="introduction",
        key=_key(group, "verifier"),
        subject=f"You are allocated to {centre.name}",
        body=f"You are {role_of(group)} at {centre.name} ({centre.number}) for "
        f"{academic_year.label(centre_year.year)}.{contact}{_still_missing(missing)}",
        url=centre.get_absolute_url(),
        at=at,
    )


def _to_centre(
    centre_year: CentreYear, group: list[Allocation], nominee_id: int, missing: list[str], at: datetime
) -> None:
    verifier = group[0].verifier.person
    mail.write(
        centre_id=centre_year.centre_id,
        to_id=nominee_id,
        kind="introduction",
        key=_key(group, f"nominee-{nominee_id}"),
        subject=f"{verifier.name} is your {role_of(group)}"[:200],
        body=f"{verifier.name} ({verifier.email}) is your {role_of(group)} for "
        f"{academic_year.label(centre_year.year)}. You can write to each other in the portal.{_still_missing(missing)}",
        url=f"{centre_year.centre.get_absolute_url()}messages/",
        at=at,
    )


def _key(group: list[Allocation], to: str) -> str:
    return f"introduction-{min(a.pk for a in group)}-{max(a.pk for a in group)}-{to}"


def _still_missing(missing: list[str]) -> str:
    return f" Still missing: {joined(missing)}." if missing else ""
