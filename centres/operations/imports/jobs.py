"""An import from upload to saved rows: asked for, checked, saved or discarded."""

from __future__ import annotations

from datetime import datetime

from django.core.files import File
from django.core.files.storage import default_storage
from django.db import transaction

from centres import csv_files, import_kinds
from centres.access import load
from centres.lifecycle.imports import IMPORT
from centres.models import ImportJob, ImportStatus
from centres.operations import evidence
from centres.operations.imports import decisions, learners, people, staff
from centres.operations.imports.checked import Checked
from centres.rules.imports import may_import
from qa_portal import audit, jobs
from qa_portal.actors import SYSTEM, Actor, person_or_none
from qa_portal.errors import RuleViolation

_KINDS = {"learners": learners, "decisions": decisions, "staff": staff, "people": people}
_MOST_PROBLEMS = 2_000
_TASK = "centres.run_import"


@transaction.atomic
def ask(*, centre_id: int, kind: str, upload: File, by: Actor, at: datetime) -> ImportJob:
    """Have a file checked by a worker; nothing of it is saved until ``save_rows``.

    Raises NotPermitted unless ``by`` may do by hand what the file does, or RuleViolation for an unknown kind and for a
    file that is no evidence (``evidence.store``).
    """
    if kind not in import_kinds.OF_A_CENTRE:
        raise RuleViolation("Choose what the file holds.")
    may_import(kind, centre_id, by)
    file = evidence.store(centre_id=centre_id, upload=upload, by=by, at=at)
    job = ImportJob.objects.create(
        centre_id=centre_id, kind=kind, file=file, asked_by=person_or_none(by), asked_at=at
    )
    jobs.enqueue(_TASK, centre_id=centre_id, import_id=job.pk)
    audit.record("import.asked", by=by, target=job, at=at, kind=kind, sha256=file.sha256)
    return job


@transaction.atomic
def save_rows(*, import_id: int, only_good_rows: bool, by: Actor, at: datetime) -> ImportJob:
    """Have a checked file saved by a worker: every row or, where the person takes them, the good rows.

    Raises NotPermitted, or RuleViolation when rows have problems and ``only_good_rows`` is not asked for. Saving is
    asked for once: a second call finds it under way.
    """
    job = _locked(import_id)
    job.only_good_rows = only_good_rows
    IMPORT.move(job, "apply", by=by, at=at, only_good_rows=only_good_rows)
    jobs.enqueue(_TASK, centre_id=job.centre_id, import_id=job.pk)
    return job


@transaction.atomic
def discard(*, import_id: int, by: Actor, at: datetime) -> ImportJob:
    """Give up a checked import; the file is kept as evidence of what was uploaded."""
    job = _locked(import_id)
    IMPORT.move(job, "discard", by=by, at=at, finished_at=at)
    return job


@transaction.atomic
def run(*, import_id: int, at: datetime) -> ImportJob:
    """Do what a job waits for: check it, or save its rows. Running it again does nothing.

    A worker that dies leaves the job as it was, because everything happens in this one transaction.
    """
    job = _locked(import_id)
    # Rows are checked as whoever asked may do them, in the context that they worked in.
    job.asked_by.access = load(job.asked_by, f"centre-{job.centre_id}")
    if job.status == ImportStatus.CHECKING:
        _check(job, at)
    elif job.status == ImportStatus.APPLYING:
        _save(job, at)
    return job


def _check(job: ImportJob, at: datetime) -> None:
    try:
        table = _table(job)
        with _KINDS[job.kind].staged(job, table, at=at) as checked:
            _note(job, checked, table.encoding)
    except csv_files.Unreadable as problem:
        job.problems = [{"row": 1, "column": "", "message": str(problem), "level": "error"}]
        job.total_rows = job.good_rows = 0
        job.save(update_fields=["problems", "total_rows", "good_rows"])
        IMPORT.move(job, "fail", by=SYSTEM, at=at, finished_at=at)
        return
    IMPORT.move(job, "check", by=SYSTEM, at=at, facts={"rows": job.total_rows, "good": job.good_rows})


def _save(job: ImportJob, at: datetime) -> None:
    table = _table(job)
    with _KINDS[job.kind].staged(job, table, at=at) as checked:
        good_before = job.good_rows
        _note(job, checked, table.encoding)
        # What was good when it was checked may not be now: somebody else may have added the same learner.
        if job.good_rows != job.total_rows and not (job.only_good_rows and job.good_rows == good_before):
            IMPORT.move(job, "refuse", by=SYSTEM, at=at)
            return
        made = checked.save(job.asked_by)
    job.result = {**job.result, "made": made}
    job.save(update_fields=["result"])
    # By the portal: the person asked for it in the context that they worked in then.
    facts = {"made": made, "sha256": job.file.sha256}
    IMPORT.move(job, "finish", by=SYSTEM, at=at, finished_at=at, facts=facts)


def _note(job: ImportJob, checked: Checked, encoding: str) -> None:
    job.encoding, job.total_rows, job.good_rows = encoding, checked.total, checked.good
    job.problems = checked.problems[:_MOST_PROBLEMS]
    job.result = {"would": checked.would, "problems": len(checked.problems)}
    job.save(update_fields=["encoding", "total_rows", "good_rows", "problems", "result"])


def _table(job: ImportJob) -> csv_files.Table:
    with default_storage.open(job.file.storage_name, "rb") as stored:
        return csv_files.read(stored.read(), import_kinds.OF_A_CENTRE[job.kind].columns)


def _locked(import_id: int) -> ImportJob:
    rows = ImportJob.objects.select_for_update(of=("self",))
    return rows.select_related("file", "asked_by", "centre").get(pk=import_id)
