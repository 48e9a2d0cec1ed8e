"""What is known of a programme already, so that a verifier asks nothing twice."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db.models import Q
from django.urls import reverse

from centres.schemes import Scheme
from sampling.models import Sample
from verification.models import (
    Action,
    ActivityKind,
    ActivityStatus,
    Finding,
    SelfAssessmentAnswer,
    SelfAssessmentStatus,
)
from verification.queries.actions import criterion_titles
from verification.queries.years import scheme_of_year
from verification.questionnaire import scheme_sections

READ = (SelfAssessmentStatus.SUBMITTED, SelfAssessmentStatus.ACCEPTED)
MOST = 12


@dataclass(frozen=True)
class Known:
    """One thing that the centre or its LSV has said: what about, the word for it, and the rest."""

    about: str
    word: str
    text: str
    shape: str = ""


@dataclass(frozen=True)
class Shown:
    """The first of what is known, how many there are in all, and the page that has the rest."""

    items: list[Any]
    total: int
    url: str


def answers_on(sample: Sample) -> Shown:
    """Submitted answers of the self-assessment that say No or carry a comment, of the programme and the centre."""
    centre_year = sample.activity.centre_year
    scheme = scheme_of_year(centre_year)
    answers = list(
        SelfAssessmentAnswer.objects.filter(
            centre_id=sample.centre_id,
            section__self_assessment__centre_year=centre_year,
            section__self_assessment__status__in=READ,
        )
        .filter(Q(section__programme=None) | Q(section__programme=sample.programme_id))
        .filter(Q(value=False) | ~Q(comment=""))
        .order_by("value", "section__position", "pk")
        .values_list("section__self_assessment__kind", "section__key", "question", "value", "comment")
    )
    asked = {
        (kind, section.key, question.key): question.text
        for kind in {row[0] for row in answers}
        for section in scheme_sections(scheme, kind)
        for question in section.questions
    }
    items = [
        Known(
            asked.get((kind, section, question), question.replace("_", " ").capitalize()),
            "Yes" if value else "No",
            comment,
            "done" if value else "careful",
        )
        for kind, section, question, value, comment in answers[:MOST]
    ]
    url = reverse("self-assessment-year", args=[sample.centre.number, centre_year.year])
    return Shown(items, len(answers), url)


def findings_on(sample: Sample, scheme: Scheme) -> Shown:
    """What the LSV found on the visit of this year, once its report is issued; what is not met first."""
    shapes = {"MET": "done", "PARTLY": "careful", "NOT_MET": "disagreed"}
    order = {"NOT_MET": 0, "PARTLY": 1, "MET": 2}
    titles = criterion_titles(scheme)
    findings = Finding.objects.filter(
        centre_id=sample.centre_id,
        activity__centre_year=sample.activity.centre_year_id,
        activity__kind=ActivityKind.VISIT,
        activity__status=ActivityStatus.CONCLUDED,
    ).exclude(judgement="")
    rows = sorted(findings, key=lambda finding: (order[finding.judgement], finding.pk))
    items = [
        Known(
            titles.get(finding.criterion, finding.criterion),
            finding.get_judgement_display(),  # type: ignore[attr-defined]
            finding.seen,
            shapes[finding.judgement],
        )
        for finding in rows[:MOST]
    ]
    return Shown(items, len(rows), reverse("activity", args=[rows[0].activity_id]) if rows else "")


def open_actions_on(sample: Sample) -> Shown:
    """Open actions of the programme and of the whole centre, by due date."""
    actions = Action.objects.filter(centre_id=sample.centre_id).exclude(status="CLOSED")
    of_interest = actions.filter(Q(programme=None) | Q(programme=sample.programme_id))
    rows = list(of_interest.order_by("due_on", "number"))
    return Shown(rows[:MOST], len(rows), reverse("actions", args=[sample.centre.number]))
