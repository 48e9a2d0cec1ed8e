"""Reminders and escalations of deadlines: one set-based statement, unique per deadline, step, date and person."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any

from django.db import connection
from django.utils import timezone


@dataclass(frozen=True)
class Step:
    """Write ``days`` before the due date (negative: after it); ``to_role`` is empty for the owner of the deadline.

    Before the date it is a reminder, after it an escalation. A role is told beside the owner; where the owner stands
    for the role already, as an LSV does, nobody else who holds it is told.
    """

    kind: str
    days: int
    to_role: str = ""


def _no_steps(day: date) -> list[Step]:
    return []


# Set when the applications are ready: steps come from the published schemes, names of roles from the permissions.
steps_in_force: Callable[[date], list[Step]] = _no_steps
role_names: Mapping[str, str] = {}
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
    names = {"": "Somebody"} | dict(role_names)
    due_at = timezone.make_aware(datetime.combine(today, time(7, 0)))
    values: dict[str, Any] = {"today": today, "due_at": due_at}
    for i, step in enumerate(steps):
        values |= {f"kind{i}": step.kind, f"days{i}": step.days, f"to{i}": step.to_role}
    for i, (code, name) in enumerate(names.items()):
        values |= {f"role{i}": code, f"name{i}": name}
    sql = _SQL.format(
        steps=", ".join(f"(%(kind{i})s, %(days{i})s::int, %(to{i})s)" for i in range(len(steps))),
        names=", ".join(f"(%(role{i})s, %(name{i})s)" for i in range(len(names))),
        holders=HOLDERS_SQL,
    )
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        return cursor.rowcount


# A deadline is reminded of at the latest step whose day has come, so one set late gets one message, not four; somebody
# who is told for two reasons is told once.
_SQL = """
WITH steps (kind, days, to_role) AS (VALUES {steps}),
names (role, name) AS (VALUES {names}),
holders AS ({holders}),
due AS (
    SELECT DISTINCT ON (d.id, s.to_role) d.*, s.days, s.to_role
    FROM qa_portal_deadline d JOIN steps s ON s.kind = d.kind
    WHERE d.state = 'OPEN' AND d.due_on - s.days <= %(today)s
    ORDER BY d.id, s.to_role, s.days
),
told AS (
    SELECT DISTINCT ON (due.id, person.id) due.*, person.id AS person_id, person.mail_preferences
    FROM due
    JOIN LATERAL (
        SELECT due.owner_id AS person_id WHERE due.owner_id IS NOT NULL AND due.to_role = ''
        UNION
        SELECT h.person_id FROM holders h
        WHERE (due.owner_id IS NULL OR due.to_role <> '')
          AND h.role = CASE WHEN due.to_role = '' THEN due.owner_role ELSE due.to_role END
          AND (due.days < 0 OR due.to_role <> due.owner_role OR due.owner_side = 'centre')
          AND (h.centre_id IS NULL OR h.centre_id = due.centre_id)
          AND (h.programme_id IS NULL OR due.programme_id IS NULL OR h.programme_id = due.programme_id)
    ) receiver ON true
    JOIN centres_person person ON person.id = receiver.person_id AND person.is_active AND NOT person.is_service
    WHERE due.due_on - due.days <= %(today)s AND due.due_on - due.days > %(today)s::date - 30
    ORDER BY due.id, person.id, due.days, due.to_role
),
worded AS (
    SELECT told.*, told.days < 0 AND told.to_role <> '' AS is_escalation,
           CASE WHEN told.due_on < %(today)s THEN 'overdue since ' ELSE 'due ' END
               || to_char(told.due_on, 'FMDay FMDD FMMonth YYYY') AS due_words,
           to_char(told.due_on, 'FMDay FMDD FMMonth YYYY') AS day_words,
           COALESCE(owner.name || ', ' || role.name, role.name, told.owner_role) AS owner_words,
           COALESCE(told.owner_id = told.person_id, told.to_role IN ('', told.owner_role)) AS is_own,
           COALESCE(as_role.name, told.to_role) AS as_words,
           centre.name || ', ' || centre.number AS centre_words,
           CASE WHEN told.why = '' THEN '' ELSE E'\n\n' || told.why END AS why_words
    FROM told
    JOIN centres_centre centre ON centre.id = told.centre_id
    LEFT JOIN centres_person owner ON owner.id = told.owner_id
    LEFT JOIN names role ON role.role = told.owner_role
    LEFT JOIN names as_role ON as_role.role = told.to_role
)
INSERT INTO qa_portal_mail (centre_id, to_id, kind, key, deadline_id, subject, body, url, state, due_at, attempts,
                            message_id, error, kept_to)
SELECT centre_id, person_id, CASE WHEN is_escalation THEN 'escalation' ELSE 'reminder' END,
       'deadline-' || id || '-' || days || '-' || due_on || '-' || person_id, id,
       CASE WHEN is_escalation
            THEN left('Overdue since ' || day_words || ': ' || title, 200)
            ELSE left(title, 150) || ': ' || due_words END,
       CASE WHEN is_escalation AND NOT is_own
            THEN 'This was due ' || day_words || ' and is not done: ' || title || E'.\n\nOverdue since ' || day_words
                 || ' (' || owner_words || ').' || E'\nCentre: ' || centre_words || '.' || why_words
                 || E'\n\nPlease ask what stands in the way and see that it is done. You are told as '
                 || as_words || '. The page:'
            WHEN is_own
            THEN 'Please do this: ' || title || E'.\n\n' || upper(left(due_words, 1)) || substr(due_words, 2) || '.'
                 || E'\nCentre: ' || centre_words || '.' || why_words || E'\n\nDo it here:'
            ELSE title || E'.\n\n' || upper(left(due_words, 1)) || substr(due_words, 2) || ' (' || owner_words || ').'
                 || E'\nCentre: ' || centre_words || '.' || why_words
                 || E'\n\nPlease see that it is done in time. You are told as ' || as_words || '. The page:' END,
       url,
       CASE WHEN days > 0 AND mail_preferences->>'reminders' = 'off' THEN 'NOT_WANTED'
            WHEN is_escalation AND NOT is_own AND mail_preferences->>'escalations' = 'off' THEN 'NOT_WANTED'
            ELSE 'DUE' END,
       %(due_at)s, 0, '', '', kept_to
FROM worded
ON CONFLICT (centre_id, key) DO NOTHING
"""
