"""The planner's list of places: who is allocated, who is proposed, what is still open, and the plan under way."""

from __future__ import annotations

from typing import Any

from django.db.models import Count, Q, QuerySet

from qa_portal import jobs
from qa_portal.models import OutboxEntry
from verification.models import Allocation, AllocationStatus

_PLAN_TASKS = ("verification.plan_allocations",)
_CONFIRM_TASKS = ("verification.confirm_allocations",)


def plan_under_way() -> OutboxEntry | None:
    """The request for a plan that has not been worked out yet, unless it failed for good."""
    rows = OutboxEntry.objects.filter(task__in=_PLAN_TASKS, done_at=None, attempts__lt=jobs.MOST_ATTEMPTS)
    return rows.order_by("-pk").first()


def last_plan() -> OutboxEntry | None:
    """The newest request for a plan, done or not."""
    return OutboxEntry.objects.filter(task__in=_PLAN_TASKS).order_by("-pk").first()


def confirmations_under_way() -> int:
    """At how many centres proposals are still being confirmed."""
    return OutboxEntry.objects.filter(
        task__in=_CONFIRM_TASKS, done_at=None, attempts__lt=jobs.MOST_ATTEMPTS
    ).count()


def is_given_up(request: OutboxEntry) -> bool:
    """Whether a request failed on every attempt."""
    return request.done_at is None and request.attempts >= jobs.MOST_ATTEMPTS


def given_up_confirmations() -> int:
    """At how many centres confirming proposals failed on every attempt."""
    return jobs.given_up().filter(task__in=_CONFIRM_TASKS).count()


def proposals(year: int) -> QuerySet[Allocation]:
    """Proposed allocations of a year, with what a planner corrects them by."""
    return (
        Allocation.objects.filter(status=AllocationStatus.PROPOSED, centre_year__year=year)
        .select_related("centre", "centre_year", "programme__qualification", "verifier__person", "made_by")
        .order_by("centre__name_key", "kind", "programme__qualification__label", "pk")
    )


def load_of_verifiers(year: int) -> dict[int, dict[str, Any]]:
    """Active and proposed allocations by verifier, for the register's list."""
    rows = (
        Allocation.objects.filter(centre_year__year=year)
        .values("verifier_id")
        .annotate(
            active=Count("pk", filter=Q(status=AllocationStatus.ACTIVE)),
            proposed=Count("pk", filter=Q(status=AllocationStatus.PROPOSED)),
            centres=Count("centre_id", distinct=True, filter=Q(status=AllocationStatus.ACTIVE)),
        )
    )
    return {row["verifier_id"]: dict(row) for row in rows}
