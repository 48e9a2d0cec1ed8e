"""How an allocation moves: proposed by a plan or a planner, active, ended, or not used."""

from centres.permissions import Permission as P
from qa_portal.lifecycle import Lifecycle, Transition
from verification.models import AllocationStatus as S
from verification.rules import allocations as rules

ALLOCATION = Lifecycle(
    "allocation",
    Transition(
        "activate",
        (S.PROPOSED,),
        S.ACTIVE,
        P.ALLOCATION_MAKE,
        "allocation.activated",
        "Allocate this person",
        conditions=(
            rules.is_on_the_register,
            rules.is_competent,
            rules.has_no_open_conflict_or_a_countersignature,
            rules.long_stay_has_a_reason,
        ),
    ),
    Transition(
        "countersign",
        (S.PROPOSED,),
        S.ACTIVE,
        P.ALLOCATION_COUNTERSIGN,
        "allocation.countersigned",
        "Countersign this allocation",
        conditions=(
            rules.is_countersigned_by_somebody_else,
            rules.is_on_the_register,
            rules.is_competent,
            rules.long_stay_has_a_reason,
        ),
    ),
    Transition(
        "drop", (S.PROPOSED,), S.DROPPED, P.ALLOCATION_MAKE, "allocation.dropped", "Drop this proposal"
    ),
    Transition(
        "end",
        (S.ACTIVE,),
        S.ENDED,
        P.ALLOCATION_MAKE,
        "allocation.ended",
        "End this allocation",
    ),
)
