"""What other apps hold about a learner: they register it here, for the export, and what stands against erasure.

An app above registers, when it is ready::

    learner_records.register("samples", rows=sampled_items_of, holds=open_samples_of)

``rows(learner_id)`` gives flat dictionaries for the export, one a record; ``holds(learner_id)`` gives the reasons for
which the learner may not be erased now (an open sample, case or appeal). Both run in the scope of the centre.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from qa_portal.errors import Reason

Rows = Callable[[int], list[dict[str, Any]]]
Holds = Callable[[int], list[Reason]]


@dataclass(frozen=True)
class Records:
    """One kind of record about learners that another app holds."""

    name: str
    rows: Rows
    holds: Holds | None = None


_RECORDS: dict[str, Records] = {}


def register(name: str, *, rows: Rows, holds: Holds | None = None) -> None:
    """Make a kind of record known; called when the applications are ready."""
    _RECORDS[name] = Records(name, rows, holds)


def rows_of(learner_id: int) -> dict[str, list[dict[str, Any]]]:
    """Everything that other apps hold about a learner, by kind."""
    return {name: records.rows(learner_id) for name, records in _RECORDS.items()}


def holds_on(learner_id: int) -> list[Reason]:
    """Everything in other apps that stands against erasing a learner now."""
    return [
        reason
        for records in _RECORDS.values()
        if records.holds is not None
        for reason in records.holds(learner_id)
    ]
