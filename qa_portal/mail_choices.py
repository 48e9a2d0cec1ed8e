"""Which mail a person may do without, in groups; what asks somebody to act always comes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class MailGroup:
    """Mail that a person may turn off: its code in the preferences, its words, and the kinds of mail it holds."""

    code: str
    label: str
    question: str
    explained: str
    kinds: frozenset[str] = frozenset()


# Reminders and escalations are told apart when they are written (qa_portal/reminders.py): only who they are for shows
# whether they are one's own.
GROUPS = (
    MailGroup(
        "reminders",
        "Reminders before something is due",
        "Send me reminders before something is due",
        "What of your own is overdue always comes.",
    ),
    MailGroup(
        "escalations",
        "What others have not done in time",
        "Tell me what others have not done in time",
        "Some roles are told when a duty of somebody else is overdue. It stays on the pages of the portal.",
    ),
    MailGroup(
        "copies",
        "Copies of reports and decisions",
        "Send me copies of reports and decisions",
        "News of a report, a signed declaration, a decision on direct claims or a waived sample.",
        frozenset(
            {
                "report.issued",
                "declaration.signed",
                "direct_claims_changed",
                "direct_claims_decided",
                "sample_waived",
            }
        ),
    ),
)
ALWAYS = (
    "Always sent: what is asked of you by name, what you have to do and is overdue, answers to what you sent, messages "
    "from the other side, changes of your roles, and everything about signing in."
)


def is_wanted(kind: str, preferences: Mapping[str, str]) -> bool:
    """Whether somebody with these preferences gets mail of this kind."""
    return not any(kind in group.kinds and preferences.get(group.code) == "off" for group in GROUPS)
