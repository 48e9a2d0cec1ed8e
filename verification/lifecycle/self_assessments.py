"""How a self-assessment moves between the centre and its LSV, and how a request for more time is answered."""

from centres.permissions import Permission as P
from qa_portal.lifecycle import Lifecycle, Transition
from verification.models import ExtensionStatus as E
from verification.models import SelfAssessmentStatus as S
from verification.rules.self_assessments import every_question_answered

SELF_ASSESSMENT = Lifecycle(
    "self_assessment",
    Transition(
        "submit", (S.OPEN, S.RETURNED), S.SUBMITTED, P.SELF_ASSESSMENT_SUBMIT, "self_assessment.submitted",
        "Submit", (every_question_answered,),
    ),
    Transition(
        "recall", (S.SUBMITTED,), S.OPEN, P.SELF_ASSESSMENT_SUBMIT, "self_assessment.recalled",
        "Take it back to change it",
    ),
    Transition(
        "return", (S.SUBMITTED,), S.RETURNED, P.SELF_ASSESSMENT_REVIEW, "self_assessment.returned",
        "Return it with remarks",
    ),
    Transition(
        "accept", (S.SUBMITTED,), S.ACCEPTED, P.SELF_ASSESSMENT_REVIEW, "self_assessment.accepted",
        "Accept it as read",
    ),
    Transition(
        "withdraw", (S.OPEN, S.RETURNED), S.WITHDRAWN, P.SELF_ASSESSMENT_SUBMIT, "self_assessment.withdrawn",
        "Withdraw it",
    ),
    Transition(
        "reopen", (S.WITHDRAWN,), S.OPEN, P.SELF_ASSESSMENT_SUBMIT, "self_assessment.reopened", "Open it again",
    ),
)  # fmt: skip

EXTENSION = Lifecycle(
    "extension",
    Transition("grant", (E.ASKED,), E.GRANTED, P.EXTENSION_DECIDE, "extension.granted", "Give more time"),
    Transition("refuse", (E.ASKED,), E.REFUSED, P.EXTENSION_DECIDE, "extension.refused", "Refuse more time"),
    Transition(
        "close",
        (E.ASKED,),
        E.CLOSED,
        P.SELF_ASSESSMENT_SUBMIT,
        "extension.closed",
        "Close the request",
    ),
)
