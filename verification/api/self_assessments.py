"""Self-assessments: where each stands, its sections and answers, and its way between centre and LSV."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db.models import QuerySet
from django.http import Http404
from rest_framework import serializers

from centres.permissions import Permission as P
from qa_portal.api import Resource
from qa_portal.api_calls import ReasonBody, command, file_ids
from qa_portal.api_fields import Field
from verification.api.extensions import AskBody
from verification.models import SelfAssessment, SelfAssessmentSection
from verification.operations import extensions, section_evidence
from verification.operations import self_assessment_sections as sections
from verification.operations import self_assessments as operations
from verification.operations.self_assessment_sections import Answer
from verification.queries import self_assessments as queries
from verification.queries.self_assessment_content import content_of

_QUESTION = {
    "type": "object",
    "required": ["key", "number", "text", "value", "comment"],
    "properties": {
        "key": {"type": "string"},
        "number": {"type": "string"},
        "text": {"type": "string"},
        "value": {"type": ["boolean", "null"], "description": "Yes, no, or not answered yet"},
        "comment": {"type": "string"},
        "answered_at": {"type": ["string", "null"], "format": "date-time"},
    },
}
_SECTION = {
    "type": "object",
    "required": ["id", "revision", "key", "number", "title", "programme_id", "questions"],
    "properties": {
        "id": {"type": "integer"},
        "revision": {
            "type": "integer",
            "description": "Sent back with answers, so that nobody's are overwritten",
        },
        "key": {"type": "string"},
        "number": {"type": "integer"},
        "title": {"type": "string"},
        "programme_id": {
            "type": ["integer", "null"],
            "description": "Empty for a section of the whole centre",
        },
        "questions": {"type": "array", "items": _QUESTION},
    },
}


class ReturnBody(serializers.Serializer):
    """What the centre should change, and until when."""

    remarks = serializers.CharField(max_length=5000)
    due_on = serializers.DateField()


class AnswerRow(serializers.Serializer):
    """Yes, no or nothing yet, and a comment."""

    value = serializers.BooleanField(allow_null=True)
    comment = serializers.CharField(max_length=5000, required=False, allow_blank=True, default="")


class SectionBody(serializers.Serializer):
    """Answers of one section by the key of the question; what is left out stays."""

    revision = serializers.IntegerField(min_value=0, max_value=2_147_483_647)
    answers = serializers.DictField(child=AnswerRow(), allow_empty=False)


class SectionEvidenceBody(serializers.Serializer):
    """Files that support a section, or one of its questions."""

    file_ids = file_ids(least=1)
    question = serializers.CharField(max_length=60, required=False, allow_blank=True, default="")


class SelfAssessments(Resource):
    """One a centre and academic year: answered by the centre, read by its LSV (R1, R2, R5, R6)."""

    model = SelfAssessment
    scope, write_scope = "verification:read", "verification:write"
    permission = P.SELF_ASSESSMENT_READ
    fields = (
        "id",
        "centre_id",
        Field("year", "centre_year__year"),
        "kind",
        "status",
        "due_on",
        "submitted_at",
        Field("remarks", schema={"type": "string", "description": "Why it was returned"}),
        "reviewed_at",
    )
    filters = {"year": "centre_year__year", "status": "status"}
    detail_schema = {"title": {"type": "string"}, "sections": {"type": "array", "items": _SECTION}}

    def rows(self, person: Any) -> QuerySet:
        rows = SelfAssessment.objects.visible_to(person)
        return rows if self.action == "list" else queries.with_year(rows)

    def details(self, row: SelfAssessment) -> dict[str, Any]:
        content = content_of(row)
        known = {(each.key, each.programme_id): each for each in queries.sections_of(row)}
        shown = [_section(each, known) for each in content["sections"]]
        return {"title": content["title"], "sections": shown}

    @command(P.SELF_ASSESSMENT_ANSWER, path="sections/(?P<section>[0-9]{1,18})/answers", body=SectionBody)
    def answer_section(
        self, row: SelfAssessment, section: str, body: dict[str, Any], at: datetime
    ) -> SelfAssessment:
        """Answer questions of a section; refused when somebody else has answered since it was read."""
        given = {key: Answer(each["value"], each["comment"]) for key, each in body["answers"].items()}
        sections.save_section(
            section_id=_of(row, section).pk, answers=given, revision=body["revision"], by=self.request.user, at=at
        )  # fmt: skip
        return row

    @command(
        P.SELF_ASSESSMENT_ANSWER, path="sections/(?P<section>[0-9]{1,18})/evidence", body=SectionEvidenceBody
    )
    def attach_evidence(
        self, row: SelfAssessment, section: str, body: dict[str, Any], at: datetime
    ) -> SelfAssessment:
        """Name files that support a section, or one of its questions."""
        section_evidence.attach(section_id=_of(row, section).pk, by=self.request.user, at=at, **body)
        return row

    @command(P.SELF_ASSESSMENT_SUBMIT, body=AskBody)
    def ask_for_more_time(self, row: SelfAssessment, body: dict[str, Any], at: datetime) -> SelfAssessment:
        """Ask for more time; the deadline stays until it is given (R5)."""
        extensions.ask(self_assessment_id=row.pk, by=self.request.user, at=at, **body)
        return row

    @command(P.SELF_ASSESSMENT_SUBMIT)
    def submit(self, row: SelfAssessment, body: dict[str, Any], at: datetime) -> SelfAssessment:
        """Submit it to the LSV."""
        operations.submit(self_assessment_id=row.pk, by=self.request.user, at=at)
        return row

    @command(P.SELF_ASSESSMENT_SUBMIT)
    def recall(self, row: SelfAssessment, body: dict[str, Any], at: datetime) -> SelfAssessment:
        """Take a submitted one back to change it."""
        return operations.recall(self_assessment_id=row.pk, by=self.request.user, at=at)

    @command(P.SELF_ASSESSMENT_SUBMIT, body=ReasonBody)
    def withdraw(self, row: SelfAssessment, body: dict[str, Any], at: datetime) -> SelfAssessment:
        """Withdraw one that the centre will not send."""
        return operations.withdraw(self_assessment_id=row.pk, by=self.request.user, at=at, **body)

    @command(P.SELF_ASSESSMENT_SUBMIT)
    def reopen(self, row: SelfAssessment, body: dict[str, Any], at: datetime) -> SelfAssessment:
        """Open a withdrawn one again."""
        return operations.reopen(self_assessment_id=row.pk, by=self.request.user, at=at)

    @command(P.SELF_ASSESSMENT_REVIEW, body=ReturnBody)
    def return_for_amendment(self, row: SelfAssessment, body: dict[str, Any], at: datetime) -> SelfAssessment:
        """Return a submitted one with remarks."""
        return operations.return_for_amendment(self_assessment_id=row.pk, by=self.request.user, at=at, **body)

    @command(P.SELF_ASSESSMENT_REVIEW)
    def accept(self, row: SelfAssessment, body: dict[str, Any], at: datetime) -> SelfAssessment:
        """Accept a submitted one as read."""
        return operations.accept(self_assessment_id=row.pk, by=self.request.user, at=at)


def _of(row: SelfAssessment, section: str) -> SelfAssessmentSection:
    found = queries.sections_of(row).filter(pk=int(section)).first()
    if found is None:
        raise Http404
    return found


def _section(section: dict[str, Any], known: dict[Any, SelfAssessmentSection]) -> dict[str, Any]:
    kept: dict[str, Any] = {name: section[name] for name in ("key", "number", "title")}
    asked = ("key", "number", "text", "value", "comment", "answered_at")
    questions = [{name: question[name] for name in asked} for question in section["questions"]]
    programme = section["programme"]
    programme_id = programme["id"] if programme else None
    row = known[section["key"], programme_id]
    return (
        {"id": row.pk, "revision": row.revision}
        | kept
        | {"programme_id": programme_id, "questions": questions}
    )
