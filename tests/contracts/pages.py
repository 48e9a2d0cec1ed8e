"""Every page of the portal with arguments that lead to a thing of Northgate's, for the role matrix."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from django.urls import URLPattern, URLResolver, get_resolver

from centres.models import (
    AccessGrant,
    AssessmentDecision,
    Cohort,
    EvidenceFile,
    Learner,
    Programme,
    Qualification,
    Registration,
    SchemeVersion,
    Site,
    StaffDevelopment,
    StaffMember,
)
from reports.models import Report
from sampling.models import ItemEvidence, Sample, SampledItem
from verification.models import (
    Action,
    ActionResponse,
    Activity,
    Allocation,
    DirectClaimsRecommendation,
    DraftAction,
    Escalation,
    FactCheck,
    RequestedDocument,
    SelfAssessmentSection,
    Verifier,
)

# Not the portal's own pages: allauth's, the API's (a matrix of its own), files of the build.
OTHERS = ("account/", "api/", "static/", "media/", "_")
_BY_PREFIX = (
    ("staff/schemes/", SchemeVersion),
    ("account/", "person"),
    ("staff/people/roles/", AccessGrant),
    ("staff/people/", "person"),
    ("staff/verifiers/", Verifier),
    ("staff/decisions/", DirectClaimsRecommendation),
    ("staff/escalations/", Escalation),
    ("staff/qualifications/", Qualification),
    ("staff/allocation/", Allocation),
    ("programmes/", Programme),
    ("cohorts/", Cohort),
    ("sites/", Site),
    ("learners/", Learner),
    ("registrations/", Registration),
    ("decisions/", AssessmentDecision),
    ("evidence/", EvidenceFile),
    ("samples/items/", SampledItem),
    ("sampled-items/", SampledItem),
    ("items/", SampledItem),
    ("samples/evidence/", ItemEvidence),
    ("samples/", Sample),
    ("reports/", Report),
    ("actions/", Action),
    ("activities/", Activity),
    ("fact-checks/", FactCheck),
    ("escalations/", Escalation),
    ("centres/<str:number>/people/roles/", AccessGrant),
    ("centres/<str:number>/people/staff/", StaffMember),
    ("centres/<str:number>/people/", "person"),
    ("centres/<str:number>/self-assessment/sections/", SelfAssessmentSection),
)
_BY_NAME = {
    "programme_id": Programme,
    "line": StaffDevelopment,
    "draft": DraftAction,
    "document": RequestedDocument,
    "response": ActionResponse,
}


@dataclass(frozen=True)
class Route:
    """One address: its name and its pattern as it is written."""

    name: str
    pattern: str


def routes() -> list[Route]:
    """Every page of the portal's own, in the order of the addresses."""
    return [
        Route(name, pattern)
        for pattern, name in _walk(get_resolver().url_patterns)
        if not pattern.startswith(OTHERS)
    ]


def _walk(patterns, before: str = "") -> Iterator[tuple[str, str]]:
    for pattern in patterns:
        if isinstance(pattern, URLResolver):
            yield from _walk(pattern.url_patterns, before + str(pattern.pattern))
        elif isinstance(pattern, URLPattern):
            yield before + str(pattern.pattern), pattern.name or ""


def arguments(route: Route, cast) -> dict[str, object]:
    """Values for the address that lead to Northgate's; where nothing exists, a number that nothing has."""
    found: dict[str, object] = {}
    for part in route.pattern.split("<")[1:]:
        kind, _, name = part.split(">")[0].rpartition(":")
        found[name] = _value(route, kind, name, cast)
    return found


def _value(route: Route, kind: str, name: str, cast) -> object:
    fixed = {"number": "10101", "year": 2026, "secret": "none", "token": "none", "criterion": "standardisation",
             "kind": "learners", "number_of_version": 1, "position": 1, "name": "stages",
             "key": "standardisation"}  # fmt: skip
    if name in fixed:
        return fixed[name]
    model = _BY_NAME.get(name) or next(
        (m for prefix, m in _BY_PREFIX if route.pattern.startswith(prefix)), None
    )
    if model == "person":
        return cast["leader"].pk
    if model is None:
        return 999_999 if kind == "int" else "none"
    rows = model.objects.order_by("pk")
    if hasattr(model, "centre") or any(field.name == "centre" for field in model._meta.fields):
        rows = rows.filter(centre=cast.northgate.centre)
    if model is Activity:
        rows = rows.filter(kind="VISIT" if "visit" in route.pattern else "SAMPLING")
    row = rows.first()
    return row.pk if row else 999_999
