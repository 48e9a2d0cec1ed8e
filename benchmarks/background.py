"""Background work: small tasks through the outbox against empty ones, and what a crash loses."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import psutil
import redis
from django.conf import settings
from django.db import connection, transaction
from django.utils import timezone

from benchmarks.databases import ROOT
from benchmarks.measuring import ROUNDS, Rounds, Work
from benchmarks.requests import use
from benchmarks.results import Result, verdict
from centres.models import Centre
from qa_portal import jobs
from qa_portal.models import OutboxEntry
from qa_portal.tenancy import ALL_CENTRES, scoped_to

TASKS = 300
CRASHED = 60
PATIENCE = timedelta(seconds=10)
LONGEST = 90


def measure(databases: dict[str, str]) -> list[Result]:
    """Pace first, with one worker of two processes; then three crashes, each with a fresh worker."""
    use(databases["scratch"])
    broker = redis.Redis.from_url(settings.REDIS_URL)
    broker.flushall()
    # Over all centres, to find one.
    with scoped_to(ALL_CENTRES):
        centre_id = Centre.objects.order_by("pk").values_list("pk", flat=True)[0]
    with _worker() as _:
        pace = _pace(broker, centre_id)
    crashes = []
    for name, crash in (
        ("a worker's child killed", _kill_child),
        ("the worker killed, another started", _kill_worker),
        ("Redis wiped", lambda worker: broker.flushall()),
    ):
        broker.flushall()
        crashes.append(_crash(name, crash, centre_id))
    how = (
        f"{CRASHED} tasks of a quarter second on two processes; the crash comes after the first eight. The sweep runs "
        f"every five seconds with a patience of {PATIENCE.seconds} s (60 s in operation, which adds up to 80 s to the "
        "recovery). Each task notes its number in its own transaction."
    )
    columns = ["crash", "asked for", "lost", "done twice", "all done after", "goal", "verdict"]
    return [pace, Result("Lost jobs", how, columns, crashes)]


@contextmanager
def _worker() -> Iterator[subprocess.Popen[bytes]]:
    worker = _started()
    try:
        yield worker
    finally:
        _end(worker)


def _started() -> subprocess.Popen[bytes]:
    worker = subprocess.Popen(
        [
            *(
                sys.executable,
                "-m",
                "celery",
                "--quiet",
                "-A",
                "benchmarks.worker",
                "worker",
                "--concurrency",
                "2",
            ),
            *("--queues", "default", "--loglevel", "error", "--without-gossip", "--without-mingle"),
        ],
        cwd=ROOT,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    # Two children and the parent: then it takes work.
    try:
        _wait(lambda: len(psutil.Process(worker.pid).children()) >= 2, 60)
    except (TimeoutError, psutil.Error):
        _end(worker)
        raise
    return worker


def _end(worker: subprocess.Popen[bytes]) -> None:
    if worker.poll() is not None:
        return
    children = psutil.Process(worker.pid).children(recursive=True)
    worker.terminate()
    try:
        worker.wait(20)
    except subprocess.TimeoutExpired:
        worker.kill()
        worker.wait()
    for child in children:
        if child.is_running():
            child.kill()


def _pace(broker: Any, centre_id: int) -> Result:
    from benchmarks.worker import empty

    def plain() -> None:
        for _ in range(TASKS):
            empty.apply_async()
        _wait(lambda: not broker.llen("default") and not broker.hlen("unacked"), 120)

    def ours() -> None:
        _ask(centre_id, TASKS)
        _wait(lambda: not _to_do(), 120)

    ours(), plain()
    rounds = Rounds({"empty tasks": Work(plain), "through the outbox": Work(ours)})
    pace = 1 / rounds.times_longer("through the outbox", "empty tasks")
    rows = [
        ["empty tasks", f"{TASKS / rounds.wall('empty tasks'):,.0f}", "1", "", ""],
        ["through the outbox", f"{TASKS / rounds.wall('through the outbox'):,.0f}", f"{pace:.2f}", "≥ 0.5",
         verdict(pace >= 0.5)],
    ]  # fmt: skip
    how = (
        f"{TASKS} tasks asked for and done, one worker of two processes, {ROUNDS} alternated rounds. A task through "
        "the outbox is a row and a nudge, then a transaction with the scope of its centre and one INSERT; the floor is "
        "a Celery task that does nothing and touches no database."
    )
    return Result("Small tasks", how, ["tasks", "tasks/s", "pace", "goal", "verdict"], rows)


def _crash(name: str, crash: Callable[[Any], object], centre_id: int) -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM bench_done")
    running = [_started()]
    try:
        _ask(centre_id, CRASHED, seconds=0.25)
        _wait(lambda: _done() >= 8, 60)
        replaced = crash(running[0])
        if isinstance(replaced, subprocess.Popen):
            running.append(replaced)
        began = time.monotonic()
        while _to_do() and time.monotonic() - began < LONGEST:
            jobs.sweep(at=timezone.now(), patience=PATIENCE)
            time.sleep(5)
        seconds = time.monotonic() - began
    finally:
        for worker in running:
            _end(worker)
    done, lost = _done(), _to_do()
    twice = done - (CRASHED - lost)
    met = lost == 0 and twice == 0
    return [name, str(CRASHED), str(lost), str(twice), f"{seconds:.0f} s", "0 lost, 0 twice", verdict(met)]


def _kill_child(worker: subprocess.Popen[bytes]) -> None:
    os.kill(psutil.Process(worker.pid).children()[0].pid, signal.SIGKILL)


def _kill_worker(worker: subprocess.Popen[bytes]) -> subprocess.Popen[bytes]:
    children = psutil.Process(worker.pid).children(recursive=True)
    worker.kill()
    worker.wait()
    for child in children:
        if child.is_running():
            child.kill()
    return _started()


def _ask(centre_id: int, count: int, *, seconds: float = 0) -> None:
    with transaction.atomic():
        for number in range(count):
            jobs.enqueue("benchmarks.noted", centre_id=centre_id, number=number, seconds=seconds)


def _to_do() -> int:
    return OutboxEntry.objects.filter(task="benchmarks.noted", done_at=None).count()


def _done() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM bench_done")
        return int(cursor.fetchone()[0])


def _wait(condition: Callable[[], bool], most: float) -> None:
    ends = time.monotonic() + most
    while not condition():
        if time.monotonic() > ends:
            raise TimeoutError("What was waited for did not come.")
        time.sleep(0.01)
