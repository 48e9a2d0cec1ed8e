"""Tables that the floors use, made by the owner beside the portal's: without row-level security, keys and triggers."""

# Learners with what a row of the list shows, as a plain project would have them.
_LEARNERS = """
DROP TABLE IF EXISTS bench_learner, bench_programme;
CREATE TABLE bench_programme AS
    SELECT p.id, q.label FROM centres_programme p JOIN centres_qualification q ON q.id = p.qualification_id;
ALTER TABLE bench_programme ADD PRIMARY KEY (id);
CREATE TABLE bench_learner AS
    SELECT l.id, l.centre_id, l.given_name, l.family_name, l.date_of_birth, l.uln, l.reference, l.erased_at,
           r.programme_id, r.status, h.name AS cohort
    FROM centres_learner l JOIN centres_registration r ON r.centre_id = l.centre_id AND r.learner_id = l.id
    JOIN centres_cohort h ON h.id = r.cohort_id
    ORDER BY l.id LIMIT 10000;
ALTER TABLE bench_learner ADD PRIMARY KEY (id);
GRANT SELECT ON bench_learner, bench_programme TO PUBLIC;
ANALYZE bench_learner; ANALYZE bench_programme;
"""
# The columns and indexes of the mail.
_MAIL = """
DROP TABLE IF EXISTS bench_mail;
CREATE TABLE bench_mail (LIKE qa_portal_mail INCLUDING DEFAULTS INCLUDING IDENTITY INCLUDING INDEXES);
GRANT SELECT, INSERT, DELETE ON bench_mail TO PUBLIC;
"""
# The columns and indexes of learners.
_IMPORT = """
DROP TABLE IF EXISTS bench_import;
CREATE TABLE bench_import (LIKE centres_learner INCLUDING DEFAULTS INCLUDING IDENTITY INCLUDING GENERATED
    INCLUDING INDEXES);
GRANT INSERT ON bench_import TO PUBLIC;
"""
# What a task did, as often as it did it.
_DONE = """
DROP TABLE IF EXISTS bench_done;
CREATE TABLE bench_done (number bigint);
GRANT SELECT, INSERT, DELETE ON bench_done TO PUBLIC;
"""
FLOORS = _LEARNERS + _MAIL + _IMPORT + _DONE
