"""Requests for more time for a self-assessment, and their decision."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from rest_framework import serializers

from centres.permissions import Permission as P
from qa_portal.api import Resource
from qa_portal.api_calls import command
from verification.models import Extension
from verification.operations import extensions as operations


class AskBody(serializers.Serializer):
    """Until when, and why."""

    wanted_until = serializers.DateField()
    reason = serializers.CharField(max_length=2000)


class GrantBody(serializers.Serializer):
    """What to say with it."""

    decision_reason = serializers.CharField(max_length=2000, required=False, allow_blank=True, default="")


class RefuseBody(serializers.Serializer):
    """Why there is no more time."""

    decision_reason = serializers.CharField(max_length=2000)


class Extensions(Resource):
    """Asked for by the centre below its self-assessment, decided by its LSV or the quality manager (R5)."""

    model = Extension
    scope = "verification:read"
    permission = P.SELF_ASSESSMENT_READ
    fields = ("id", "centre_id", "self_assessment_id", "status", "wanted_until", "reason", "asked_at", "decided_at",
              "decision_reason")  # fmt: skip
    filters = {"self_assessment_id": "self_assessment_id", "status": "status"}

    @command(P.EXTENSION_DECIDE, body=GrantBody)
    def grant(self, row: Extension, body: dict[str, Any], at: datetime) -> Extension:
        """Give the time asked for."""
        return operations.grant(extension_id=row.pk, by=self.request.user, at=at, **body)

    @command(P.EXTENSION_DECIDE, body=RefuseBody)
    def refuse(self, row: Extension, body: dict[str, Any], at: datetime) -> Extension:
        """Refuse more time, with the reason."""
        return operations.refuse(extension_id=row.pk, by=self.request.user, at=at, **body)
