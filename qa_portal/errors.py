"""The two refusals that every rule, operation and interface uses, and what each carries for the reader."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Reason:
    """One thing that stands in the way: what, how to mend it or who can, the rule's number, and where to go."""

    what: str
    mend: str = ""
    rule: str = ""
    url: str = ""


class Refusal(Exception):
    """Something the portal will not do; ``str(refusal)`` is written for the person who asked."""

    def __init__(
        self, message: str, *, rule: str = "", reasons: tuple[Reason, ...] | list[Reason] = ()
    ) -> None:
        super().__init__(message)
        self.message = message
        self.rule = rule
        self.reasons = tuple(reasons)


class NotPermitted(Refusal):
    """This person may not do this at all (403): it is not offered to them."""


class RuleViolation(Refusal):
    """Nobody can do this now (409): it is offered as text with its reason."""


class EditConflict(RuleViolation):
    """Somebody else changed the same thing first (409); nothing the person typed is lost."""
