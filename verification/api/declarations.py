"""Annual declarations: what the Head of Centre accepts for the whole centre, and its signing."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db.models import QuerySet
from rest_framework import serializers

from centres.permissions import Permission as P
from qa_portal.api import Resource
from qa_portal.api_calls import command
from qa_portal.api_fields import Field
from verification.models import AnnualDeclaration
from verification.operations import declarations as operations
from verification.queries.years import required_statements

_STATEMENTS = {
    "type": "array",
    "items": {
        "type": "object",
        "required": ["key", "title", "text"],
        "properties": {name: {"type": "string"} for name in ("key", "title", "text")},
    },
}


class SignBody(serializers.Serializer):
    """The keys of the statements that are accepted one by one."""

    accepted = serializers.ListField(child=serializers.CharField(max_length=60), max_length=50)
    late_reason = serializers.CharField(
        max_length=2000, required=False, allow_blank=True, default="", help_text="Needed after the last day (R3)"
    )  # fmt: skip


class AnnualDeclarations(Resource):
    """One a centre and academic year, signed by the Head of Centre (R3, R4)."""

    model = AnnualDeclaration
    scope, write_scope = "verification:read", "verification:write"
    permission = P.SELF_ASSESSMENT_READ
    fields = ("id", "centre_id", Field("year", "centre_year__year"), "status", "signed_at", "signed_name",
              "signed_sha256")  # fmt: skip
    filters = {"year": "centre_year__year", "status": "status"}
    detail_schema = {"statements": _STATEMENTS}

    def rows(self, person: Any) -> QuerySet:
        rows = AnnualDeclaration.objects.visible_to(person)
        return rows if self.action == "list" else rows.select_related("centre_year__scheme_version")

    def details(self, row: AnnualDeclaration) -> dict[str, Any]:
        statements = required_statements(row.centre_year)
        return {"statements": [{"key": s.key, "title": s.title, "text": s.text} for s in statements]}

    @command(P.DECLARATION_SIGN, body=SignBody)
    def sign(self, row: AnnualDeclaration, body: dict[str, Any], at: datetime) -> AnnualDeclaration:
        """Sign it as the Head of Centre."""
        return operations.sign(declaration_id=row.pk, by=self.request.user, at=at, **body)
