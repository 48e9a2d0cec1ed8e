"""The year of each synthetic centre in SQL: its verifiers, activities, samples, actions, deadlines and reports.

Every second centre has had its LSV visit, with a report and an open action; every fifth has a sample being judged.
"""

from __future__ import annotations

# Centres to a verifier: the widest caseload that the caseload pages have to carry.
CENTRES_A_VERIFIER = 20
MINE = "number >= lpad((%(first)s)::text, 5, '0') AND number < lpad((%(first)s + %(centres)s)::text, 5, '0')"
MY_C = MINE.replace("number", "c.number")

# Each centre's year beside the two verifiers that look after it; place counts the centres from 0.
_YEARS = f"""
y AS (
    SELECT y.id, y.centre_id, c.number, c.name, row_number() OVER (ORDER BY c.number) - 1 AS place
    FROM verification_centreyear y JOIN centres_centre c ON c.id = y.centre_id
    WHERE y.year = %(year)s AND {MY_C}),
v AS (
    SELECT v.id, v.person_id, row_number() OVER (ORDER BY v.id) - 1 AS place, count(*) OVER () AS all_of_them
    FROM verification_verifier v JOIN centres_person p ON p.id = v.person_id
    WHERE p.email LIKE 'verifier-%%@verifiers.example'),
years AS (
    SELECT y.*, lsv.id AS lsv, lsv.person_id AS lsv_person, sv.id AS sv, sv.person_id AS sv_person
    FROM y JOIN v lsv ON lsv.place = y.place / {CENTRES_A_VERIFIER}
    JOIN v sv ON sv.place = (y.place / {CENTRES_A_VERIFIER} + 1) %% sv.all_of_them)"""

# A whole document, as short as a page of a report allows.
_REPORT = """jsonb_build_object(
    'schema', 1, 'kind', 'VISIT', 'title', 'Lead standards verifier: visit report', 'short_title', 'LSV visit report',
    'about', '', 'number', 'LSV-' || years.number || '-' || %(year)s || '-1', 'version', 1, 'organisation', '',
    'service', '', 'centre', jsonb_build_object('id', years.centre_id, 'number', years.number, 'name', years.name),
    'year', %(year)s, 'year_label', '', 'scheme', jsonb_build_object('code', 'wbl', 'version', 1),
    'cover', jsonb_build_array(), 'outcome', jsonb_build_object('figures', jsonb_build_array(), 'text', 'Safe.'),
    'sections', jsonb_build_array(), 'closing', '', 'correction', NULL, 'record', '{}'::jsonb,
    'issued', jsonb_build_object('by', jsonb_build_object('id', years.lsv_person, 'name', 'Verifier', 'role', 'LSV'),
        'at', %(visited)s::timestamptz, 'copies', jsonb_build_array()))"""

_DEADLINE = """INSERT INTO qa_portal_deadline (centre_id, kind, subject_type, subject_id, programme_id, year, due_on,
    owner_role, owner_side, owner_id, title, why, source, url, state, kept_to)"""
_PERSON = """INSERT INTO centres_person (password, email, name, phone, is_active, is_service, joined_at,
    details_confirmed_on, mail_preferences, calendar_secret)"""
_GRANT = """INSERT INTO centres_accessgrant (person_id, role, centre_id, programme_id, subject_area, starts_on, reason,
    created_at)"""

STEPS = (
    ("people", f"""
{_PERSON}
SELECT '!', 'verifier-' || i || '@verifiers.example', 'Verifier ' || i, '', true, false, now(), %(today)s,
       '{{}}'::jsonb, ''
FROM generate_series(1, ceil(%(centres)s / {CENTRES_A_VERIFIER}.0)::int) i
UNION ALL
SELECT '!', 'nominee-' || number || '@centre.example', 'Nominee ' || number, '', true, false, now(), %(today)s,
       '{{}}'::jsonb, ''
FROM centres_centre WHERE {MINE}"""),
    ("verifiers", """
INSERT INTO verification_verifier (person_id, is_lsv, days_a_year, town)
SELECT id, true, 60, 'Leeds' FROM centres_person WHERE email LIKE 'verifier-%%@verifiers.example'"""),
    ("self-assessments", f"""
INSERT INTO verification_selfassessment (centre_id, centre_year_id, kind, status, due_on, opened_at, remarks)
SELECT y.centre_id, y.id, 'CSA', 'OPEN', %(due)s, %(began)s, ''
FROM verification_centreyear y JOIN centres_centre c ON c.id = y.centre_id WHERE y.year = %(year)s AND {MY_C}"""),
    ("sections", f"""
INSERT INTO verification_selfassessmentsection (centre_id, self_assessment_id, key, programme_id, position, revision,
    questions, answered)
SELECT a.centre_id, a.id, key, NULL::bigint, position, 0, questions, 0
FROM verification_selfassessment a JOIN centres_centre c ON c.id = a.centre_id,
     (VALUES ('management_arrangements', 200, 8), ('learner_support', 300, 6)) s (key, position, questions)
WHERE {MY_C}
UNION ALL
SELECT a.centre_id, a.id, 'assessment_and_internal_verification', p.id, 500, 0, 6, 0
FROM verification_selfassessment a JOIN centres_centre c ON c.id = a.centre_id
JOIN centres_programme p ON p.centre_id = a.centre_id WHERE {MY_C}"""),
    ("answers still to be given", f"""
INSERT INTO verification_selfassessmentanswer (centre_id, section_id, question, comment)
SELECT n.centre_id, n.id, question->>'key', ''
FROM verification_selfassessmentsection n JOIN centres_centre c ON c.id = n.centre_id
JOIN centres_schemeversion v ON v.id = %(scheme)s
JOIN jsonb_array_elements(v.content->'self_assessment'->'sections') section ON section->>'key' = n.key,
     jsonb_array_elements(section->'questions') question
WHERE {MY_C}"""),
    ("allocations", f"""
WITH {_YEARS}
INSERT INTO verification_allocation (centre_id, centre_year_id, kind, programme_id, verifier_id, status, facts,
    long_stay_reason, made_at, started_on, end_reason)
SELECT centre_id, id, 'LSV', NULL::bigint, lsv, 'ACTIVE', '{{}}'::jsonb, '', %(began)s, %(start)s, '' FROM years
UNION ALL
SELECT years.centre_id, years.id, 'SV', p.id, sv, 'ACTIVE', '{{}}'::jsonb, '', %(began)s, %(start)s, ''
FROM years JOIN centres_programme p ON p.centre_id = years.centre_id"""),
    ("roles", f"""
WITH {_YEARS}
{_GRANT}
SELECT person.id, 'quality_nominee', centre_id, NULL::bigint, '', %(approved)s, '', now()
FROM years JOIN centres_person person ON person.email = 'nominee-' || years.number || '@centre.example'
UNION ALL
SELECT lsv_person, 'lead_standards_verifier', centre_id, NULL::bigint, '', %(start)s, '', now() FROM years
UNION ALL
SELECT sv_person, 'standards_verifier', years.centre_id, p.id, '', %(start)s, '', now()
FROM years JOIN centres_programme p ON p.centre_id = years.centre_id"""),
    ("activities", """
INSERT INTO verification_activity (centre_id, centre_year_id, allocation_id, kind, programme_id, number, status, mode,
    window_from, window_until, window_facts, day, whole_day, not_placed_because, late_reason, urgent_reason,
    people_seen, concluded_at, ended_reason)
SELECT centre_id, centre_year_id, id, CASE kind WHEN 'LSV' THEN 'VISIT' ELSE 'SAMPLING' END, programme_id, 1,
       CASE WHEN kind = 'LSV' AND centre_id %% 2 = 0 THEN 'CONCLUDED'
            WHEN kind = 'SV' AND centre_id %% 5 = 0 AND programme_id = first_of_centre THEN 'UNDER_WAY'
            ELSE 'PLANNED' END,
       'REMOTE', %(start)s, %(end)s, '{}',
       CASE WHEN kind = 'LSV' AND centre_id %% 2 = 0 THEN %(registered)s::date END, true, '', '', '', '',
       CASE WHEN kind = 'LSV' AND centre_id %% 2 = 0 THEN %(visited)s::timestamptz END, ''
FROM (SELECT a.*, min(a.programme_id) OVER (PARTITION BY a.centre_id) AS first_of_centre
      FROM verification_allocation a JOIN verification_verifier v ON v.id = a.verifier_id
      JOIN centres_person p ON p.id = v.person_id WHERE p.email LIKE 'verifier-%%@verifiers.example') a"""),
    ("releases", f"""
INSERT INTO verification_release (centre_id, centre_year_id, programme_id, status, control_measure, control_facts,
    facts)
SELECT y.centre_id, y.id, p.id, 'OUTSTANDING', 'STANDARD', '{{}}', '{{}}'
FROM verification_centreyear y JOIN centres_centre c ON c.id = y.centre_id
JOIN centres_programme p ON p.centre_id = c.id WHERE y.year = %(year)s AND {MY_C}"""),
    ("samples", f"""
WITH {_YEARS}
INSERT INTO sampling_sample (centre_id, activity_id, programme_id, year, round, status, scheme_version_id,
    control_measure, registered_learners, frame_size, frame_sha256, seed, minimum_size, size_facts,
    small_frame_reason, random_items, units_in_scope, warnings, planned_at, planned_by_id, requested_at, work_due_on,
    judging_at, outcome, outcome_facts, waived_reason)
SELECT a.centre_id, a.id, a.programme_id, %(year)s, 1, 'JUDGING', %(scheme)s, 'STANDARD', 5, 5, repeat('0', 64),
       repeat('0', 64), 5, '{{}}', '', 2, '[]', '[]', %(visited)s, years.sv_person, %(visited)s, %(decided)s,
       %(visited)s, '', '{{}}', ''
FROM verification_activity a JOIN years ON years.id = a.centre_year_id AND years.centre_id = a.centre_id
WHERE a.kind = 'SAMPLING' AND a.status = 'UNDER_WAY'"""),
    ("sampled items", f"""
INSERT INTO sampling_sampleditem (centre_id, sample_id, programme_id, decision_id, position, status, reasons,
    drawn_by_chance, added_reason, facts, verification_facts, missing_reason, received_at)
SELECT s.centre_id, s.id, s.programme_id, d.id, d.position, 'RECEIVED', '[]', false, '', jsonb_build_object(
           'unit', jsonb_build_object('number', 4, 'title', 'Unit 4'), 'grade', 'P', 'attempt', 'FIRST',
           'site', jsonb_build_object('id', d.site_id, 'name', 'Main site'),
           'cohort', jsonb_build_object('id', d.cohort_id, 'name', 'September'),
           'assessor', jsonb_build_object('id', d.assessor_id, 'name', 'Assessor 1'), 'criteria', '{{}}'::jsonb,
           'assignment', jsonb_build_object('number', 1, 'title', 'Assignment 4'), 'decided_on', d.decided_on,
           'registration', d.registration_id),
       '{{"outcome": "NONE", "verifier": null, "verified_on": null}}', '', %(visited)s
FROM sampling_sample s JOIN centres_centre c ON c.id = s.centre_id
JOIN LATERAL (
    SELECT d.*, r.cohort_id, row_number() OVER (ORDER BY d.id) AS position
    FROM centres_assessmentdecision d JOIN centres_registration r
      ON r.centre_id = d.centre_id AND r.id = d.registration_id
    WHERE d.centre_id = s.centre_id AND d.programme_id = s.programme_id ORDER BY d.id LIMIT 5) d ON true
WHERE {MY_C}"""),
    ("actions", f"""
WITH {_YEARS}
INSERT INTO verification_action (centre_id, number, centre_year_id, activity_id, criterion, level, status, text,
    owner_id, due_on, risk_to_valid_certification, opened_at, closing_note)
SELECT a.centre_id, 1, a.centre_year_id, a.id, 'standardisation', 'ESSENTIAL', 'OPEN',
       'Standardise before the next hand-in.', nominee.id, %(action_due)s, false, %(visited)s, ''
FROM verification_activity a JOIN years ON years.id = a.centre_year_id AND years.centre_id = a.centre_id
JOIN centres_person nominee ON nominee.email = 'nominee-' || years.number || '@centre.example'
WHERE a.kind = 'VISIT' AND a.status = 'CONCLUDED'"""),
    ("reports", f"""
WITH {_YEARS}
INSERT INTO reports_report (centre_id, centre_year_id, activity_id, kind, number, version, title, content, sha256,
    issued_at, issued_by_id, correction_reason, pdf_name, pdf_sha256)
SELECT a.centre_id, a.centre_year_id, a.id, 'VISIT', 'LSV-' || years.number || '-' || %(year)s || '-1', 1,
       'LSV visit report', {_REPORT}, repeat('0', 64), %(visited)s,
       years.lsv_person, '', '', ''
FROM verification_activity a JOIN years ON years.id = a.centre_year_id AND years.centre_id = a.centre_id
WHERE a.kind = 'VISIT' AND a.status = 'CONCLUDED'"""),
    ("deadlines of centres", f"""
WITH {_YEARS}
{_DEADLINE}
SELECT a.centre_id, 'self_assessment', 'verification.selfassessment', a.id, NULL::bigint, %(year)s, %(due)s,
       'quality_nominee', 'centre', nominee.id, 'Submit the self-assessment', '', 'Year planner',
       '/centres/' || years.number || '/self-assessment/', 'OPEN', ''
FROM verification_selfassessment a JOIN years ON years.id = a.centre_year_id AND years.centre_id = a.centre_id
JOIN centres_person nominee ON nominee.email = 'nominee-' || years.number || '@centre.example'
UNION ALL
SELECT a.centre_id, 'essential_action', 'verification.action', a.id, NULL::bigint, %(year)s, a.due_on,
       'quality_nominee', 'centre', a.owner_id, 'Complete essential action 1', '', 'LSV report',
       '/actions/' || a.id || '/', 'OPEN', ''
FROM verification_action a JOIN centres_centre c ON c.id = a.centre_id WHERE {MY_C}"""),
    ("deadlines of verifiers", f"""
WITH {_YEARS}
{_DEADLINE}
SELECT a.centre_id, CASE a.kind WHEN 'VISIT' THEN 'lsv_visit' ELSE 'standards_verification' END,
       'verification.activity', a.id, a.programme_id, %(year)s, %(end)s,
       CASE a.kind WHEN 'VISIT' THEN 'lead_standards_verifier' ELSE 'standards_verifier' END, 'verifier',
       CASE a.kind WHEN 'VISIT' THEN years.lsv_person ELSE years.sv_person END,
       CASE a.kind WHEN 'VISIT' THEN 'Carry out the LSV visit to ' ELSE 'Conclude the sample at ' END || years.name,
       '', 'Year planner', '/activities/' || a.id || '/', 'OPEN', ''
FROM verification_activity a JOIN years ON years.id = a.centre_year_id AND years.centre_id = a.centre_id
WHERE a.status <> 'CONCLUDED'"""),
)  # fmt: skip
TABLES = (
    "centres_person", "centres_accessgrant", "verification_verifier", "verification_allocation",
    "verification_selfassessment", "verification_selfassessmentsection", "verification_selfassessmentanswer",
    "verification_activity", "verification_release", "verification_action", "sampling_sample",
    "sampling_sampleditem", "reports_report", "qa_portal_deadline",
)  # fmt: skip
