"""Direct claims status as pages and rules ask for it."""

from __future__ import annotations

from datetime import date

from django.db.models import Q, QuerySet

from verification.models import Action, ActionLevel, ActionStatus, DirectClaimsRecommendation


def outstanding_actions(centre_id: int, programme_id: int) -> QuerySet[Action]:
    """Open essential actions that stand in the way of a programme's status: its own, and the centre's (R72)."""
    return (
        Action.objects.filter(centre_id=centre_id, level=ActionLevel.ESSENTIAL)
        .exclude(status=ActionStatus.CLOSED)
        .filter(Q(programme_id=programme_id) | Q(programme=None))
        .order_by("number")
    )


def overdue_actions(centre_id: int, on: date) -> QuerySet[Action]:
    """Essential actions past their due date and not closed, oldest first (R74)."""
    actions = Action.objects.filter(centre_id=centre_id, level=ActionLevel.ESSENTIAL, due_on__lt=on)
    return actions.exclude(status=ActionStatus.CLOSED).order_by("due_on", "number")


def with_names(recommendations: QuerySet[DirectClaimsRecommendation]) -> QuerySet[DirectClaimsRecommendation]:
    """Add what the list and the page of a decision name, in the same query."""
    return recommendations.select_related(
        "centre", "programme__qualification", "activity__centre_year", "recommended_by", "decided_by"
    )
