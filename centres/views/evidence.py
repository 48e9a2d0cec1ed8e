"""Opening an evidence file: as an attachment, never inside our own pages, for those who may see it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.conf import settings
from django.core.files.storage import default_storage
from django.http import FileResponse, Http404, HttpRequest
from django.urls import reverse
from django.views.decorators.http import require_safe

from centres import pages
from centres.models import EvidenceFile, EvidenceScan
from centres.queries.evidence import may_open
from qa_portal import wording
from qa_portal.errors import RuleViolation


@require_safe
@pages.person_page
def evidence_file(request: HttpRequest, pk: int) -> FileResponse:
    """Send one file as an attachment. 404 unless this person may open it, 409 while a scan stands in the way."""
    files = EvidenceFile.objects.visible_to(request.user).select_related("centre")
    file = pages.find(request, files, pk)
    if not may_open(request.user, file):
        raise Http404
    return attachment(file)


def attachment(file: EvidenceFile) -> FileResponse:
    """A file that may be opened, as an attachment. Raises RuleViolation while a scan stands in the way."""
    refuse_by_scan(file)
    # The bytes come from storage only, so they may leave after the request's transaction has ended.
    response = FileResponse(
        default_storage.open(file.storage_name, "rb"),
        as_attachment=True,
        filename=file.name,
        content_type=file.media_type,
    )
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = "sandbox; default-src 'none'"
    response["Cache-Control"] = "private, no-store"
    return response


def refuse_by_scan(file: EvidenceFile) -> None:
    """Raise RuleViolation for a file that a scan refused, or that none has looked at where the setting asks for one."""
    if file.scan == EvidenceScan.INFECTED:
        raise RuleViolation(
            f"“{file.name}” cannot be opened: a scan found something harmful in it. Ask whoever uploaded it for "
            "another copy."
        )
    if file.scan == EvidenceScan.NOT_SCANNED and not settings.OPEN_UNSCANNED_EVIDENCE:
        raise RuleViolation(
            f"“{file.name}” has not been scanned yet, so it cannot be opened. Try again later."
        )


def file_rows(files: Iterable[EvidenceFile]) -> list[dict[str, Any]]:
    """Rows of ``parts/file_list.html``; select_related("uploaded_by") the files."""
    states = {
        EvidenceScan.CLEAN: ("done", "Scanned"),
        EvidenceScan.INFECTED: ("suspended", "Harmful"),
        EvidenceScan.NOT_SCANNED: ("not-started", "Not scanned"),
    }
    return [
        {
            "id": file.pk,
            "name": file.name,
            "url": reverse("evidence-file", args=[file.pk]),
            "what": f"{file.uploaded_by.name if file.uploaded_by else 'The portal'}, "
            f"{wording.date_plain(file.uploaded_at)}",
            "size": file.size,
            "shape": states[EvidenceScan(file.scan)][0],
            "state": states[EvidenceScan(file.scan)][1],
        }
        for file in files
    ]
