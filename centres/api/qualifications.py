"""Qualifications and their units: the awarding organisation's register, the same for every centre."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet

from centres.models import Qualification, Unit
from centres.permissions import Permission as P
from qa_portal.api import Resource
from qa_portal.api_fields import Field

_CRITERIA = {
    "type": "array",
    "items": {
        "type": "object",
        "properties": {"code": {"type": "string"}, "text": {"type": "string"}, "grade": {"type": "string"}},
        "required": ["code"],
    },
}


class Qualifications(Resource):
    """Qualifications that centres may be approved to deliver."""

    model = Qualification
    keys = ("id",)
    permission = P.PROGRAMME_READ
    fields = (
        "id",
        "qan",
        "title",
        "short_title",
        "level",
        "suite",
        Field("sector", "sector__code"),
        Field("grades", schema={"type": "array", "items": {"type": "string"},
                                "description": "The grade scale, lowest first, without fails"}),
        "moderated",
        "operational_start",
        "operational_end",
        "certification_end",
    )  # fmt: skip
    filters = {"qan": "qan", "suite": "suite", "sector": "sector__code"}

    def rows(self, person: Any) -> QuerySet:
        return Qualification.objects.all()


class Units(Resource):
    """Units of qualifications, with their criteria."""

    model = Unit
    keys = ("id",)
    permission = P.PROGRAMME_READ
    fields = (
        "id",
        "qualification_id",
        "number",
        "title",
        "urn",
        "mandatory",
        "guided_learning_hours",
        Field("criteria", schema=_CRITERIA),
    )
    filters = {"qualification_id": "qualification_id", "number": "number"}

    def rows(self, person: Any) -> QuerySet:
        return Unit.objects.all()
