"""Which scheme governs what on a day, read once: published versions never change."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache

from django.db.models import Max, Min

from centres import academic_year
from centres.models import Holiday, QaModelPeriod, SchemeVersion
from centres.queries.holidays import holidays_of
from centres.schemes import Scheme
from centres.working_days import add_working_days
from qa_portal.reminders import Step


@dataclass(frozen=True)
class InForce:
    """A published version and its typed content."""

    version: SchemeVersion
    scheme: Scheme


@lru_cache(maxsize=64)
def _parsed(version_id: int, sha256: str) -> Scheme:
    version = SchemeVersion.objects.get(pk=version_id)
    return Scheme.parse(version.content, code=version.code, version=version.version)


def scheme_of(version: SchemeVersion) -> Scheme:
    """The typed content of a version; parsed once per process."""
    return _parsed(version.pk, version.sha256)


@lru_cache(maxsize=64)
def levels_that_block_closing(code: str, version: int) -> frozenset[str]:
    """Levels of action that keep a report's cycle open, in a version of a scheme (R81)."""
    scheme = scheme_of(SchemeVersion.objects.get(code=code, version=version))
    actions = scheme.verification.actions
    return frozenset(key for key in ("essential", "recommended") if actions.level(key).blocks_closing)


def in_force(suite: str, on: date) -> InForce:
    """The scheme that governs a suite on a day: the one that names it, else the one that names none.

    Raises LookupError when no version is in force.
    """
    versions = (
        SchemeVersion.objects.filter(effective_from__lte=on).defer("content").order_by("-effective_from")
    )
    newest: dict[str, SchemeVersion] = {}
    for version in versions:
        newest.setdefault(version.code, version)
    named = [version for version in newest.values() if suite in version.suites]
    others = [version for version in newest.values() if not version.suites]
    if not named and not others:
        raise LookupError(f"No scheme governs {suite} on {on}.")
    chosen = (named or others)[0]
    return InForce(chosen, scheme_of(chosen))


def lead_verifier_scheme(on: date) -> InForce:
    """The scheme of the four-stage cycle on a day: the work-based learning scheme.

    Raises LookupError when no version is in force.
    """
    versions = SchemeVersion.objects.filter(effective_from__lte=on, qa_model="WBL").defer("content")
    chosen = versions.order_by("-effective_from").first()
    if chosen is None:
        raise LookupError(f"No work-based learning scheme is in force on {on}.")
    return InForce(chosen, scheme_of(chosen))


def years_covered() -> tuple[date, date]:
    """The first and the last day for which a work-based learning scheme and the bank holidays are known.

    Raises LookupError before the reference data has been imported.
    """
    first = SchemeVersion.objects.filter(qa_model="WBL").aggregate(day=Min("effective_from"))["day"]
    last = Holiday.objects.aggregate(day=Max("day"))["day"]
    if first is None or last is None:
        raise LookupError("The reference data has not been imported.")
    return first, academic_year.bounds(academic_year.year_of(last) - 1)[1]


def due_within(kind: str, *, nation: str, on: date) -> date:
    """The day by which a kind of deadline is due that begins on a day, in working days of a nation.

    Raises LookupError for a kind that has no days of its own in the scheme in force.
    """
    days = lead_verifier_scheme(on).scheme.deadlines[kind].within_working_days
    if days is None:
        raise LookupError(f"The scheme gives {kind} no days of its own.")
    return add_working_days(on, days, holidays_of(nation, on, on + timedelta(days=2 * days + 21)))


def work_based_qualification_ids(on: date) -> set[int]:
    """Qualifications assured under the work-based learning model on a day; others have no self-assessment here."""
    periods = QaModelPeriod.objects.filter(starts_on__lte=on).order_by("starts_on")
    model = {p.qualification_id: p.model for p in periods if p.ends_on is None or p.ends_on >= on}
    return {pk for pk, name in model.items() if name == "WBL"}


def reminder_steps(on: date) -> list[Step]:
    """The reminder and escalation steps of the scheme in force, for the reminder sweep."""
    steps: list[Step] = []
    for code, ladder in lead_verifier_scheme(on).scheme.deadlines.items():
        steps += [
            Step(code, days, role) for days in ladder.remind_days_before for role in ("", *_roles(ladder.to))
        ]
        steps += [
            Step(code, -escalation.days_after, role)
            for escalation in ladder.escalate
            for role in (_roles(escalation.to) or [""])
        ]
    return steps


@lru_cache(maxsize=4)
def kinds_told_to(on: date) -> dict[str, list[str]]:
    """Which kinds of deadlines each role is told of beside the one who must act, in the scheme in force.

    Every home and calendar asks; a process reads it once a day, so a version published today counts from tomorrow.
    """
    told: dict[str, list[str]] = {}
    for code, ladder in lead_verifier_scheme(on).scheme.deadlines.items():
        for role in _roles(ladder.to):
            told.setdefault(role, []).append(code)
    return told


def _roles(roles: Iterable[str]) -> list[str]:
    """Roles without repeats; whoever is responsible is no role."""
    return [role for role in dict.fromkeys(roles) if role != "responsible_person"]
