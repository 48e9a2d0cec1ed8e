"""When a checked import may be saved."""

from __future__ import annotations

from typing import TYPE_CHECKING

from centres.models import ImportJob
from qa_portal.errors import RuleViolation

if TYPE_CHECKING:
    from qa_portal.actors import Actor


def has_rows_to_save(job: ImportJob, by: Actor) -> None:
    """Nothing is saved unless every row is good or the person takes just the good ones. Raises RuleViolation."""
    if not job.good_rows:
        raise RuleViolation("No row of this file can be saved. Mend it and upload it again.")
    if job.good_rows != job.total_rows and not job.only_good_rows:
        raise RuleViolation(
            "Some rows of this file have problems, so nothing is saved. Mend them and upload the file again, or "
            "choose to save the good rows only."
        )
