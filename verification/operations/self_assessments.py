"""The self-assessment between the centre and its LSV: submit, take back, return, accept, withdraw, change the form."""

from __future__ import annotations

from datetime import date, datetime

from django.db import transaction
from django.db.models import Max
from django.urls import reverse
from django.utils import timezone

from centres.permissions import Permission, RoleCode
from qa_portal import audit, deadlines, mail
from qa_portal.actors import Actor, person_or_none
from qa_portal.errors import NotPermitted, RuleViolation
from qa_portal.wording import date_long, date_short
from verification.lifecycle.self_assessments import SELF_ASSESSMENT
from verification.models import (
    SelfAssessment,
    SelfAssessmentKind,
    SelfAssessmentStatus,
    SelfAssessmentVersion,
    StageState,
)
from verification.operations import extensions, lead_duties
from verification.operations import self_assessment_forms as forms
from verification.operations.self_assessment_sections import SECTION_DEADLINE, keep_duties
from verification.operations.stages import set_stage
from verification.queries import self_assessment_content as contents
from verification.queries import self_assessments as queries
from verification.queries import years
from verification.questionnaire import name_of
from verification.rules import self_assessments as rules
from verification.rules.days import is_in_reach

DEADLINE = "self_assessment"


@transaction.atomic
def submit(*, self_assessment_id: int, by: Actor, at: datetime) -> SelfAssessmentVersion:
    """Send the answers to the LSV and freeze them as a version; a second submission is the next version.

    Raises NotPermitted, RuleViolation (submitted already; a question unanswered or a No without a comment).
    Sources: R2, R5, CSA-17.
    """
    self_assessment = _locked(self_assessment_id)
    SELF_ASSESSMENT["submit"].check(self_assessment, by=by)
    content = contents.content_of(self_assessment)
    last = self_assessment.versions.aggregate(last=Max("number"))["last"] or 0
    version = SelfAssessmentVersion.objects.create(
        centre_id=self_assessment.centre_id,
        self_assessment=self_assessment,
        number=last + 1,
        content=content,
        sha256=contents.digest_of(content),
        submitted_at=at,
        submitted_by=person_or_none(by),
    )
    deadlines.meet(DEADLINE, subject=self_assessment, at=at)
    _end_section_duties(self_assessment, at)
    extensions.close_asked(self_assessment, by=by, at=at)
    lead_duties.review_due(self_assessment, at=at)
    day = timezone.localdate(at)
    late = day > self_assessment.due_on
    fact = f"Submitted {date_short(day)}"
    set_stage(
        self_assessment.centre_year_id,
        "self_assessment",
        StageState.DONE,
        [fact + (", late" if late else "")],
    )
    _tell_verifier(
        self_assessment,
        f"submitted-{version.number}",
        f"{self_assessment.centre.name} submitted its {name_of(self_assessment)}",
        f"{getattr(by, 'name', '')} submitted version {version.number} on {date_long(day)}. Read it, then accept it"
        " or return it with remarks.",
        at,
    )
    SELF_ASSESSMENT.move(
        self_assessment,
        "submit",
        by=by,
        at=at,
        facts={"version": version.number, "sha256": version.sha256, "late": late},
        submitted_at=at,
        submitted_by=person_or_none(by),
    )
    return version


@transaction.atomic
def recall(*, self_assessment_id: int, by: Actor, at: datetime) -> SelfAssessment:
    """Take a submitted self-assessment back to change it, until the LSV has accepted it; the version stays.

    Raises NotPermitted, RuleViolation.
    """
    self_assessment = _locked(self_assessment_id)
    SELF_ASSESSMENT["recall"].check(self_assessment, by=by)
    rules.its_year_still_runs(self_assessment, at)
    deadlines.cancel(lead_duties.REVIEW, subject=self_assessment, at=at)
    _open_again(self_assessment, at)
    _tell_verifier(
        self_assessment,
        f"recalled-{at:%Y%m%d%H%M%S}",
        f"{self_assessment.centre.name} took its {name_of(self_assessment)} back to change it",
        "You will be told when it is submitted again. The version you have seen stays readable.",
        at,
    )
    SELF_ASSESSMENT.move(self_assessment, "recall", by=by, at=at, submitted_at=None, submitted_by=None)
    return self_assessment


@transaction.atomic
def return_for_amendment(
    *, self_assessment_id: int, remarks: str, due_on: date, by: Actor, at: datetime
) -> SelfAssessment:
    """Give a submitted self-assessment back to the centre with remarks, to be submitted again by ``due_on``.

    Raises NotPermitted, RuleViolation (no remarks, a day that has passed, not submitted).
    """
    self_assessment = _locked(self_assessment_id)
    SELF_ASSESSMENT["return"].check(self_assessment, by=by)
    rules.its_year_still_runs(self_assessment, at)
    if not remarks.strip():
        raise RuleViolation("Write what the centre should change or add.")
    if due_on < timezone.localdate(at):
        raise RuleViolation("Choose a date that has not passed.")
    is_in_reach(due_on, on=timezone.localdate(at))
    deadlines.meet(lead_duties.REVIEW, subject=self_assessment, at=at)
    forms.catch_up(self_assessment)
    self_assessment.due_on = due_on
    forms.set_due(self_assessment, why="Your LSV returned it with remarks.")
    set_stage(
        self_assessment.centre_year_id,
        "self_assessment",
        StageState.UNDER_WAY,
        [f"Returned {date_short(timezone.localdate(at))}", f"Again by {date_short(due_on)}"],
    )
    _tell_centre(
        self_assessment,
        f"returned-{at:%Y%m%d%H%M%S}",
        f"Your {name_of(self_assessment)} was returned with remarks",
        f"{getattr(by, 'name', '')} asks you to submit it again by {date_long(due_on)}:\n\n{remarks.strip()}",
        at,
    )
    SELF_ASSESSMENT.move(
        self_assessment,
        "return",
        by=by,
        at=at,
        remarks=remarks.strip(),
        due_on=due_on,
        reviewed_at=at,
        reviewed_by=person_or_none(by),
    )
    return self_assessment


@transaction.atomic
def accept(*, self_assessment_id: int, by: Actor, at: datetime) -> SelfAssessment:
    """Accept a submitted self-assessment as read; the centre cannot change it afterwards.

    Raises NotPermitted, RuleViolation.
    """
    self_assessment = _locked(self_assessment_id)
    SELF_ASSESSMENT["accept"].check(self_assessment, by=by)
    deadlines.meet(lead_duties.REVIEW, subject=self_assessment, at=at)
    day = timezone.localdate(at)
    submitted = timezone.localdate(self_assessment.submitted_at) if self_assessment.submitted_at else day
    set_stage(
        self_assessment.centre_year_id,
        "self_assessment",
        StageState.DONE,
        [f"Submitted {date_short(submitted)}", f"Accepted {date_short(day)}"],
    )
    _tell_centre(
        self_assessment,
        f"accepted-{at:%Y%m%d%H%M%S}",
        f"Your {name_of(self_assessment)} was accepted",
        f"{getattr(by, 'name', '')} read it and accepted it on {date_long(day)}.",
        at,
    )
    SELF_ASSESSMENT.move(
        self_assessment, "accept", by=by, at=at, reviewed_at=at, reviewed_by=person_or_none(by)
    )
    return self_assessment


@transaction.atomic
def withdraw(*, self_assessment_id: int, reason: str, by: Actor, at: datetime) -> SelfAssessment:
    """Withdraw a self-assessment that the centre will not send, with the reason; it can be opened again.

    Raises NotPermitted, RuleViolation (no reason, or submitted).
    """
    self_assessment = _locked(self_assessment_id)
    SELF_ASSESSMENT["withdraw"].check(self_assessment, by=by)
    if not reason.strip():
        raise RuleViolation("Write why the centre does not send it.")
    deadlines.cancel(DEADLINE, subject=self_assessment, at=at)
    _end_section_duties(self_assessment, at)
    extensions.close_asked(self_assessment, by=by, at=at)
    fact = f"Withdrawn {date_short(timezone.localdate(at))}"
    set_stage(self_assessment.centre_year_id, "self_assessment", StageState.NOT_NEEDED, [fact])
    _tell_verifier(
        self_assessment,
        f"withdrawn-{at:%Y%m%d%H%M%S}",
        f"{self_assessment.centre.name} withdrew its {name_of(self_assessment)}",
        f"{getattr(by, 'name', '')} gave this reason:\n\n{reason.strip()}",
        at,
    )
    SELF_ASSESSMENT.move(self_assessment, "withdraw", by=by, at=at, remarks=reason.strip())
    return self_assessment


@transaction.atomic
def reopen(*, self_assessment_id: int, by: Actor, at: datetime) -> SelfAssessment:
    """Open a withdrawn self-assessment again, with everything that had been answered.

    Raises NotPermitted, RuleViolation.
    """
    self_assessment = _locked(self_assessment_id)
    SELF_ASSESSMENT["reopen"].check(self_assessment, by=by)
    rules.its_year_still_runs(self_assessment, at)
    _open_again(self_assessment, at)
    SELF_ASSESSMENT.move(
        self_assessment, "reopen", by=by, at=at, remarks="", submitted_at=None, submitted_by=None
    )
    return self_assessment


@transaction.atomic
def switch_form(*, self_assessment_id: int, kind: str, by: Actor, at: datetime) -> SelfAssessment:
    """Answer the short annual centre declaration instead of the self-assessment, or back; never both are asked for.

    What was answered in the other form is kept aside and comes back with it.

    Raises NotPermitted, RuleViolation (not open, or not such a centre). Source: R6, SEED-1.
    """
    self_assessment = _locked(self_assessment_id)
    if not by.may(Permission.SELF_ASSESSMENT_SUBMIT, self_assessment.centre_id):
        raise NotPermitted("Choosing the form is not part of your role here.")
    if self_assessment.status != SelfAssessmentStatus.OPEN:
        raise RuleViolation("The form can be changed only while it is being answered.", rule="R6")
    rules.short_form_is_open_to(self_assessment, kind)
    before = self_assessment.kind
    if kind == before:
        return self_assessment
    self_assessment.kind = SelfAssessmentKind(kind)
    self_assessment.save(update_fields=["kind"])
    scheme = years.scheme_of_year(self_assessment.centre_year)
    if kind == SelfAssessmentKind.ACD:
        forms.add_short_sections(self_assessment, scheme)
        _end_section_duties(self_assessment, at)
    _open_again(self_assessment, at)
    audit.record(
        "self_assessment.form_switched",
        by=by,
        target=self_assessment,
        at=at,
        before=str(before),
        after=str(self_assessment.kind),
        **scheme.basis(
            "R6",
            mainly_btec_qa=self_assessment.centre.mainly_btec_qa,
            btec_review_on=str(self_assessment.centre_year.btec_review_on or ""),
        ),
    )
    return self_assessment


def _locked(self_assessment_id: int) -> SelfAssessment:
    rows = SelfAssessment.objects.select_for_update(of=("self",), no_key=True)
    return queries.with_year(rows).get(pk=self_assessment_id)


def _open_again(self_assessment: SelfAssessment, at: datetime) -> None:
    forms.catch_up(self_assessment)
    forms.set_due(self_assessment)
    keep_duties(self_assessment, at)
    forms.show_progress(self_assessment)


def _end_section_duties(self_assessment: SelfAssessment, at: datetime) -> None:
    for section in self_assessment.sections.exclude(delegated_to=None):
        deadlines.cancel(SECTION_DEADLINE, subject=section, at=at)


def _tell_verifier(self_assessment: SelfAssessment, key: str, subject: str, body: str, at: datetime) -> None:
    verifier = self_assessment.centre_year.lsv
    if verifier is not None:
        _write(self_assessment, [verifier], key, subject, body, at)


def _tell_centre(self_assessment: SelfAssessment, key: str, subject: str, body: str, at: datetime) -> None:
    nominees = years.holders(self_assessment.centre_id, RoleCode.QUALITY_NOMINEE, timezone.localdate(at))
    _write(self_assessment, nominees, key, subject, body, at)


def _write(
    self_assessment: SelfAssessment, people: list, key: str, subject: str, body: str, at: datetime
) -> None:
    for person in people:
        mail.write(
            centre_id=self_assessment.centre_id,
            to_id=person.pk,
            kind=f"self_assessment.{key.split('-')[0]}",
            key=f"self-assessment-{self_assessment.pk}-{key}-{person.pk}",
            subject=subject,
            body=body,
            url=reverse(
                "self-assessment-year",
                args=[self_assessment.centre.number, self_assessment.centre_year.year],
            ),
            at=at,
        )
