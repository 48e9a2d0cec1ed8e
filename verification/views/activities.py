"""Pages of activities: a centre's list, one activity with its date and documents, and a verifier's caseload."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.db.models.functions import Coalesce
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import NoReverseMatch, reverse
from django.views.decorators.http import require_safe

from centres import academic_year
from centres.models import Centre
from centres.pages import centre_page, find, needs, person_page
from centres.permissions import Permission as P
from qa_portal import clock, wording
from qa_portal.templatetags.portal import state
from qa_portal.tenancy import Side
from verification.lifecycle.activities import ACTIVITY
from verification.models import (
    Activity,
    ActivityKind,
    ActivityStatus,
    CentreYear,
    RequestedDocument,
)
from verification.queries import activities as queries
from verification.queries import caseload as caseloads
from verification.queries import schedule as schedules
from verification.queries import verifiers
from verification.rules.activities import waits_for

SHAPE = {
    ActivityStatus.PLANNED: "not-started",
    ActivityStatus.PROPOSED: "date-set",
    ActivityStatus.AGREED: "date-set",
    ActivityStatus.UNDER_WAY: "under-way",
    ActivityStatus.FACT_CHECK: "under-way",
    ActivityStatus.CONCLUDED: "done",
    ActivityStatus.WAIVED: "not-held",
    ActivityStatus.CANCELLED: "not-held",
}
# Transitions that have a page of their own here; the work itself is offered on the visit's and the sample's pages.
PAGES = {
    "propose": "activity-date",
    "confirm": "activity-confirm",
    "accept": "activity-accept",
    "propose_another": "activity-another-day",
    "cancel_date": "activity-cancel-date",
    "cancel": "activity-cancel",
    "waive_visit": "activity-waive",
}
ANSWERS = ("confirm", "accept")  # the answer that ends the waiting stands first
PARTS_OF_WORK = ("AGREED", "UNDER_WAY", "FACT_CHECK", "CONCLUDED")


@require_safe
@centre_page(P.ACTIVITY_READ)
def of_centre(request: HttpRequest, centre: Centre) -> HttpResponse:
    """The activities of a centre, this year's first."""
    rows = queries.with_everything(Activity.objects.visible_to(request.user).filter(centre=centre))
    when = Coalesce("day", "window_from")
    rows = rows.select_related("centre__quality_manager")
    listed = list(rows.order_by("-centre_year__year", when, "window_until", "pk")[:100])
    this_year = academic_year.year_of(clock.today())
    context = {
        "heading": "Activities",
        "caption": f"{centre.name}, centre {centre.number}",
        "breadcrumbs": [(centre.name, centre.get_absolute_url())],
        "groups": _by_year(listed),
        "waive_visit_urls": _years_without_visit(request, centre, listed),
        "year": academic_year.label(this_year),
        "messages_url": _messages_url(request, centre),
    }
    year = _year_of(listed) or _current_year(centre, this_year)
    context["contacts"] = verifiers.contact_card(year) if year else []
    return render(request, "verification/activities/list.html", context)


@require_safe
@person_page
def one(request: HttpRequest, pk: int) -> HttpResponse:
    """One activity: what, when, who, what may be done, documents, contacts."""
    rows = schedules.with_clash(queries.with_everything(Activity.objects.visible_to(request.user)))
    activity = find(request, rows.select_related("centre__quality_manager"), pk, P.ACTIVITY_READ)
    activity.centre_year.centre = activity.centre
    centre = activity.centre
    context = {
        "activity": activity,
        "heading": name_of(activity),
        "caption": f"{centre.name}, centre {centre.number}",
        "fact": state(SHAPE[ActivityStatus(activity.status)], activity.get_status_display()),
        "breadcrumbs": [
            (centre.name, centre.get_absolute_url()),
            ("Activities", reverse("activities", args=[centre.number])),
        ],
        "facts": _facts(activity),
        "waits": _waits(activity),
        "offers": offers_of(activity, request.user),
        "clash": _clash(activity),
        "again": activity.status == "CANCELLED" and request.user.may(P.ALLOCATION_MAKE, centre.pk),
        "work": _work(activity, request.user),
        "documents": list(
            RequestedDocument.objects.filter(centre_id=centre.pk, activity=activity).order_by("pk")
        ),
        "documents_url": _url("visit-documents", activity.pk),
        "because": activity.window_facts.get("facts", {}).get("because", []),
        "cancellations": activity.window_facts.get("cancellations", []),
        "contacts": verifiers.contact_card(activity.centre_year),
        "messages_url": _messages_url(request, centre),
    }
    return render(request, "verification/activities/activity.html", context)


@require_safe
@needs(P.ACTIVITY_SCHEDULE)
def caseload(request: HttpRequest) -> HttpResponse:
    """A verifier's centres with their stages and what comes next at each."""
    today = clock.today()
    year = academic_year.year_of(today)
    context = {
        "heading": "Caseload",
        "fact": academic_year.label(year),
        "rows": caseloads.rows(request.user, year, today),
        "today": today,
        "own_pages": True,
    }
    return render(request, "verification/activities/caseload.html", context)


def name_of(activity: Activity) -> str:
    """What the activity is called on its page."""
    if activity.kind == ActivityKind.VISIT:
        return "LSV visit" if activity.number == 1 else f"LSV visit {activity.number}"
    label = activity.programme.qualification.label
    more = f", {_ordinal(activity.number)} time" if activity.number > 1 else ""
    return f"Standards verification: {label}{more}"


WAIVABLE = ("PLANNED", "PROPOSED", "AGREED", "UNDER_WAY")


def offers_of(activity: Activity, person: Any) -> list[dict[str, str]]:
    """What this person may do about the date, each with the reason where it is not possible yet."""
    offers = []
    offered = sorted(ACTIVITY.offered_to(person, activity), key=lambda each: each[0].name not in ANSWERS)
    for transition, refusal in offered:
        if transition.name not in PAGES or _said_already(activity, transition.name):
            continue
        if transition.name == "waive_visit" and activity.kind != ActivityKind.VISIT:
            continue
        offers.append(
            {
                "label": _label(activity, transition.name, transition.label),
                "url": "" if refusal else reverse(PAGES[transition.name], args=[activity.pk]),
                "reason": str(refusal) if refusal else "",
                "rule": refusal.rule if refusal else "",
            }
        )
    if activity.kind == ActivityKind.SAMPLING:
        offers += _sampling_offers(activity, person)
    return offers


def _sampling_offers(activity: Activity, person: Any) -> list[dict[str, str]]:
    """The pages about a sample that belong to the activity, where this person's role has them."""
    pages = []
    if person.may(P.ACTIVITY_COUNT_AGREE, activity.centre_id, activity.programme_id):
        pages.append(
            ("Agree how many samples there are", reverse("activity-counts", args=[activity.centre.number]))
        )
    if activity.status in WAIVABLE and person.may(P.SAMPLE_WAIVE, activity.centre_id):
        pages.append(("Do without this sample", reverse("activity-waive", args=[activity.pk])))
    return [{"label": label, "url": url, "reason": "", "rule": ""} for label, url in pages]


def _said_already(activity: Activity, name: str) -> bool:
    if name == "confirm":
        return activity.verifier_agreed_at is not None
    return name == "accept" and activity.centre_agreed_at is not None


def _label(activity: Activity, name: str, label: str) -> str:
    return "Move the date" if name == "propose" and activity.day else label


def _facts(activity: Activity) -> list[tuple[str, Any]]:
    allocation = activity.allocation
    where = activity.get_mode_display()
    if activity.mode == "ON_SITE" and activity.site:
        where = activity.site.name
    day = wording.date_long(activity.day)
    if activity.starts_at:
        day = f"{day}, {wording.clock_time(activity.starts_at)}"
    window = f"{wording.date_short(activity.window_from)} to {wording.date_short(activity.window_until)}"
    return [
        ("Date", day or None),
        ("Where", where),
        ("Verifier", allocation.verifier.person.name if allocation else None),
        ("Window", window),
        *([("Urgent claims", activity.urgent_reason)] if activity.urgent_reason else []),
    ]


def _waits(activity: Activity) -> str:
    if activity.status != ActivityStatus.PROPOSED:
        return ""
    proposer = activity.proposed_by.name if activity.proposed_by else "The portal"
    who = {"verifier": "the verifier’s confirmation", "centre": "the centre’s answer"}
    return f"{proposer} proposes this date. It waits for {who.get(waits_for(activity), 'an answer')}."


def _clash(activity: Activity) -> str:
    """That the verifier cannot keep the agreed day, in words that everybody concerned may read."""
    if not activity.clash or activity.allocation is None:
        return ""
    name = activity.allocation.verifier.person.name
    return f"{name} is away on {wording.date_long(activity.day)}, which was agreed. The date has to be moved."


def _work(activity: Activity, person: Any) -> dict[str, str] | None:
    """The way into the work itself, for those whose work it is, where its page exists."""
    visit = activity.kind == ActivityKind.VISIT
    permission = P.VISIT_CONDUCT if visit else P.SAMPLE_READ
    url = _url("visit" if visit else "activity-sample", activity.pk)
    soon = ("PLANNED", "PROPOSED") if person.access.side != Side.CENTRE else ()
    if not url or activity.status not in (*PARTS_OF_WORK, *soon):
        return None
    if not person.may(permission, activity.centre_id, activity.programme_id):
        return None
    return {"url": url, "label": "Open the visit" if visit else "Open the sample"}


def _messages_url(request: HttpRequest, centre: Centre) -> str:
    """The conversation, for whoever may open it (R23)."""
    if not request.user.may(P.MESSAGE_READ, centre.pk):
        return ""
    return reverse("messages", args=[centre.number])


def _url(name: str, pk: int) -> str:
    try:
        return reverse(name, args=[pk])
    except NoReverseMatch:
        return ""


def _by_year(listed: list[Activity]) -> list[dict[str, Any]]:
    groups: dict[int, list[dict[str, Any]]] = {}
    for activity in listed:
        groups.setdefault(activity.centre_year.year, []).append(_row(activity))
    return [{"label": academic_year.label(year), "rows": rows} for year, rows in groups.items()]


def _years_without_visit(
    request: HttpRequest, centre: Centre, listed: list[Activity]
) -> list[tuple[str, str]]:
    """Years of the list whose LSV visit was cancelled, for whoever may do without it: label and address (R10)."""
    if not request.user.may(P.SAMPLE_WAIVE, centre.pk):
        return []
    years = {a.centre_year.year: a.centre_year.lsv_id for a in listed}
    standing = {
        a.centre_year.year for a in listed if a.kind == ActivityKind.VISIT and a.status != "CANCELLED"
    }
    return [
        (academic_year.label(year), reverse("visit-waive", args=[centre.number, year]))
        for year, lsv in years.items()
        if year not in standing and lsv != request.user.pk
    ]


def _row(activity: Activity) -> dict[str, Any]:
    return {
        "url": reverse("activity", args=[activity.pk]),
        "name": name_of(activity),
        "day": wording.date_short(activity.day),
        "first": activity.day or activity.window_from,
        "window": f"{wording.date_short(activity.window_from)} to {wording.date_short(activity.window_until)}",
        "who": activity.allocation.verifier.person.name if activity.allocation else "",
        "shape": SHAPE[ActivityStatus(activity.status)],
        "state": activity.get_status_display(),
    }


def _year_of(listed: list[Activity]) -> CentreYear | None:
    if not listed:
        return None
    year = listed[0].centre_year
    year.centre = listed[0].centre
    return year


def _current_year(centre: Centre, year: int) -> CentreYear | None:
    rows: QuerySet[CentreYear] = CentreYear.objects.filter(centre=centre, year=year)
    return rows.select_related("centre__quality_manager").first()


def _ordinal(number: int) -> str:
    return {2: "second", 3: "third", 4: "fourth", 5: "fifth"}.get(number, f"{number}th")
