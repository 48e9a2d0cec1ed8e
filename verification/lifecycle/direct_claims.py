"""How direct claims status moves, and how a recommendation about it is decided."""

from centres.permissions import Permission as P
from qa_portal.lifecycle import Lifecycle, Transition
from verification.models import DirectClaimsState as S
from verification.models import RecommendationStatus as R
from verification.rules import direct_claims as rules

DIRECT_CLAIMS = Lifecycle(
    "direct_claims",
    Transition(
        "grant", (S.NOT_HELD,), S.ACTIVE, P.DIRECT_CLAIMS_DECIDE, "direct_claims.granted",
        "Grant direct claims status", conditions=(rules.is_not_moderated,),
    ),
    Transition(
        "keep", (S.ACTIVE,), S.ACTIVE, P.DIRECT_CLAIMS_DECIDE, "direct_claims.kept",
        "Keep direct claims status", conditions=(rules.is_not_moderated,),
    ),
    Transition(
        "regain", (S.SUSPENDED,), S.ACTIVE, P.DIRECT_CLAIMS_DECIDE, "direct_claims.regained",
        "Give direct claims status back", conditions=(rules.is_not_moderated,),
    ),
    Transition(
        "suspend", (S.ACTIVE,), S.SUSPENDED, P.DIRECT_CLAIMS_DECIDE, "direct_claims.suspended",
        "Suspend direct claims status",
    ),
    Transition(
        "remove", (S.ACTIVE, S.SUSPENDED), S.NOT_HELD, P.DIRECT_CLAIMS_DECIDE, "direct_claims.removed",
        "Remove direct claims status",
    ),
)  # fmt: skip

RECOMMENDATION = Lifecycle(
    "dcs_recommendation",
    Transition(
        "accept", (R.WAITING,), R.ACCEPTED, P.DIRECT_CLAIMS_DECIDE, "direct_claims.recommendation_accepted",
        "Accept the recommendation", conditions=(rules.is_decided_by_somebody_else,),
    ),
    Transition(
        "decline", (R.WAITING,), R.DECLINED, P.DIRECT_CLAIMS_DECIDE, "direct_claims.recommendation_declined",
        "Decline the recommendation", conditions=(rules.is_decided_by_somebody_else,),
    ),
)  # fmt: skip
