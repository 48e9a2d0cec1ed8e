"""Centres from a file, for the awarding organisation: checked and saved at once, because the register is small."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction
from django.utils import timezone

from centres import csv_files, import_kinds
from centres.models import AccessGrant, Centre, Nation
from centres.operations import vacancies
from centres.operations.centres import acceptable_number
from centres.operations.imports.checked import NO, YES, Problems, read_date
from centres.permissions import Permission, RoleCode
from qa_portal import audit
from qa_portal.actors import Actor
from qa_portal.errors import NotPermitted, RuleViolation

_NATIONS = {label.lower(): code for code, label in Nation.choices} | {
    code.lower(): code for code in Nation.values
}


@dataclass
class CheckedCentres:
    """The centres that a file would add, how many it names that are there, and what is wrong with its rows."""

    new: list[Centre]
    known: int
    total: int
    problems: Problems

    @property
    def all_good(self) -> bool:
        return not self.problems.bad_rows


def check(text: str, *, at: datetime) -> CheckedCentres:
    """Check a file of centres against the register, saving nothing. Raises csv_files.Unreadable."""
    table = csv_files.read(text.encode(), import_kinds.CENTRES.columns)
    rows = [(number, dict(zip(table.columns, cells, strict=True))) for number, cells in table.rows()]
    reading = _Reading(timezone.localdate(at))
    new, known = [], 0
    for number, cell in rows:
        centre = reading.read(number, cell)
        if number in reading.problems.bad_rows:
            continue
        if centre.number in reading.there:
            known += 1
            reading.problems.warning(
                number, "number", f"Centre {centre.number} is on the register: left as it is."
            )
        else:
            new.append(centre)
    return CheckedCentres(new, known, len(rows), reading.problems)


@transaction.atomic
def save(*, text: str, only_good_rows: bool, by: Actor, at: datetime) -> list[Centre]:
    """Add the centres of a file that are not on the register yet; the others stay as they are.

    Raises NotPermitted, or RuleViolation when rows have problems and only the good ones are not asked for.
    """
    if not by.may(Permission.CENTRE_EDIT):
        raise NotPermitted("The register of centres is kept by planners and administrators.")
    checked = check(text, at=at)
    if not checked.all_good and not only_good_rows:
        raise RuleViolation("Some rows have problems, so nothing is saved.")
    centres = Centre.objects.bulk_create(checked.new, batch_size=1000)
    vacancies.announce_new(centres, since=timezone.localdate(at))
    if centres:
        # One event for the whole file, in the installation's chain: a centre's own begins with its first change.
        audit.record(
            "centre.imported",
            by=by,
            target=centres[0],
            chain=audit.INSTALLATION,
            at=at,
            count=len(centres),
            file=audit.text_digest(text),
        )
    return centres


class _Reading:
    """What rows are read against, fetched once."""

    def __init__(self, today: date) -> None:
        self.today = today
        self.problems = Problems()
        self.seen: dict[str, int] = {}
        self.there = set(Centre.objects.values_list("number", flat=True))
        grants = AccessGrant.objects.filter(role=RoleCode.QUALITY_MANAGER).active_on(today)
        self.managers = {g.person.email: g.person for g in grants.select_related("person")}

    def read(self, number: int, cell: Mapping[str, str]) -> Centre:
        """One row as a centre that is not saved; its problems are noted under its number."""
        name = " ".join(cell["name"].split())
        if not name or len(name) > 160:
            self.problems.error(number, "name", "Enter a name of at most 160 characters.")
        town = cell.get("town", "")
        if len(town) > 80:
            self.problems.error(number, "town", "Enter a town of at most 80 characters.")
        return Centre(
            number=self._number(number, cell["number"]),
            name=name,
            approved_on=self._approved(number, cell["approved_on"]),
            nation=self._nation(number, cell.get("nation", "")),
            town=town,
            address=cell.get("address", ""),
            mainly_btec_qa=self._yes(number, cell.get("mainly_btec_qa", "")),
            quality_manager=self._manager(number, cell.get("quality_manager", "")),
        )

    def _number(self, row: int, text: str) -> str:
        try:
            text = acceptable_number(text, self.today)
        except RuleViolation as refusal:
            self.problems.error(row, "number", f"{refusal.message} ({refusal.rule})")
            return ""
        if text in self.seen:
            self.problems.error(row, "number", f"Row {self.seen[text]} has the same number.")
        self.seen.setdefault(text, row)
        return text

    def _approved(self, row: int, text: str) -> date | None:
        day = read_date(text)
        if day is None:
            self.problems.error(row, "approved_on", "Enter a date like 2019-09-01 or 01/09/2019.")
        return day

    def _nation(self, row: int, text: str) -> str:
        if text and text.lower() not in _NATIONS:
            self.problems.error(row, "nation", "Enter England, Wales, Scotland or Northern Ireland.")
        return _NATIONS.get(text.lower(), Nation.ENGLAND)

    def _yes(self, row: int, text: str) -> bool:
        if text.lower() not in YES | NO:
            self.problems.error(row, "mainly_btec_qa", "Write yes or no.")
        return text.lower() in YES

    def _manager(self, row: int, email: str):  # noqa: ANN202
        if email and email.lower() not in self.managers:
            self.problems.error(row, "quality_manager", "Nobody with this address is a quality manager.")
        return self.managers.get(email.lower())
