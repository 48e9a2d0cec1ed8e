"""Assessment decisions: read, and recorded one by one or many at a time."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from rest_framework import serializers
from rest_framework.response import Response

from centres.models import AssessmentDecision, Attempt, InternalVerificationOutcome
from centres.operations import decisions as operations
from centres.operations.decisions import Decision
from centres.permissions import Permission as P
from qa_portal.api import Resource
from qa_portal.api_calls import Rows, command, several
from qa_portal.api_fields import LARGEST_KEY, Field


def _key(**more: Any) -> serializers.IntegerField:
    return serializers.IntegerField(min_value=1, max_value=LARGEST_KEY, **more)


class DecisionBody(serializers.Serializer):
    """What an assessor decided about one learner's work, and its internal verification where there was one."""

    registration_id = _key()
    unit_id = _key()
    assignment_number = serializers.IntegerField(min_value=1, max_value=99, required=False, default=1)
    attempt = serializers.ChoiceField(Attempt.choices, required=False, default=Attempt.FIRST)
    assessor_id = _key(help_text="From the staff register")
    site_id = _key()
    decided_on = serializers.DateField()
    grade = serializers.CharField(max_length=10)
    criteria = serializers.DictField(
        child=serializers.BooleanField(), required=False, default=dict, help_text='{"4.P1": true}'
    )
    internal_verifier_id = _key(required=False, allow_null=True, default=None)
    verification_outcome = serializers.ChoiceField(
        InternalVerificationOutcome.choices, required=False, default=InternalVerificationOutcome.NONE
    )
    verified_on = serializers.DateField(required=False, allow_null=True, default=None)
    reference = serializers.CharField(
        max_length=60,
        required=False,
        allow_blank=True,
        default="",
        help_text="Your own number for the decision",
    )


class DecisionRows(serializers.Serializer):
    """Several decisions at once."""

    rows = Rows(child=DecisionBody())
    only_good_rows = serializers.BooleanField(
        required=False,
        default=False,
        help_text="Save the rows that can be saved, and say what is wrong with the others",
    )


class AssessmentDecisions(Resource):
    """Assessors' decisions on learners' work, with their internal verification (R15, R54)."""

    model = AssessmentDecision
    scope, write_scope = "assessment:read", "assessment:write"
    permission = P.ASSESSMENT_READ
    fields = (
        "id",
        "centre_id",
        "registration_id",
        "programme_id",
        Field("unit_id", "assignment__unit_id"),
        Field("assignment_number", "assignment__number"),
        "attempt",
        "assessor_id",
        "site_id",
        "decided_on",
        "grade",
        Field("criteria", schema={"type": "object", "additionalProperties": {"type": "boolean"}}),
        "internal_verifier_id",
        "verification_outcome",
        "verified_on",
        "reference",
    )
    filters = {
        "registration_id": "registration_id",
        "programme_id": "programme_id",
        "unit_id": "assignment__unit_id",
        "assessor_id": "assessor_id",
        "reference": "reference",
        "decided_from": "decided_on__gte",
        "decided_until": "decided_on__lte",
    }

    @command(P.ASSESSMENT_DECIDE, body=DecisionBody, detail=False, status=201)
    def create(self, body: dict[str, Any], at: datetime) -> AssessmentDecision:
        """Record a decision."""
        self.own_centre()
        return self._record(body, at)

    @command(P.ASSESSMENT_DECIDE, body=DecisionRows, detail=False, status=201, bulk=True)
    def bulk(self, body: dict[str, Any], at: datetime) -> Response:
        """Record several decisions: all, or with only_good_rows those that can be recorded."""
        self.own_centre()
        return several(
            body["rows"],
            DecisionBody,
            lambda row: self._record(row, at),
            only_good_rows=body["only_good_rows"],
        )

    def _record(self, body: dict[str, Any], at: datetime) -> AssessmentDecision:
        facts = dict(body)
        registration_id = facts.pop("registration_id")
        return operations.record(
            registration_id=registration_id, decision=Decision(**facts), by=self.request.user, at=at
        )
