"""A hundred thousand due deadlines: the reminder sweep against one plain INSERT ... SELECT."""

from __future__ import annotations

from django.db import connection
from django.utils import timezone

from benchmarks.measuring import ROUNDS, Rounds, Work
from benchmarks.requests import use
from benchmarks.results import Result, verdict
from qa_portal import reminders
from qa_portal.tenancy import ALL_CENTRES, scoped_to

DUE = 100_000
_PEOPLE = """
INSERT INTO centres_person (password, email, name, phone, is_active, is_service, joined_at, mail_preferences,
                            calendar_secret)
SELECT '!', 'person-' || i || '@centre.example', 'Person ' || i, '', true, false, now(), '{}', ''
FROM generate_series(1, 2000) i ON CONFLICT DO NOTHING
"""
_DEADLINES = """
INSERT INTO qa_portal_deadline (centre_id, kind, subject_type, subject_id, year, due_on, owner_role, owner_side,
                                owner_id, title, why, source, url, state, kept_to)
SELECT centre.id, 'self_assessment', 'benchmarks.subject', i, %s, %s, 'quality_nominee', 'centre', person.id,
       'Submit the self-assessment', 'It opens the year.', 'Year planner', '/', 'OPEN', ''
FROM generate_series(1, %s) i
JOIN (SELECT id, row_number() OVER (ORDER BY id) - 1 AS place FROM centres_centre) centre ON centre.place = i %% 60
JOIN (SELECT id, row_number() OVER (ORDER BY id) - 1 AS place FROM centres_person WHERE email LIKE 'person-%%') person
  ON person.place = i %% 2000
"""
_PLAIN = """
INSERT INTO bench_mail (centre_id, to_id, kind, key, deadline_id, subject, body, url, state, due_at, attempts,
                        message_id, error, kept_to)
SELECT centre_id, owner_id, 'reminder', 'deadline-' || id || '-' || due_on, id, title, why, url, 'DUE', now(), 0, '',
       '', ''
FROM qa_portal_deadline WHERE state = 'OPEN' AND due_on = %s
ON CONFLICT (centre_id, key) DO NOTHING
"""


def measure(databases: dict[str, str]) -> list[Result]:
    """First runs in alternated rounds, each rolled back; then one that stays, and a second after it."""
    use(databases["scratch"])
    at = timezone.now()
    today = timezone.localdate(at)
    # Over all centres, because the sweep is one statement over them all.
    with scoped_to(ALL_CENTRES), connection.cursor() as cursor:
        cursor.execute("SET LOCAL statement_timeout = 0")
        cursor.execute(
            "UPDATE qa_portal_deadline SET state = 'CANCELLED', ended_at = now() WHERE state = 'OPEN'"
        )
        cursor.execute(_PEOPLE)
        cursor.execute(_DEADLINES, [today.year, today, DUE])
    written: list[int] = []

    def ours() -> None:
        with scoped_to(ALL_CENTRES):
            written.append(reminders.write_due(at=at))
            connection.set_rollback(True)

    def plain() -> None:
        with scoped_to(ALL_CENTRES), connection.cursor() as cursor:
            cursor.execute(_PLAIN, [today])
            connection.set_rollback(True)

    ours(), plain()
    rounds = Rounds({"ours": Work(ours), "floor": Work(plain)})
    with scoped_to(ALL_CENTRES):
        first, second = reminders.write_due(at=at), reminders.write_due(at=at)
    slower = rounds.times_longer("ours", "floor")
    met = slower <= 3 and first == DUE
    return [
        Result(
            "Reminders",
            f"{DUE:,} deadlines due today, each with its person, over 60 centres; {ROUNDS} alternated rounds, each "
            "rolled back. The floor is one INSERT ... SELECT ... ON CONFLICT DO NOTHING into a plain table with the "
            "same columns and indexes.",
            ["work", "mails written", "seconds", "against the floor", "goal", "verdict"],
            [
                ["floor", f"{DUE:,}", f"{rounds.wall('floor'):.2f}", "1", "", ""],
                ["write_due", f"{first:,}", f"{rounds.wall('ours'):.2f}", f"{slower:.1f} times", "≤ 3 times",
                 verdict(met)],
                ["write_due again", f"{second:,}", "", "", "0 mails", verdict(second == 0)],
            ],
        )
    ]  # fmt: skip
