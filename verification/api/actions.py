"""Actions: what a centre must or should do, its answers, and the verifier's word on them."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from rest_framework import serializers

from centres.permissions import Permission as P
from qa_portal.api import Resource
from qa_portal.api_calls import command, file_ids
from qa_portal.api_fields import Field
from verification.models import Action, ActionResponse
from verification.operations import actions as operations

_RESPONSES = {
    "type": "array",
    "items": {
        "type": "object",
        "required": ["text", "written_at", "from_centre"],
        "properties": {
            "text": {"type": "string"},
            "written_at": {"type": "string", "format": "date-time"},
            "from_centre": {"type": "boolean"},
        },
    },
}


class AnswerBody(serializers.Serializer):
    """What was done, in words, by files, or both."""

    text = serializers.CharField(max_length=5000, required=False, allow_blank=True, default="")
    file_ids = file_ids()


class RemarkBody(serializers.Serializer):
    """What is missing, and until when it is to come."""

    remark = serializers.CharField(max_length=5000)
    due_on = serializers.DateField()


class NoteBody(serializers.Serializer):
    """Why it is closed; needed where the centre has sent nothing."""

    note = serializers.CharField(max_length=5000, required=False, allow_blank=True, default="")


class Actions(Resource):
    """Essential actions and recommendations from issued reports (R81, R82)."""

    model = Action
    scope, write_scope = "verification:read", "verification:write"
    permission = P.ACTION_READ
    fields = (
        "id",
        "centre_id",
        "number",
        Field("year", "centre_year__year"),
        "activity_id",
        "programme_id",
        "criterion",
        "level",
        "status",
        "text",
        "owner_id",
        "due_on",
        "risk_to_valid_certification",
        "opened_at",
        "closed_at",
        "closing_note",
    )
    filters = {
        "year": "centre_year__year",
        "level": "level",
        "status": "status",
        "programme_id": "programme_id",
        "due_until": "due_on__lte",
    }
    detail_schema = {"responses": _RESPONSES}

    def details(self, row: Action) -> dict[str, Any]:
        responses = ActionResponse.objects.filter(centre_id=row.centre_id, action=row).order_by("pk")
        return {"responses": list(responses.values("text", "written_at", "from_centre"))}

    @command(P.ACTION_ANSWER, path="answer", body=AnswerBody)
    def answer_action(self, row: Action, body: dict[str, Any], at: datetime) -> Action:
        """Send the centre's answer."""
        return operations.answer(action_id=row.pk, by=self.request.user, at=at, **body)

    @command(P.ACTION_CLOSE, body=RemarkBody)
    def return_for_more(self, row: Action, body: dict[str, Any], at: datetime) -> Action:
        """Ask the centre for more, as the verifier."""
        return operations.return_for_more(action_id=row.pk, by=self.request.user, at=at, **body)

    @command(P.ACTION_CLOSE, body=NoteBody)
    def close(self, row: Action, body: dict[str, Any], at: datetime) -> Action:
        """Close an action, as the verifier (R82)."""
        return operations.close(action_id=row.pk, by=self.request.user, at=at, **body)
