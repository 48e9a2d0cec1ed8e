"""What is known of a programme already, so that a verifier asks nothing twice."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Q

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

READ = (SelfAssessmentStatus.SUBMITTED, SelfAssessmentStatus.ACCEPTED)
MOST = 12


@dataclass(frozen=True)
class Known:
    """One thing that the centre or its LSV has said: what about, the word for it, and the rest."""

    about: str
    word: str
    text: str
    shape: str = ""


def answers_on(sample: Sample) -> list[Known]:
    """Submitted answers of the self-assessment that say No or carry a comment, of the programme and the centre."""
    answers = (
        SelfAssessmentAnswer.objects.filter(
            centre_id=sample.centre_id,
            section__self_assessment__centre_year=sample.activity.centre_year_id,
            section__self_assessment__status__in=READ,
        )
        .filter(Q(section__programme=None) | Q(section__programme=sample.programme_id))
        .filter(Q(value=False) | ~Q(comment=""))
        .order_by("value", "section__position", "pk")
        .values_list("question", "value", "comment")
    )
    return [
        Known(
            question.replace("_", " ").capitalize(),
            "Yes" if value else "No",
            comment,
            "done" if value else "careful",
        )
        for question, value, comment in answers[:MOST]
    ]


def findings_on(sample: Sample, scheme: Scheme) -> list[Known]:
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
    return [
        Known(
            titles.get(finding.criterion, finding.criterion),
            finding.get_judgement_display(),  # type: ignore[attr-defined]
            finding.seen,
            shapes[finding.judgement],
        )
        for finding in rows[:MOST]
    ]


def open_actions_on(sample: Sample) -> list[Action]:
    """Open actions of the programme and of the whole centre, by due date."""
    actions = Action.objects.filter(centre_id=sample.centre_id).exclude(status="CLOSED")
    of_interest = actions.filter(Q(programme=None) | Q(programme=sample.programme_id))
    return list(of_interest.order_by("due_on", "number")[:MOST])
