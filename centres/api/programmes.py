"""Programmes and their cohorts."""

from __future__ import annotations

from centres.models import Cohort, Programme
from centres.permissions import Permission as P
from qa_portal.api import Resource
from qa_portal.api_fields import Field


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
