"""What a centre's year amounts to, as the final annual report prints it."""

from __future__ import annotations

from dataclasses import dataclass

from verification.models import Action, DirectClaimsStatus, Release


@dataclass(frozen=True)
class SampleLine:
    """One round of standards verification of a programme: what was judged and what came of it."""

    programme_id: int
    programme: str
    qan: str
    number: int
    status: str
    outcome: str
    judged: int
    disagreed: int
    note: str
    activity_id: int
    verifier: str
    waived_by: str = ""


@dataclass(frozen=True)
class YearRecord:
    """Everything the report prints that nobody types."""

    samples: tuple[SampleLine, ...]
    claims: tuple[DirectClaimsStatus, ...]
    releases: dict[int, str]
    open_actions: tuple[Action, ...]
    actions_opened: int
    actions_closed: int
    initial_rating: str
    unfinished: tuple[SampleLine, ...]
    without_activity: tuple[Release, ...]
    #: Why the LSV visit was waived, and by whom; empty where it was not (R10).
    visit_waived: str = ""
    visit_planned: bool = True
