"""Samples: which assessed work is asked for, and the centre's answer for each item."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import transaction
from django.http import Http404
from rest_framework import serializers

from centres.operations import evidence as files
from centres.permissions import Permission as P
from qa_portal.api import Resource
from qa_portal.api_calls import ReasonBody, command
from sampling.models import Sample, SampledItem
from sampling.operations import evidence as operations
from sampling.operations import waive as waiving

_ITEM = ("position", "status", "decision_id", "missing_reason", "received_at")
_ITEMS = {
    "type": "array",
    "items": {
        "type": "object",
        "required": list(_ITEM),
        "properties": {
            "position": {"type": "integer"},
            "status": {"type": "string", "enum": ["REQUESTED", "RECEIVED", "MISSING", "JUDGED"]},
            "decision_id": {"type": "integer", "description": "The assessment decision that was chosen"},
            "missing_reason": {"type": "string"},
            "received_at": {"type": ["string", "null"], "format": "date-time"},
        },
    },
}


class EvidenceBody(serializers.Serializer):
    """A file of the learner's work."""

    file = serializers.FileField()
    description = serializers.CharField(max_length=160, required=False, allow_blank=True, default="")


class Samples(Resource):
    """Samples of assessed work; a centre sees one when its work is requested (R63)."""

    model = Sample
    scope, write_scope = "verification:read", "verification:write"
    permission = P.SAMPLE_READ
    fields = (
        "id",
        "centre_id",
        "activity_id",
        "programme_id",
        "year",
        "round",
        "status",
        "control_measure",
        "registered_learners",
        "minimum_size",
        "requested_at",
        "work_due_on",
        "outcome",
        "concluded_at",
    )
    filters = {"year": "year", "programme_id": "programme_id", "status": "status", "outcome": "outcome"}
    detail_schema = {"items": _ITEMS}

    def details(self, row: Sample) -> dict[str, Any]:
        items = SampledItem.objects.filter(centre_id=row.centre_id, sample=row).order_by("position")
        return {"items": list(items.values(*_ITEM))}

    @command(P.SAMPLE_ANSWER, path="items/(?P<position>[0-9]{1,6})/say-missing", body=ReasonBody)
    def say_missing(self, row: Sample, position: str, body: dict[str, Any], at: datetime) -> Sample:
        """Say why there is no evidence for an item."""
        item = _item(row, position)
        operations.say_missing(item_id=item.pk, by=self.request.user, at=at, **body)
        return row

    @command(P.SAMPLE_ANSWER, path="items/(?P<position>[0-9]{1,6})/evidence", body=EvidenceBody, upload=True)
    def send_evidence(self, row: Sample, position: str, body: dict[str, Any], at: datetime) -> Sample:
        """Send a file of the work of an item."""
        item, by = _item(row, position), self.request.user
        with transaction.atomic():
            kept = files.store(centre_id=row.centre_id, upload=body["file"], by=by, at=at)
            operations.add_evidence(
                item_id=item.pk, file_ids=[kept.pk], description=body["description"], by=by, at=at
            )
        return row

    @command(P.SAMPLE_WAIVE, body=ReasonBody)
    def waive(self, row: Sample, body: dict[str, Any], at: datetime) -> Sample:
        """Do without this sample, as the LSV or a quality manager (R10)."""
        waiving.waive(activity_id=row.activity_id, by=self.request.user, at=at, **body)
        return row


def _item(sample: Sample, position: str) -> SampledItem:
    found = SampledItem.objects.filter(
        centre_id=sample.centre_id, sample=sample, position=int(position)
    ).first()
    if found is None:
        raise Http404
    return found
