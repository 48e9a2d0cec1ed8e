"""Background work that is never lost and never done twice: an outbox row, a nudge, a sweep, and a scoped task."""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from celery import Task, current_app
from django.db import transaction
from django.db.models import F, QuerySet, Value
from django.utils import timezone

from qa_portal.models import OutboxEntry
from qa_portal.tenancy import ALL_CENTRES, Side, scoped_to

log = logging.getLogger(__name__)
MOST_ATTEMPTS = 8


def enqueue(task_name: str, *, centre_id: int | None, **kwargs: Any) -> OutboxEntry:
    """Ask for ``task_name`` in the scope of one centre, in the caller's transaction.

    The row is what counts; the nudge after commit only makes it quick, and may fail while Redis is away.
    """
    entry = OutboxEntry.objects.create(task=task_name, centre_id=centre_id, kwargs=kwargs)
    transaction.on_commit(partial(_nudge, entry.pk, task_name), robust=True)
    return entry


def _nudge(entry_id: int, task_name: str) -> None:
    try:
        current_app.send_task(task_name, kwargs={"outbox_id": entry_id}, retry=False)
    except Exception as problem:  # the broker's own errors differ by transport; the sweep will find the row
        log.warning("nudge_failed", extra={"task": task_name, "outbox_id": entry_id, "problem": str(problem)})


def given_up() -> QuerySet[OutboxEntry]:
    """Work that failed on every attempt; nobody does it until somebody asks for it again."""
    return OutboxEntry.objects.filter(done_at=None, attempts__gte=MOST_ATTEMPTS)


def try_again(entry: OutboxEntry, *, at: datetime) -> None:
    """Have given-up work done after all, with all its attempts before it; ``entry`` is locked by the caller."""
    entry.attempts, entry.nudged_at = 0, at
    entry.save(update_fields=["attempts", "nudged_at"])
    transaction.on_commit(partial(_nudge, entry.pk, entry.task), robust=True)


def sweep(*, at: datetime, patience: timedelta = timedelta(seconds=60), batch: int = 200) -> int:
    """Nudge again what was asked for and not done; returns how many. Waits longer after each failure."""
    with transaction.atomic():
        entries = list(
            OutboxEntry.objects.select_for_update(skip_locked=True)
            .filter(done_at=None, attempts__lt=MOST_ATTEMPTS, nudged_at__lt=at - patience)
            .filter(nudged_at__lt=Value(at) - Value(patience) * (F("attempts") + 1))
            .order_by("nudged_at")[:batch]
        )
        OutboxEntry.objects.filter(pk__in=[entry.pk for entry in entries]).update(nudged_at=at)
    for entry in entries:
        _nudge(entry.pk, entry.task)
    return len(entries)


class TenantTask(Task):
    """Runs one outbox entry in one transaction, in the scope of the centre it was asked for.

    The entry's row says whether the work is done: a second delivery finds it done, or locked, and leaves it.
    The scope is set and restored inside the task's own transaction, so a worker never keeps the one before.
    """

    abstract = True
    acks_late = True
    reject_on_worker_lost = True

    def __call__(self, *, outbox_id: int, **_: Any) -> None:
        entry = OutboxEntry.objects.filter(pk=outbox_id).first()
        if entry is None or entry.done_at is not None:
            return
        kwargs = entry.kwargs | ({} if entry.centre_id is None else {"centre_id": entry.centre_id})
        try:
            self.work(entry, kwargs)
        except Exception as problem:
            OutboxEntry.objects.filter(pk=outbox_id).update(
                attempts=F("attempts") + 1, error=f"{type(problem).__name__}: {problem}"[:2000]
            )
            raise

    def work(self, entry: OutboxEntry, kwargs: dict[str, Any]) -> None:
        """Run the task's body in the transaction that claims the entry and marks it as done."""
        self.finish(entry, lambda: self.run(**kwargs))

    def finish(self, entry: OutboxEntry, body: Callable[[], object]) -> None:
        """Claim the entry, do ``body`` and mark the entry as done, in one transaction; left alone when it is done."""
        with scoped_to(self.scope_of(entry), side=Side.AO):
            locked = OutboxEntry.objects.select_for_update(skip_locked=True).filter(pk=entry.pk, done_at=None)
            if not locked.exists():
                return
            body()
            OutboxEntry.objects.filter(pk=entry.pk).update(done_at=timezone.now(), error="")

    @staticmethod
    def scope_of(entry: OutboxEntry) -> Any:
        """The centre it was asked for."""
        # A task asked for without a centre is a sweep: it claims rows over all tenants in short batches.
        return ALL_CENTRES if entry.centre_id is None else [entry.centre_id]


class ThinkingTask(TenantTask):
    """Reads in one transaction, works the answer out in none, and writes it in a second that claims the entry.

    For work that takes longer than a transaction may stand idle. Its body reads, and returns two functions: one that
    thinks, without the database, and one that writes what was thought, which must check again what it rests on.
    """

    abstract = True

    def work(self, entry: OutboxEntry, kwargs: dict[str, Any]) -> None:
        with scoped_to(self.scope_of(entry), side=Side.AO):
            think, write = self.run(**kwargs)
        found = think()
        self.finish(entry, lambda: write(found))
