"""Escalations: significant failings that a verifier brought to the quality manager."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from rest_framework import serializers

from centres.permissions import Permission as P
from qa_portal.api import Resource
from qa_portal.api_calls import command
from verification.models import Escalation
from verification.operations import escalations as operations


class EscalationAnswer(serializers.Serializer):
    """What the verifier should do."""

    answer = serializers.CharField(max_length=5000)


class Escalations(Resource):
    """Raised during a visit, answered by the quality manager; not the centre's to see."""

    model = Escalation
    machines = False
    permission = P.ESCALATION_ANSWER
    fields = ("id", "centre_id", "activity_id", "status", "text", "raised_at", "raised_by_id", "answer",
              "answered_at")  # fmt: skip
    filters = {"status": "status", "activity_id": "activity_id"}

    @command(P.ESCALATION_ANSWER, path="answer", body=EscalationAnswer)
    def answer_escalation(self, row: Escalation, body: dict[str, Any], at: datetime) -> Escalation:
        """Answer it; the verifier is told."""
        return operations.answer(escalation_id=row.pk, by=self.request.user, at=at, **body)
