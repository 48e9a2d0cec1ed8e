"""Background work of reports."""

from __future__ import annotations

from celery import shared_task

from qa_portal import clock
from qa_portal.jobs import TenantTask
from reports.operations import pdf


@shared_task(name="reports.prepare_pdf", base=TenantTask)
def prepare_pdf(*, centre_id: int, report_id: int, **_: object) -> None:
    """Print one issued report; the row says when it is done."""
    pdf.prepare_pdf(report_id=report_id, at=clock.now())
