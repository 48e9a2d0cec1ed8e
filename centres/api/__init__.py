"""The centre's own side in the API, one module per noun."""

from __future__ import annotations

from centres.api.centres import Centres, Sites
from centres.api.decisions import AssessmentDecisions
from centres.api.evidence import EvidenceFiles
from centres.api.imports import Imports
from centres.api.learners import Learners
from centres.api.people import People, StaffMembers
from centres.api.programmes import Cohorts, Programmes
from centres.api.qualifications import Qualifications, Units
from centres.api.registrations import Registrations
from qa_portal.api import Routes

routes: Routes = [
    ("centres", Centres),
    ("sites", Sites),
    ("people", People),
    ("staff-members", StaffMembers),
    ("qualifications", Qualifications),
    ("units", Units),
    ("programmes", Programmes),
    ("cohorts", Cohorts),
    ("learners", Learners),
    ("registrations", Registrations),
    ("assessment-decisions", AssessmentDecisions),
    ("imports", Imports),
    ("evidence-files", EvidenceFiles),
]
