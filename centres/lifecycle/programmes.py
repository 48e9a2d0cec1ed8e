"""How a centre's approval to deliver a qualification closes and reopens."""

from __future__ import annotations

from centres.models import ProgrammeStatus as S
from centres.permissions import Permission as P
from qa_portal.lifecycle import Lifecycle, Transition

PROGRAMME = Lifecycle(
    "programme",
    Transition(
        "close", (S.APPROVED,), S.CLOSED, P.PROGRAMME_APPROVE, "programme.closed", "Close the programme"
    ),
    Transition(
        "reopen", (S.CLOSED,), S.APPROVED, P.PROGRAMME_APPROVE, "programme.reopened", "Reopen the programme"
    ),
)
