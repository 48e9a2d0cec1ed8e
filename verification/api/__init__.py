"""The yearly cycle in the API, one module per noun."""

from __future__ import annotations

from qa_portal.api import Routes
from verification.api.actions import Actions
from verification.api.activities import Activities
from verification.api.direct_claims import DirectClaimsRecommendations, DirectClaimsStatuses
from verification.api.self_assessments import SelfAssessments

routes: Routes = [
    ("self-assessments", SelfAssessments),
    ("activities", Activities),
    ("actions", Actions),
    ("direct-claims-statuses", DirectClaimsStatuses),
    ("direct-claims-recommendations", DirectClaimsRecommendations),
]
