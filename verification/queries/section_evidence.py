"""Files that support answers of a self-assessment: which stand where, who may open them, which must stay."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from django.db.models import QuerySet

from centres.permissions import Permission
from verification.models import SectionEvidence, SelfAssessmentVersion


def evidence_of(section_ids: Collection[int], centre_id: int) -> QuerySet[SectionEvidence]:
    """The files linked to these sections that have not been removed, in the order in which they came."""
    links = SectionEvidence.objects.filter(
        centre_id=centre_id, section_id__in=section_ids, file__removed_at=None
    )
    return links.select_related("file", "file__uploaded_by").order_by("pk")


def may_see(person: Any, file_ids: Collection[int]) -> set[int]:
    """The files that this person may open because they read the self-assessment that the files support."""
    if not person.may(Permission.SELF_ASSESSMENT_READ):
        return set()
    links = SectionEvidence.objects.visible_to(person).filter(file_id__in=file_ids)
    found = {
        file_id
        for file_id, centre_id in links.values_list("file_id", "centre_id")
        if person.may(Permission.SELF_ASSESSMENT_READ, centre_id)
    }
    if set(file_ids) <= found:
        return found
    versions = SelfAssessmentVersion.objects.visible_to(person).values_list("centre_id", "content__files")
    for centre_id, files in versions:
        if person.may(Permission.SELF_ASSESSMENT_READ, centre_id):
            found |= set(files or ()) & set(file_ids)
    return found


def keeps(file_ids: Collection[int]) -> set[int]:
    """The files that a submitted version names, so that they stay."""
    kept: set[int] = set()
    for files in SelfAssessmentVersion.objects.values_list("content__files", flat=True):
        kept |= set(files or ())
    return kept & set(file_ids)
