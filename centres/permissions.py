"""Who may do what: every permission, every role, what each role holds, and what each may grant. One page."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from django.db.models import TextChoices

from qa_portal.tenancy import Side


class Permission(StrEnum):
    """NOUN_VERB: one thing that a role may allow."""

    CENTRE_READ = "centre.read"
    # The whole of a centre's record of its people: addresses of work, roles, staff register.
    PEOPLE_READ = "people.read"
    PEOPLE_EDIT = "people.edit"
    ROLE_GRANT = "role.grant"
    STAFF_REGISTER_EDIT = "staff_register.edit"
    QUALITY_NOMINEE_APPOINT = "quality_nominee.appoint"
    DELEGATE = "delegation.give"
    API_CLIENT_MANAGE = "api_client.manage"
    SECOND_FACTOR_RESET = "second_factor.reset"

    SITE_EDIT = "site.edit"
    PROGRAMME_READ = "programme.read"
    PROGRAMME_EDIT = "programme.edit"
    PROGRAMME_APPROVE = "programme.approve"
    COHORT_EDIT = "cohort.edit"
    LEARNER_READ = "learner.read"
    LEARNER_EDIT = "learner.edit"
    REGISTRATION_EDIT = "registration.edit"
    ASSESSMENT_READ = "assessment.read"
    ASSESSMENT_DECIDE = "assessment.decide"
    INTERNAL_VERIFICATION_RECORD = "internal_verification.record"
    IMPORT_RUN = "import.run"
    EVIDENCE_READ = "evidence.read"
    EVIDENCE_ADD = "evidence.add"

    DECLARATION_SIGN = "declaration.sign"
    SELF_ASSESSMENT_READ = "self_assessment.read"
    SELF_ASSESSMENT_ANSWER = "self_assessment.answer"
    SELF_ASSESSMENT_SUBMIT = "self_assessment.submit"
    SELF_ASSESSMENT_DELEGATE = "self_assessment.delegate"
    SELF_ASSESSMENT_REVIEW = "self_assessment.review"
    EXTENSION_DECIDE = "extension.decide"

    ALLOCATION_READ = "allocation.read"
    ALLOCATION_MAKE = "allocation.make"
    # The second person whom a declared conflict asks for (R24).
    ALLOCATION_COUNTERSIGN = "allocation.countersign"
    VERIFIER_REGISTER_READ = "verifier_register.read"
    VERIFIER_REGISTER_EDIT = "verifier_register.edit"
    CONFLICT_DECLARE = "conflict.declare"
    MESSAGE_READ = "message.read"
    MESSAGE_WRITE = "message.write"

    ACTIVITY_READ = "activity.read"
    ACTIVITY_SCHEDULE = "activity.schedule"
    ACTIVITY_DATE_ANSWER = "activity.date_answer"
    VISIT_CONDUCT = "visit.conduct"
    FACTS_CHECK = "facts.check"
    ESCALATION_ANSWER = "escalation.answer"
    ACTIVITY_COUNT_AGREE = "activity_count.agree"

    SAMPLE_READ = "sample.read"
    SAMPLE_PLAN = "sample.plan"
    SAMPLE_JUDGE = "sample.judge"
    SAMPLE_ANSWER = "sample.answer"
    SAMPLE_NAME_LEAD_IV = "sample.name_lead_iv"
    SAMPLE_WAIVE = "sample.waive"

    ACTION_READ = "action.read"
    ACTION_ANSWER = "action.answer"
    ACTION_CLOSE = "action.close"

    DIRECT_CLAIMS_READ = "direct_claims.read"
    DIRECT_CLAIMS_RECOMMEND = "direct_claims.recommend"
    DIRECT_CLAIMS_DECIDE = "direct_claims.decide"

    REPORT_READ = "report.read"
    REPORT_ISSUE_VISIT = "report.issue_visit"
    REPORT_ISSUE_SAMPLE = "report.issue_sample"
    REPORT_ISSUE_FINAL = "report.issue_final"

    DASHBOARD_READ = "dashboard.read"
    SCHEME_READ = "scheme.read"
    SCHEME_EDIT = "scheme.edit"
    CENTRE_EDIT = "centre.edit"
    # What happened at a centre; what happened in the installation needs audit.read.
    HISTORY_READ = "history.read"
    AUDIT_READ = "audit.read"
    MAIL_READ = "mail.read"
    # Mail and background work that was given up: have it tried again.
    BACKGROUND_RETRY = "background.retry"
    YEAR_ROLL_OVER = "year.roll_over"
    LEARNER_DATA_EXPORT = "learner_data.export"
    LEARNER_DATA_ERASE = "learner_data.erase"


class RoleCode(TextChoices):
    """The plain codes that access grants store."""

    HEAD_OF_CENTRE = "head_of_centre", "Head of Centre"
    QUALITY_NOMINEE = "quality_nominee", "Quality Nominee"
    EXAMINATIONS_OFFICER = "examinations_officer", "Examinations Officer"
    PROGRAMME_LEADER = "programme_leader", "Programme leader"
    LEAD_INTERNAL_VERIFIER = "lead_internal_verifier", "Lead Internal Verifier"
    INTERNAL_VERIFIER = "internal_verifier", "Internal Verifier"
    ASSESSOR = "assessor", "Assessor"
    SYSTEM_CLIENT = "system_client", "Management information system"
    LEAD_STANDARDS_VERIFIER = "lead_standards_verifier", "Lead Standards Verifier"
    STANDARDS_VERIFIER = "standards_verifier", "Standards Verifier"
    OUTGOING_LEAD_VERIFIER = "outgoing_lead_verifier", "Outgoing Lead Standards Verifier"
    QUALITY_MANAGER = "quality_manager", "Quality manager"
    PLANNER = "planner", "Planner"
    VIEWER = "viewer", "Viewer"
    ADMINISTRATOR = "administrator", "Administrator"


@dataclass(frozen=True)
class Role:
    """One role: its side of the house, what it holds, and the roles it may grant to others (R20)."""

    code: RoleCode
    side: Side
    holds: frozenset[Permission]
    may_grant: frozenset[RoleCode] = frozenset()
    duty: str = ""


P, R = Permission, RoleCode

_CENTRE_READING = frozenset(
    {
        P.CENTRE_READ, P.PEOPLE_READ, P.PROGRAMME_READ, P.SELF_ASSESSMENT_READ, P.ALLOCATION_READ, P.ACTIVITY_READ,
        P.ACTION_READ, P.DIRECT_CLAIMS_READ, P.REPORT_READ, P.MESSAGE_READ, P.EVIDENCE_READ,
    }
)  # fmt: skip
_CENTRE_STAFF = frozenset(
    {R.PROGRAMME_LEADER, R.LEAD_INTERNAL_VERIFIER, R.INTERNAL_VERIFIER, R.ASSESSOR, R.EXAMINATIONS_OFFICER}
)
_VERIFIER = _CENTRE_READING | {
    P.LEARNER_READ, P.ASSESSMENT_READ, P.SAMPLE_READ, P.MESSAGE_WRITE, P.CONFLICT_DECLARE, P.ACTION_CLOSE,
    P.ACTIVITY_COUNT_AGREE, P.ACTIVITY_SCHEDULE, P.EVIDENCE_ADD,
}  # fmt: skip
_AO_READING = _CENTRE_READING | {
    P.LEARNER_READ, P.ASSESSMENT_READ, P.SAMPLE_READ, P.DASHBOARD_READ, P.SCHEME_READ, P.VERIFIER_REGISTER_READ,
}  # fmt: skip

ROLES: dict[str, Role] = {
    role.code: role
    for role in (
        Role(
            R.HEAD_OF_CENTRE,
            Side.CENTRE,
            _CENTRE_READING | {P.DECLARATION_SIGN, P.QUALITY_NOMINEE_APPOINT, P.LEARNER_READ, P.SAMPLE_READ,
                               P.MESSAGE_WRITE, P.PEOPLE_EDIT, P.ROLE_GRANT, P.DELEGATE, P.ASSESSMENT_READ,
                               P.HISTORY_READ},
            frozenset({R.QUALITY_NOMINEE}),
            "Signs the annual declaration; answers for approval conditions; appoints the Quality Nominee.",
        ),
        Role(
            R.QUALITY_NOMINEE,
            Side.CENTRE,
            _CENTRE_READING | {P.PEOPLE_EDIT, P.STAFF_REGISTER_EDIT, P.ROLE_GRANT, P.DELEGATE, P.SITE_EDIT,
                               P.PROGRAMME_EDIT, P.COHORT_EDIT, P.LEARNER_READ, P.ASSESSMENT_READ, P.IMPORT_RUN,
                               P.SELF_ASSESSMENT_ANSWER, P.SELF_ASSESSMENT_SUBMIT, P.SELF_ASSESSMENT_DELEGATE,
                               P.MESSAGE_WRITE, P.ACTIVITY_DATE_ANSWER, P.FACTS_CHECK, P.SAMPLE_READ,
                               P.SAMPLE_ANSWER, P.SAMPLE_NAME_LEAD_IV, P.ACTION_ANSWER, P.EVIDENCE_ADD,
                               P.API_CLIENT_MANAGE, P.LEARNER_DATA_EXPORT, P.HISTORY_READ},
            _CENTRE_STAFF - {R.EXAMINATIONS_OFFICER},
            "Main contact; owns responses and actions; puts the SV in touch with the Lead IV.",
        ),
        Role(
            R.EXAMINATIONS_OFFICER,
            Side.CENTRE,
            _CENTRE_READING | {P.LEARNER_READ, P.LEARNER_EDIT, P.REGISTRATION_EDIT, P.COHORT_EDIT, P.IMPORT_RUN,
                               P.PEOPLE_EDIT, P.ROLE_GRANT, P.API_CLIENT_MANAGE, P.EVIDENCE_ADD,
                               P.LEARNER_DATA_EXPORT},
            _CENTRE_STAFF | {R.SYSTEM_CLIENT},
            "Registers learners; claims certificates; gives others access that they do not hold themselves.",
        ),
        Role(
            R.PROGRAMME_LEADER,
            Side.CENTRE,
            _CENTRE_READING | {P.LEARNER_READ, P.ASSESSMENT_READ, P.COHORT_EDIT, P.SELF_ASSESSMENT_ANSWER,
                               P.SAMPLE_READ, P.SAMPLE_ANSWER, P.ACTION_ANSWER, P.EVIDENCE_ADD,
                               P.STAFF_REGISTER_EDIT},
            duty="Delivery and assessment schedule; records kept for sampling; acts on reports.",
        ),
        Role(
            R.LEAD_INTERNAL_VERIFIER,
            Side.CENTRE,
            _CENTRE_READING | {P.LEARNER_READ, P.ASSESSMENT_READ, P.INTERNAL_VERIFICATION_RECORD, P.SAMPLE_READ,
                               P.SAMPLE_ANSWER, P.EVIDENCE_ADD, P.ACTION_ANSWER},
            duty="Signs off assessment and internal verification; works with the SV on a sample.",
        ),
        Role(
            R.INTERNAL_VERIFIER,
            Side.CENTRE,
            frozenset({P.CENTRE_READ, P.PROGRAMME_READ, P.LEARNER_READ, P.ASSESSMENT_READ, P.EVIDENCE_READ,
                       P.INTERNAL_VERIFICATION_RECORD, P.EVIDENCE_ADD, P.REPORT_READ, P.ACTION_READ,
                       P.ACTIVITY_READ}),
            duty="Verifies briefs and decisions, never their own.",
        ),
        Role(
            R.ASSESSOR,
            Side.CENTRE,
            frozenset({P.CENTRE_READ, P.PROGRAMME_READ, P.LEARNER_READ, P.ASSESSMENT_READ, P.EVIDENCE_READ,
                       P.ASSESSMENT_DECIDE, P.IMPORT_RUN, P.EVIDENCE_ADD, P.REPORT_READ, P.ACTION_READ,
                       P.ACTIVITY_READ}),
            duty="Assesses against the criteria.",
        ),
        Role(
            R.SYSTEM_CLIENT,
            Side.CENTRE,
            _CENTRE_READING | {P.LEARNER_READ, P.LEARNER_EDIT, P.REGISTRATION_EDIT, P.ASSESSMENT_READ,
                               P.ASSESSMENT_DECIDE, P.INTERNAL_VERIFICATION_RECORD, P.COHORT_EDIT, P.IMPORT_RUN,
                               P.SAMPLE_READ, P.SAMPLE_ANSWER, P.ACTION_ANSWER, P.EVIDENCE_ADD,
                               P.SELF_ASSESSMENT_ANSWER},
            duty="Exchanges learners, registrations, decisions and their internal verification for one centre.",
        ),
        Role(
            R.LEAD_STANDARDS_VERIFIER,
            Side.VERIFIER,
            _VERIFIER | {P.SELF_ASSESSMENT_REVIEW, P.EXTENSION_DECIDE, P.VISIT_CONDUCT, P.REPORT_ISSUE_VISIT,
                         P.REPORT_ISSUE_FINAL, P.SAMPLE_WAIVE},
            duty="Single contact; visits; reports; final annual report; recommends next year's cycle.",
        ),
        Role(
            R.STANDARDS_VERIFIER,
            Side.VERIFIER,
            _VERIFIER | {P.SAMPLE_PLAN, P.SAMPLE_JUDGE, P.REPORT_ISSUE_SAMPLE, P.DIRECT_CLAIMS_RECOMMEND},
            duty="Samples; judges; reports; recommends release and direct claims status.",
        ),
        Role(
            R.OUTGOING_LEAD_VERIFIER,
            Side.VERIFIER,
            _CENTRE_READING - {P.MESSAGE_READ} | {P.SAMPLE_READ, P.REPORT_ISSUE_FINAL, P.SAMPLE_WAIVE},
            duty="Closes the year that was theirs: issues the final annual report that is still outstanding.",
        ),
        Role(
            R.QUALITY_MANAGER,
            Side.AO,
            _AO_READING | {P.ALLOCATION_COUNTERSIGN, P.DIRECT_CLAIMS_DECIDE, P.ESCALATION_ANSWER, P.EXTENSION_DECIDE,
                           P.MESSAGE_WRITE, P.ACTION_CLOSE, P.MAIL_READ, P.AUDIT_READ, P.HISTORY_READ, P.SAMPLE_WAIVE,
                           P.PROGRAMME_APPROVE, P.BACKGROUND_RETRY},
            duty="Decides direct claims status and sanctions; supports Quality Nominees.",
        ),
        Role(
            R.PLANNER,
            Side.AO,
            _AO_READING | {P.ALLOCATION_MAKE, P.ALLOCATION_COUNTERSIGN, P.ACTIVITY_SCHEDULE, P.VERIFIER_REGISTER_EDIT,
                           P.CENTRE_EDIT, P.PROGRAMME_APPROVE, P.IMPORT_RUN, P.YEAR_ROLL_OVER, P.MAIL_READ,
                           P.BACKGROUND_RETRY},
            frozenset({R.LEAD_STANDARDS_VERIFIER, R.STANDARDS_VERIFIER}),
            "Allocates verifiers; plans the year.",
        ),
        Role(R.VIEWER, Side.AO, _AO_READING, duty="Dashboards and records, nothing to change."),
        Role(
            R.ADMINISTRATOR,
            Side.AO,
            _AO_READING | {P.PEOPLE_EDIT, P.ROLE_GRANT, P.SECOND_FACTOR_RESET, P.SCHEME_EDIT, P.CENTRE_EDIT,
                           P.AUDIT_READ, P.HISTORY_READ, P.MAIL_READ, P.API_CLIENT_MANAGE, P.IMPORT_RUN,
                           P.LEARNER_DATA_EXPORT,
                           P.LEARNER_DATA_ERASE, P.VERIFIER_REGISTER_EDIT, P.BACKGROUND_RETRY},
            frozenset(R) - {R.SYSTEM_CLIENT, R.OUTGOING_LEAD_VERIFIER},
            "People and access; schemes and reference data.",
        ),
    )
}  # fmt: skip

# Roles of which a centre has one at a time (R17), or one per principal subject area (R18).
ONE_PER_CENTRE = (R.HEAD_OF_CENTRE, R.QUALITY_NOMINEE)
ONE_PER_SUBJECT_AREA = (R.LEAD_INTERNAL_VERIFIER,)
# What whoever stands in for somebody does not get: giving access, and passing it on (R20).
NEVER_DELEGATED = frozenset({P.ROLE_GRANT, P.DELEGATE, P.API_CLIENT_MANAGE, P.QUALITY_NOMINEE_APPOINT})
# Roles whose holders need a second factor where the installation asks for it.
SECOND_FACTOR_SIDES = (Side.VERIFIER, Side.AO)


def roles_of_side(side: str) -> list[Role]:
    """The roles of one side of the house, in the order of this page."""
    return [role for role in ROLES.values() if role.side == side]
