"""Programmes and their cohorts."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from rest_framework import serializers

from centres.models import Cohort, Programme
from centres.operations import programmes as operations
from centres.permissions import Permission as P
from qa_portal.api import Resource
from qa_portal.api_calls import command
from qa_portal.api_fields import Field


class ReopenBody(serializers.Serializer):
    """Until when learners may be registered; without a day, without an end."""

    approved_to = serializers.DateField(required=False, allow_null=True, default=None)


class Programmes(Resource):
    """Qualifications that a centre is approved to deliver."""

    model = Programme
    permission = P.PROGRAMME_READ
    fields = (
        "id",
        "centre_id",
        "qualification_id",
        Field("qan", "qualification__qan"),
        Field("title", "qualification__short_title"),
        "status",
        "approved_from",
        "approved_to",
        "specification_version",
    )
    filters = {"qan": "qualification__qan", "status": "status"}

    @command(P.PROGRAMME_APPROVE)
    def close(self, row: Programme, body: dict[str, Any], at: datetime) -> Programme:
        """Close it to new registrations from today on, as the awarding organisation (R29)."""
        return operations.close(programme_id=row.pk, by=self.request.user, at=at)

    @command(P.PROGRAMME_APPROVE, body=ReopenBody)
    def reopen(self, row: Programme, body: dict[str, Any], at: datetime) -> Programme:
        """Reopen a closed one, as the awarding organisation."""
        return operations.reopen(programme_id=row.pk, by=self.request.user, at=at, **body)


class Cohorts(Resource):
    """Groups of learners of one programme at one site."""

    model = Cohort
    scope = "learners:read"
    permission = P.PROGRAMME_READ
    fields = (
        "id",
        "centre_id",
        "programme_id",
        "site_id",
        "name",
        "delivery_pattern",
        "starts_on",
        "ends_on",
        "certification_needed_by",
    )
    filters = {"programme_id": "programme_id", "site_id": "site_id", "starts_from": "starts_on__gte"}
