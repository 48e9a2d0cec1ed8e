"""What must hold before a programme may claim after a block (R66)."""

from __future__ import annotations

from qa_portal.errors import RuleViolation
from verification.models import Release, ReleaseStatus


def follows_the_sample_that_blocked(release: Release, sample_number: int) -> None:
    """A blocked programme is released by a later sample only. Raises RuleViolation (R66)."""
    if release.status != ReleaseStatus.PENDING:
        return
    if sample_number <= int(release.facts.get("sample_number", 0)):
        raise RuleViolation(
            "Certification is pending. Only a second sample, after the centre's action, can release it.",
            rule="R66",
        )
