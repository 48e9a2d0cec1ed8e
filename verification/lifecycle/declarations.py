"""How the annual declaration moves: it is signed once."""

from centres.permissions import Permission
from qa_portal.lifecycle import Lifecycle, Transition
from verification.models import DeclarationStatus as S

DECLARATION = Lifecycle(
    "declaration",
    Transition(
        "sign", (S.DUE,), S.SIGNED, Permission.DECLARATION_SIGN, "declaration.signed", "Sign the declaration"
    ),
)
