"""Assessment decisions from a file, checked by the rules of ``operations.decisions`` against records fetched once."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from datetime import date, datetime
from typing import Any

from django.utils import timezone

from centres.csv_files import Table
from centres.identifiers import squeeze
from centres.models import (
    AssessmentDecision,
    Assignment,
    Attempt,
    ImportJob,
    Programme,
    Registration,
    RegistrationStatus,
    Site,
    StaffMember,
    Unit,
)
from centres.operations.decisions import assignment_of
from centres.operations.imports.checked import Checked, Problems, read_date
from centres.operations.imports.register_names import ASSESSORS, VERIFIERS, RegisterNames, Unclear
from centres.permissions import Permission
from centres.queries.decisions import not_standardised
from centres.rules import decisions as rules
from qa_portal.actors import Actor
from qa_portal.errors import RuleViolation

_ATTEMPTS = {
    "": Attempt.FIRST,
    "first": Attempt.FIRST,
    "resubmission": Attempt.RESUBMISSION,
    "retake": Attempt.RETAKE,
}
_OUTCOMES = {"": "NONE", "agreed": "AGREED", "corrected": "CORRECTED"}
_VERIFICATION = ("internal_verifier", "verification_outcome", "verified_on")
_BATCH = 2000


@contextmanager
def staged(job: ImportJob, table: Table, *, at: datetime) -> Iterator[Checked]:
    """The rows of a file as decisions, with what stands against each."""
    rows = [(number, dict(zip(table.columns, cells, strict=True))) for number, cells in table.rows()]
    reading = _Reading(job.centre_id, timezone.localdate(at), [cell for _, cell in rows], job.asked_by)
    new: dict[int, AssessmentDecision] = {}
    verified: dict[int, AssessmentDecision] = {}
    unchanged = 0
    for number, cell in rows:
        decision = reading.read(number, cell)
        if decision is None or number in reading.problems.bad_rows:
            continue
        before = reading.recorded_as(number, decision)
        reading.check_verification(number, decision, before)
        if number in reading.problems.bad_rows:
            continue
        if before is None:
            new[number] = decision
        elif before.internal_verifier_id is None and decision.internal_verifier_id is not None:
            verified[number] = _verified(before, decision)
        else:
            unchanged += 1
    reading.warn_of_standardisation(new)
    would = {"decisions": len(new), "verified": len(verified), "unchanged": unchanged}
    yield Checked(
        len(rows),
        len(new) + len(verified) + unchanged,
        reading.problems.in_order(),
        would,
        save=lambda by: _save(list(new.values()), list(verified.values())),
    )


class _Reading:
    """What rows are read against, fetched once for the whole file."""

    def __init__(self, centre_id: int, today: date, cells: list[dict[str, str]], by: Actor) -> None:
        self.centre_id, self.today, self.by = centre_id, today, by
        self.problems = Problems()
        self.seen: dict[tuple, int] = {}
        programmes = Programme.objects.filter(centre_id=centre_id).select_related("qualification")
        self.programmes = {_qan(programme.qualification.qan): programme for programme in programmes}
        units = Unit.objects.filter(qualification__in=[p.qualification_id for p in programmes])
        self.units = {(unit.qualification_id, unit.number): unit for unit in units}
        self.sites = {site.name.lower(): site for site in Site.objects.filter(centre_id=centre_id)}
        self.staff = RegisterNames(centre_id)
        self.registrations = self._registrations(cells)
        self.assignments = {
            (a.programme_id, a.unit_id, a.number): a for a in Assignment.objects.filter(centre_id=centre_id)
        }
        self.recorded = self._recorded()

    def _registrations(self, cells: list[dict[str, str]]) -> dict[tuple[str, int], Registration]:
        """Registrations by ULN, or by own reference, and programme; withdrawn ones only where there is no other."""
        ulns = {squeeze(cell.get("uln", "")) for cell in cells} - {""}
        references = {cell.get("learner_reference", "") for cell in cells} - {""}
        found: dict[tuple[str, int], Registration] = {}
        for field, values in (("uln", ulns), ("reference", references)):
            ordered = sorted(values)
            for start in range(0, len(ordered), _BATCH):
                rows = Registration.objects.filter(
                    centre_id=self.centre_id, **{f"learner__{field}__in": ordered[start : start + _BATCH]}
                ).select_related("learner", "cohort")
                for row in rows:
                    key = (f"{field}:{getattr(row.learner, field)}", row.programme_id)
                    if key not in found or row.status != RegistrationStatus.WITHDRAWN:
                        found[key] = row
        return found

    def _recorded(self) -> dict[tuple, AssessmentDecision]:
        ids = sorted({registration.pk for registration in self.registrations.values()})
        found: dict[tuple, AssessmentDecision] = {}
        for start in range(0, len(ids), _BATCH):
            rows = AssessmentDecision.objects.filter(
                centre_id=self.centre_id, registration_id__in=ids[start : start + _BATCH]
            ).select_related("assessor")
            found |= {(row.registration_id, row.assignment_id, row.attempt): row for row in rows}
        return found

    def read(self, number: int, cell: dict[str, str]) -> AssessmentDecision | None:
        """One row as a decision that is not saved; None where not even the learner and unit are known."""
        programme = self.programmes.get(_qan(cell["programme"]))
        if programme is None:
            self.problems.error(
                number, "programme", "Your centre has no programme with this qualification number."
            )
            return None
        registration = self._registration(number, cell, programme)
        unit = self._unit(number, cell["unit"], programme)
        decided_on = self._date(number, "decided_on", cell["decided_on"])
        verified_on = self._date(number, "verified_on", cell.get("verified_on", ""))
        named = self.sites.get(cell.get("site", "").lower())
        assessor = self._member(number, "assessor", cell["assessor"], ASSESSORS, decided_on, named)
        if not (registration and unit and assessor and decided_on):
            return None
        verifier = None
        if cell.get("internal_verifier"):
            verifier = self._member(
                number, "internal_verifier", cell["internal_verifier"], VERIFIERS, verified_on, named
            )
        decision = AssessmentDecision(
            centre_id=self.centre_id,
            registration=registration,
            programme=programme,
            assignment=self._assignment(number, cell.get("assignment", ""), programme, unit),
            site=self._site(number, cell.get("site", ""), registration),
            assessor=assessor,
            attempt=self._word(number, "attempt", cell.get("attempt", ""), _ATTEMPTS),
            decided_on=decided_on,
            grade=cell["grade"].upper(),
            criteria=_criteria(cell.get("criteria_met", ""), unit),
            internal_verifier=verifier,
            verification_outcome=self._word(number, "verification", cell.get("verification", ""), _OUTCOMES),
            verified_on=verified_on,
            reference=cell.get("reference", "")[:60],
        )
        self._check(number, decision, unit)
        return decision

    def _check(self, number: int, row: AssessmentDecision, unit: Unit) -> None:
        verifier_id = row.internal_verifier_id
        checks: list[tuple[str, Callable[[], None]]] = [
            ("grade", lambda: rules.grade_in_scale(row.grade, row.programme.qualification.grades)),
            ("criteria_met", lambda: rules.criteria_of_unit(row.criteria, unit)),
            ("assessor", lambda: rules.assessor_is_on_the_register(row.assessor, row.decided_on)),
            (
                "decided_on",
                lambda: rules.learner_is_assessed_while_enrolled(
                    row.registration, row.decided_on, self.today
                ),
            ),
            (
                "verification",
                lambda: rules.verification_is_complete(
                    verifier_id, row.verification_outcome, row.verified_on, row.decided_on
                ),
            ),
        ]
        for column, check in checks:
            self._try(number, column, check)

    def _try(self, number: int, column: str, check: Callable[[], None]) -> None:
        try:
            check()
        except RuleViolation as refusal:
            rule = f" ({refusal.rule})" if refusal.rule else ""
            self.problems.error(number, column, refusal.message.rstrip(".") + rule + ".")

    def check_verification(
        self, number: int, row: AssessmentDecision, before: AssessmentDecision | None
    ) -> None:
        """Note a verification that the person may not record, of an own decision, or other than the one recorded."""
        verifier = row.internal_verifier
        if verifier is None:
            return
        if before is not None and before.internal_verifier_id is not None:
            if (
                before.internal_verifier_id != verifier.pk
                or before.verification_outcome != row.verification_outcome
            ):
                self.problems.error(
                    number, "internal_verifier", "Another internal verification is recorded for this already."
                )
            return
        if not self.by.may(Permission.INTERNAL_VERIFICATION_RECORD, self.centre_id, row.programme_id):
            self.problems.error(
                number,
                "internal_verifier",
                "Internal verification is recorded by internal verifiers. Leave its three columns empty.",
            )
        assessor = row.assessor if before is None else before.assessor
        self._try(
            number, "internal_verifier", lambda: rules.not_their_own_decision(assessor, verifier, self.by)
        )

    def recorded_as(self, number: int, row: AssessmentDecision) -> AssessmentDecision | None:
        """This decision where it is recorded; another grade, or the same twice in the file, is a problem."""
        key = (
            row.registration_id,
            row.programme_id,
            row.assignment.unit_id,
            row.assignment.number,
            row.attempt,
        )
        if key in self.seen:
            self.problems.error(number, "unit", f"This is the same as row {self.seen[key]}. Take one out.")
            return None
        self.seen[key] = number
        before = self.recorded.get((row.registration_id, row.assignment.pk, row.attempt))
        if before is None or (before.grade, before.decided_on) == (row.grade, row.decided_on):
            return before
        self.problems.error(
            number, "grade", f"The grade {before.grade} of {before.decided_on} is recorded for this already."
        )
        return before

    def warn_of_standardisation(self, rows: dict[int, AssessmentDecision]) -> None:
        """Note decisions of assessors who had not standardised that year (R54, a warning)."""
        asked: dict[tuple, set[int]] = {}
        for number, row in rows.items():
            key = (row.assessor_id, row.decided_on, row.programme.qualification.suite)
            if key not in asked:
                asked[key] = not_standardised(self.centre_id, [row.assessor_id], row.decided_on, key[2])
            if asked[key]:
                self.problems.warning(
                    number,
                    "assessor",
                    f"{row.assessor.name} has no standardisation on the staff register before this date (R54).",
                )

    def _registration(self, number: int, cell: dict[str, str], programme: Programme) -> Registration | None:
        uln, reference = squeeze(cell.get("uln", "")), cell.get("learner_reference", "")
        found = self.registrations.get((f"uln:{uln}", programme.pk)) if uln else None
        if not uln and reference:
            found = self.registrations.get((f"reference:{reference}", programme.pk))
        if found is None:
            column = "uln" if uln or not reference else "learner_reference"
            said = (
                "No learner with this number is on the programme." if uln or reference else "Enter the ULN."
            )
            self.problems.error(number, column, said)
        return found

    def _unit(self, number: int, text: str, programme: Programme) -> Unit | None:
        digits = text.lower().removeprefix("unit").strip()
        unit = self.units.get((programme.qualification_id, int(digits))) if digits.isdigit() else None
        if unit is None:
            self.problems.error(number, "unit", f"{programme.qualification.short_title} has no unit {text}.")
        return unit

    def _member(
        self,
        number: int,
        column: str,
        name: str,
        roles: Collection[str],
        on: date | None,
        site: Site | None,
    ) -> StaffMember | None:
        try:
            return self.staff.find(name, roles, on, site)
        except Unclear as problem:
            self.problems.error(number, column, str(problem))
            return None

    def _site(self, number: int, name: str, registration: Registration) -> Any:
        if name and name.lower() not in self.sites:
            self.problems.error(number, "site", f"Your centre has no site “{name}”.")
        site = self.sites.get(name.lower())
        return site or next(s for s in self.sites.values() if s.pk == registration.cohort.site_id)

    def _assignment(self, number: int, text: str, programme: Programme, unit: Unit) -> Assignment:
        if text and not (text.isdigit() and 0 < int(text) < 100):
            self.problems.error(number, "assignment", "Enter the number of the assignment, like 1.")
        count = int(text) if text.isdigit() and int(text) < 100 else 1
        key = (programme.pk, unit.pk, count)
        if key not in self.assignments:
            self.assignments[key] = Assignment(
                centre_id=self.centre_id, programme=programme, unit=unit, number=count
            )
        return self.assignments[key]

    def _word(self, number: int, column: str, text: str, known: dict[str, Any]) -> Any:
        if text.lower() not in known:
            self.problems.error(
                number, column, f"“{text}” is not known here. Use {', '.join(w for w in known if w)}."
            )
        return known.get(text.lower(), known[""])

    def _date(self, number: int, column: str, text: str) -> date | None:
        day = read_date(text) if text else None
        if (text and day is None) or (not text and column == "decided_on"):
            self.problems.error(number, column, "Enter a date like 2026-11-12 or 12/11/2026.")
        return day


def _qan(text: str) -> str:
    return squeeze(text).replace("/", "")


def _criteria(text: str, unit: Unit) -> dict[str, bool]:
    """The criteria of the unit, met where the row names them; nothing where the row names none."""
    met = set(text.replace(",", " ").replace(";", " ").split())
    if not met:
        return {}
    return {criterion["code"]: criterion["code"] in met for criterion in unit.criteria} | dict.fromkeys(
        met, True
    )


def _verified(before: AssessmentDecision, row: AssessmentDecision) -> AssessmentDecision:
    """A recorded decision with the internal verification that a later file brings."""
    for field in _VERIFICATION:
        setattr(before, field, getattr(row, field))
    return before


def _save(rows: list[AssessmentDecision], verified: list[AssessmentDecision]) -> dict[str, int]:
    for row in rows:
        if row.assignment.pk is None:
            made = assignment_of(row.programme, row.assignment.unit, row.assignment.number)
            row.assignment.pk = made.pk
        row.assignment_id = row.assignment.pk
    AssessmentDecision.objects.bulk_create(rows, batch_size=_BATCH)
    AssessmentDecision.objects.bulk_update(verified, _VERIFICATION, batch_size=_BATCH)
    return {"decisions": len(rows), "verified": len(verified)}
