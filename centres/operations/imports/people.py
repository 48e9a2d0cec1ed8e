"""People with roles from a file: whoever has an account gets the role, others are invited (R17, R18, R20, R21)."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils import timezone

from centres.csv_files import Table
from centres.identifiers import squeeze
from centres.models import AccessGrant, ImportJob, Invitation, InvitationStatus, Person, Programme
from centres.operations import invitations
from centres.operations.imports.checked import Checked, Problems
from centres.permissions import ONE_PER_CENTRE, ROLES, RoleCode
from centres.rules import people as rules
from qa_portal.errors import Refusal, RuleViolation
from qa_portal.tenancy import Side

_ROLES = {
    word: code
    for code in ROLES
    if ROLES[code].side == Side.CENTRE and code != RoleCode.SYSTEM_CLIENT
    for word in (str(code), RoleCode(code).label.lower())
}


@dataclass(frozen=True)
class _Row:
    """Somebody and the role they get; ``person`` is None until they have an account."""

    email: str
    name: str
    role: str
    programme_id: int | None
    subject_area: str
    person: Person | None


@contextmanager
def staged(job: ImportJob, table: Table, *, at: datetime) -> Iterator[Checked]:
    """The rows of a file, checked against who may give which role, accounts, roles and open invitations."""
    reading = _Reading(job, at)
    total, unchanged = 0, 0
    new: list[_Row] = []
    for number, cells in table.rows():
        total += 1
        row = reading.read(number, dict(zip(table.columns, cells, strict=True)))
        if row is None or number in reading.problems.bad_rows:
            continue
        if reading.is_there(row):
            unchanged += 1
            continue
        reading.check(number, row)
        if number not in reading.problems.bad_rows:
            new.append(row)
    would = _counts(new) | {"unchanged": unchanged}

    def save(by: Any) -> dict[str, int]:
        for row in new:
            invitations.invite(
                email=row.email, name=row.name, role=row.role, centre_id=job.centre_id,
                programme_id=row.programme_id, subject_area=row.subject_area, by=by, at=at,
            )  # fmt: skip
        return _counts(new)

    yield Checked(total, len(new) + unchanged, reading.problems.in_order(), would, save=save)


def _counts(rows: list[_Row]) -> dict[str, int]:
    known = sum(row.person is not None for row in rows)
    return {"invited": len(rows) - known, "roles": known}


class _Reading:
    """What rows are read against, fetched once."""

    def __init__(self, job: ImportJob, at: datetime) -> None:
        self.centre_id, self.by, self.today = job.centre_id, job.asked_by, timezone.localdate(at)
        self.problems = Problems()
        self.seen: dict[tuple, int] = {}
        self.taken: dict[tuple, int] = {}
        programmes = Programme.objects.filter(centre_id=job.centre_id).select_related("qualification")
        self.programmes = {squeeze(p.qualification.qan).replace("/", ""): p for p in programmes}
        self.areas = {p.qualification.suite.lower(): p.qualification.suite for p in self.programmes.values()}
        sent = Invitation.objects.filter(
            centre_id=job.centre_id, status=InvitationStatus.SENT, expires_at__gt=at
        )
        self.invited = {(one.email, one.role): one for one in sent}
        self.people: dict[str, Person | None] = {}

    def read(self, number: int, cell: dict[str, str]) -> _Row | None:
        """One row; its problems are noted under its number."""
        email, role = cell["email"].lower(), _ROLES.get(" ".join(cell["role"].lower().split()), "")
        try:
            validate_email(email)
        except ValidationError:
            self.problems.error(number, "email", "Enter an e-mail address such as name@example.org.")
        name = " ".join(cell["name"].split())
        if not name or len(name) > 120:
            self.problems.error(number, "name", "Enter a name of at most 120 characters.")
        if not role:
            self.problems.error(
                number,
                "role",
                f"“{cell['role']}” is not a role at a centre. Write it like “Internal Verifier”.",
            )
            return None
        programme = self._programme(number, cell.get("programme", ""))
        area = self._area(number, role, cell.get("subject_area", ""))
        if email not in self.people:
            self.people[email] = Person.objects.filter(email=email).first()
        row = _Row(email, name, role, programme, area, self.people[email])
        # Somebody who is invited answers one invitation a role; whoever has an account may get it for several.
        key = (email, role) if row.person is None else (email, role, programme, area)
        if key in self.seen:
            self.problems.error(number, "email", f"Row {self.seen[key]} gives the same person this role.")
        self.seen.setdefault(key, number)
        return row

    def is_there(self, row: _Row) -> bool:
        """Whether the person has exactly this role, or an invitation to it that they have not answered."""
        if row.person is None:
            one = self.invited.get((row.email, row.role))
            return one is not None and (one.programme_id, one.subject_area) == (
                row.programme_id,
                row.subject_area,
            )
        held = AccessGrant.objects.filter(
            centre_id=self.centre_id, person=row.person, role=row.role, programme_id=row.programme_id,
            subject_area=row.subject_area, delegated_by=None,
        )  # fmt: skip
        return held.active_on(self.today).exists()

    def check(self, number: int, row: _Row) -> None:
        """Note every rule that stands against giving this role, in the words of the people page."""
        person = row.person or Person(email=row.email, name=row.name)
        grant = AccessGrant(
            person=person, role=row.role, centre_id=self.centre_id, programme_id=row.programme_id,
            subject_area=row.subject_area, starts_on=self.today,
        )  # fmt: skip
        self._try(number, "role", lambda: rules.may_give(self.by, row.role, self.centre_id, person.pk))
        self._try(
            number, "programme", lambda: rules.role_fits(row.role, self.centre_id, row.programme_id, person)
        )
        self._try(number, "role", lambda: rules.one_at_a_time(grant))
        if row.person is None and (row.email, row.role) in self.invited:
            self.problems.error(
                number, "email", "They are invited to this role for something else and have not answered yet."
            )
        if row.role in (*ONE_PER_CENTRE, RoleCode.LEAD_INTERNAL_VERIFIER):
            key = (row.role, row.subject_area)
            if key in self.taken:
                self.problems.error(
                    number, "role", f"Row {self.taken[key]} gives this role: one person has it."
                )
            self.taken.setdefault(key, number)
        if row.person is not None and row.person.name.casefold() != row.name.casefold():
            self.problems.warning(
                number, "name", f"The account with this address is {row.person.name}’s: it keeps its name."
            )

    def _try(self, number: int, column: str, check: Callable[[], None]) -> None:
        try:
            check()
        except Refusal as refusal:
            rule = f" ({refusal.rule})" if isinstance(refusal, RuleViolation) and refusal.rule else ""
            self.problems.error(number, column, refusal.message.rstrip(".") + rule + ".")

    def _programme(self, number: int, text: str) -> int | None:
        programme = self.programmes.get(squeeze(text).replace("/", ""))
        if text and programme is None:
            self.problems.error(
                number, "programme", "Your centre has no programme with this qualification number."
            )
        return programme.pk if programme else None

    def _area(self, number: int, role: str, text: str) -> str:
        if role != RoleCode.LEAD_INTERNAL_VERIFIER:
            return ""
        area = self.areas.get(text.lower(), "")
        if not area:
            self.problems.error(
                number, "subject_area", "Enter the subject area that this Lead Internal Verifier signs off."
            )
        return area
