"""Imports of files: uploaded and checked by a worker, then saved or discarded."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db.models import QuerySet
from rest_framework import serializers

from centres import import_kinds
from centres.models import ImportJob
from centres.operations import imports as operations
from centres.permissions import Permission as P
from qa_portal.api import Resource
from qa_portal.api_calls import command
from qa_portal.api_fields import Field
from qa_portal.errors import NotPermitted

_PROBLEMS = {
    "type": "array",
    "items": {
        "type": "object",
        "properties": {
            "row": {"type": "integer"},
            "column": {"type": "string"},
            "message": {"type": "string"},
            "level": {"type": "string", "enum": ["error", "warning", "change"]},
        },
    },
}


class UploadBody(serializers.Serializer):
    """A CSV file and what it holds."""

    kind = serializers.ChoiceField([(kind.code, kind.title) for kind in import_kinds.OF_A_CENTRE.values()])
    file = serializers.FileField()


class SaveBody(serializers.Serializer):
    """Which rows to save."""

    only_good_rows = serializers.BooleanField(required=False, default=False)


class Imports(Resource):
    """Files of learners, decisions or staff: checked first without saving anything, then saved."""

    model = ImportJob
    scope = "imports:run"
    permission = P.IMPORT_RUN
    fields = (
        "id",
        "centre_id",
        "kind",
        "status",
        "total_rows",
        "good_rows",
        "only_good_rows",
        Field("result", schema={"type": "object"}),
        "asked_at",
        "finished_at",
    )
    filters = {"kind": "kind", "status": "status"}
    detail_schema = {"problems": _PROBLEMS}

    def rows(self, person: Any) -> QuerySet:
        """Files of the kinds that the caller may import: the problems of a file name learners and staff."""
        return super().rows(person).filter(kind__in=self._kinds())

    def _kinds(self) -> dict[str, import_kinds.Kind]:
        auth = self.request.auth
        scopes = None if auth is None else auth.get_scopes()
        ids = self.request.user.access.centre_ids
        return import_kinds.open_to(self.request.user, ids[0] if len(ids) == 1 else None, scopes)

    def details(self, row: ImportJob) -> dict[str, Any]:
        return {"problems": row.problems}

    @command(P.IMPORT_RUN, body=UploadBody, detail=False, status=201, upload=True)
    def create(self, body: dict[str, Any], at: datetime) -> ImportJob:
        """Upload a file and have it checked; nothing of it is saved yet."""
        centre_id = self.own_centre()
        self._need_scopes_of(body["kind"])
        return operations.ask(
            centre_id=centre_id, kind=body["kind"], upload=body["file"], by=self.request.user, at=at
        )

    def _need_scopes_of(self, kind: str) -> None:
        """Refuse a system whose token lacks what the rows would need one by one. Raises NotPermitted."""
        if self.request.auth is None:
            return
        for scope in import_kinds.OF_A_CENTRE[kind].scopes:
            if scope not in self.request.auth.get_scopes():
                raise NotPermitted(
                    f"This client's token lacks the scope {scope}, which a file of {kind} needs."
                )

    @command(P.IMPORT_RUN, body=SaveBody)
    def save_rows(self, row: ImportJob, body: dict[str, Any], at: datetime) -> ImportJob:
        """Have the rows of a checked file saved."""
        return operations.save_rows(import_id=row.pk, by=self.request.user, at=at, **body)

    @command(P.IMPORT_RUN)
    def discard(self, row: ImportJob, body: dict[str, Any], at: datetime) -> ImportJob:
        """Give up a checked file."""
        return operations.discard(import_id=row.pk, by=self.request.user, at=at)
