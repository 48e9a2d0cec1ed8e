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
)  # fmt: skip
