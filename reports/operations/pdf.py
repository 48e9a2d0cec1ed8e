"""The PDF of an issued report: printed once by a worker, kept in the private storage."""

from __future__ import annotations

import hashlib
from datetime import datetime

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import transaction

from qa_portal import audit
from qa_portal.actors import SYSTEM
from reports.models import Report
from reports.pdf import render


@transaction.atomic
def prepare_pdf(*, report_id: int, at: datetime) -> Report:
    """Print a report and keep the file; the row says that it is done, so a second run changes nothing.

    A worker that dies between file and row leaves a file under the same name, which the next run replaces: one report,
    one PDF (R69).
    """
    report = Report.objects.select_for_update(of=("self",), no_key=True).get(pk=report_id)
    if report.pdf_at is not None:
        return report
    body = render(report.content, sha256=report.sha256)
    report.pdf_name = _keep(report, body)
    report.pdf_size, report.pdf_sha256, report.pdf_at = len(body), hashlib.sha256(body).hexdigest(), at
    report.save(update_fields=["pdf_name", "pdf_size", "pdf_sha256", "pdf_at"])
    audit.record("report.printed", by=SYSTEM, target=report, at=at, sha256=report.pdf_sha256)
    return report


def _keep(report: Report, body: bytes) -> str:
    name = f"reports/{report.centre_id}/{report.number}-v{report.version}-{report.sha256[:12]}.pdf"
    if default_storage.exists(name):
        default_storage.delete(name)
    return default_storage.save(name, ContentFile(body))
