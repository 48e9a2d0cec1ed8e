"""Who is reminded before a deadline and who is told after it."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

from centres.schemes.reading import Count, Positive, Rule
from centres.schemes.terms import Problem, Role


@dataclass(frozen=True)
class Escalation:
    """Tell someone else, so many days after a deadline has passed."""

    days_after: Positive
    to: tuple[Role, ...]


@dataclass(frozen=True)
class Step:
    """One message of a ladder: the day it goes, to which roles, and whether it reminds or escalates."""

    on: date
    days_from_due: int
    to: tuple[str, ...]
    kind: Literal["reminder", "escalation"]


@dataclass(frozen=True)
class Ladder:
    """The reminders before a deadline and the escalations after it, in days."""

    title: str
    to: tuple[Role, ...]
    remind_days_before: tuple[Count, ...]
    rule: Rule
    escalate: tuple[Escalation, ...] = ()
    # Of what has no date of its own: how many working days there are from the day it was asked for.
    within_working_days: Positive | None = None

    def steps(self, due: date) -> tuple[Step, ...]:
        """List every message about one deadline in the order in which they go."""
        reminders = [
            Step(due - timedelta(days=days), -days, self.to, "reminder")
            for days in sorted(self.remind_days_before, reverse=True)
        ]
        escalations = [
            Step(due + timedelta(days=each.days_after), each.days_after, each.to, "escalation")
            for each in sorted(self.escalate, key=lambda each: each.days_after)
        ]
        return (*reminders, *escalations)

    def problems(self) -> list[Problem]:
        """Refuse two reminders on one day."""
        if len(set(self.remind_days_before)) < len(self.remind_days_before):
            return [(".remind_days_before", "The same day is listed twice.", "Keep one.")]
        return []
