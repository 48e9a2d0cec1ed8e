"""Judgements of sampled work, as they were released with the sample's conclusion."""

from __future__ import annotations

from centres.permissions import Permission as P
from qa_portal.api import Resource
from qa_portal.api_fields import Field
from sampling.models import ReleasedJudgement

_CRITERIA = {
    "type": "object",
    "additionalProperties": {
        "type": "object",
        "properties": {"agree": {"type": ["boolean", "null"]}, "why": {"type": "string"}},
    },
}


class Judgements(Resource):
    """What the verifier found for each item of a concluded sample; never what is still being judged."""

    model = ReleasedJudgement
    scope = "verification:read"
    permission = P.SAMPLE_READ
    fields = (
        "id",
        "centre_id",
        Field("sample_id", "item__sample_id"),
        Field("programme_id", "item__programme_id"),
        Field("position", "item__position"),
        Field("decision_id", "item__decision_id"),
        "verdict",
        Field("criteria", schema=_CRITERIA),
        "feedback",
        "work_seen",
        "judged_at",
    )
    filters = {"sample_id": "item__sample_id", "programme_id": "item__programme_id", "verdict": "verdict"}
