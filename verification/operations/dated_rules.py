"""What the calendar alone decides: overdue essential actions suspend direct claims status, years open (R74, R75)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime

from django.db import transaction
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone

from centres.queries.schemes import in_force
from centres.schemes import Scheme
from qa_portal import jobs
from qa_portal.actors import SYSTEM
from qa_portal.models import OutboxEntry
from verification.models import Action, ActionLevel, ActionStatus, DirectClaimsState, DirectClaimsStatus
from verification.operations import direct_claims, years
from verification.queries import direct_claims as queries

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
    back by rule only if nothing but an overdue action had suspended it. Sources: R74, R75.
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
    mine = list(_of(status, actions))
    waiting = [action for action in mine if action.status in WAITING_FOR_THE_CENTRE]
    if status.status == DirectClaimsState.ACTIVE and waiting:
        scheme = in_force(status.programme.qualification.suite, today).scheme
        if not _suspends(scheme):
            return 0
        direct_claims.suspend_by_rule(status, waiting[0], scheme=scheme, by=SYSTEM, at=at)
        return 1
    if status.status == DirectClaimsState.SUSPENDED and status.basis.get("rule") == "R74" and not mine:
        direct_claims.restore_by_rule(status, by=SYSTEM, at=at)
        return 1
    return 0


def _of(status: DirectClaimsStatus, actions: Iterable[Action]) -> Iterable[Action]:
    return (
        action
        for action in actions
        if action.programme_id == status.programme_id
        or (action.programme_id is None and action.risk_to_valid_certification)
    )


def _suspends(scheme: Scheme) -> bool:
    return (
        scheme.direct_claims.suspended_by_overdue_essential_action.value
        and scheme.verification.actions.essential.overdue_suspends_direct_claims.value
    )


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
    to_restore = Q(~Exists(overdue), status=DirectClaimsState.SUSPENDED, basis__rule="R74")
    due = DirectClaimsStatus.objects.filter(~Exists(asked)).filter(to_suspend | to_restore)
    return list(due.order_by("centre_id").values_list("centre_id", flat=True).distinct())
