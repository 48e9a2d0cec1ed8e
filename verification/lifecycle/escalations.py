"""How an escalation moves: raised by the LSV, answered by the quality manager."""

from centres.permissions import Permission as P
from qa_portal.lifecycle import Lifecycle, Transition
from verification.models import EscalationStatus as S

ESCALATION = Lifecycle(
    "escalation",
    Transition("answer", (S.RAISED,), S.ANSWERED, P.ESCALATION_ANSWER, "escalation.answered", "Answer it"),
)
