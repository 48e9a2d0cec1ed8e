"""Who may import which file, and when a checked import may be saved."""

from __future__ import annotations

from typing import TYPE_CHECKING

from centres import import_kinds
from centres.models import ImportJob
from qa_portal.errors import NotPermitted, RuleViolation

if TYPE_CHECKING:
    from qa_portal.actors import Actor


def may_import(kind: str, centre_id: int, by: Actor) -> None:
    """A file does nothing that whoever imports it may not do row by row. Raises NotPermitted."""
    of_kind = import_kinds.OF_A_CENTRE[kind]
    if not of_kind.may_be_imported(by, centre_id):
        raise NotPermitted(
            f"Importing {of_kind.title.lower()} is not part of your role here: what a file does is "
            "for whoever may also do it by hand."
        )


def is_of_a_kind_they_import(job: ImportJob, by: Actor) -> None:
    """Whoever saves or discards a file may import its kind. Raises NotPermitted."""
    may_import(job.kind, job.centre_id, by)


def has_rows_to_save(job: ImportJob, by: Actor) -> None:
    """Nothing is saved unless every row is good or the person takes just the good ones. Raises RuleViolation."""
    if not job.good_rows:
        raise RuleViolation("No row of this file can be saved. Mend it and upload it again.")
    if job.good_rows != job.total_rows and not job.only_good_rows:
        raise RuleViolation(
            "Some rows of this file have problems, so nothing is saved. Mend them and upload the file again, or "
            "choose to save the good rows only."
        )
