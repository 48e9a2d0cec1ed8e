"""The centre and its own side: people, register, programmes, learners, decisions, evidence."""

from centres.models.people import (
    AccessGrant,
    DevelopmentKind,
    Invitation,
    InvitationStatus,
    Person,
    StaffDevelopment,
    StaffMember,
)
from centres.models.programmes import (
    AssessmentDecision,
    Assignment,
    Attempt,
    Cohort,
    DeliveryPattern,
    EvidenceFile,
    EvidenceScan,
    ImportJob,
    ImportStatus,
    InternalVerificationOutcome,
    Learner,
    Programme,
    ProgrammeStatus,
    Registration,
    RegistrationStatus,
)
from centres.models.register import (
    Centre,
    CentreStatus,
    Holiday,
    Nation,
    QaModel,
    QaModelPeriod,
    Qualification,
    SchemeVersion,
    Sector,
    Site,
    Unit,
)

__all__ = [
    "AccessGrant", "AssessmentDecision", "Assignment", "Attempt", "Centre", "CentreStatus", "Cohort",
    "DeliveryPattern", "DevelopmentKind", "EvidenceFile", "EvidenceScan", "Holiday", "ImportJob", "ImportStatus",
    "InternalVerificationOutcome", "Invitation", "InvitationStatus", "Learner", "Nation", "Person", "Programme",
    "ProgrammeStatus", "QaModel", "QaModelPeriod", "Qualification", "Registration", "RegistrationStatus",
    "SchemeVersion", "Sector", "Site", "StaffDevelopment", "StaffMember", "Unit",
]  # fmt: skip
