"""What deserves a look in a self-assessment when an LSV prepares a visit: only what the centre has submitted."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from verification.models import Activity, SelfAssessment, SelfAssessmentStatus, SelfAssessmentVersion
from verification.queries.self_assessments import progress_of, sections_of, with_year

LastYear = dict[tuple[str, int | None, str], bool | None]


@dataclass(frozen=True)
class Answer:
    """One answer of the self-assessment beside last year's, as the LSV prepares from it."""

    section: str
    number: str
    question: str
    value: str
    comment: str
    last_year: str
    changed: bool


@dataclass(frozen=True)
class Reading:
    """The submitted answers that deserve a look; before a submission only how much is answered."""

    self_assessment: SelfAssessment | None
    version: SelfAssessmentVersion | None = None
    answers: tuple[Answer, ...] = ()
    answered: int = 0
    questions: int = 0

    @property
    def submitted(self) -> bool:
        """Whether the centre has sent it and not taken it back, nor been asked to change it."""
        sent = (SelfAssessmentStatus.SUBMITTED, SelfAssessmentStatus.ACCEPTED)
        return self.self_assessment is not None and self.self_assessment.status in sent


def reading_of(activity: Activity) -> Reading:
    """Every No, and every answer that differs from last year's, of the newest version of the form in use (R2, R6).

    Answers that the centre has not submitted are its own: of these only numbers are told.
    """
    form = (
        with_year(SelfAssessment.objects.all())
        .filter(centre_id=activity.centre_id, centre_year_id=activity.centre_year_id)
        .first()
    )
    if form is None:
        return Reading(None)
    version = _newest(self_assessment=form, content__kind=form.kind)
    if version is None or form.status == SelfAssessmentStatus.WITHDRAWN:
        progress = progress_of(sections_of(form))
        return Reading(form, answered=progress.answered, questions=progress.questions)
    earlier = _newest(
        centre_id=activity.centre_id, self_assessment__centre_year__year=form.centre_year.year - 1
    )
    answers = _answers(version.content, _values(earlier))
    number = sum(len(section["questions"]) for section in version.content["sections"])
    return Reading(form, version, answers, number, number)


def _newest(**which: Any) -> SelfAssessmentVersion | None:
    return SelfAssessmentVersion.objects.filter(**which).order_by("-number").first()


def _answers(content: dict[str, Any], last: LastYear) -> tuple[Answer, ...]:
    found = []
    for section in content["sections"]:
        programme = section["programme"] or {}
        for asked in section["questions"]:
            before = last.get((section["key"], programme.get("id"), asked["key"]))
            changed = before is not None and before != asked["value"]
            if asked["value"] is False or changed:
                name = programme.get("label") or section["title"]
                words = (name, asked["number"], asked["text"], _yes_no(asked["value"]), asked["comment"])
                found.append(Answer(*words, _yes_no(before), changed))
    return tuple(found)


def _values(version: SelfAssessmentVersion | None) -> LastYear:
    if version is None:
        return {}
    return {
        (section["key"], (section["programme"] or {}).get("id"), answer["key"]): answer["value"]
        for section in version.content["sections"]
        for answer in section["questions"]
    }


def _yes_no(value: bool | None) -> str:
    return {True: "Yes", False: "No", None: ""}[value]
