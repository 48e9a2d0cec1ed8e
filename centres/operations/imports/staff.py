"""The staff register of a centre from a file."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from centres.csv_files import Table
from centres.models import AccessGrant, ImportJob, Sector, Site, StaffDevelopment, StaffMember
from centres.operations.imports.checked import Checked, Problems, read_date

_ROLES = {"assessor": "assessor", "internal_verifier": "internal_verifier", "iv": "internal_verifier",
          "verifier": "internal_verifier", "lead_internal_verifier": "lead_internal_verifier",
          "programme_leader": "programme_leader"}  # fmt: skip
_LINES = (("qualified_on", "QUALIFICATION"), ("standardised_on", "STANDARDISATION"))


@dataclass
class _Row:
    """One row as it would be saved."""

    member: StaffMember
    lines: list[tuple[str, str, date]]
    known: StaffMember | None


@contextmanager
def staged(job: ImportJob, table: Table, *, at: datetime) -> Iterator[Checked]:
    """The rows of a file, checked against the centre's sites, sectors, accounts and register."""
    reading = _Reading(job.centre_id)
    total = 0
    rows: dict[int, _Row] = {}
    for number, cells in table.rows():
        total += 1
        row = reading.read(number, dict(zip(table.columns, cells, strict=True)))
        if number not in reading.problems.bad_rows:
            rows[number] = row
    good = [rows[number] for number in sorted(rows)]
    would = {
        "staff": sum(row.known is None for row in good),
        "unchanged": sum(row.known is not None for row in good),
    }
    yield Checked(
        total, len(good), reading.problems.in_order(), would, save=lambda by: _save(job.centre_id, good)
    )


class _Reading:
    """What rows are read against, fetched once."""

    def __init__(self, centre_id: int) -> None:
        self.centre_id = centre_id
        self.problems = Problems()
        self.seen: dict[str, int] = {}
        self.sites = {site.name.lower(): site for site in Site.objects.filter(centre_id=centre_id)}
        self.sectors = {sector.code: sector for sector in Sector.objects.all()}
        self.sectors |= {sector.name.lower(): sector for sector in self.sectors.values()}
        grants = AccessGrant.objects.filter(centre_id=centre_id).select_related("person")
        self.people = {grant.person.email: grant.person for grant in grants}
        members = StaffMember.objects.filter(centre_id=centre_id, left_on=None).order_by("-pk")
        self.members = {member.name.lower(): member for member in members}

    def read(self, number: int, cell: dict[str, str]) -> _Row:
        """One row; its problems are noted under its number."""
        name = " ".join(cell["name"].split())
        self._check_name(number, name)
        member = StaffMember(
            centre_id=self.centre_id,
            name=name,
            roles=self._roles(number, cell["roles"]),
            person=self._person(number, cell.get("email", "")),
            sector=self._one_of(number, "sector", cell.get("sector", ""), self.sectors),
            site=self._one_of(number, "site", cell.get("site", ""), self.sites),
            started_on=self._date(number, "started_on", cell.get("started_on", "")),
        )
        lines = []
        for column, kind in _LINES:
            day = self._date(number, column, cell.get(column, ""))
            title = cell.get("qualification", "") if kind == "QUALIFICATION" else "Standardisation"
            if day and title:
                lines.append((kind, title[:200], day))
            elif day:
                self.problems.error(
                    number, "qualification", "Enter the qualification that this date belongs to."
                )
        return _Row(member, lines, self.members.get(name.lower()))

    def _check_name(self, number: int, name: str) -> None:
        if not name or len(name) > 120:
            self.problems.error(number, "name", "Enter a name of at most 120 characters.")
        elif name.lower() in self.seen:
            self.problems.error(
                number, "name", f"This is the same person as in row {self.seen[name.lower()]}."
            )
        else:
            self.seen[name.lower()] = number

    def _roles(self, number: int, text: str) -> list[str]:
        words = text.lower().replace(",", " ").replace(";", " ").split()
        if not words:
            self.problems.error(number, "roles", "Enter assessor or internal_verifier, or both.")
        for word in words:
            if word not in _ROLES:
                self.problems.error(
                    number, "roles", f"“{word}” is not a role here. Use assessor or internal_verifier."
                )
        return list(dict.fromkeys(_ROLES[word] for word in words if word in _ROLES))

    def _person(self, number: int, email: str) -> Any:
        if not email:
            return None
        person = self.people.get(email.lower())
        if person is None:
            self.problems.warning(
                number,
                "email",
                "Nobody with this address has a role at the centre: added without an account.",
            )
        return person

    def _one_of(self, number: int, column: str, text: str, known: dict[str, Any]) -> Any:
        if text and text.lower() not in known:
            self.problems.error(number, column, f"“{text}” is not known here. Use one that the portal lists.")
        return known.get(text.lower())

    def _date(self, number: int, column: str, text: str) -> date | None:
        day = read_date(text) if text else None
        if text and day is None:
            self.problems.error(number, column, "This is not a date. Write it like 2026-09-15 or 15/09/2026.")
        return day


def _save(centre_id: int, rows: list[_Row]) -> dict[str, int]:
    """Add who is not on the register yet, and development that is not there; nobody is changed."""
    new = [row.member for row in rows if row.known is None]
    StaffMember.objects.bulk_create(new, batch_size=1000)
    known = [row.known.pk for row in rows if row.known is not None]
    there = set(
        StaffDevelopment.objects.filter(centre_id=centre_id, staff_member_id__in=known).values_list(
            "staff_member_id", "kind", "on_date"
        )
    )
    lines = [
        StaffDevelopment(centre_id=centre_id, staff_member_id=pk, kind=kind, title=title, on_date=day)
        for row in rows
        for kind, title, day in row.lines
        for pk in [(row.known or row.member).pk]
        if (pk, kind, day) not in there
    ]
    StaffDevelopment.objects.bulk_create(lines, batch_size=1000)
    return {"staff": len(new), "development": len(lines)}
