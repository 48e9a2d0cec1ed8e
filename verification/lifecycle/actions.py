"""How an action moves: open, evidence sent, more needed, closed; the centre answers, the verifiers' side closes."""

from centres.permissions import Permission as P
from qa_portal.lifecycle import Lifecycle, Transition
from verification.models import ActionStatus as S
from verification.rules import actions as rules

_OTHERS = (rules.is_not_their_own_answer,)

ACTION = Lifecycle(
    "action",
    Transition("answer", (S.OPEN, S.RETURNED), S.ANSWERED, P.ACTION_ANSWER, "action.answered", "Send evidence"),
    Transition(
        "return_for_more", (S.ANSWERED,), S.RETURNED, P.ACTION_CLOSE, "action.returned", "Ask for more",
        conditions=_OTHERS,
    ),
    Transition(
        "close", (S.OPEN, S.ANSWERED, S.RETURNED), S.CLOSED, P.ACTION_CLOSE, "action.closed",
        "Close the action", conditions=_OTHERS,
    ),
)  # fmt: skip
