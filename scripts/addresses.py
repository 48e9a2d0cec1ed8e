"""Every page of the portal, its address filled with things of one centre: for contracts and measurements."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from django.urls import URLPattern, URLResolver, get_resolver, reverse

from centres.models import (
    AccessGrant,
    AssessmentDecision,
    Centre,
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
# Session, user, grants, scope, navigation and what the page is about; counted without BEGIN, COMMIT and SAVEPOINT.
PAGE, LIST = 12, 8
# Pages that are a list of rows and little else.
LISTS = {
    "programmes", "sites", "learners", "assessment", "staff-centres", "staff-qualifications", "imports", "allocation",
    "actions", "caseload", "caseload-actions", "caseload-reports", "reports", "decisions", "dashboard-list", "schemes",
    "installation-history", "mail-log", "staff-people", "calendar", "search", "activities", "samples", "messages",
    "history", "verifiers",
}  # fmt: skip
NOTHING = 999_999_999
_FIXED = {"secret": "none", "token": "none", "criterion": "standardisation", "kind": "learners",
          "number_of_version": 1, "position": 1, "name": "stages", "key": "standardisation"}  # fmt: skip
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

    @property
    def budget(self) -> int:
        """The most statements that a request for it may cost."""
        return LIST if self.name in LISTS else PAGE


def routes() -> list[Route]:
    """Every page of the portal's own, in the order of the addresses."""
    return [
        Route(name, pattern)
        for pattern, name in _walk(get_resolver().url_patterns)
        if not pattern.startswith(OTHERS)
    ]


def _walk(patterns: Iterable[URLPattern | URLResolver], before: str = "") -> Iterator[tuple[str, str]]:
    for pattern in patterns:
        if isinstance(pattern, URLResolver):
            yield from _walk(pattern.url_patterns, before + str(pattern.pattern))
        elif isinstance(pattern, URLPattern):
            yield before + str(pattern.pattern), pattern.name or ""


def arguments(
    route: Route, centre: Centre, *, person_id: int, year: int = 2026, newest: bool = False
) -> dict[str, object]:
    """Values for the address: the centre's first thing of each kind, or its newest; a number that nothing has
    where there is none."""
    found: dict[str, object] = {}
    for part in route.pattern.split("<")[1:]:
        kind, _, name = part.split(">")[0].rpartition(":")
        fixed = _FIXED | {"number": centre.number, "year": year}
        found[name] = fixed[name] if name in fixed else _key(route, kind, name, centre, person_id, newest)
    return found


def address(route: Route, centre: Centre, *, person_id: int, year: int = 2026, newest: bool = False) -> str:
    """The whole address."""
    return reverse(route.name, kwargs=arguments(route, centre, person_id=person_id, year=year, newest=newest))


def _key(route: Route, kind: str, name: str, centre: Centre, person_id: int, newest: bool) -> object:
    model = _BY_NAME.get(name) or next(
        (model for prefix, model in _BY_PREFIX if route.pattern.startswith(prefix)), None
    )
    if model == "person":
        return person_id
    if model is None:
        return NOTHING if kind == "int" else "none"
    rows = model.objects.order_by("pk")
    if any(field.name == "centre" for field in model._meta.fields):
        rows = rows.filter(centre=centre)
    if model is Activity:
        rows = rows.filter(kind="VISIT" if "visit" in route.pattern else "SAMPLING")
    row = rows.last() if newest else rows.first()
    return row.pk if row else NOTHING


def api_lists() -> list[str]:
    """The names of the API's lists."""
    from qa_portal.api_urls import router

    return [prefix for prefix, viewset, _ in router.registry if hasattr(viewset, "list")]
