"""Synthetic centres and learners of any size, written set by set in SQL: operations would take days."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

import psycopg2
from django.db import connection, transaction

from centres.models import Qualification, SchemeVersion
from qa_portal.tenancy import ALL_CENTRES, scoped_to
from reports import synthetic_years
from reports.synthetic_years import MINE as _MINE
from reports.synthetic_years import MY_C as _MY_C

SUITE = "Sport Industry Skills"
FIRST_NUMBER = 30_000


@dataclass(frozen=True)
class Size:
    """How much to make; the last centre, the newest one, gets ``newest`` learners, the others share the rest."""

    centres: int
    learners: int
    newest: int
    year: int
    seed: int


def generate(size: Size, *, say: Callable[[str], object]) -> None:
    """Write centres with staff, programmes, learners, registrations and decisions, and what a year brings each.

    All constraints hold. Only the triggers on first statuses are told that this is a bulk load, because finished
    states are written directly. Refused where centres of this number range exist already.
    """
    # Over all centres, because it makes them; the command is refused in production.
    with scoped_to(ALL_CENTRES), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL statement_timeout = 0")
        # The triggers' own setting is given too: where it is missing, each call raises and catches an error inside.
        cursor.execute(
            "SELECT set_config('qa.bulk_load', 'on', true), set_config('pgtrigger.ignore', '{}', true), setseed(%s)",
            [(size.seed % 1000) / 1000],
        )
        facts = _facts(size)
        for name, sql in (*_STEPS, *synthetic_years.STEPS):
            cursor.execute(sql, facts)
            say(f"{cursor.rowcount:>9,} {name}")
    _analyze((*_ANALYZED, *synthetic_years.TABLES))


def _analyze(tables: Iterable[str]) -> None:
    """Count again for the planner, as the owner: who only reads and writes a table may not. Else autovacuum does."""
    if address := os.environ.get("MIGRATION_DATABASE_URL"):
        owner = psycopg2.connect(address, dbname=connection.settings_dict["NAME"])
        with contextlib.closing(owner), owner, owner.cursor() as cursor:
            cursor.execute(f"ANALYZE {', '.join(tables)}")


def _facts(size: Size) -> dict[str, Any]:
    return {
        "centres": size.centres,
        "learners": size.learners,
        "newest": min(size.newest, size.learners),
        "first": FIRST_NUMBER,
        "approved": date(size.year - 5, 9, 1),
        "year": size.year,
        "scheme": SchemeVersion.objects.filter(qa_model="WBL").latest("version").pk,
        "suite": SUITE,
        "programmes": Qualification.objects.filter(suite=SUITE).count(),
        "start": date(size.year, 9, 7),
        "end": date(size.year + 1, 6, 25),
        "decided": date(size.year, 12, 1),
        "registered": date(size.year, 10, 1),
        "due": date(size.year, 11, 3),
        "began": datetime(size.year, 9, 1, 8, tzinfo=UTC),
        "visited": datetime(size.year, 10, 1, 8, tzinfo=UTC),
        "action_due": date(size.year, 12, 15),
        "today": date(size.year, 9, 1),
    }


_GIVEN = "(ARRAY['Amara','Lewis','Isla','Noah','Chloe','Yusuf','Ella','Kofi','Mia','Jordan','Freya','Ravi'])"
_FAMILY = "(ARRAY['Boateng','Carr','Dhillon','Fenwick','Grant','Hassan','Ingram','Jarvis','Kowalski','Lowe','Menon'])"
# The first nine digits with weights 10 to 2; no number where the check digit would be ten.
_REMAINDER = "(" + " + ".join(f"substr(base, {i + 1}, 1)::int * {10 - i}" for i in range(9)) + ") % 11"
_ULN = f"CASE WHEN {_REMAINDER} = 0 THEN '' ELSE base || (10 - {_REMAINDER})::text END".replace("%", "%%")
_STEPS = (
    ("centres", f"""
INSERT INTO centres_centre (number, name, nation, time_zone, town, address, status, approved_on, mainly_btec_qa)
SELECT lpad((%(first)s + i)::text, 5, '0'), {_FAMILY}[1 + i %% 11] || ' College ' || i,
       (ARRAY['GB-ENG','GB-ENG','GB-WLS','GB-SCT','GB-NIR'])[1 + i %% 5], 'Europe/London', 'Leeds', '', 'APPROVED',
       %(approved)s, false
FROM generate_series(0, %(centres)s - 1) i"""),
    ("sites", f"""
INSERT INTO centres_site (centre_id, name, address, is_main)
SELECT id, 'Main site', '', true FROM centres_centre WHERE {_MINE}"""),
    ("members of staff", f"""
INSERT INTO centres_staffmember (centre_id, name, roles, site_id, started_on)
SELECT c.id, CASE WHEN n < 4 THEN 'Assessor ' ELSE 'Verifier ' END || n,
       CASE WHEN n < 4 THEN '["assessor"]' ELSE '["internal_verifier"]' END::jsonb, s.id, %(approved)s
FROM centres_centre c JOIN centres_site s ON s.centre_id = c.id, generate_series(1, 5) n WHERE {_MY_C}"""),
    ("programmes", f"""
INSERT INTO centres_programme (centre_id, qualification_id, status, approved_from, specification_version)
SELECT c.id, q.id, 'APPROVED', %(approved)s, '1'
FROM centres_centre c, centres_qualification q WHERE q.suite = %(suite)s AND {_MY_C}"""),
    ("cohorts", f"""
INSERT INTO centres_cohort (centre_id, programme_id, site_id, name, delivery_pattern, starts_on, ends_on)
SELECT p.centre_id, p.id, s.id, 'September', 'ACADEMIC_YEAR', %(start)s, %(end)s
FROM centres_programme p JOIN centres_site s ON s.centre_id = p.centre_id
JOIN centres_centre c ON c.id = p.centre_id WHERE {_MY_C}"""),
    ("learners", f"""
WITH mine AS (SELECT id, row_number() OVER (ORDER BY number) - 1 AS place FROM centres_centre WHERE {_MINE}),
rows AS (
    SELECT i, (100000000 + i)::text AS base,
           CASE WHEN i < %(newest)s OR %(centres)s = 1 THEN %(centres)s - 1
                ELSE (i - %(newest)s) %% (%(centres)s - 1) END AS place
    FROM generate_series(0, %(learners)s - 1) i)
INSERT INTO centres_learner (centre_id, given_name, family_name, date_of_birth, uln, reference)
SELECT mine.id, {_GIVEN}[1 + (random() * 11)::int], {_FAMILY}[1 + (random() * 10)::int] || ' ' || (i %% 997),
       DATE '2006-01-01' + (random() * 1400)::int, {_ULN}, 'L' || i
FROM rows JOIN mine USING (place)"""),
    ("registrations", f"""
WITH own AS (
    SELECT p.centre_id, p.id AS programme_id, h.id AS cohort_id,
           row_number() OVER (PARTITION BY p.centre_id ORDER BY p.id) - 1 AS place
    FROM centres_programme p JOIN centres_cohort h ON h.programme_id = p.id
    JOIN centres_centre c ON c.id = p.centre_id WHERE {_MY_C})
INSERT INTO centres_registration (centre_id, learner_id, programme_id, cohort_id, status, enrolled_on, registered_on,
    certificate_name, specification_version, fee_multiplier, fee_facts)
SELECT l.centre_id, l.id, own.programme_id, own.cohort_id, 'REGISTERED', %(start)s, %(registered)s,
       l.given_name || ' ' || l.family_name, '1', 1.00, '{{}}'
FROM centres_learner l JOIN own ON own.centre_id = l.centre_id AND own.place = l.id %% %(programmes)s"""),
    ("assignments", f"""
INSERT INTO centres_assignment (centre_id, programme_id, unit_id, number, title)
SELECT p.centre_id, p.id, u.id, 1, 'Assignment ' || u.number
FROM centres_programme p JOIN centres_unit u ON u.qualification_id = p.qualification_id
JOIN centres_centre c ON c.id = p.centre_id WHERE u.number = 4 AND {_MY_C}"""),
    ("assessment decisions", f"""
WITH staff AS (
    SELECT centre_id, id, row_number() OVER (PARTITION BY centre_id ORDER BY id) - 1 AS place
    FROM centres_staffmember WHERE roles ? 'assessor'),
sites AS (SELECT centre_id, min(id) AS id FROM centres_site GROUP BY centre_id)
INSERT INTO centres_assessmentdecision (centre_id, registration_id, programme_id, assignment_id, site_id, assessor_id,
    attempt, decided_on, grade, criteria, verification_outcome, reference)
SELECT r.centre_id, r.id, r.programme_id, a.id, sites.id, staff.id, 'FIRST', %(decided)s, 'P', '{{}}', 'NONE', ''
FROM centres_registration r JOIN centres_assignment a ON a.programme_id = r.programme_id
JOIN sites ON sites.centre_id = r.centre_id
JOIN staff ON staff.centre_id = r.centre_id AND staff.place = r.id %% 3
JOIN centres_centre c ON c.id = r.centre_id WHERE {_MY_C}"""),
    ("centre years", f"""
INSERT INTO verification_centreyear (centre_id, year, scheme_version_id, self_assessment_state, allocation_state,
    visit_state, sampling_state, final_report_state, stage_facts, risk, next_cycle)
SELECT id, %(year)s, %(scheme)s, 'UNDER_WAY', 'DONE', (ARRAY['DONE','NOT_STARTED'])[1 + id %% 2],
       (ARRAY['UNDER_WAY','NOT_STARTED','NOT_STARTED','NOT_STARTED','NOT_STARTED'])[1 + id %% 5], 'CANNOT_START',
       '{{}}', (ARRAY['','LOW','LOW','MEDIUM','HIGH'])[1 + id %% 5], '{{}}'
FROM centres_centre WHERE {_MINE}"""),
    ("direct claims statuses", f"""
INSERT INTO verification_directclaimsstatus (centre_id, programme_id, status, since, review_due, basis)
SELECT p.centre_id, p.id, CASE WHEN p.id %% 5 = 0 THEN 'NOT_HELD' ELSE 'ACTIVE' END,
       CASE WHEN p.id %% 5 = 0 THEN NULL ELSE %(approved)s END,
       CASE WHEN p.id %% 5 = 0 THEN NULL ELSE %(end)s END, '{{}}'
FROM centres_programme p JOIN centres_centre c ON c.id = p.centre_id WHERE {_MY_C}"""),
)  # fmt: skip
_ANALYZED = (
    "centres_centre", "centres_site", "centres_staffmember", "centres_programme", "centres_cohort", "centres_learner",
    "centres_registration", "centres_assignment", "centres_assessmentdecision", "verification_centreyear",
    "verification_directclaimsstatus",
)  # fmt: skip
