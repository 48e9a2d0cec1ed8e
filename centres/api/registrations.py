"""Registrations: a learner enrolled in a cohort, registered, withdrawn, reopened."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from rest_framework import serializers
from rest_framework.response import Response

from centres.models import Registration
from centres.operations import registrations as operations
from centres.permissions import Permission as P
from qa_portal.api import Resource
from qa_portal.api_calls import Rows, command, several
from qa_portal.api_fields import LARGEST_KEY, Field


class EnrolBody(serializers.Serializer):
    """Who joins which cohort, and when."""

    learner_id = serializers.IntegerField(min_value=1, max_value=LARGEST_KEY)
    cohort_id = serializers.IntegerField(min_value=1, max_value=LARGEST_KEY)
    enrolled_on = serializers.DateField()
    certificate_name = serializers.CharField(
        max_length=160, required=False, allow_blank=True, default="",
        help_text="The name that certificates will say; empty takes the learner's name",
    )  # fmt: skip


class EnrolRows(serializers.Serializer):
    """Several enrolments at once."""

    rows = Rows(child=EnrolBody())
    register = serializers.BooleanField(
        required=False, default=False, help_text="Register each today as well"
    )
    only_good_rows = serializers.BooleanField(
        required=False,
        default=False,
        help_text="Save the rows that can be saved, and say what is wrong with the others",
    )


class RegisterBody(serializers.Serializer):
    """What may be corrected while registering."""

    certificate_name = serializers.CharField(max_length=160, required=False, allow_null=True, default=None)


class NameBody(serializers.Serializer):
    """The corrected name."""

    certificate_name = serializers.CharField(max_length=160)


class Registrations(Resource):
    """Learners on programmes: enrolled, registered or withdrawn (R27 to R29, R38)."""

    model = Registration
    scope, write_scope = "learners:read", "learners:write"
    permission = P.LEARNER_READ
    fields = (
        "id",
        "centre_id",
        "learner_id",
        "programme_id",
        "cohort_id",
        "status",
        "enrolled_on",
        "registered_on",
        "withdrawn_on",
        "certificate_name",
        "specification_version",
        Field("fee_multiplier", schema={"type": ["string", "null"], "description": "A multiple of the basic fee",
                                        "examples": ["1.05"]}, make=lambda fee: None if fee is None else str(fee)),
    )  # fmt: skip
    filters = {
        "learner_id": "learner_id",
        "programme_id": "programme_id",
        "cohort_id": "cohort_id",
        "status": "status",
    }

    @command(P.REGISTRATION_EDIT, body=EnrolBody, detail=False, status=201)
    def create(self, body: dict[str, Any], at: datetime) -> Registration:
        """Enrol a learner in a cohort; registering is a call of its own."""
        self.own_centre()
        return operations.enrol(by=self.request.user, at=at, **body)

    @command(P.REGISTRATION_EDIT, body=EnrolRows, detail=False, status=201, bulk=True)
    def bulk(self, body: dict[str, Any], at: datetime) -> Response:
        """Enrol several learners, and with register register them: all, or with only_good_rows those that can be."""
        self.own_centre()

        def one(row: dict[str, Any]) -> Registration:
            made = operations.enrol(by=self.request.user, at=at, **row)
            if body["register"]:
                operations.register(registration_id=made.pk, by=self.request.user, at=at)
            return made

        return several(body["rows"], EnrolBody, one, only_good_rows=body["only_good_rows"])

    @command(P.REGISTRATION_EDIT, body=RegisterBody)
    def register(self, row: Registration, body: dict[str, Any], at: datetime) -> Registration:
        """Register an enrolled learner today; the fee follows from the dates."""
        return operations.register(registration_id=row.pk, by=self.request.user, at=at, **body)

    @command(P.REGISTRATION_EDIT)
    def withdraw(self, row: Registration, body: dict[str, Any], at: datetime) -> Registration:
        """Withdraw a learner from a programme."""
        return operations.withdraw(registration_id=row.pk, by=self.request.user, at=at)

    @command(P.REGISTRATION_EDIT)
    def reopen(self, row: Registration, body: dict[str, Any], at: datetime) -> Registration:
        """Reopen a withdrawn registration."""
        return operations.reopen(registration_id=row.pk, by=self.request.user, at=at)

    @command(P.REGISTRATION_EDIT, body=NameBody, if_match=True)
    def correct_certificate_name(self, row: Registration, body: dict[str, Any], at: datetime) -> Registration:
        """Correct the name that certificates of this registration will say."""
        return operations.correct_certificate_name(
            registration_id=row.pk, by=self.request.user, at=at, **body
        )
