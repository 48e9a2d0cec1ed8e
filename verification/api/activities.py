"""Activities: LSV visits and rounds of standards verification, and the agreement on their dates."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from rest_framework import serializers

from centres.permissions import Permission as P
from qa_portal.api import Resource
from qa_portal.api_calls import ReasonBody, command
from qa_portal.api_fields import Field
from verification.models import Activity, ActivityMode
from verification.operations import schedule as operations


class OtherDayBody(serializers.Serializer):
    """The day that the centre would rather have."""

    day = serializers.DateField()
    starts_at = serializers.TimeField(required=False, allow_null=True, default=None)
    late_reason = serializers.CharField(
        max_length=2000,
        required=False,
        allow_blank=True,
        default="",
        help_text="Needed outside the window (R8, R9)",
    )


class DayBody(OtherDayBody):
    """The day that the verifier proposes."""

    mode = serializers.ChoiceField(ActivityMode.choices, required=False, allow_blank=True, default="")
    short_notice = serializers.BooleanField(required=False, default=False)


class Activities(Resource):
    """Visits and standards verification of a centre's year (R8, R9)."""

    model = Activity
    scope, write_scope = "verification:read", "verification:write"
    permission = P.ACTIVITY_READ
    fields = (
        "id",
        "centre_id",
        Field("year", "centre_year__year"),
        "kind",
        "number",
        "programme_id",
        "status",
        "mode",
        "site_id",
        "window_from",
        "window_until",
        "day",
        "starts_at",
        "whole_day",
        "verifier_agreed_at",
        "centre_agreed_at",
        "concluded_at",
    )
    filters = {
        "year": "centre_year__year",
        "kind": "kind",
        "programme_id": "programme_id",
        "status": "status",
        "day_from": "day__gte",
        "day_until": "day__lte",
    }

    @command(P.ACTIVITY_DATE_ANSWER)
    def accept_date(self, row: Activity, body: dict[str, Any], at: datetime) -> Activity:
        """Accept a proposed date as the centre."""
        return operations.accept(activity_id=row.pk, by=self.request.user, at=at)

    @command(P.ACTIVITY_DATE_ANSWER, body=OtherDayBody)
    def propose_another_date(self, row: Activity, body: dict[str, Any], at: datetime) -> Activity:
        """Answer a proposed date with another day, as the centre."""
        return operations.propose_another(activity_id=row.pk, by=self.request.user, at=at, **body)

    @command(P.ACTIVITY_DATE_ANSWER, body=ReasonBody)
    def cancel_date(self, row: Activity, body: dict[str, Any], at: datetime) -> Activity:
        """Give up a date as the centre."""
        return operations.cancel_date(activity_id=row.pk, by=self.request.user, at=at, **body)

    @command(P.ACTIVITY_SCHEDULE, body=DayBody)
    def propose_date(self, row: Activity, body: dict[str, Any], at: datetime) -> Activity:
        """Propose or move a date as the verifier."""
        return operations.propose_date(activity_id=row.pk, by=self.request.user, at=at, **body)

    @command(P.ACTIVITY_SCHEDULE)
    def confirm_date(self, row: Activity, body: dict[str, Any], at: datetime) -> Activity:
        """Confirm a proposed date as the verifier."""
        return operations.confirm(activity_id=row.pk, by=self.request.user, at=at)
