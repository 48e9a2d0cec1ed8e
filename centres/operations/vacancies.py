"""Roles that every centre needs and nobody holds: the duty to fill them (R17)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from types import SimpleNamespace
from typing import Any

from django.urls import reverse

from centres import academic_year
from centres.models import Centre
from centres.permissions import ONE_PER_CENTRE, RoleCode
from qa_portal import deadlines
from qa_portal.deadlines import Duty
from qa_portal.models import Deadline
from qa_portal.tenancy import Side
from qa_portal.wording import date_plain

VACANCY = "role_vacancy"


@dataclass(frozen=True)
class Seat:
    """A role of which a centre has one, whoever held it: what a vacancy is about."""

    centre_id: int
    role: str

    @property
    def pk(self) -> int:
        return self.centre_id

    @property
    def _meta(self) -> Any:
        return SimpleNamespace(label_lower=f"centres.seat.{self.role}")


def announce(seat: Seat, *, number: str, since: date) -> Deadline | None:
    """Set the duty to fill a role from the day on which nobody holds it."""
    duty, year = _duty(seat, number, since), academic_year.year_of(since)
    return deadlines.set_due(VACANCY, subject=seat, year=year, due_on=since, duty=duty)  # type: ignore[arg-type]


def announce_new(centres: Iterable[Centre], *, since: date) -> None:
    """Set the duties of centres that were added just now, so that nobody holds a role there; one statement."""
    rows = []
    for centre in centres:
        for role in ONE_PER_CENTRE:
            seat = Seat(centre.pk, role)
            duty = _duty(seat, centre.number, since)
            rows.append(
                Deadline(
                    centre=centre, kind=VACANCY, subject_type=seat._meta.label_lower, subject_id=seat.pk,
                    year=academic_year.year_of(since), due_on=since, owner_role=duty.owner_role,
                    owner_side=duty.owner_side, title=duty.title, why=duty.why, source=duty.source, url=duty.url,
                )
            )  # fmt: skip
    Deadline.objects.bulk_create(rows, batch_size=1000)


def end(seat: Seat, *, at: datetime) -> None:
    """The role is held again."""
    deadlines.meet(VACANCY, subject=seat, at=at)  # type: ignore[arg-type]


def _duty(seat: Seat, number: str, since: date) -> Duty:
    head = seat.role == RoleCode.HEAD_OF_CENTRE
    label = RoleCode(seat.role).label
    return Duty(
        title=f"{'Record' if head else 'Appoint'} a {label}",
        url=reverse("people", args=[number]),
        owner_role=RoleCode.ADMINISTRATOR if head else RoleCode.HEAD_OF_CENTRE,
        owner_side=Side.AO if head else Side.CENTRE,
        why=f"The centre has no {label} from {date_plain(since)}. What waits for one stops until then.",
        source="R17",
    )
