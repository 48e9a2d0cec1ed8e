"""The outbox: work asked for in a transaction is done once, whatever dies in between."""

from __future__ import annotations

from datetime import timedelta

import pytest
from celery import shared_task
from django.db import transaction
from django.utils import timezone

from qa_portal import jobs
from qa_portal.models import OutboxEntry
from qa_portal.tenancy import current_scope
from tests.factories.centres import CentreFactory

done: list[tuple[int, tuple[int, ...]]] = []


@shared_task(name="tests.note_it", base=jobs.TenantTask)
def note_it(*, number: int, centre_id: int, **_) -> None:
    if number < 0:
        raise ValueError("negative")
    done.append((number, current_scope().centre_ids))


@pytest.fixture
def centre(as_staff):
    done.clear()
    return CentreFactory()


def test_a_task_runs_once_in_the_scope_of_its_centre(centre):
    entry = jobs.enqueue("tests.note_it", centre_id=centre.pk, number=1)
    note_it(outbox_id=entry.pk)
    note_it(outbox_id=entry.pk)
    assert done == [(1, (centre.pk,))]
    entry.refresh_from_db()
    assert entry.done_at is not None


def test_a_failed_task_keeps_its_error_and_is_tried_again(centre):
    entry = jobs.enqueue("tests.note_it", centre_id=centre.pk, number=-1)
    with pytest.raises(ValueError, match="negative"):
        note_it(outbox_id=entry.pk)
    entry.refresh_from_db()
    assert (entry.attempts, entry.done_at) == (1, None)
    assert "negative" in entry.error


def test_the_sweep_finds_what_was_never_picked_up(centre, monkeypatch):
    nudged = []
    monkeypatch.setattr(jobs, "_nudge", lambda pk, task: nudged.append(pk))
    entry = jobs.enqueue("tests.note_it", centre_id=centre.pk, number=2)
    assert jobs.sweep(at=timezone.now()) == 0
    assert jobs.sweep(at=timezone.now() + timedelta(minutes=2)) == 1
    assert nudged == [entry.pk]


def test_work_of_a_rolled_back_change_is_never_asked_for(centre):
    point = transaction.savepoint()
    jobs.enqueue("tests.note_it", centre_id=centre.pk, number=3)
    transaction.savepoint_rollback(point)
    assert not OutboxEntry.objects.exists()
