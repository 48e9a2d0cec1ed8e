"""The yearly cycle in the API, one module per noun."""

from __future__ import annotations

from qa_portal.api import Routes
from verification.api.actions import Actions
from verification.api.activities import Activities
from verification.api.activity_counts import ActivityCounts
from verification.api.declarations import AnnualDeclarations
from verification.api.direct_claims import DirectClaimsRecommendations, DirectClaimsStatuses
from verification.api.escalations import Escalations
from verification.api.extensions import Extensions
from verification.api.fact_checks import FactChecks
from verification.api.self_assessments import SelfAssessments

routes: Routes = [
    ("self-assessments", SelfAssessments),
    ("extensions", Extensions),
    ("annual-declarations", AnnualDeclarations),
    ("activities", Activities),
    ("activity-counts", ActivityCounts),
    ("fact-checks", FactChecks),
    ("escalations", Escalations),
    ("actions", Actions),
    ("direct-claims-statuses", DirectClaimsStatuses),
    ("direct-claims-recommendations", DirectClaimsRecommendations),
]
