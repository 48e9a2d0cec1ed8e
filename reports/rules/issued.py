"""What a second press on "issue" is told: the report is issued, by whom, when, and where it is (R69)."""

from __future__ import annotations

from django.urls import reverse

from qa_portal.errors import Reason, RuleViolation
from qa_portal.wording import date_plain
from reports.models import Report


def was_issued(issued: Report) -> RuleViolation:
    """The refusal that leads to the report that was issued already (R69)."""
    what = f"{issued.issued_by} issued report {issued.number} on {date_plain(issued.issued_at)}"
    mend = "A correction is a new version."
    reason = Reason(what, mend, "R69", reverse("report", args=[issued.pk]))
    return RuleViolation(f"{what}. {mend}", rule="R69", reasons=[reason])
