"""Who may open an evidence file: the apps that link files to what they prove register their answer here.

An evidence file knows nothing of what it proves. An app above registers, when it is ready::

    evidence_access.register("self_assessment", may_see, keeps=files_of_submitted)

``may_see(person, file_ids)`` gives the ids among ``file_ids`` that this person may open because of that app's links;
``keeps(file_ids)`` gives those that may no longer be removed (they were submitted or issued). Both make one query,
inside the scope of the file's centre.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass
from typing import Any

MaySee = Callable[[Any, Collection[int]], set[int]]
Keeps = Callable[[Collection[int]], set[int]]


@dataclass(frozen=True)
class Links:
    """One app's links to evidence files."""

    name: str
    may_see: MaySee
    keeps: Keeps | None = None


_LINKS: dict[str, Links] = {}


def register(name: str, may_see: MaySee, *, keeps: Keeps | None = None) -> None:
    """Make an app's links known; called when the applications are ready."""
    _LINKS[name] = Links(name, may_see, keeps)


def allowed(person: Any, file_ids: Collection[int]) -> set[int]:
    """The files among these that a link of some app lets this person open."""
    asked, found = set(file_ids), set[int]()
    for links in _LINKS.values():
        found |= links.may_see(person, asked - found) & asked
        if found == asked:
            break
    return found


def kept(file_ids: Collection[int]) -> set[int]:
    """The files among these that some app still rests on, so that nobody may remove them."""
    found: set[int] = set()
    for links in _LINKS.values():
        if links.keeps is not None:
            found |= links.keeps(file_ids) & set(file_ids)
    return found
