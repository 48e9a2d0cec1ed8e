"""A significant failing that the LSV brings to the quality manager, and the answer."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from centres.models import Person
from centres.permissions import RoleCode
from qa_portal import audit, deadlines, mail
from qa_portal.actors import Actor
from qa_portal.deadlines import Duty
from qa_portal.tenancy import Side
from qa_portal.wording import date_long
from verification.lifecycle.escalations import ESCALATION
from verification.models import Activity, Escalation
from verification.operations import visits
from verification.queries import visits as queries
from verification.queries.years import holders
from verification.rules.actions import is_said

ANSWER_WORKING_DAYS = 2


@transaction.atomic
def escalate(*, activity_id: int, by: Actor, at: datetime, text: str) -> Escalation:
    """Bring a significant failing to the quality manager, who answers within two working days; not the centre's to see.

    Raises NotPermitted, RuleViolation without words or before the visit has begun (R79).
    """
    activity = visits.locked(activity_id)
    visits.may_write(activity, by)
    is_said(text, "what was found and what is needed")
    escalation = Escalation.objects.create(
        centre_id=activity.centre_id, activity=activity, text=text.strip(), raised_at=at, raised_by_id=by.pk
    )
    _ask(activity, escalation, at)
    audit.record("escalation.raised", by=by, target=escalation, at=at, text=text)
    return escalation


@transaction.atomic
def answer(*, escalation_id: int, by: Actor, at: datetime, answer: str) -> Escalation:
    """Answer an escalation; the verifier whose activity it is now is told.

    Raises NotPermitted, RuleViolation when it was answered already.
    """
    escalation = (
        Escalation.objects.select_for_update(of=("self",))
        .select_related("centre", "activity__allocation__verifier")
        .get(pk=escalation_id)
    )
    is_said(answer, "the answer")
    ESCALATION.move(
        escalation, "answer", by=by, at=at, answer=answer.strip(), answered_at=at, answered_by_id=by.pk
    )
    deadlines.meet("escalation", subject=escalation, at=at)
    mail.write(
        centre_id=escalation.centre_id,
        to_id=queries.writer_of(escalation.activity) or escalation.raised_by_id,
        kind="escalation.answered",
        key=f"escalation-{escalation.pk}-answered",
        subject=f"Your escalation about {escalation.centre.name} is answered",
        body=answer.strip(),
        url=reverse("escalation", args=[escalation.pk]),
        at=at,
        kept_to=Side.VERIFIER,
    )
    return escalation


def _ask(activity: Activity, escalation: Escalation, at: datetime) -> None:
    today = timezone.localdate(at)
    due_on = queries.working_days_from(activity, today, ANSWER_WORKING_DAYS)
    url = reverse("escalation", args=[escalation.pk])
    owner_id = activity.centre.quality_manager_id
    duty = Duty(
        title=f"Answer the LSV’s escalation about {activity.centre.name}",
        url=url,
        owner_role=RoleCode.QUALITY_MANAGER,
        owner_side=Side.AO,
        owner_id=owner_id,
        why=escalation.text,
        source="LSV visit",
        kept_to=Side.VERIFIER,
    )
    deadlines.set_due(
        "escalation", subject=escalation, year=activity.centre_year.year, due_on=due_on, duty=duty
    )
    for person in _managers(activity, at):
        mail.write(
            centre_id=activity.centre_id,
            to_id=person.pk,
            kind="escalation.raised",
            key=f"escalation-{escalation.pk}-raised-{person.pk}",
            subject=f"Escalation from the LSV visit to {activity.centre.name}",
            body=f"{escalation.text}\n\nPlease answer by {date_long(due_on)}.",
            url=url,
            at=at,
            kept_to=Side.VERIFIER,
        )


def _managers(activity: Activity, at: datetime) -> list[Person]:
    """The centre's own quality manager, or all of them where it has none."""
    if activity.centre.quality_manager is not None:
        return [activity.centre.quality_manager]
    return holders(activity.centre_id, RoleCode.QUALITY_MANAGER, timezone.localdate(at))
