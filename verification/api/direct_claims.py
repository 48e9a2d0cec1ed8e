"""Direct claims status of programmes, and the recommendations that people decide."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from rest_framework import serializers

from centres.permissions import Permission as P
from qa_portal.api import Resource
from qa_portal.api_calls import command
from verification.models import DirectClaimsRecommendation, DirectClaimsStatus
from verification.operations import direct_claims as operations


class ReasonsBody(serializers.Serializer):
    """Why it is accepted."""

    reasons = serializers.CharField(max_length=5000, required=False, allow_blank=True, default="")


class DeclineBody(serializers.Serializer):
    """Why it is declined."""

    reasons = serializers.CharField(max_length=5000)


class DirectClaimsStatuses(Resource):
    """Whether a programme may claim without a release (R71 to R76)."""

    model = DirectClaimsStatus
    scope = "verification:read"
    permission = P.DIRECT_CLAIMS_READ
    fields = ("id", "centre_id", "programme_id", "status", "since", "review_due", "changed_at")
    filters = {"programme_id": "programme_id", "status": "status", "review_due_until": "review_due__lte"}


class DirectClaimsRecommendations(Resource):
    """An SV's recommendations, decided by another person (R26); not the centre's to see."""

    model = DirectClaimsRecommendation
    machines = False
    permission = P.DASHBOARD_READ
    fields = (
        "id",
        "centre_id",
        "programme_id",
        "activity_id",
        "kind",
        "reasons",
        "status",
        "recommended_at",
        "recommended_by_id",
        "decided_at",
        "decided_by_id",
        "decision_reasons",
    )
    filters = {"programme_id": "programme_id", "status": "status", "kind": "kind"}

    @command(P.DIRECT_CLAIMS_DECIDE, body=ReasonsBody)
    def accept(self, row: DirectClaimsRecommendation, body: dict[str, Any], at: datetime) -> Any:
        """Accept a recommendation: the status changes at once."""
        return operations.accept(recommendation_id=row.pk, by=self.request.user, at=at, **body)

    @command(P.DIRECT_CLAIMS_DECIDE, body=DeclineBody)
    def decline(self, row: DirectClaimsRecommendation, body: dict[str, Any], at: datetime) -> Any:
        """Decline a recommendation; the status stays as it is."""
        return operations.decline(recommendation_id=row.pk, by=self.request.user, at=at, **body)
