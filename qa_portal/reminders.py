"""Reminders and escalations of deadlines: one set-based statement, unique per deadline, step, date and person."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, time

from django.db import connection
from django.utils import timezone


@dataclass(frozen=True)
class Step:
    """Remind ``days`` before the due date (negative: after it); ``to_role`` is empty for the owner of the deadline."""

    kind: str
    days: int
    to_role: str = ""


def _no_steps(day: date) -> list[Step]:
    return []


# Set when the applications are ready: steps come from the published schemes.
steps_in_force: Callable[[date], list[Step]] = _no_steps
HOLDERS_SQL = (
    "SELECT person_id, centre_id, role, programme_id FROM centres_accessgrant"
    " WHERE starts_on <= %(today)s AND (ends_on IS NULL OR ends_on > %(today)s)"
)


def write_due(*, at: datetime) -> int:
    """Write the mail of every step whose day has come; a second run writes none. Returns how many were written."""
    today = timezone.localdate(at)
    steps = steps_in_force(today)
    if not steps:
        return 0
    values = ", ".join(["(%s, %s::int, %s)"] * len(steps))
    flat: list[str | int] = [part for step in steps for part in (step.kind, step.days, step.to_role)]
    due_at = timezone.make_aware(datetime.combine(today, time(7, 0)))
    with connection.cursor() as cursor:
        cursor.execute(
            _SQL.format(steps=values, holders=HOLDERS_SQL.replace("%(today)s", "%s")),
            [*flat, *([today] * 3), due_at, today, today],  # type: ignore[list-item]
        )
        return cursor.rowcount


# A deadline is reminded of at the latest step whose day has come, so one set late gets one message, not four.
_SQL = """
WITH steps (kind, days, to_role) AS (VALUES {steps}),
holders AS ({holders}),
due AS (
    SELECT DISTINCT ON (d.id, s.to_role) d.*, s.days, s.to_role
    FROM qa_portal_deadline d JOIN steps s ON s.kind = d.kind
    WHERE d.state = 'OPEN' AND d.due_on - s.days <= %s
    ORDER BY d.id, s.to_role, s.days
)
INSERT INTO qa_portal_mail (centre_id, to_id, kind, key, deadline_id, subject, body, url, state, due_at, attempts,
                            message_id, error, kept_to)
SELECT due.centre_id, person.id, CASE WHEN due.to_role = '' THEN 'reminder' ELSE 'escalation' END,
       'deadline-' || due.id || '-' || due.days || '-' || due.to_role || '-' || due.due_on || '-' || person.id,
       due.id, due.title, due.why, due.url,
       CASE WHEN due.to_role = '' AND due.days > 0 AND person.mail_preferences->>'reminders' = 'off'
            THEN 'NOT_WANTED' ELSE 'DUE' END, %s, 0, '', '', due.kept_to
FROM due
JOIN LATERAL (
    SELECT due.owner_id AS person_id WHERE due.owner_id IS NOT NULL AND due.to_role = ''
    UNION
    SELECT h.person_id FROM holders h
    WHERE (due.owner_id IS NULL OR due.to_role <> '')
      AND h.role = CASE WHEN due.to_role = '' THEN due.owner_role ELSE due.to_role END
      AND (h.centre_id IS NULL OR h.centre_id = due.centre_id)
      AND (h.programme_id IS NULL OR due.programme_id IS NULL OR h.programme_id = due.programme_id)
) receiver ON true
JOIN centres_person person ON person.id = receiver.person_id AND person.is_active AND NOT person.is_service
WHERE due.due_on - due.days <= %s AND due.due_on - due.days > %s::date - 30
ON CONFLICT (centre_id, key) DO NOTHING
"""
