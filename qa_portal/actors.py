"""Who acts: a signed-in person, or the portal itself."""

from __future__ import annotations

from typing import Any, Protocol


class Actor(Protocol):
    """Somebody who may do things; ``pk`` is None for the portal itself."""

    @property
    def pk(self) -> Any:
        """The person's primary key, or None."""

    def may(self, permission: str, centre_id: int | None = None, programme_id: int | None = None) -> bool:
        """Whether a role they hold at this centre (and programme) carries the permission."""


class _System:
    """The portal acting by itself (deadlines, rules that follow from facts): there is always an actor."""

    pk = None
    id = None
    name = "The portal"

    def may(self, permission: str, centre_id: int | None = None, programme_id: int | None = None) -> bool:
        return True

    def __str__(self) -> str:
        return self.name


SYSTEM = _System()


def person_or_none(actor: Actor) -> Any:
    """The actor as the value of a foreign key to a person: None for the portal."""
    return actor if actor.pk is not None else None
