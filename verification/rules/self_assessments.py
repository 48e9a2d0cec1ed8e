"""Who may answer which section, what must be answered before submission, and when forms and dates may change."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from django.urls import reverse
from django.utils import timezone

from centres import academic_year
from centres.permissions import Permission
from centres.schemes.questions import Question, Section
from qa_portal.actors import Actor
from qa_portal.errors import NotPermitted, Reason, RuleViolation
from qa_portal.wording import date_long, date_plain
from verification.models import (
    SelfAssessment,
    SelfAssessmentAnswer,
    SelfAssessmentKind,
    SelfAssessmentSection,
)
from verification.questionnaire import EDITABLE, comment_needed_for, form_of, problem_of


@dataclass(frozen=True)
class Missing:
    """One question that is not answered as it must be, and where it is answered."""

    section_id: int
    section: str
    question: str
    number: str
    text: str
    message: str
    url: str


def missing_answers(self_assessment: SelfAssessment) -> list[Missing]:
    """Every question of the form in use that is unanswered, or a No without a comment (R2)."""
    form = form_of(self_assessment)
    needed_for = comment_needed_for(self_assessment)
    questions = {question.key: question for section in form.values() for question in section.questions}
    order = {key: place for place, key in enumerate(questions)}
    rows = (
        SelfAssessmentAnswer.objects.filter(
            centre_id=self_assessment.centre_id,
            section__self_assessment=self_assessment,
            section__key__in=list(form),
        )
        .select_related("section__programme__qualification")
        .order_by("section__position", "section_id")
    )
    found: list[Missing] = []
    for row in sorted(
        rows, key=lambda row: (row.section.position, row.section_id, order.get(row.question, 0))
    ):
        message = problem_of(row.value, row.comment, needed_for)
        if message and row.question in questions:
            found.append(_missing(self_assessment, row, questions[row.question], form, message))
    return found


def _missing(
    self_assessment: SelfAssessment,
    row: SelfAssessmentAnswer,
    question: Question,
    form: dict[str, Section],
    message: str,
) -> Missing:
    section = row.section
    title = section.programme.qualification.label if section.programme else form[section.key].title
    page = reverse("self-assessment-section", args=[self_assessment.centre.number, section.pk])
    field = f"id_a_{row.question}_0" if row.value is None else f"id_c_{row.question}"
    return Missing(
        section.pk, title, row.question, question.number, question.text, message, f"{page}?check=1#{field}"
    )


def every_question_answered(self_assessment: SelfAssessment, by: Actor) -> None:
    """Refuse to submit while a question is unanswered or a No has no comment.

    Raises RuleViolation with one reason per question. Source: R2, CSA-17.
    """
    missing = missing_answers(self_assessment)
    if missing:
        count = len(missing)
        raise RuleViolation(
            f"{count} {'answer is' if count == 1 else 'answers are'} missing.",
            rule="R2",
            reasons=[
                Reason(f"{each.number} {each.section}: {each.message}.", rule="R2", url=each.url)
                for each in missing
            ],
        )


def may_answer(section: SelfAssessmentSection, by: Actor) -> bool:
    """Whether this person answers this section: the Quality Nominee any, somebody asked for it only theirs (R1)."""
    if by.may(Permission.SELF_ASSESSMENT_SUBMIT, section.centre_id):
        return True
    if getattr(by, "is_service", False):
        return by.may(Permission.SELF_ASSESSMENT_ANSWER, section.centre_id, section.programme_id)
    asked = section.delegated_to_id is not None and section.delegated_to_id == by.pk
    return asked and by.may(Permission.SELF_ASSESSMENT_READ, section.centre_id, section.programme_id)


def answered_by_whom_it_was_given_to(section: SelfAssessmentSection, by: Actor) -> None:
    """Refuse anybody but the Quality Nominee and the person who was asked for this section.

    Raises NotPermitted. Source: R1; delegation of sections is the portal's own rule.
    """
    if not may_answer(section, by):
        raise NotPermitted(
            "You can read this section. The Quality Nominee answers it, or asks somebody to."
            if by.may(Permission.SELF_ASSESSMENT_READ, section.centre_id)
            else "The self-assessment is not part of your role here."
        )


def can_still_be_edited(self_assessment: SelfAssessment) -> None:
    """Refuse changes to answers that were submitted, accepted or withdrawn.

    Raises RuleViolation.
    """
    if self_assessment.status not in EDITABLE:
        raise RuleViolation(
            f"The answers cannot be changed while this is “{self_assessment.get_status_display().lower()}”."
        )


def year_still_runs(self_assessment: SelfAssessment, at: datetime) -> bool:
    """Whether the academic year is not over and its final report has not closed it."""
    centre_year = self_assessment.centre_year
    _, last = academic_year.bounds(centre_year.year)
    return centre_year.closed_at is None and timezone.localdate(at) <= last


def its_year_still_runs(self_assessment: SelfAssessment, at: datetime) -> None:
    """Refuse to open last year's form again: last year stays readable as it was.

    Raises RuleViolation.
    """
    if not year_still_runs(self_assessment, at):
        label = academic_year.label(self_assessment.centre_year.year)
        raise RuleViolation(f"The year {label} is over. What was submitted stays as it was.")


def asked_by_a_day_that_fits(self_assessment: SelfAssessment, day: date, at: datetime) -> None:
    """Refuse a date for a section that has passed, or lies after the whole form is due.

    Raises RuleViolation.
    """
    if day < timezone.localdate(at):
        raise RuleViolation("Choose a date that has not passed.")
    if timezone.localdate(at) <= self_assessment.due_on < day:
        raise RuleViolation(
            f"Choose a date no later than {date_long(self_assessment.due_on)}, when the whole form is due."
        )


def more_time_that_fits(self_assessment: SelfAssessment, until: date, at: datetime) -> None:
    """Refuse an extension that is no extension, has passed, or leaves the academic year.

    Raises RuleViolation. Source: R5.
    """
    _, last = academic_year.bounds(self_assessment.centre_year.year)
    if until <= self_assessment.due_on:
        raise RuleViolation(f"Choose a date after {date_plain(self_assessment.due_on)}, when it is due now.")
    if until < timezone.localdate(at):
        raise RuleViolation("Choose a date that has not passed.")
    if until > last:
        raise RuleViolation(f"Choose a date in this academic year, by {date_plain(last)}.")


def may_use_short_form(self_assessment: SelfAssessment) -> bool:
    """Whether the centre mainly delivers under BTEC QA and had its BTEC review in the year itself (R6)."""
    reviewed = self_assessment.centre_year.btec_review_on is not None
    return self_assessment.centre.mainly_btec_qa and reviewed


def short_form_is_open_to(self_assessment: SelfAssessment, kind: str) -> None:
    """Refuse the annual centre declaration where the centre does not mainly deliver under BTEC QA, or not reviewed yet.

    Raises RuleViolation. Source: R6, SEED-1.
    """
    if kind == SelfAssessmentKind.ACD and not may_use_short_form(self_assessment):
        raise RuleViolation(
            "The annual centre declaration is for centres that mainly deliver under BTEC quality assurance"
            " and have had that review this year. Your awarding organisation notes the day of the review.",
            rule="R6",
        )
