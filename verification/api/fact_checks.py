"""Fact checks: what an LSV saw, without judgement, for the centre to correct."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from rest_framework import serializers

from centres.permissions import Permission as P
from qa_portal.api import Resource
from qa_portal.api_calls import command
from qa_portal.api_fields import Field
from verification.models import FactCheck
from verification.operations import fact_checks as operations

_CORRECTIONS = {"type": "object", "additionalProperties": {"type": "string"}}


class CorrectionsBody(serializers.Serializer):
    """What is wrong, by criterion or people_seen; empty where all is right."""

    corrections = serializers.DictField(
        child=serializers.CharField(max_length=5000, allow_blank=True), required=False, default=dict
    )


class FactChecks(Resource):
    """The facts of a visit's draft as they were sent to the centre."""

    model = FactCheck
    scope, write_scope = "verification:read", "verification:write"
    permission = P.ACTIVITY_READ
    fields = (
        "id",
        "centre_id",
        "activity_id",
        "status",
        "due_on",
        "sent_at",
        "answered_at",
        Field("corrections", schema=_CORRECTIONS),
    )
    filters = {"activity_id": "activity_id", "status": "status"}
    detail_schema = {"content": {"type": "object", "description": "What was seen, by criterion"}}

    def details(self, row: FactCheck) -> dict[str, Any]:
        return {"content": row.content}

    @command(P.FACTS_CHECK, path="answer", body=CorrectionsBody)
    def answer_facts(self, row: FactCheck, body: dict[str, Any], at: datetime) -> FactCheck:
        """Send the centre's corrections, or that all is right."""
        return operations.answer(fact_check_id=row.pk, by=self.request.user, at=at, **body)

    @command(P.VISIT_CONDUCT)
    def close(self, row: FactCheck, body: dict[str, Any], at: datetime) -> FactCheck:
        """Go on without an answer once its day has passed, as the LSV."""
        return operations.close(fact_check_id=row.pk, by=self.request.user, at=at)
