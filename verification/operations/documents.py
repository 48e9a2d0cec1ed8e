"""What the centre sends of the documents that the LSV asks for before a visit."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from centres.models import EvidenceFile
from centres.permissions import Permission
from centres.queries.evidence import may_open
from qa_portal import audit
from qa_portal.actors import Actor
from qa_portal.errors import NotPermitted, RuleViolation
from verification.models import ActivityStatus, RequestedDocument
from verification.operations import dates, visits

BEFORE_AND_DURING = (ActivityStatus.AGREED, ActivityStatus.UNDER_WAY, ActivityStatus.FACT_CHECK)


@transaction.atomic
def receive(*, document_id: int, file_id: int, by: Actor, at: datetime) -> RequestedDocument:
    """Send the file that answers a request; a later one takes its place. The last one meets the deadline.

    Raises NotPermitted, RuleViolation when the report is written already.
    """
    document = (
        RequestedDocument.objects.select_for_update(of=("self",))
        .select_related("activity")
        .get(pk=document_id)
    )
    if not by.may(Permission.EVIDENCE_ADD, document.centre_id):
        raise NotPermitted("Sending documents is not part of your role at this centre.")
    if document.activity.status not in BEFORE_AND_DURING:
        raise RuleViolation("This visit is not waiting for documents.")
    file = EvidenceFile.objects.get(centre_id=document.centre_id, pk=file_id)
    if not may_open(by, file):
        raise NotPermitted("You can only send files that you may open yourself.")
    document.file, document.received_at = file, at
    document.save(update_fields=["file", "received_at"])
    dates.set_documents_deadline(visits.locked(document.activity_id), at=at)
    audit.record(
        "visit.document_received", by=by, target=document, at=at, key=document.key, sha256=file.sha256
    )
    return document
