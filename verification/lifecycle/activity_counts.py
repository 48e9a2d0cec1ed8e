"""How the number of activities of a programme is agreed: one verifier proposes, the other confirms."""

from centres.permissions import Permission as P
from qa_portal.lifecycle import Lifecycle, Transition
from verification.models import ActivityCountStatus as S
from verification.rules import activity_counts as rules

ACTIVITY_COUNT = Lifecycle(
    "activity_count",
    Transition(
        "confirm", (S.PROPOSED,), S.CONFIRMED, P.ACTIVITY_COUNT_AGREE, "activity_count.confirmed",
        "Confirm the number", conditions=(rules.is_confirmed_by_the_other_verifier,),
    ),
    Transition(
        "reopen", (S.CONFIRMED,), S.PROPOSED, P.ACTIVITY_COUNT_AGREE, "activity_count.reopened",
        "Propose another number",
    ),
)  # fmt: skip
