"""How an invitation moves: sent, then accepted or withdrawn."""

from __future__ import annotations

from centres.models import InvitationStatus as S
from centres.permissions import Permission as P
from qa_portal.lifecycle import Lifecycle, Transition

INVITATION = Lifecycle(
    "invitation",
    Transition("accept", (S.SENT,), S.ACCEPTED, P.ROLE_GRANT, "invitation.accepted", "Accept the invitation"),
    Transition(
        "withdraw", (S.SENT,), S.WITHDRAWN, P.ROLE_GRANT, "invitation.withdrawn", "Withdraw the invitation"
    ),
)
