"""Background work of the centre's own side."""

from __future__ import annotations

from celery import shared_task

from centres.operations import imports
from qa_portal import clock
from qa_portal.jobs import TenantTask


@shared_task(name="centres.run_import", base=TenantTask)
def run_import(*, centre_id: int, import_id: int, **_: object) -> None:
    """Check an import, or save its rows, whichever it waits for."""
    imports.run(import_id=import_id, at=clock.now())
