"""Self-assessments as pages and other parts read them: sections, progress, last year's answers, who is waited for."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import Q, QuerySet
from django.urls import reverse

from centres.models import AccessGrant
from centres.permissions import RoleCode
from centres.schemes.questions import Section
from verification.models import (
    CentreYear,
    SelfAssessment,
    SelfAssessmentSection,
    SelfAssessmentVersion,
)
from verification.questionnaire import EDITABLE, ROLES_TO_ASK, form_of


@dataclass(frozen=True)
class Progress:
    """How many questions of how many are answered as they must be."""

    answered: int
    questions: int

    @property
    def words(self) -> str:
        """ "21 of 38 answered"."""
        return f"{self.answered} of {self.questions} answered"

    @property
    def complete(self) -> bool:
        return self.answered == self.questions


@dataclass(frozen=True)
class WaitingFor:
    """Somebody who was asked for a section and has not finished it."""

    person_name: str
    section: str
    answered: int
    questions: int
    asked_by: date | None
    url: str


@dataclass(frozen=True)
class EarlierAnswer:
    """What the centre answered a year before, as it was submitted."""

    value: bool | None
    comment: str
    name: str
    on: datetime | None


def with_year(self_assessments: QuerySet[SelfAssessment]) -> QuerySet[SelfAssessment]:
    """Add centre, year and scheme version (without its content) to self-assessments."""
    return self_assessments.select_related(
        "centre", "centre_year__centre", "centre_year__scheme_version", "centre_year__lsv", "submitted_by",
        "reviewed_by",
    ).defer("centre_year__scheme_version__content")  # fmt: skip


def sections_of(self_assessment: SelfAssessment) -> QuerySet[SelfAssessmentSection]:
    """The sections of the form in use, in order; those of the other form are kept aside (R6)."""
    return (
        SelfAssessmentSection.objects.filter(
            centre_id=self_assessment.centre_id,
            self_assessment=self_assessment,
            key__in=list(form_of(self_assessment)),
        )
        .select_related("programme__qualification", "delegated_to", "delegated_by", "saved_by")
        .order_by("position", "pk")
    )


def progress_of(sections: Iterable[SelfAssessmentSection]) -> Progress:
    """Add the sections up."""
    rows = list(sections)
    return Progress(sum(row.answered for row in rows), sum(row.questions for row in rows))


def title_of(section: SelfAssessmentSection, form: Mapping[str, Section]) -> str:
    """What a side list calls a section: its programme, or its own title."""
    if section.programme is not None:
        return str(section.programme.qualification.label)
    return form[section.key].title


def url_of(section: SelfAssessmentSection, number: str) -> str:
    """Where a section is answered."""
    return reverse("self-assessment-section", args=[number, section.pk])


def waiting_for(centre_year: CentreYear) -> list[WaitingFor]:
    """Delegated sections of an open self-assessment that are not finished, the earliest date first."""
    self_assessment = (
        with_year(SelfAssessment.objects.all())
        .filter(centre_id=centre_year.centre_id, centre_year=centre_year, status__in=EDITABLE)
        .first()
    )
    if self_assessment is None:
        return []
    form = form_of(self_assessment)
    number = self_assessment.centre.number
    waiting = [
        WaitingFor(
            person_name=section.delegated_to.name,
            section=title_of(section, form),
            answered=section.answered,
            questions=section.questions,
            asked_by=section.asked_by_date,
            url=url_of(section, number),
        )
        for section in sections_of(self_assessment)
        if section.delegated_to is not None and section.answered < section.questions
    ]
    return sorted(waiting, key=lambda row: (row.asked_by or date.max, row.section))


def latest_version(self_assessment: SelfAssessment) -> SelfAssessmentVersion | None:
    """The answers as they were last submitted."""
    return (
        SelfAssessmentVersion.objects.filter(
            centre_id=self_assessment.centre_id, self_assessment=self_assessment
        )
        .select_related("submitted_by")
        .order_by("-number")
        .first()
    )


def answers_of_last_year(centre_id: int, year: int) -> dict[tuple[str, int | None, str], EarlierAnswer]:
    """What was submitted for the year before, by section, programme and question; empty when nothing was."""
    version = (
        SelfAssessmentVersion.objects.filter(centre_id=centre_id, self_assessment__centre_year__year=year - 1)
        .order_by("-number")
        .first()
    )
    if version is None:
        return {}
    return {
        (section["key"], (section["programme"] or {}).get("id"), answer["key"]): _earlier(answer)
        for section in version.content["sections"]
        for answer in section["questions"]
    }


def _earlier(answer: dict[str, Any]) -> EarlierAnswer:
    on = answer.get("answered_at")
    return EarlierAnswer(
        answer["value"], answer["comment"], answer["answered_by"], datetime.fromisoformat(on) if on else None
    )


def people_to_ask(centre_id: int, programme_id: int | None, on: date) -> list[tuple[int, str]]:
    """People of the centre who may be asked for a section, with their roles; programme leaders first."""
    grants = (
        AccessGrant.objects.active_on(on)
        .filter(Q(programme=None) | Q(programme_id=programme_id), centre_id=centre_id, role__in=ROLES_TO_ASK)
        .filter(person__is_active=True, person__is_service=False)
        .select_related("person")
        .order_by("person__name", "pk")
    )
    roles: dict[int, list[str]] = {}
    names: dict[int, str] = {}
    for grant in grants:
        names[grant.person_id] = grant.person.name
        roles.setdefault(grant.person_id, []).append(grant.role)
    first = sorted(names, key=lambda pk: (RoleCode.PROGRAMME_LEADER not in roles[pk], names[pk], pk))
    return [(pk, f"{names[pk]}, {RoleCode(roles[pk][0]).label}") for pk in first]
