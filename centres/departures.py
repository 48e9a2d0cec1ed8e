"""What happens to duties that somebody has by name when their role ends: the apps that give such duties register here.

An app above registers, when it is ready::

    departures.register("actions", hand_over)

``hand_over(centre_id=, from_ids=, by=, at=)`` passes to whoever is Quality Nominee what nobody at the centre can do any
more, and everything that the people of ``from_ids`` have by name there (they were Quality Nominee). It runs in the
scope of the centre and does nothing while there is no Quality Nominee.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Protocol

from qa_portal.actors import Actor


class HandOver(Protocol):
    """How one app passes its duties on."""

    def __call__(self, *, centre_id: int, from_ids: Collection[int], by: Actor, at: datetime) -> None: ...


_DUTIES: dict[str, HandOver] = {}


def register(name: str, hand_over: HandOver) -> None:
    """Make an app's duties known; called when the applications are ready."""
    _DUTIES[name] = hand_over


def hand_over(*, centre_id: int, from_ids: Collection[int] = (), by: Actor, at: datetime) -> None:
    """Have every app pass on what cannot be done any more by whom it is asked of (R17)."""
    for pass_on in _DUTIES.values():
        pass_on(centre_id=centre_id, from_ids=from_ids, by=by, at=at)
