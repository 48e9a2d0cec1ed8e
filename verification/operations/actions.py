"""Actions: opened by an issued report, answered by the centre, returned or closed by the verifiers' side."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, datetime

from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from centres.models import EvidenceFile
from centres.permissions import RoleCode
from centres.queries.evidence import may_open
from centres.queries.holidays import holidays_of
from centres.working_days import add_working_days
from qa_portal import audit, deadlines, jobs, mail
from qa_portal.actors import Actor
from qa_portal.deadlines import Duty
from qa_portal.errors import NotPermitted
from qa_portal.tenancy import Side
from qa_portal.wording import date_long
from verification.lifecycle.actions import ACTION
from verification.models import (
    Action,
    ActionEvidence,
    ActionLevel,
    ActionResponse,
    Activity,
    CentreYear,
    DraftAction,
)
from verification.queries import actions as queries
from verification.queries.years import holders
from verification.rules import actions as rules

REVIEW_WORKING_DAYS = 5
KINDS = tuple(queries.KINDS.values())


@transaction.atomic
def open_from_drafts(*, activity_id: int, by: Actor, at: datetime) -> list[Action]:
    """Turn the draft actions of an activity into actions with numbers, owners told and deadlines running.

    Called by the operation that issues the report; the drafts are gone afterwards. Numbers count through the life of
    the centre; the centre's year is locked, so two reports of a year never take the same one. Source: R81.
    """
    activity = Activity.objects.select_related("centre", "centre_year").get(pk=activity_id)
    CentreYear.objects.select_for_update(of=("self",), no_key=True).get(pk=activity.centre_year_id)
    drafts = DraftAction.objects.filter(centre_id=activity.centre_id, activity=activity)
    number = queries.next_number(activity.centre_id)
    opened = []
    for draft in sorted(drafts, key=lambda each: (each.level, each.due_on, each.pk)):
        action = _open(activity, draft, number, at)
        audit.record("action.opened", by=by, target=action, at=at, number=number, level=action.level)
        opened.append(action)
        number += 1
    drafts.delete()
    return opened


@transaction.atomic
def answer(*, action_id: int, by: Actor, at: datetime, text: str, file_ids: Collection[int] = ()) -> Action:
    """Send the centre's answer with its files to the verifier who looks at it; the deadline is met.

    Raises NotPermitted, RuleViolation when it waits for the verifier already, is closed, or says nothing (R81).
    """
    action = _locked(action_id)
    if not file_ids:
        rules.is_said(text, "what was done, or attach evidence")
    ACTION.move(action, "answer", by=by, at=at, facts={"files": len(file_ids)})
    response = _respond(action, by, at, text, from_centre=True)
    _attach(response, by, file_ids)
    deadlines.meet(KINDS, subject=action, at=at)
    _ask_for_review(action, at)
    return action


@transaction.atomic
def return_for_more(*, action_id: int, by: Actor, at: datetime, remark: str, due_on: date) -> Action:
    """Ask the centre for more, by a new date; its deadline runs again.

    Raises NotPermitted, RuleViolation without a remark, with a date in the past, or when nothing was sent (R81, R82).
    """
    action = _locked(action_id)
    rules.is_said(remark, "what is missing")
    on = timezone.localdate(at)
    rules.falls_due_in_time(
        due_on,
        scheme=queries.scheme_of_year(action.centre_year),
        year=action.centre_year.year,
        risk_to_valid_certification=False,
        on=on,
    )
    ACTION.move(action, "return_for_more", by=by, at=at, due_on=due_on)
    _respond(action, by, at, remark, from_centre=False)
    deadlines.meet("action_review", subject=action, at=at)
    run_deadline(action, on=timezone.localdate(at))
    _tell_centre(
        action,
        at,
        "returned",
        f"More is needed for action {action.number}",
        f"{remark}\n\nDue {date_long(due_on)}.",
    )
    return action


@transaction.atomic
def close(*, action_id: int, by: Actor, at: datetime, note: str = "") -> Action:
    """Close an action; only the verifiers' and the awarding organisation's side can (R82).

    Raises NotPermitted, RuleViolation for one that was never answered and has no note, or is closed already.
    """
    action = _locked(action_id)
    rules.closing_is_explained(action, note)
    ACTION.move(action, "close", by=by, at=at, closed_at=at, closed_by=by, closing_note=note.strip())
    deadlines.meet([*KINDS, "action_review"], subject=action, at=at)
    # What only this action had suspended comes back at once, not at the next sweep (R74).
    jobs.enqueue("verification.apply_dated_rules_at", centre_id=action.centre_id)
    _tell_centre(
        action, at, "closed", f"Action {action.number} is closed", note.strip() or "Nothing more is needed."
    )
    return action


def _locked(action_id: int) -> Action:
    return (
        Action.objects.select_for_update(of=("self",), no_key=True)
        .select_related("centre", "centre_year__scheme_version", "activity", "owner")
        .get(pk=action_id)
    )


def _open(activity: Activity, draft: DraftAction, number: int, at: datetime) -> Action:
    action = Action.objects.create(
        centre=activity.centre,
        number=number,
        centre_year=activity.centre_year,
        activity=activity,
        programme_id=draft.programme_id or activity.programme_id,
        criterion=draft.criterion,
        level=draft.level,
        text=draft.text,
        owner_id=draft.owner_id,
        due_on=draft.due_on,
        risk_to_valid_certification=draft.risk_to_valid_certification,
        opened_at=at,
    )
    run_deadline(action, on=timezone.localdate(at))
    return action


def run_deadline(action: Action, *, on: date) -> None:
    """Set or move the deadline of an open action, from its owner in the role they have on that day."""
    essential = action.level == ActionLevel.ESSENTIAL
    title = queries.criterion_title(action.centre_year, action.criterion)
    duty = Duty(
        title=f"{'Complete essential' if essential else 'Answer recommended'} action {action.number}: {title}",
        url=reverse("action", args=[action.pk]),
        owner_role=queries.role_of_owner(action, on),
        owner_side=Side.CENTRE,
        owner_id=action.owner_id,
        why=action.text,
        source=queries.source_of(action),
        programme_id=action.programme_id,
    )
    deadlines.set_due(
        queries.KINDS[ActionLevel(action.level)],
        subject=action,
        year=action.centre_year.year,
        due_on=action.due_on,
        duty=duty,
    )


def _ask_for_review(action: Action, at: datetime) -> None:
    role, person_id = queries.reviewer_of(action)
    today = timezone.localdate(at)
    holidays = holidays_of(action.centre.nation, today, date.fromordinal(today.toordinal() + 30))
    duty = Duty(
        title=f"Look at what {action.centre.name} sent for action {action.number}",
        url=reverse("action", args=[action.pk]),
        owner_role=role,
        owner_side=Side.VERIFIER,
        owner_id=person_id,
        why=action.text,
        source=queries.source_of(action),
        programme_id=action.programme_id,
    )
    due_on = add_working_days(today, REVIEW_WORKING_DAYS, holidays)
    deadlines.set_due("action_review", subject=action, year=action.centre_year.year, due_on=due_on, duty=duty)
    if person_id is not None:
        mail.write(
            centre_id=action.centre_id,
            to_id=person_id,
            kind="action.answered",
            key=f"action-{action.pk}-answered-{at:%Y%m%d%H%M%S}",
            subject=f"{action.centre.name} answered action {action.number}",
            body=f"{duty.title} by {date_long(due_on)}. Close it, or say what is missing.",
            url=duty.url,
            at=at,
        )


def _tell_centre(action: Action, at: datetime, what: str, subject: str, body: str) -> None:
    """Write to the owner and to the Quality Nominee, each once."""
    nominees = holders(action.centre_id, RoleCode.QUALITY_NOMINEE, timezone.localdate(at))
    for person_id in dict.fromkeys([action.owner_id, *(person.pk for person in nominees)]):
        mail.write(
            centre_id=action.centre_id,
            to_id=person_id,
            kind=f"action.{what}",
            key=f"action-{action.pk}-{what}-{at:%Y%m%d%H%M%S}-{person_id}",
            subject=subject,
            body=body,
            url=reverse("action", args=[action.pk]),
            at=at,
        )


def _respond(action: Action, by: Actor, at: datetime, text: str, *, from_centre: bool) -> ActionResponse:
    return ActionResponse.objects.create(
        centre_id=action.centre_id,
        action=action,
        text=text.strip(),
        written_at=at,
        written_by_id=by.pk,
        from_centre=from_centre,
    )


def _attach(response: ActionResponse, by: Actor, file_ids: Collection[int]) -> None:
    files = EvidenceFile.objects.filter(centre_id=response.centre_id, pk__in=list(file_ids))
    if len(files) != len(set(file_ids)) or not all(may_open(by, file) for file in files):
        raise NotPermitted("You can only attach files of this centre that you may open yourself.")
    ActionEvidence.objects.bulk_create(
        ActionEvidence(centre_id=response.centre_id, response=response, file=file) for file in files
    )
