"""Background work of reports."""

from __future__ import annotations

from datetime import date

from celery import shared_task
from django.conf import settings

from qa_portal import clock
from qa_portal.jobs import TenantTask
from reports.demo import teaching
from reports.operations import pdf


@shared_task(name="reports.prepare_pdf", base=TenantTask)
def prepare_pdf(*, centre_id: int, report_id: int, **_: object) -> None:
    """Print one issued report; the row says when it is done."""
    pdf.prepare_pdf(report_id=report_id, at=clock.now())


@shared_task(name="reports.demo_goes_on", base=TenantTask)
def demo_goes_on(*, until: str, **_: object) -> None:
    """Have the demonstration's centres assess what the days passed by the moved clock would have brought."""
    if settings.DEMO:
        teaching.go_on(until=date.fromisoformat(until))
