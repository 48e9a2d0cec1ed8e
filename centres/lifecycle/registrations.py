"""How a registration moves: enrolled, registered, withdrawn, and back (R38)."""

from __future__ import annotations

from centres.models import RegistrationStatus as S
from centres.permissions import Permission as P
from centres.rules.registrations import not_registered_elsewhere
from qa_portal.lifecycle import Lifecycle, Transition

REGISTRATION = Lifecycle(
    "registration",
    Transition(
        "register",
        (S.ENROLLED,),
        S.REGISTERED,
        P.REGISTRATION_EDIT,
        "registration.registered",
        "Register the learner",
    ),
    Transition(
        "withdraw",
        (S.ENROLLED, S.REGISTERED),
        S.WITHDRAWN,
        P.REGISTRATION_EDIT,
        "registration.withdrawn",
        "Withdraw the learner",
    ),
    Transition(
        "reopen",
        (S.WITHDRAWN,),
        S.REGISTERED,
        P.REGISTRATION_EDIT,
        "registration.reopened",
        "Reopen the registration",
        conditions=(not_registered_elsewhere,),
    ),
)
