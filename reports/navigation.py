"""The navigation of every page: where somebody can go in the context they work in, with what is overdue."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse

from centres import academic_year
from centres.models import Centre
from centres.permissions import Permission
from centres.queries.overdue import with_overdue
from qa_portal import clock
from qa_portal.tenancy import Side
from reports.queries.history import noun_of

_CENTRE = [
    ("Home", "home", None),
    ("Self-assessment", "self-assessment", Permission.SELF_ASSESSMENT_READ),
    ("Activities", "activities", Permission.ACTIVITY_READ),
    ("Actions", "actions", Permission.ACTION_READ),
    ("Programmes", "programmes", Permission.PROGRAMME_READ),
    ("Learners", "learners", Permission.LEARNER_READ),
    ("People", "people", Permission.PEOPLE_READ),
    ("Messages", "messages", Permission.MESSAGE_READ),
    ("Reports", "reports", Permission.REPORT_READ),
]
_VERIFIER = [
    ("Home", "home", None),
    ("Caseload", "caseload", Permission.CENTRE_READ),
    ("Samples", "samples", Permission.SAMPLE_PLAN),
    ("Actions", "caseload-actions", Permission.ACTION_READ),
    ("Reports", "caseload-reports", Permission.REPORT_READ),
    ("Calendar", "calendar", None),
]
_AO = [
    ("Home", "home", None),
    ("Dashboard", "dashboard", Permission.DASHBOARD_READ),
    ("Allocation", "allocation", Permission.ALLOCATION_MAKE),
    ("Decisions", "decisions", Permission.DIRECT_CLAIMS_DECIDE),
    ("Centres", "staff-centres", Permission.CENTRE_READ),
    ("Verifiers", "verifiers", Permission.VERIFIER_REGISTER_READ),
    ("Schemes", "schemes", Permission.SCHEME_READ),
    ("People", "staff-people", Permission.PEOPLE_EDIT),
    ("Calendar", "calendar", None),
    ("Mail", "mail-log", Permission.MAIL_READ),
    ("History", "installation-history", Permission.AUDIT_READ),
]


def navigation(request: HttpRequest) -> dict[str, Any]:
    """What the context row shows: where one is, the year, and the items this person may open."""
    person = getattr(request, "user", None)
    if person is None or not person.is_authenticated:
        return {}
    access = person.access
    centre = getattr(request, "centre", None)
    year = academic_year.label(academic_year.year_of(clock.today()))
    frame: dict[str, Any] = {"year_label": year} | _history(request, person)
    if len(access.contexts) > 1:
        frame["switch_url"] = reverse("contexts")
    if access.side == Side.CENTRE:
        centre = centre or _own_centre(access.centre_ids)
        if centre is None:
            return frame | {"context_name": "", "items": []}
        items = [
            _item(request, label, name, centre.number)
            for label, name, p in _CENTRE
            if p is None or person.may(p)
        ]
        return frame | _named(centre) | {"items": _counted(items, centre)}
    table = _VERIFIER if access.side == Side.VERIFIER else _AO
    items = [_item(request, label, name, None) for label, name, p in table if p is None or person.may(p)]
    if centre is not None:
        return frame | _named(centre) | {"items": [item for item in items if item]}
    name = "Verifier" if access.side == Side.VERIFIER else "Awarding organisation"
    return frame | {"context_name": name, "context_caption": "", "items": [item for item in items if item]}


def _history(request: HttpRequest, person: Any) -> dict[str, str]:
    """The way to the history of the one thing that the page shows, for who may read it there."""
    thing: Any = getattr(request, "found", None)
    noun = noun_of(thing) if thing is not None else ""
    if not noun or not person.may(Permission.HISTORY_READ, thing.centre_id):
        return {}
    centre = getattr(request, "centre", None) or thing.centre
    url = reverse("history", args=[centre.number])
    target = urlencode({"target": f"{thing._meta.label_lower}:{thing.pk}"})
    return {"history_url": f"{url}?{target}", "history_text": f"History of this {noun}"}


def _named(centre: Any) -> dict[str, str]:
    return {
        "context_name": centre.name,
        "context_caption": f"Centre {centre.number}",
        "context_url": centre.get_absolute_url(),
    }


def _own_centre(centre_ids: tuple[int, ...]) -> Any:
    found = with_overdue(Centre.objects.filter(pk__in=centre_ids[:1]), clock.today())
    return found.first() if centre_ids else None


def _item(request: HttpRequest, label: str, name: str, number: str | None) -> dict[str, Any] | None:
    try:
        url = reverse(name, args=[number] if number and name != "home" else [])
    except NoReverseMatch:
        return None
    current = request.path == url if url in ("/", "/staff/") else request.path.startswith(url)
    return {"label": label, "url": url, "current": current, "count": 0}


def _counted(items: list[dict[str, Any] | None], centre: Any) -> list[dict[str, Any]]:
    shown = [item for item in items if item]
    overdue = getattr(centre, "overdue_actions", None)
    if overdue is None:
        # The page found its thing, and the centre came with it.
        own = with_overdue(Centre.objects.filter(pk=centre.pk), clock.today())
        overdue = own.values_list("overdue_actions", flat=True).first()
    for item in shown:
        if item["label"] == "Actions":
            item["count"] = overdue
    return shown
