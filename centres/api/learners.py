"""Learners: read, added one by one or many at a time, and changed."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from rest_framework import serializers
from rest_framework.response import Response

from centres.models import Learner
from centres.operations import learners as operations
from centres.permissions import Permission as P
from qa_portal.api import Resource
from qa_portal.api_calls import Rows, command, several
from qa_portal.api_fields import Field


class LearnerBody(serializers.Serializer):
    """A learner's details."""

    given_name = serializers.CharField(max_length=80)
    family_name = serializers.CharField(max_length=80)
    date_of_birth = serializers.DateField(required=False, allow_null=True, default=None)
    uln = serializers.CharField(
        max_length=20,
        required=False,
        allow_blank=True,
        default="",
        help_text="Unique Learner Number, 10 digits",
    )
    reference = serializers.CharField(
        max_length=40,
        required=False,
        allow_blank=True,
        default="",
        help_text="Your own number for the learner",
    )


class LearnerChange(serializers.Serializer):
    """What changes of a learner's details; what is left out stays."""

    given_name = serializers.CharField(max_length=80, required=False)
    family_name = serializers.CharField(max_length=80, required=False)
    date_of_birth = serializers.DateField(required=False, allow_null=True)
    uln = serializers.CharField(max_length=20, required=False, allow_blank=True)
    reference = serializers.CharField(max_length=40, required=False, allow_blank=True)


class LearnerRows(serializers.Serializer):
    """Several learners at once."""

    rows = Rows(child=LearnerBody())
    only_good_rows = serializers.BooleanField(
        required=False,
        default=False,
        help_text="Save the rows that can be saved, and say what is wrong with the others",
    )


class Learners(Resource):
    """Learners of a centre (R31, R32)."""

    model = Learner
    scope, write_scope = "learners:read", "learners:write"
    permission = P.LEARNER_READ
    fields = (
        "id",
        "centre_id",
        "given_name",
        "family_name",
        "date_of_birth",
        Field("uln", schema={"type": "string", "description": "Unique Learner Number, or empty"}),
        "reference",
        "erased_at",
    )
    filters = {"uln": "uln", "reference": "reference"}

    @command(P.LEARNER_EDIT, body=LearnerBody, detail=False, status=201)
    def create(self, body: dict[str, Any], at: datetime) -> Learner:
        """Add a learner."""
        return operations.add(centre_id=self.own_centre(), by=self.request.user, at=at, **body)

    @command(P.LEARNER_EDIT, body=LearnerRows, detail=False, status=201, bulk=True)
    def bulk(self, body: dict[str, Any], at: datetime) -> Response:
        """Add several learners: all, or with only_good_rows those that can be added."""
        centre_id, by = self.own_centre(), self.request.user
        return several(
            body["rows"],
            LearnerBody,
            lambda row: operations.add(centre_id=centre_id, by=by, at=at, **row),
            only_good_rows=body["only_good_rows"],
        )

    @command(P.LEARNER_EDIT, body=LearnerChange, if_match=True)
    def change(self, row: Learner, body: dict[str, Any], at: datetime) -> Learner:
        """Change some of a learner's details."""
        details = {name: body.get(name, getattr(row, name)) for name in LearnerChange().fields}
        return operations.change(
            learner_id=row.pk, revision=operations.revision_of(row), by=self.request.user, at=at, **details
        )
