"""Answering one section of a self-assessment, and asking somebody else to."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import NamedTuple

from django.db import transaction
from django.utils import timezone

from centres.models import AccessGrant, Person
from centres.permissions import Permission, RoleCode
from qa_portal import audit, deadlines, mail
from qa_portal.actors import Actor, person_or_none
from qa_portal.deadlines import Duty
from qa_portal.errors import EditConflict, NotPermitted, RuleViolation
from qa_portal.tenancy import Side
from qa_portal.wording import date_long
from verification.models import SelfAssessment, SelfAssessmentAnswer, SelfAssessmentSection
from verification.operations.self_assessment_forms import show_progress
from verification.queries import self_assessments as queries
from verification.questionnaire import ROLES_TO_ASK, comment_needed_for, form_of, problem_of
from verification.rules import self_assessments as rules

SECTION_DEADLINE = "self_assessment_section"


class Answer(NamedTuple):
    """What somebody answered: yes, no or nothing yet, and their comment."""

    value: bool | None
    comment: str = ""


@transaction.atomic
def save_section(
    *, section_id: int, answers: Mapping[str, Answer], revision: int, by: Actor, at: datetime
) -> SelfAssessmentSection:
    """Keep the answers of one section, complete or not; only what changed gets the person's name and the time.

    ``answers`` by question key. ``revision`` is the one the person started from; when somebody else has saved other
    answers since, nothing is written.

    Raises NotPermitted, RuleViolation (not editable, unknown question), EditConflict. Sources: R1, R2.
    """
    section = locked(section_id)
    rules.answered_by_whom_it_was_given_to(section, by)
    rules.can_still_be_edited(section.self_assessment)
    rows = {row.question: row for row in section.answers.select_for_update(of=("self",))}
    _only_known(answers, rows)
    changed = [
        row for key, row in rows.items() if key in answers and (row.value, row.comment) != tuple(answers[key])
    ]
    if not changed:
        return section
    if revision != section.revision:
        raise EditConflict("Somebody else saved this section after you opened it.")
    for row in changed:
        row.value, row.comment = answers[row.question]
        row.answered_by, row.answered_at = person_or_none(by), at
    SelfAssessmentAnswer.objects.bulk_update(changed, ["value", "comment", "answered_by", "answered_at"])
    needed = comment_needed_for(section.self_assessment)
    section.answered = sum(not problem_of(row.value, row.comment, needed) for row in rows.values())
    section.revision += 1
    section.saved_at, section.saved_by = at, person_or_none(by)
    section.save(update_fields=["answered", "revision", "saved_at", "saved_by"])
    keep_duty(section, at)
    show_progress(section.self_assessment)
    audit.record(
        "self_assessment.section_saved",
        by=by,
        target=section,
        at=at,
        revision=section.revision,
        answered=section.answered,
        changed={row.question: audit.text_digest(f"{row.value} {row.comment}") for row in changed},
    )
    return section


@transaction.atomic
def delegate(
    *, section_id: int, person_id: int, asked_by: date, by: Actor, at: datetime
) -> SelfAssessmentSection:
    """Ask somebody of the centre to answer one section by a day; they are told, and see it among their duties.

    Whoever was asked before is not asked any longer.

    Raises NotPermitted, RuleViolation (not of the centre, no role that reads it, a day that does not fit).
    Source: R1, SEED-1.
    """
    section = locked(section_id)
    if not by.may(Permission.SELF_ASSESSMENT_DELEGATE, section.centre_id):
        raise NotPermitted("Asking somebody for a section is not part of your role here.")
    rules.can_still_be_edited(section.self_assessment)
    rules.asked_by_a_day_that_fits(section.self_assessment, asked_by, at)
    person = _somebody_of_the_centre(section, person_id, timezone.localdate(at))
    section.delegated_to, section.delegated_by = person, person_or_none(by)
    section.delegated_at, section.asked_by_date = at, asked_by
    section.save(update_fields=["delegated_to", "delegated_by", "delegated_at", "asked_by_date"])
    keep_duty(section, at)
    title = _title(section)
    mail.write(
        centre_id=section.centre_id,
        to_id=person.pk,
        kind="self_assessment.section_delegated",
        key=f"section-{section.pk}-asked-{person.pk}-{at:%Y%m%d%H%M%S}",
        subject=f"Please answer “{title}” by {date_long(asked_by)}",
        body=f"{getattr(by, 'name', 'The portal')} asks you for this section of the centre’s self-assessment."
        " Only you and the Quality Nominee can answer it. You can save and come back later.",
        url=queries.url_of(section, section.self_assessment.centre.number),
        at=at,
    )
    audit.record(
        "self_assessment.section_delegated", by=by, target=section, at=at, to=person.pk, asked_by=asked_by
    )
    return section


@transaction.atomic
def take_back(*, section_id: int, by: Actor, at: datetime) -> SelfAssessmentSection:
    """Ask nobody for a section any longer; what was answered stays.

    Raises NotPermitted, RuleViolation (nobody was asked, or not editable).
    """
    section = locked(section_id)
    if not by.may(Permission.SELF_ASSESSMENT_DELEGATE, section.centre_id):
        raise NotPermitted("Asking somebody for a section is not part of your role here.")
    rules.can_still_be_edited(section.self_assessment)
    if section.delegated_to_id is None:
        raise RuleViolation("Nobody is asked for this section.")
    before = section.delegated_to_id
    section.delegated_to = section.delegated_by = section.delegated_at = section.asked_by_date = None
    section.save(update_fields=["delegated_to", "delegated_by", "delegated_at", "asked_by_date"])
    deadlines.cancel(SECTION_DEADLINE, subject=section, at=at)
    audit.record("self_assessment.section_taken_back", by=by, target=section, at=at, delegated_to=before)
    return section


def locked(section_id: int) -> SelfAssessmentSection:
    """Lock the form, then the section: submitting takes the same first lock."""
    section = SelfAssessmentSection.objects.get(pk=section_id)
    form = queries.with_year(SelfAssessment.objects.select_for_update(of=("self",), no_key=True))
    self_assessment = form.get(pk=section.self_assessment_id)
    section = (
        SelfAssessmentSection.objects.select_for_update(of=("self",), no_key=True)
        .select_related("programme__qualification", "delegated_to")
        .get(pk=section_id)
    )
    section.self_assessment = self_assessment
    return section


def _only_known(answers: Mapping[str, Answer], rows: Mapping[str, SelfAssessmentAnswer]) -> None:
    unknown = sorted(set(answers) - set(rows))
    if unknown:
        raise RuleViolation(f"This section does not ask “{unknown[0]}”.")


def _somebody_of_the_centre(section: SelfAssessmentSection, person_id: int, today: date) -> Person:
    grants = AccessGrant.objects.active_on(today).filter(
        person_id=person_id, centre_id=section.centre_id, person__is_active=True
    )
    roles = [
        grant.role
        for grant in grants.select_related("person")
        if grant.programme_id in (None, section.programme_id)
    ]
    if not ROLES_TO_ASK.intersection(roles):
        raise RuleViolation(
            "Choose somebody who has a role at this centre that reads the self-assessment, such as the programme"
            " leader."
        )
    return Person.objects.get(pk=person_id)


def keep_duty(section: SelfAssessmentSection, at: datetime) -> None:
    """Set or meet the duty of whoever was asked for a section: theirs until it is complete, and again after."""
    if section.delegated_to_id is None or section.asked_by_date is None:
        return
    if section.answered == section.questions:
        deadlines.meet(SECTION_DEADLINE, subject=section, at=at)
        return
    centre_year = section.self_assessment.centre_year
    duty = Duty(
        title=f"Answer “{_title(section)}” in the self-assessment",
        url=queries.url_of(section, section.self_assessment.centre.number),
        owner_role=RoleCode.PROGRAMME_LEADER,
        owner_side=Side.CENTRE,
        owner_id=section.delegated_to_id,
        why=f"{section.answered} of {section.questions} answered.",
        source="Self-assessment",
        programme_id=section.programme_id,
    )
    deadlines.set_due(
        SECTION_DEADLINE, subject=section, year=centre_year.year, due_on=section.asked_by_date, duty=duty
    )


def keep_duties(self_assessment: SelfAssessment, at: datetime) -> None:
    """Set or meet the duties of everybody asked for a section of the form in use."""
    for section in queries.sections_of(self_assessment).exclude(delegated_to=None):
        section.self_assessment = self_assessment
        keep_duty(section, at)


def _title(section: SelfAssessmentSection) -> str:
    return queries.title_of(section, form_of(section.self_assessment))
