"""How many samples each programme has this year: one verifier proposes, the other confirms."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from rest_framework import serializers

from centres.permissions import Permission as P
from qa_portal.api import Resource
from qa_portal.api_calls import command
from qa_portal.api_fields import Field
from verification.models import ActivityCount
from verification.operations import activity_counts as operations


class NumberBody(serializers.Serializer):
    """The number that is proposed, and why where it differs from the least."""

    count = serializers.IntegerField(min_value=1, max_value=99)
    reason = serializers.CharField(max_length=2000, required=False, allow_blank=True, default="")


class ActivityCounts(Resource):
    """Agreed between a programme's SV and the centre's LSV (R9, R12); not the centre's to see."""

    model = ActivityCount
    machines = False
    permission = P.ACTIVITY_COUNT_AGREE
    fields = ("id", "centre_id", Field("year", "centre_year__year"), "programme_id", "count", "minimum", "status",
              "reason", "proposed_at", "confirmed_at")  # fmt: skip
    filters = {"year": "centre_year__year", "programme_id": "programme_id", "status": "status"}

    @command(P.ACTIVITY_COUNT_AGREE, body=NumberBody)
    def propose(self, row: ActivityCount, body: dict[str, Any], at: datetime) -> ActivityCount:
        """Propose another number; the other verifier is asked to confirm it."""
        return operations.propose(
            centre_year_id=row.centre_year_id, programme_id=row.programme_id, by=self.request.user, at=at, **body
        )  # fmt: skip

    @command(P.ACTIVITY_COUNT_AGREE)
    def confirm(self, row: ActivityCount, body: dict[str, Any], at: datetime) -> ActivityCount:
        """Confirm the other verifier's number."""
        return operations.confirm(activity_count_id=row.pk, by=self.request.user, at=at)
