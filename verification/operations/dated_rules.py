"""What the calendar alone decides: overdue essential actions suspend direct claims status, years open (R74, R75)."""

from __future__ import annotations

from datetime import date, datetime

from django.db import transaction
from django.db.models import BigIntegerField, Exists, OuterRef, Q
from django.db.models.fields.json import KeyTextTransform, KeyTransform
from django.db.models.functions import Cast
from django.utils import timezone

from centres.queries.schemes import in_force
from qa_portal import jobs
from qa_portal.actors import SYSTEM
from qa_portal.models import OutboxEntry
from verification.models import Action, ActionLevel, ActionStatus, DirectClaimsState, DirectClaimsStatus
from verification.operations import direct_claims, years
from verification.queries import direct_claims as queries
from verification.rules.direct_claims import suspends_when_overdue

TASK = "verification.apply_dated_rules_at"
#: An answered action is with the verifier: being late is no longer the centre's, but only closing gives back.
WAITING_FOR_THE_CENTRE = (ActionStatus.OPEN, ActionStatus.RETURNED)


def apply(*, at: datetime, batch: int = 500) -> int:
    """Open due years, catch up later programmes, and ask for the dated rules of every centre they change.

    Returns how many were asked for.

    Runs in the staff scope every quarter of an hour; the work itself is one task a centre, in that centre's scope.
    """
    opened = years.open_due_years(at=at, batch=batch) + years.catch_up_due(at=at, batch=batch)
    due = list(_centres_due(timezone.localdate(at))[:batch])
    for centre_id in due:
        jobs.enqueue(TASK, centre_id=centre_id)
    return opened + len(due)


@transaction.atomic
def apply_at(*, centre_id: int, at: datetime) -> int:
    """Suspend and give back direct claims status at one centre as its essential actions stand; returns the changes.

    An overdue action of one programme suspends that programme's status. One of the whole centre suspends every
    programme's, if it threatens valid certification, else none: the rule speaks of "that programme". A status comes
    back by rule only if nothing but overdue actions had suspended it, and all of them are closed. Sources: R74, R75.
    """
    today = timezone.localdate(at)
    actions = list(queries.overdue_actions(centre_id, today))
    statuses = (
        DirectClaimsStatus.objects.select_for_update(of=("self",))
        .select_related("centre", "programme__qualification")
        .filter(centre_id=centre_id)
        .exclude(status=DirectClaimsState.NOT_HELD)
        .order_by("pk")
    )
    return sum(_settle(status, actions, today, at) for status in statuses)


def _settle(status: DirectClaimsStatus, actions: list[Action], today: date, at: datetime) -> int:
    scheme = in_force(status.programme.qualification.suite, today).scheme
    mine = [
        action
        for action in actions
        if action.programme_id in (None, status.programme_id) and suspends_when_overdue(action, scheme)
    ]
    late = [action for action in mine if action.status in WAITING_FOR_THE_CENTRE]
    if status.status == DirectClaimsState.ACTIVE and late:
        direct_claims.suspend_by_rule(status, late, scheme=scheme, by=SYSTEM, at=at)
        return 1
    if status.status == DirectClaimsState.SUSPENDED and status.basis.get("rule") == "R74":
        if mine or _is_held(status):
            return 0
        direct_claims.restore_by_rule(status, by=SYSTEM, at=at)
        return 1
    return 0


def _is_held(status: DirectClaimsStatus) -> bool:
    """Whether an action that suspended a status is still to be closed; a new date alone gives nothing back (R74)."""
    suspended_by = status.basis["facts"]["actions"]
    rows = Action.objects.filter(centre_id=status.centre_id, pk__in=suspended_by)
    return rows.exclude(status=ActionStatus.CLOSED).exists()


def _centres_due(today: date) -> list[int]:
    """Centres where a status has to change and no task is waiting for it."""
    of_programme = Q(programme_id=OuterRef("programme_id")) | Q(
        programme=None, risk_to_valid_certification=True
    )
    overdue = Action.objects.filter(
        of_programme, centre_id=OuterRef("centre_id"), level=ActionLevel.ESSENTIAL, due_on__lt=today
    ).exclude(status=ActionStatus.CLOSED)
    asked = OutboxEntry.objects.filter(task=TASK, done_at=None, centre_id=OuterRef("centre_id"))
    to_suspend = Q(Exists(overdue.filter(status__in=WAITING_FOR_THE_CENTRE)), status=DirectClaimsState.ACTIVE)
    held = Action.objects.filter(centre_id=OuterRef("centre_id"), pk=OuterRef("held_by")).exclude(
        status=ActionStatus.CLOSED
    )
    to_restore = Q(~Exists(overdue), ~Exists(held), status=DirectClaimsState.SUSPENDED, basis__rule="R74")
    first = KeyTextTransform("action", KeyTransform("facts", "basis"))
    statuses = DirectClaimsStatus.objects.annotate(held_by=Cast(first, BigIntegerField()))
    due = statuses.filter(~Exists(asked)).filter(to_suspend | to_restore)
    return list(due.order_by("centre_id").values_list("centre_id", flat=True).distinct())
