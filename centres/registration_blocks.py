"""What stops registration on a programme besides its approval (sanctions): apps above register their answer here.

``registration_blocks.register("sanctions", blocks)``, where ``blocks(centre_id, programme_ids, on)`` gives, by id of a
programme, the reason for which nobody may be registered there on that day (R29).
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from datetime import date

Blocks = Callable[[int, Collection[int], date], dict[int, str]]

_BLOCKS: dict[str, Blocks] = {}


def register(name: str, blocks: Blocks) -> None:
    """Make a kind of block known; called when the applications are ready."""
    _BLOCKS[name] = blocks


def on_programmes(centre_id: int, programme_ids: Collection[int], on: date) -> dict[int, str]:
    """The reason for which each blocked programme among these takes no registration on a day."""
    found: dict[int, str] = {}
    for blocks in _BLOCKS.values():
        found = blocks(centre_id, programme_ids, on) | found
    return found
