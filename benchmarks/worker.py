"""The portal's worker with the tasks of the benchmarks: one that does nothing, one that notes that it was done."""

from __future__ import annotations

import time

import django
from celery import shared_task
from django.db import connection

from qa_portal.celery import app

# The worker loads this module first, and tasks need the applications.
django.setup()

from qa_portal.jobs import TenantTask  # noqa: E402

__all__ = ["app"]


@shared_task(name="benchmarks.empty")
def empty(**_: object) -> None:
    """Do nothing: the floor."""


@shared_task(name="benchmarks.noted", base=TenantTask)
def noted(*, centre_id: int, number: int, seconds: float = 0, **_: object) -> None:
    """Note that it was done, in the task's own transaction, after a while."""
    if seconds:
        time.sleep(seconds)
    with connection.cursor() as cursor:
        cursor.execute("INSERT INTO bench_done (number) VALUES (%s)", [number])
