"""The whole content of a self-assessment as data: what a version freezes, and what reading and print pages show."""

from __future__ import annotations

import hashlib
import json
from collections import defaultdict
from typing import Any

from centres import academic_year
from centres.schemes.questions import Question, Section
from verification.models import SelfAssessment, SelfAssessmentAnswer, SelfAssessmentSection
from verification.queries.section_evidence import evidence_of
from verification.queries.self_assessment_register import register_of
from verification.queries.self_assessments import sections_of
from verification.queries.years import scheme_of_year
from verification.questionnaire import FORMS, form_of

Content = dict[str, Any]


def content_of(self_assessment: SelfAssessment, *, blank: bool = False) -> Content:
    """Sections in order with questions, answers, comments, who answered when, and the files that support them.

    Five queries whatever the number of programmes; ``blank`` leaves the answers and the register out.
    """
    centre_year = self_assessment.centre_year
    scheme = scheme_of_year(centre_year)
    titles = scheme.self_assessment.titles if scheme.self_assessment else None
    sections = list(sections_of(self_assessment))
    ids = [section.pk for section in sections]
    answers: dict[int, dict[str, SelfAssessmentAnswer]] = defaultdict(dict)
    files: dict[tuple[int, str], list[dict[str, Any]]] = defaultdict(list)
    if not blank:
        for answer in SelfAssessmentAnswer.objects.filter(
            centre_id=self_assessment.centre_id, section_id__in=ids
        ).select_related("answered_by"):
            answers[answer.section_id][answer.question] = answer
        for link in evidence_of(ids, self_assessment.centre_id):
            files[link.section_id, link.question].append(
                {"id": link.file_id, "name": link.file.name, "sha256": link.file.sha256}
            )
    form = form_of(self_assessment)
    return {
        "title": getattr(titles, FORMS[self_assessment.kind], "") if titles else "",
        "kind": str(self_assessment.kind),
        "year": academic_year.label(centre_year.year),
        "centre": {"number": centre_year.centre.number, "name": centre_year.centre.name},
        "scheme": {"code": scheme.code, "version": scheme.version},
        "files": sorted({file["id"] for rows in files.values() for file in rows}),
        "register": None if blank else register_of(self_assessment.centre_id, centre_year.year),
        "sections": [
            _section(section, form[section.key], answers[section.pk], files) for section in sections
        ],
    }


def digest_of(content: Content) -> str:
    """SHA-256 of the content in canonical JSON."""
    canonical = json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(canonical.encode()).hexdigest()


def _section(
    section: SelfAssessmentSection,
    asked: Section,
    answers: dict[str, SelfAssessmentAnswer],
    files: dict[tuple[int, str], list[dict[str, Any]]],
) -> Content:
    programme = section.programme
    return {
        "key": section.key,
        "number": asked.number,
        "title": asked.title,
        "guidance": asked.guidance,
        "programme": (
            {
                "id": programme.pk,
                "qan": programme.qualification.qan,
                "title": programme.qualification.short_title,
                "label": programme.qualification.label,
            }
            if programme
            else None
        ),
        "files": files[section.pk, ""],
        "questions": [
            _question(question, answers.get(question.key), files[section.pk, question.key])
            for question in asked.questions
        ],
    }


def _question(
    question: Question, answer: SelfAssessmentAnswer | None, files: list[dict[str, Any]]
) -> Content:
    by = answer.answered_by if answer else None
    at = answer.answered_at if answer else None
    return {
        "key": question.key,
        "number": question.number,
        "text": question.text,
        "value": answer.value if answer else None,
        "comment": answer.comment if answer else "",
        "answered_by": by.name if by else "",
        "answered_at": at.isoformat(timespec="seconds") if at else None,
        "files": files,
    }
