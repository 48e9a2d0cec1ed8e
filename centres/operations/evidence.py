"""Keeping evidence files: told by their content, private, versioned, with a digest.

How other code uses it (all inside the scope of the centre):

* A form takes files with ``centres.forms.evidence.EvidenceField(label=...)``; it cleans to a list of uploads, already
  checked for size and kind. The template draws it with
  ``{% include "centres/evidence_field.html" with field=form.files files=files %}``, and its form element needs
  ``enctype="multipart/form-data"``. ``files`` (optional) comes from ``centres.views.evidence.file_rows(files)``.
* The view calls, for each upload, ``evidence.store(centre_id=..., upload=..., by=..., at=...)`` and hands the ids to an
  operation of its own that writes the links. A new version: ``replaces_id=old.pk``.
* ``reverse("evidence-file", args=[file.pk])`` opens it, as an attachment, for its uploader and for whom a registered
  link allows (``centres.evidence_access.register``).
"""

from __future__ import annotations

import hashlib
import uuid
from datetime import datetime
from typing import Any

from django.conf import settings
from django.core.files import File
from django.db import transaction

from centres import evidence_access, media_types
from centres.models import EvidenceFile
from centres.permissions import Permission
from centres.queries.evidence import may_open
from qa_portal import audit, stored_files
from qa_portal.actors import Actor, person_or_none
from qa_portal.errors import NotPermitted, RuleViolation

_MAY_ADD = (Permission.EVIDENCE_ADD, Permission.IMPORT_RUN)


@transaction.atomic
def store(
    *, centre_id: int, upload: File, by: Actor, at: datetime, replaces_id: int | None = None
) -> EvidenceFile:
    """Keep a file privately; only its uploader may open it until an app links it to what it proves.

    ``upload`` is any Django file with a name; its content decides about the type. ``replaces_id`` makes it the next
    version of another file, which stays. Raises NotPermitted, or RuleViolation for a file that is empty, over
    EVIDENCE_MAX_BYTES, a program, or of a kind that is no evidence.
    """
    if not any(by.may(permission, centre_id) for permission in _MAY_ADD):
        raise NotPermitted("Adding evidence is not part of your role at this centre.")
    name = media_types.tidy_name(str(upload.name or "file"))
    head, sha256 = _read(upload)
    problem = media_types.problem_with(name, upload.size, head, limit=settings.EVIDENCE_MAX_BYTES)
    if problem:
        raise RuleViolation(problem)
    if replaces_id is not None:
        _lock_replaced(centre_id, replaces_id, by)
    file = EvidenceFile.objects.create(
        centre_id=centre_id,
        name=name,
        media_type=media_types.media_type(head),
        size=upload.size,
        sha256=sha256,
        storage_name=stored_files.save(f"evidence/{centre_id}/{uuid.uuid4().hex}", upload),
        replaces_id=replaces_id,
        uploaded_at=at,
        uploaded_by=person_or_none(by),
    )
    audit.record(
        "evidence.stored", by=by, target=file, at=at, sha256=sha256, size=file.size, replaces=replaces_id
    )
    return file


@transaction.atomic
def remove(*, file_id: int, by: Actor, at: datetime) -> EvidenceFile:
    """Take a file out of sight; its bytes are kept until retention ends (R96). A second call changes nothing.

    Raises NotPermitted unless ``by`` uploaded it or may add evidence and open it, RuleViolation while something that
    was submitted or issued rests on it.
    """
    file = EvidenceFile.objects.select_for_update(of=("self",)).get(pk=file_id)
    if file.removed_at is not None:
        return file
    own = file.uploaded_by_id is not None and file.uploaded_by_id == by.pk
    if not own and not (by.may(Permission.EVIDENCE_ADD, file.centre_id) and may_open(by, file)):
        raise NotPermitted("A file is removed by whoever uploaded it.")
    if evidence_access.kept([file.pk]):
        raise RuleViolation(
            f"“{file.name}” belongs to something that was submitted or issued, so it stays. Upload a new version "
            "beside it.",
            rule="R96",
        )
    file.removed_at = at
    file.save(update_fields=["removed_at"])
    audit.record("evidence.removed", by=by, target=file, at=at, sha256=file.sha256)
    return file


def _read(upload: File) -> tuple[bytes, str]:
    """The first bytes and the SHA-256 of a file, read once; leaves it at its beginning."""
    digest, head = hashlib.sha256(), b""
    upload.seek(0)
    for chunk in upload.chunks():
        piece: Any = chunk if isinstance(chunk, bytes) else str(chunk).encode()
        if len(head) < media_types.HEAD_BYTES:
            head += piece[: media_types.HEAD_BYTES - len(head)]
        digest.update(piece)
    upload.seek(0)
    return head, digest.hexdigest()


def _lock_replaced(centre_id: int, file_id: int, by: Actor) -> None:
    before = EvidenceFile.objects.select_for_update(of=("self",)).get(centre_id=centre_id, pk=file_id)
    if not may_open(by, before):
        raise NotPermitted("You may not open the file that this one would replace.")
    if EvidenceFile.objects.filter(centre_id=centre_id, replaces_id=file_id, removed_at=None).exists():
        raise RuleViolation(f"“{before.name}” has a newer version already. Replace that one.")
