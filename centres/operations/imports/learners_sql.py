"""The statements that stage, check and save a file of learners; ``{staged}`` is this import's temporary table.

Names of tables come from our own code, values are always parameters. A problem is inserted with the row's number in the
file, the column, a message for the person who sent the file, and whether it stops the row (error) or not (warning).
"""

from __future__ import annotations

# A page's time limit does not fit a file of a million rows; the worker's own limit ends what hangs.
NO_TIME_LIMIT = "SET LOCAL statement_timeout = 0"
MAKE = """
CREATE TEMP TABLE {staged}_raw (
    row int NOT NULL, uln text NOT NULL DEFAULT '', given_name text NOT NULL DEFAULT '',
    family_name text NOT NULL DEFAULT '', date_of_birth text NOT NULL DEFAULT '', reference text NOT NULL DEFAULT '',
    programme text NOT NULL DEFAULT '', cohort text NOT NULL DEFAULT '', enrolled_on text NOT NULL DEFAULT '',
    register text NOT NULL DEFAULT '', certificate_name text NOT NULL DEFAULT ''
) ON COMMIT DROP;
CREATE TEMP TABLE {staged}_date (text text, value date) ON COMMIT DROP;
CREATE TEMP TABLE {staged}_problem (row int, column_name text, message text, level text) ON COMMIT DROP;
CREATE TEMP TABLE {staged}_fee (
    cohort_id bigint, enrolled date, multiplier numeric(4, 2), facts jsonb
) ON COMMIT DROP
"""
COPY_RAW = """
COPY {staged}_raw ({columns}) FROM STDIN WITH (FORMAT csv, FORCE_NOT_NULL ({text_columns}))
"""
DIFFERENT_DATES = """
SELECT date_of_birth FROM {staged}_raw WHERE date_of_birth <> ''
UNION SELECT enrolled_on FROM {staged}_raw WHERE enrolled_on <> ''
"""
COPY_DATES = "COPY {staged}_date FROM STDIN WITH (FORMAT csv)"

# Few names hold two spaces in a row, so only those pay for the expression.
ONE_SPACE = """
UPDATE {staged}_raw
SET given_name = regexp_replace(given_name, '\\s+', ' ', 'g'),
    family_name = regexp_replace(family_name, '\\s+', ' ', 'g'),
    certificate_name = regexp_replace(certificate_name, '\\s+', ' ', 'g')
WHERE given_name || '|' || family_name || '|' || certificate_name ~ '\\s\\s'
"""
# One pass over the rows finds everything that one row can know: it costs less than an UPDATE for each thing.
NORMALISE = """
CREATE TEMP TABLE {staged} ON COMMIT DROP AS
SELECT r.row, r.uln, r.given_name, r.family_name, r.date_of_birth, r.reference, r.programme, r.cohort, r.enrolled_on,
       r.register, r.certificate_name, r.name_key, born.value AS born, enrolled.value AS enrolled,
       CASE WHEN r.uln <> '' THEN 'u' || r.uln WHEN r.reference <> '' THEN 'r' || r.reference || '|' || r.name_key
            ELSE 'n' || r.name_key || '|' || coalesce(born.value::text, '') END AS learner_key,
       p.id AS programme_id, c.id AS cohort_id, c.ends_on AS cohort_ends_on, l.id AS learner_id,
       l.name_key AS found_name_key, l.given_name || ' ' || l.family_name AS found_name, l.date_of_birth AS found_born,
       r.register IN ('yes', 'y', 'true', '1', 'x') AS wants, NULL::bigint AS registration_id,
       NULL::text AS registration_status, NULL::bigint AS registered_cohort_id, NULL::date AS registered_enrolled,
       true AS good
FROM (
    SELECT row, upper(replace(uln, ' ', '')) AS uln, reference, date_of_birth, given_name, family_name,
           lower(family_name || ' ' || given_name) COLLATE "C" AS name_key,
           upper(translate(programme, ' /', '')) AS programme, cohort, enrolled_on, lower(register) AS register,
           certificate_name
    FROM {staged}_raw
) r
LEFT JOIN {staged}_date born ON born.text = r.date_of_birth
LEFT JOIN {staged}_date enrolled ON enrolled.text = r.enrolled_on
LEFT JOIN (
    SELECT p.id, upper(replace(q.qan, '/', '')) AS qan FROM centres_programme p
    JOIN centres_qualification q ON q.id = p.qualification_id WHERE p.centre_id = %(centre)s
) p ON p.qan = r.programme
LEFT JOIN (
    SELECT DISTINCT ON (programme_id, lower(name)) id, programme_id, ends_on, lower(name) AS name FROM centres_cohort
    WHERE centre_id = %(centre)s ORDER BY programme_id, lower(name), id
) c ON c.programme_id = p.id AND c.name = lower(r.cohort)
LEFT JOIN centres_learner l ON l.centre_id = %(centre)s AND l.uln = r.uln AND r.uln <> ''
"""
# Without a ULN the same person is found by their own reference and name, else by name and date of birth.
MATCH_BY_NAME = """
UPDATE {staged} s SET learner_id = m.id, found_name_key = s.name_key, found_born = m.date_of_birth
FROM (
    SELECT DISTINCT ON (s.row) s.row, l.id, l.date_of_birth
    FROM {staged} s JOIN centres_learner l ON l.centre_id = %(centre)s AND l.name_key = s.name_key
    WHERE s.uln = '' AND l.erased_at IS NULL
      AND ((s.reference <> '' AND l.reference = s.reference)
           OR (s.born IS NOT NULL AND l.date_of_birth = s.born
               AND (s.reference = '' OR l.reference IN ('', s.reference)))
           OR (s.born IS NULL AND s.reference = '' AND l.date_of_birth IS NULL))
    ORDER BY s.row, (l.reference = s.reference) DESC, l.id
) m WHERE m.row = s.row
"""
MATCH_REGISTRATIONS = """
UPDATE {staged} s
SET registration_id = r.id, registration_status = r.status, registered_cohort_id = r.cohort_id,
    registered_enrolled = r.enrolled_on
FROM (
    SELECT DISTINCT ON (learner_id, programme_id) id, learner_id, programme_id, status, cohort_id, enrolled_on
    FROM centres_registration WHERE centre_id = %(centre)s
    ORDER BY learner_id, programme_id, (status = 'WITHDRAWN'), id DESC
) r
WHERE r.learner_id = s.learner_id AND r.programme_id = s.programme_id
"""


def _problem(column: str, message: str, where: str, level: str = "error", source: str = "{staged} s") -> str:
    """The statement that notes one kind of problem; ``message`` is an SQL expression over the row ``s``."""
    return (
        "INSERT INTO {staged}_problem (row, column_name, message, level)"  # noqa: S608  (only our own words)
        f" SELECT s.row, '{column}', {message}, '{level}' FROM {source} WHERE {where}"
    )


def _text(words: str) -> str:
    return "'" + words.replace("'", "''") + "'"


def _too_long(column: str, most: int) -> str:
    return _problem(
        column, _text(f"This is longer than {most} characters. Shorten it."), f"length(s.{column}) > {most}"
    )


_WEIGHTED = " + ".join(f"substr(s.uln, {place}, 1)::int * {11 - place}" for place in range(1, 11))
# What occurs twice is found by hashing, because sorting all rows to find few costs more.
_FIRST_OF_ULN = (
    "{staged} s JOIN (SELECT uln, min(row) AS row FROM {staged} WHERE uln <> '' GROUP BY uln HAVING count(*) > 1) t"
    " ON t.uln = s.uln JOIN {staged} f ON f.row = t.row AND f.row < s.row"
)
_NUMBERED = (
    "{staged} s JOIN (SELECT learner_key, name_key, programme, min(row) AS first FROM {staged}"
    " GROUP BY learner_key, name_key, programme HAVING count(*) > 1) t"
    " ON t.learner_key = s.learner_key AND t.name_key = s.name_key AND t.programme = s.programme"
)

CHECKS = (
    MATCH_BY_NAME,
    MATCH_REGISTRATIONS,
    _problem("given_name", _text("Enter the given name."), "s.given_name = ''"),
    _problem("family_name", _text("Enter the family name."), "s.family_name = ''"),
    _too_long("given_name", 80),
    _too_long("family_name", 80),
    _too_long("reference", 40),
    _too_long("certificate_name", 160),
    _problem(
        "date_of_birth",
        _text("This is not a date. Write it like 2008-05-17 or 17/05/2008."),
        "s.date_of_birth <> '' AND s.born IS NULL",
    ),
    _problem(
        "date_of_birth",
        _text("This makes the learner younger than 10 or older than 110. Check the year."),
        "s.born > %(today)s::date - interval '10 years' OR s.born < %(today)s::date - interval '110 years'",
    ),
    _problem("uln", _text("Enter the ULN (R31)."), "s.uln = '' AND %(uln_required)s"),
    _problem(
        "uln",
        _text("A ULN has 10 digits and does not begin with 0 (R32)."),
        "s.uln <> '' AND s.uln !~ '^[1-9][0-9]{{9}}$'",
    ),
    _problem(
        "uln",
        _text("This ULN is mistyped: its last digit does not fit the others (R32)."),
        # CASE, because SQL does not promise to test the shape before it adds the digits.
        "CASE WHEN s.uln ~ '^[1-9][0-9]{{9}}$' AND NOT (s.uln = '9999999999' AND %(placeholder)s)"
        f" THEN mod({_WEIGHTED}, 11) <> 10 ELSE false END",
    ),
    _problem(
        "uln",
        "'Row ' || f.row || ' has the same ULN with another name or date of birth (R31).'",
        "f.name_key <> s.name_key OR f.born <> s.born",
        source=_FIRST_OF_ULN,
    ),
    _problem(
        "uln",
        "'This ULN belongs to ' || s.found_name || ' here (R31). Check the number and the name.'",
        "s.uln <> '' AND s.learner_id IS NOT NULL AND s.found_name_key <> s.name_key",
    ),
    _problem(
        "date_of_birth",
        _text("Another date of birth is kept here for this learner; it stays as it is."),
        "s.learner_id IS NOT NULL AND s.found_born <> s.born",
        "warning",
    ),
    _problem(
        "uln",
        _text(
            "A learner of this name and date of birth is here already, with another ULN or none (R31). This row adds "
            "a second."
        ),
        "s.uln <> '' AND s.learner_id IS NULL AND s.born IS NOT NULL AND EXISTS (SELECT 1 FROM centres_learner l"
        " WHERE l.centre_id = %(centre)s AND l.name_key = s.name_key AND l.date_of_birth = s.born)",
        "warning",
    ),
    _problem("programme", "'This is the same as row ' || t.first || '. Take one out.'", "s.row <> t.first",
             source=_NUMBERED),
    _problem(
        "programme",
        _text("Your centre has no programme with this qualification number."),
        "s.programme <> '' AND s.programme_id IS NULL",
    ),
    _problem(
        "programme",
        _text("Enter the qualification number, or take out cohort, enrolment and registration."),
        "s.programme = '' AND (s.cohort <> '' OR s.enrolled_on <> '' OR s.wants)",
    ),
    _problem("cohort", _text("Enter the cohort."), "s.programme_id IS NOT NULL AND s.cohort = ''"),
    _problem(
        "cohort",
        _text("This programme has no cohort of this name. Add it first, or correct the name."),
        "s.programme_id IS NOT NULL AND s.cohort <> '' AND s.cohort_id IS NULL",
    ),
    _problem(
        "enrolled_on",
        _text("Enter the date of enrolment, like 2026-09-07 or 07/09/2026."),
        "s.programme_id IS NOT NULL AND s.enrolled IS NULL",
    ),
    _problem("enrolled_on", _text("This date is in the future."), "s.enrolled > %(today)s"),
    _problem(
        "enrolled_on", _text("The cohort has ended before this date."), "s.enrolled > s.cohort_ends_on"
    ),
    _problem(
        "register",
        _text("Write yes or no."),
        "s.register NOT IN ('', 'yes', 'y', 'true', '1', 'x', 'no', 'n', 'false', '0')",
    ),
    _problem(
        "cohort",
        _text("The learner is in another cohort of this programme already and stays there."),
        "s.registered_cohort_id <> s.cohort_id AND s.registration_status <> 'WITHDRAWN'",
        "warning",
    ),
    _problem(
        "programme",
        _text("The learner was withdrawn from this programme (R38). Reopen that registration instead."),
        "s.registration_status = 'WITHDRAWN'",
    ),
)  # fmt: skip
PROGRAMME_CLOSED = _problem(
    "programme",
    "%(message)s || ' (R29)'",
    "s.programme_id = %(programme)s AND ((s.wants AND coalesce(s.registration_status, 'ENROLLED') = 'ENROLLED')"
    " OR (%(closed)s AND s.registration_id IS NULL))",
)
BAD_ROWS = """
UPDATE {staged} SET good = false WHERE row IN (SELECT row FROM {staged}_problem WHERE level = 'error')
"""
PROBLEMS = """
SELECT row, column_name, message, level FROM {staged}_problem ORDER BY row, level, message LIMIT 20000
"""
_NEW = "good AND programme_id IS NOT NULL AND registration_id IS NULL"
COUNTS = f"""
SELECT count(*), count(*) FILTER (WHERE good),
       count(DISTINCT learner_key) FILTER (WHERE good AND learner_id IS NULL),
       count(*) FILTER (WHERE {_NEW} AND NOT wants),
       count(*) FILTER (WHERE good AND programme_id IS NOT NULL AND wants
                        AND coalesce(registration_status, 'ENROLLED') = 'ENROLLED'),
       count(*) FILTER (WHERE good AND learner_id IS NOT NULL AND (programme_id IS NULL OR (
                        registration_id IS NOT NULL AND NOT (wants AND registration_status = 'ENROLLED'))))
FROM {{staged}}
"""  # noqa: S608

ADD_LEARNERS = """
INSERT INTO centres_learner (centre_id, given_name, family_name, date_of_birth, uln, reference)
SELECT DISTINCT ON (learner_key) %(centre)s, given_name, family_name, born, uln, reference
FROM {staged} WHERE good AND learner_id IS NULL ORDER BY learner_key, row
"""
FIND_NEW_BY_ULN = """
UPDATE {staged} s SET learner_id = l.id FROM centres_learner l
WHERE s.good AND s.learner_id IS NULL AND s.uln <> '' AND l.centre_id = %(centre)s AND l.uln = s.uln
"""
FIND_NEW_BY_NAME = """
UPDATE {staged} s SET learner_id = l.id FROM centres_learner l
WHERE s.good AND s.learner_id IS NULL AND s.uln = '' AND l.centre_id = %(centre)s AND l.uln = ''
  AND l.name_key = s.name_key AND l.reference = s.reference
  AND (s.reference <> '' OR l.date_of_birth IS NOT DISTINCT FROM s.born)
"""
FEE_QUESTIONS = """
SELECT q.suite, c.delivery_pattern, c.id, s.enrolled
FROM (
    SELECT DISTINCT coalesce(registered_cohort_id, cohort_id) AS cohort_id,
           coalesce(registered_enrolled, enrolled) AS enrolled
    FROM {staged} WHERE good AND wants AND programme_id IS NOT NULL
                    AND coalesce(registration_status, 'ENROLLED') = 'ENROLLED'
) s
JOIN centres_cohort c ON c.centre_id = %(centre)s AND c.id = s.cohort_id
JOIN centres_programme p ON p.centre_id = %(centre)s AND p.id = c.programme_id
JOIN centres_qualification q ON q.id = p.qualification_id
"""
ADD_FEE = """
INSERT INTO {staged}_fee (cohort_id, enrolled, multiplier, facts)
VALUES (%(cohort)s, %(enrolled)s, %(multiplier)s, %(facts)s::jsonb)
"""
_REGISTRATION_COLUMNS = (
    "centre_id, learner_id, programme_id, cohort_id, status, enrolled_on, registered_on, certificate_name,"
    " specification_version, fee_multiplier, fee_facts"
)
_PRINTED = "coalesce(nullif(s.certificate_name, ''), s.given_name || ' ' || s.family_name)"
ENROL = f"""
INSERT INTO centres_registration ({_REGISTRATION_COLUMNS})
SELECT %(centre)s, s.learner_id, s.programme_id, s.cohort_id, 'ENROLLED', s.enrolled, NULL, {_PRINTED},
       p.specification_version, NULL, '{{{{}}}}'::jsonb
FROM {{staged}} s JOIN centres_programme p ON p.centre_id = %(centre)s AND p.id = s.programme_id
WHERE s.good AND s.registration_id IS NULL AND NOT s.wants
"""  # noqa: S608
REGISTER_NEW = f"""
INSERT INTO centres_registration ({_REGISTRATION_COLUMNS})
SELECT %(centre)s, s.learner_id, s.programme_id, s.cohort_id, 'REGISTERED', s.enrolled, %(today)s, {_PRINTED},
       p.specification_version, fee.multiplier, fee.facts
FROM {{staged}} s JOIN centres_programme p ON p.centre_id = %(centre)s AND p.id = s.programme_id
JOIN {{staged}}_fee fee ON fee.cohort_id = s.cohort_id AND fee.enrolled = s.enrolled
WHERE s.good AND s.registration_id IS NULL AND s.wants
"""  # noqa: S608
REGISTER_ENROLLED = """
UPDATE centres_registration r
SET status = 'REGISTERED', registered_on = %(today)s, fee_multiplier = fee.multiplier, fee_facts = fee.facts,
    specification_version = p.specification_version
FROM {staged} s JOIN centres_programme p ON p.centre_id = %(centre)s AND p.id = s.programme_id
JOIN {staged}_fee fee ON fee.cohort_id = s.registered_cohort_id AND fee.enrolled = s.registered_enrolled
WHERE s.good AND s.wants AND s.registration_status = 'ENROLLED' AND r.centre_id = %(centre)s
  AND r.id = s.registration_id
"""
PROGRAMMES = "SELECT DISTINCT programme_id FROM {staged} WHERE good AND programme_id IS NOT NULL ORDER BY 1"
DROP = (
    "DROP TABLE IF EXISTS {staged}; DROP TABLE IF EXISTS {staged}_raw; DROP TABLE IF EXISTS {staged}_date;"
    " DROP TABLE IF EXISTS {staged}_problem; DROP TABLE IF EXISTS {staged}_fee"
)
