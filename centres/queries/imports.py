"""What the pages of an import ask about the work behind it."""

from __future__ import annotations

from centres.models import ImportJob
from qa_portal import jobs

TASK = "centres.run_import"


def is_given_up(job: ImportJob) -> bool:
    """Whether checking or saving a file failed on every attempt, so that nothing goes on by itself."""
    return jobs.given_up().filter(task=TASK, centre_id=job.centre_id, kwargs__import_id=job.pk).exists()
