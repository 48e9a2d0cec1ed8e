"""Which evidence files a person may open, and which version of a file is the newest."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from centres import evidence_access
from centres.models import EvidenceFile

_LONGEST_CHAIN = 200


def all_versions(file: EvidenceFile) -> list[EvidenceFile]:
    """Every version of a file that still stands, newest first; a file replaced once has two."""
    newest = file
    for _ in range(_LONGEST_CHAIN):
        later = EvidenceFile.objects.filter(centre_id=file.centre_id, replaces_id=newest.pk).first()
        if later is None:
            break
        newest = later
    chain = [newest]
    while chain[-1].replaces_id and len(chain) < _LONGEST_CHAIN:
        chain.append(EvidenceFile.objects.get(centre_id=file.centre_id, pk=chain[-1].replaces_id))
    return [version for version in chain if version.removed_at is None]


def may_open(person: Any, file: EvidenceFile) -> bool:
    """Whether this person may open a file of a centre they work in.

    Whoever uploaded it may, and whom a link of an upper app lets see this file or a version of it. A file that is
    linked nowhere is its uploader's alone.
    """
    if file.removed_at is not None:
        return False
    if file.uploaded_by_id is not None and file.uploaded_by_id == person.pk:
        return True
    if evidence_access.allowed(person, [file.pk]):
        return True
    others = [version.pk for version in all_versions(file) if version.pk != file.pk]
    return bool(others and evidence_access.allowed(person, others))


def newest_versions(centre_id: int, file_ids: Collection[int]) -> dict[int, EvidenceFile]:
    """For each of these files its newest version, by the id that was asked for; one query a generation."""
    found = {file.pk: file for file in EvidenceFile.objects.filter(centre_id=centre_id, pk__in=file_ids)}
    wanted = {pk: pk for pk in found}
    for _ in range(_LONGEST_CHAIN):
        later = {
            file.replaces_id: file
            for file in EvidenceFile.objects.filter(
                centre_id=centre_id, replaces_id__in=set(wanted.values()), removed_at=None
            )
        }
        if not later:
            break
        for asked, current in wanted.items():
            if current in later:
                found[asked], wanted[asked] = later[current], later[current].pk
    return found
