"""Linking files to the answers they support, and taking them off again."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from django.db import transaction

from centres.models import EvidenceFile
from qa_portal import audit
from qa_portal.actors import Actor
from qa_portal.errors import NotPermitted, RuleViolation
from verification.models import SectionEvidence
from verification.operations.self_assessment_sections import locked
from verification.questionnaire import form_of
from verification.rules import self_assessments as rules


@transaction.atomic
def attach(
    *, section_id: int, file_ids: Collection[int], by: Actor, at: datetime, question: str = ""
) -> list[SectionEvidence]:
    """Let files support a section, or one question of it; whoever reads the self-assessment may then open them.

    Only files that the person uploaded themselves can be linked.

    Raises NotPermitted, RuleViolation (not editable, a question the section does not ask).
    """
    section = locked(section_id)
    rules.answered_by_whom_it_was_given_to(section, by)
    rules.can_still_be_edited(section.self_assessment)
    asked = {each.key for each in form_of(section.self_assessment)[section.key].questions}
    if question and question not in asked:
        raise RuleViolation(f"This section does not ask “{question}”.")
    files = EvidenceFile.objects.filter(centre_id=section.centre_id, pk__in=file_ids, removed_at=None)
    own = [file for file in files if file.uploaded_by_id == by.pk]
    if len(own) != len(set(file_ids)):
        raise NotPermitted("You can attach only files that you uploaded yourself.")
    links = SectionEvidence.objects.bulk_create(
        SectionEvidence(centre_id=section.centre_id, section=section, question=question, file=file)
        for file in own
    )
    audit.record(
        "self_assessment.evidence_attached",
        by=by,
        target=section,
        at=at,
        question=question,
        files={str(file.pk): file.sha256 for file in own},
    )
    return links


@transaction.atomic
def detach(*, link_id: int, by: Actor, at: datetime) -> None:
    """Take a file off a section; what was submitted with it before keeps it.

    Raises NotPermitted, RuleViolation (not editable).
    """
    link = SectionEvidence.objects.select_related("file").get(pk=link_id)
    section = locked(link.section_id)
    rules.answered_by_whom_it_was_given_to(section, by)
    rules.can_still_be_edited(section.self_assessment)
    link.delete()
    audit.record(
        "self_assessment.evidence_detached",
        by=by,
        target=section,
        at=at,
        question=link.question,
        file=link.file_id,
        sha256=link.file.sha256,
    )
