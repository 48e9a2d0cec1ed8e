"""Evidence files: uploaded here, then named by the call that says what they prove."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db.models import QuerySet
from rest_framework import serializers
from rest_framework.response import Response

from centres.models import EvidenceFile
from centres.operations import evidence as operations
from centres.permissions import Permission as P
from qa_portal.api import Resource
from qa_portal.api_calls import command


class FileBody(serializers.Serializer):
    """A file; its content decides about its kind."""

    file = serializers.FileField()


class EvidenceFiles(Resource):
    """The caller's own uploads; a file that nothing names yet is seen by nobody else."""

    model = EvidenceFile
    scope = "verification:write"
    permission = P.EVIDENCE_ADD
    fields = ("id", "centre_id", "name", "media_type", "size", "sha256", "scan", "uploaded_at")
    filters = {"sha256": "sha256"}

    def rows(self, person: Any) -> QuerySet:
        return EvidenceFile.objects.visible_to(person).filter(uploaded_by_id=person.pk, removed_at=None)

    @command(P.EVIDENCE_ADD, body=FileBody, detail=False, status=201, upload=True)
    def create(self, body: dict[str, Any], at: datetime) -> EvidenceFile:
        """Upload a file; its id goes into the answer of an action or a section of the self-assessment."""
        return operations.store(centre_id=self.own_centre(), upload=body["file"], by=self.request.user, at=at)

    @command(P.EVIDENCE_ADD)
    def remove(self, row: EvidenceFile, body: dict[str, Any], at: datetime) -> Response:
        """Take a file back that nothing submitted rests on (R96)."""
        operations.remove(file_id=row.pk, by=self.request.user, at=at)
        # It is no longer among the caller's files, so what it was is the answer.
        return Response(self.shape.of(row))
