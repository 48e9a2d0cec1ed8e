"""More time for a self-assessment: asked for by the centre, given or refused by the LSV or the quality manager."""

from __future__ import annotations

from datetime import date, datetime

from django.db import transaction
from django.urls import reverse

from centres.models import Person
from centres.permissions import Permission
from qa_portal import audit, deadlines, mail
from qa_portal.actors import Actor, person_or_none
from qa_portal.errors import NotPermitted, RuleViolation
from qa_portal.wording import date_long
from verification.lifecycle.self_assessments import EXTENSION
from verification.models import Extension, ExtensionStatus, SelfAssessment
from verification.operations import lead_duties
from verification.operations import self_assessment_forms as forms
from verification.queries import self_assessments as queries
from verification.questionnaire import name_of
from verification.rules import self_assessments as rules


@transaction.atomic
def ask(*, self_assessment_id: int, wanted_until: date, reason: str, by: Actor, at: datetime) -> Extension:
    """Ask for more time, with the reason; the LSV and the quality manager are told. The deadline stays until granted.

    Raises NotPermitted, RuleViolation (no reason, a day that does not fit, asked already, not open). Source: R5.
    """
    self_assessment = _locked(self_assessment_id)
    if not by.may(Permission.SELF_ASSESSMENT_SUBMIT, self_assessment.centre_id):
        raise NotPermitted("Asking for more time is not part of your role here.")
    rules.can_still_be_edited(self_assessment)
    rules.more_time_that_fits(self_assessment, wanted_until, at)
    if not reason.strip():
        raise RuleViolation("Write why the centre needs more time.")
    if self_assessment.extensions.filter(status=ExtensionStatus.ASKED).exists():
        raise RuleViolation("You have asked for more time already. It has not been answered yet.")
    extension = Extension.objects.create(
        centre_id=self_assessment.centre_id,
        self_assessment=self_assessment,
        wanted_until=wanted_until,
        reason=reason.strip(),
        asked_at=at,
        asked_by=person_or_none(by),
    )
    centre = self_assessment.centre
    deciders = [self_assessment.centre_year.lsv, centre.quality_manager]
    _write(
        extension,
        self_assessment,
        [person for person in deciders if person is not None],
        "asked",
        f"{centre.name} asks for more time for its {name_of(self_assessment)}",
        f"Until {date_long(wanted_until)} instead of {date_long(self_assessment.due_on)}:\n\n{reason.strip()}",
        at,
    )
    lead_duties.extension_due(extension, self_assessment, at=at)
    audit.record("extension.asked", by=by, target=extension, at=at, wanted_until=wanted_until)
    return extension


@transaction.atomic
def grant(*, extension_id: int, by: Actor, at: datetime, decision_reason: str = "") -> Extension:
    """Give the time asked for: the self-assessment and its deadline move to that day, and the centre is told.

    Raises NotPermitted, RuleViolation (answered already, or no longer open). Source: R5.
    """
    extension, self_assessment = _asked(extension_id)
    EXTENSION["grant"].check(extension, by=by)
    deadlines.meet(lead_duties.EXTENSION, subject=extension, at=at)
    rules.can_still_be_edited(self_assessment)
    before = self_assessment.due_on
    self_assessment.due_on = extension.wanted_until
    self_assessment.save(update_fields=["due_on"])
    forms.set_due(self_assessment, why=f"More time was given: it was due {date_long(before)}.")
    _write(
        extension,
        self_assessment,
        [extension.asked_by],
        "granted",
        f"You have until {date_long(extension.wanted_until)}",
        f"{getattr(by, 'name', '')} gave the time you asked for. {decision_reason.strip()}".strip(),
        at,
    )
    EXTENSION.move(
        extension,
        "grant",
        by=by,
        at=at,
        facts={
            "rule": "R5",
            "due_before": before.isoformat(),
            "due_after": extension.wanted_until.isoformat(),
        },
        decided_at=at,
        decided_by=person_or_none(by),
        decision_reason=decision_reason.strip(),
    )
    return extension


@transaction.atomic
def refuse(*, extension_id: int, decision_reason: str, by: Actor, at: datetime) -> Extension:
    """Refuse more time, with the reason; the deadline stays, and the centre is told.

    Raises NotPermitted, RuleViolation (no reason, or answered already). Source: R5.
    """
    extension, self_assessment = _asked(extension_id)
    EXTENSION["refuse"].check(extension, by=by)
    if not decision_reason.strip():
        raise RuleViolation("Write why there is no more time.")
    deadlines.meet(lead_duties.EXTENSION, subject=extension, at=at)
    _write(
        extension,
        self_assessment,
        [extension.asked_by],
        "refused",
        f"It stays due on {date_long(self_assessment.due_on)}",
        f"{getattr(by, 'name', '')} did not give more time: {decision_reason.strip()}",
        at,
    )
    EXTENSION.move(
        extension,
        "refuse",
        by=by,
        at=at,
        decided_at=at,
        decided_by=person_or_none(by),
        decision_reason=decision_reason.strip(),
    )
    return extension


def close_asked(self_assessment: SelfAssessment, *, by: Actor, at: datetime) -> None:
    """Close a request for more time that nobody has to decide any more: the form was submitted or withdrawn.

    Called inside the operation that does so, which holds the lock.
    """
    asked = self_assessment.extensions.select_for_update(of=("self",)).filter(status=ExtensionStatus.ASKED)
    for extension in asked:
        deadlines.cancel(lead_duties.EXTENSION, subject=extension, at=at)
        EXTENSION.move(extension, "close", by=by, at=at)


def _locked(self_assessment_id: int) -> SelfAssessment:
    rows = SelfAssessment.objects.select_for_update(of=("self",), no_key=True)
    return queries.with_year(rows).select_related("centre__quality_manager").get(pk=self_assessment_id)


def _asked(extension_id: int) -> tuple[Extension, SelfAssessment]:
    """Lock the form first, as every operation on it does, then the request."""
    found = Extension.objects.get(pk=extension_id)
    self_assessment = _locked(found.self_assessment_id)
    extension = (
        Extension.objects.select_for_update(of=("self",)).select_related("asked_by").get(pk=extension_id)
    )
    return extension, self_assessment


def _write(
    extension: Extension,
    self_assessment: SelfAssessment,
    people: list[Person],
    what: str,
    subject: str,
    body: str,
    at: datetime,
) -> None:
    for person in people:
        mail.write(
            centre_id=extension.centre_id,
            to_id=person.pk,
            kind=f"extension.{what}",
            key=f"extension-{extension.pk}-{what}-{person.pk}",
            subject=subject,
            body=body,
            url=reverse(
                "self-assessment-year",
                args=[self_assessment.centre.number, self_assessment.centre_year.year],
            ),
            at=at,
        )
