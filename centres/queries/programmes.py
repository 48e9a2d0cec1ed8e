"""Programmes as lists and pages need them: learners counted, approval in words, warnings about their numbers."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Count, Exists, OuterRef, Q, QuerySet

from centres import identifiers
from centres.models import (
    Cohort,
    Programme,
    ProgrammeStatus,
    QaModelPeriod,
    Qualification,
    Registration,
    Unit,
)
from qa_portal.wording import date_plain

_OPEN = ("ENROLLED", "REGISTERED")


def programmes_of(person: Any, centre_id: int, on: date) -> Any:
    """A centre's programmes with counts of learners and whether they are work-based on a day; one query.

    Annotates ``learners`` (registered), ``waiting`` (enrolled, not registered) and ``work_based``.
    """
    work_based = QaModelPeriod.objects.filter(
        Q(ends_on=None) | Q(ends_on__gte=on),
        qualification_id=OuterRef("qualification_id"),
        starts_on__lte=on,
        model="WBL",
    )
    mine = Q(registrations__centre_id=centre_id)
    return (
        Programme.objects.visible_to(person)
        .filter(centre_id=centre_id)
        .select_related("qualification", "leader")
        .annotate(
            learners=Count("registrations", filter=mine & Q(registrations__status="REGISTERED")),
            waiting=Count("registrations", filter=mine & Q(registrations__status="ENROLLED")),
            work_based=Exists(work_based),
        )
        .order_by("qualification__suite", "qualification__short_title")
    )


def cohorts_of(programme: Programme) -> QuerySet[Cohort]:
    """A programme's cohorts, latest start first, each with its count of learners."""
    return (
        Cohort.objects.filter(centre_id=programme.centre_id, programme_id=programme.pk)
        .select_related("site")
        .annotate(
            learners=Count("registrations", filter=Q(registrations__status__in=_OPEN)),
        )
        .order_by("-starts_on", "name")
    )


def is_work_based(qualification_id: int, on: date) -> bool:
    """Whether a qualification is assured under the work-based learning model on a day; one query."""
    periods = QaModelPeriod.objects.filter(qualification_id=qualification_id, starts_on__lte=on)
    newest = periods.order_by("-starts_on").first()
    return newest is not None and newest.model == "WBL" and (newest.ends_on is None or newest.ends_on >= on)


@dataclass(frozen=True)
class Approval:
    """A programme's approval as a tag and a sentence."""

    shape: str
    word: str
    sentence: str


def approval_of(programme: Programme, on: date) -> Approval:
    """Whether learners may be registered on a programme on a day, and to when (R29)."""
    if programme.status == ProgrammeStatus.CLOSED:
        last = programme.approved_to
        return Approval("not-held", "Closed", f"Registrations ended on {date_plain(last)}." if last else "")
    if on < programme.approved_from:
        return Approval("date-set", "Approved later", f"From {date_plain(programme.approved_from)}.")
    if programme.approved_to is None:
        return Approval("done", "Approved", f"Since {date_plain(programme.approved_from)}.")
    if on > programme.approved_to:
        return Approval("careful", "Run out", f"Registrations ended on {date_plain(programme.approved_to)}.")
    return Approval("done", "Approved", f"For registrations to {date_plain(programme.approved_to)}.")


def number_warnings(qualification: Qualification, units: list[Unit]) -> list[str]:
    """Warnings about the check characters of a qualification's number and its units' references (R33, R34)."""
    findings = [identifiers.check_qualification_number(qualification.qan)]
    findings += [identifiers.check_unit_reference(unit.urn) for unit in units if unit.urn]
    return [finding.message for finding in findings if finding is not None]


def waiting_for_registration(person: Any, centre_id: int, programme_id: int | None) -> QuerySet[Registration]:
    """Who is enrolled and not registered at a centre, or on one of its programmes, by name."""
    rows = Registration.objects.visible_to(person).filter(centre_id=centre_id, status="ENROLLED")
    if programme_id:
        rows = rows.filter(programme_id=programme_id)
    return rows.select_related("learner", "cohort", "programme__qualification").order_by(
        "programme_id", "learner__name_key", "pk"
    )
