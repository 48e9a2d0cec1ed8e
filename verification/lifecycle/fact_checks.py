"""How a check of the facts moves: with the centre, answered, or closed without an answer."""

from centres.permissions import Permission as P
from qa_portal.lifecycle import Lifecycle, Transition
from verification.models import FactCheckStatus as S

FACT_CHECK = Lifecycle(
    "fact_check",
    Transition("answer", (S.SENT,), S.ANSWERED, P.FACTS_CHECK, "fact_check.answered", "Answer the facts"),
    Transition("close", (S.SENT,), S.CLOSED, P.VISIT_CONDUCT, "fact_check.closed", "Go on without an answer"),
)
