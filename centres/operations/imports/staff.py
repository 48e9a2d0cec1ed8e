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
from centres.permissions import RoleCode
from qa_portal.wording import date_plain, joined

_ROLES = {"assessor": "assessor", "internal_verifier": "internal_verifier", "iv": "internal_verifier",
          "verifier": "internal_verifier", "lead_internal_verifier": "lead_internal_verifier",
          "programme_leader": "programme_leader"}  # fmt: skip
_CHANGEABLE = ("roles", "person", "sector", "site", "started_on")
_LINES = (("qualified_on", "QUALIFICATION"), ("standardised_on", "STANDARDISATION"))


@dataclass
class _Row:
    """One row as it would be saved."""

    member: StaffMember
    lines: list[tuple[str, str, date]]
    known: StaffMember | None
    changed: tuple[str, ...] = ()


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
        "changed": sum(bool(row.changed) for row in good),
        "unchanged": sum(row.known is not None and not row.changed for row in good),
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
        self.members: dict[str, list[StaffMember]] = {}
        members = StaffMember.objects.filter(centre_id=centre_id, left_on=None).select_related(
            "site", "sector", "person"
        )
        for member in members.order_by("pk"):
            self.members.setdefault(member.name.lower(), []).append(member)

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
        known = self._known(number, member)
        return _Row(member, lines, known, self._changes(number, known, member) if known else ())

    def _known(self, number: int, member: StaffMember) -> StaffMember | None:
        """The entry that a row is about: of several of one name the one at its site."""
        found = self.members.get(member.name.lower(), [])
        if len(found) > 1:
            at_site = [entry for entry in found if entry.site_id == member.site_id]
            if len(at_site) != 1:
                places = joined([str(entry.site or "all sites") for entry in found])
                self.problems.error(
                    number,
                    "site",
                    f"{len(found)} people have this name, at {places}. Enter the site of this one.",
                )
            found = at_site
        return found[0] if found else None

    def _changes(self, number: int, known: StaffMember, member: StaffMember) -> tuple[str, ...]:
        """Take what a row says of an entry that is there, and tell each difference; an empty cell changes nothing."""
        changed = []
        for field in _CHANGEABLE:
            before, after = getattr(known, field), getattr(member, field)
            if after in (None, []) or after == before or (field == "roles" and set(after) == set(before)):
                continue
            self.problems.change(number, field, f"{member.name}: {_told(before)} becomes {_told(after)}.")
            setattr(known, field, after)
            changed.append(field)
        return tuple(changed)

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


def _told(value: Any) -> str:
    """A value of an entry as the dry run shows it."""
    if isinstance(value, list):
        return joined([RoleCode(code).label if code in RoleCode.values else code for code in value])
    if isinstance(value, date):
        return date_plain(value)
    return str(value or "nothing")


def _save(centre_id: int, rows: list[_Row]) -> dict[str, int]:
    """Add who is not on the register yet, change entries that differ, and add development that is not there."""
    new = [row.member for row in rows if row.known is None]
    StaffMember.objects.bulk_create(new, batch_size=1000)
    changed = [row.known for row in rows if row.known is not None and row.changed]
    StaffMember.objects.bulk_update(changed, _CHANGEABLE, batch_size=1000)
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
    return {"staff": len(new), "changed": len(changed), "development": len(lines)}
