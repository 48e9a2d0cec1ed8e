"""How a programme's release for certification moves with the outcome of its samples."""

from centres.permissions import Permission as P
from qa_portal.lifecycle import Lifecycle, Transition
from verification.models import ReleaseStatus as S

RELEASE = Lifecycle(
    "release",
    Transition(
        "release", (S.OUTSTANDING, S.PENDING), S.RELEASED, P.SAMPLE_JUDGE, "release.released",
        "Release certification",
    ),
    Transition(
        "hold", (S.OUTSTANDING, S.RELEASED), S.PENDING, P.SAMPLE_JUDGE, "release.held",
        "Hold certification until the centre has acted",
    ),
    Transition(
        "hold_over", (S.OUTSTANDING,), S.PENDING, P.SAMPLE_JUDGE, "release.held_over",
        "Hold certification as last year’s sample left it",
    ),
    Transition(
        "lift", (S.PENDING,), S.OUTSTANDING, P.SAMPLE_JUDGE, "release.lifted",
        "Lift what was held over from last year",
    ),
)  # fmt: skip
