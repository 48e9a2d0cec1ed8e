"""Receipts: that somebody opened a report, first and last."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from qa_portal.actors import Actor
from reports.models import Report, ReportReading


@transaction.atomic
def note(*, report: Report, by: Actor, at: datetime) -> ReportReading:
    """Keep that ``by`` opened this report now; the first time stays."""
    reading, created = ReportReading.objects.get_or_create(
        centre_id=report.centre_id,
        report=report,
        person_id=by.pk,
        defaults={"first_at": at, "last_at": at},
    )
    if not created:
        ReportReading.objects.filter(pk=reading.pk).update(last_at=at)
    return reading
