"""When a learner may be registered, withdrawn, reopened and deleted (R27, R29, R38)."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING

from centres import registration_blocks
from centres.models import Cohort, Programme, ProgrammeStatus, Registration, RegistrationStatus
from centres.schemes import Scheme
from qa_portal.errors import RuleViolation
from qa_portal.wording import date_plain

if TYPE_CHECKING:
    from qa_portal.actors import Actor


def programme_takes_registrations(programme: Programme, on: date) -> None:
    """Nobody is registered before approval, after the approved-to date, on a closed programme, or under a sanction.

    Raises RuleViolation (R29).
    """
    problem = why_no_registration(programme, on) or registration_blocks.on_programmes(
        programme.centre_id, [programme.pk], on
    ).get(programme.pk)
    if problem:
        raise RuleViolation(problem, rule="R29")


def why_no_registration(programme: Programme, on: date) -> str:
    """Say why a programme's own dates and status allow no registration on a day, or nothing (R29)."""
    name = programme.qualification.short_title
    if programme.status == ProgrammeStatus.CLOSED:
        return f"{name} is closed at this centre. The awarding organisation can reopen it."
    if on < programme.approved_from:
        return f"{name} is approved from {date_plain(programme.approved_from)} on."
    if programme.approved_to is not None and on > programme.approved_to:
        return (
            f"{name} was approved for registrations to {date_plain(programme.approved_to)}."
            " The awarding organisation can extend the approval."
        )
    return ""


def enrolled_on_is_sensible(cohort: Cohort, enrolled_on: date, today: date) -> None:
    """A learner enrols neither in the future nor after their cohort has ended. Raises RuleViolation."""
    if enrolled_on > today:
        raise RuleViolation(
            "The enrolment date is in the future. Enter the day on which the learner enrolled."
        )
    if enrolled_on > cohort.ends_on:
        raise RuleViolation(
            f"{cohort.name} ends on {date_plain(cohort.ends_on)}, before this enrolment date. Choose another cohort "
            "or date."
        )


def not_registered_elsewhere(registration: Registration, by: Actor) -> None:
    """A withdrawn registration is not reopened beside another of the same programme. Raises RuleViolation."""
    others = Registration.objects.filter(
        centre_id=registration.centre_id,
        learner_id=registration.learner_id,
        programme_id=registration.programme_id,
    ).exclude(pk=registration.pk)
    if others.exclude(status=RegistrationStatus.WITHDRAWN).exists():
        raise RuleViolation(
            "The learner is registered on this programme again. Withdraw that registration first.", rule="R38"
        )


def may_be_deleted(registration: Registration, scheme: Scheme, on: date) -> None:
    """A registration is deleted only within some days of being made and before anything was assessed.

    Raises RuleViolation (R38): later, or with an assessment decision, it is withdrawn instead, which can be undone.
    """
    days = scheme.registration.deletion_within_days.value
    made = registration.registered_on or registration.enrolled_on
    if on > made + timedelta(days=days):
        raise RuleViolation(
            f"A registration can be deleted within {days} days; this one was made on {date_plain(made)}. "
            "Withdraw it instead: that can be undone.",
            rule="R38",
        )
    if registration.decisions.exists():
        raise RuleViolation(
            "This learner has assessment decisions on the programme, so the registration stays. Withdraw it instead.",
            rule="R38",
        )
