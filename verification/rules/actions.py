"""What must hold when an action is written, answered, returned or closed (R81, R82)."""

from __future__ import annotations

from datetime import date

from centres.schemes import Scheme
from qa_portal.actors import Actor
from qa_portal.errors import NotPermitted, RuleViolation
from qa_portal.wording import date_long, date_plain
from verification.models import Action, ActionResponse
from verification.rules.days import is_in_reach


def is_not_their_own_answer(action: Action, by: Actor) -> None:
    """Whoever answered for the centre does not close or return it as a verifier. Raises NotPermitted (R82)."""
    last = _last_answer(action)
    if last is not None and by.pk is not None and last.written_by_id == by.pk:
        raise NotPermitted("You answered this action for the centre, so somebody else closes it.", rule="R82")


def is_said(text: str, what: str) -> None:
    """A remark, answer or reason is there. Raises RuleViolation."""
    if not text.strip():
        raise RuleViolation(f"Write {what}.")


def closing_is_explained(action: Action, note: str) -> None:
    """An action that the centre has not answered is closed with a note. Raises RuleViolation (R82)."""
    if action.status != "ANSWERED" and not note.strip():
        raise RuleViolation(
            "The centre has not sent anything for this action. Say in the note why it can be closed.",
            rule="R82",
        )


def latest_due(scheme: Scheme, year: int, *, risk_to_valid_certification: bool) -> date | None:
    """The last day on which such an action may fall due, or None.

    A risk to valid certification is put right before the sampling window opens (R81).
    """
    if not risk_to_valid_certification:
        return None
    window = scheme.windows[scheme.verification.actions.risk_to_certification_due_before_window]
    return date.fromordinal(window.on(year)[0].toordinal() - 1)


def falls_due_in_time(
    due_on: date, *, scheme: Scheme, year: int, risk_to_valid_certification: bool, on: date
) -> None:
    """The due date lies ahead but not years away, and before the sampling window where certificates are at risk.

    Raises RuleViolation (R81). A visit after the window has opened only asks for a date ahead.
    """
    if due_on < on:
        raise RuleViolation(f"{date_long(due_on)} is in the past. Choose a day to come.", rule="R81")
    is_in_reach(due_on, on=on, rule="R81")
    latest = latest_due(scheme, year, risk_to_valid_certification=risk_to_valid_certification)
    if latest is not None and latest >= on and due_on > latest:
        raise RuleViolation(
            "A risk to valid certification is put right before standards verification begins: choose "
            f"{date_plain(latest)} or earlier.",
            rule="R81",
        )


def _last_answer(action: Action) -> ActionResponse | None:
    return (
        ActionResponse.objects.filter(centre_id=action.centre_id, action=action, from_centre=True)
        .order_by("-written_at", "-pk")
        .first()
    )
