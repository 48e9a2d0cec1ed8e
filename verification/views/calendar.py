"""A person's calendar as a page, its secret address, and the feed behind it."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import groupby
from typing import Any

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from centres.access import load
from centres.models import Person
from centres.pages import person_page
from qa_portal import clock, notices, tenancy
from qa_portal.tenancy import Side
from qa_portal.wording import MONTHS, clock_time
from verification import calendar_feed
from verification.models import ActivityStatus
from verification.operations import calendars as operations
from verification.queries import calendar as queries

AHEAD = timedelta(days=365)
# How things come to a calendar that is empty; the awarding organisation's people see what they look after.
_HOW = "Visits and samples appear here once a date is proposed, duties once they are due."
_HOW_STAFF = "Your own duties appear here, and the agreed dates of the centres whose quality manager you are."
BACK = timedelta(days=90)
_SHAPES = {
    ActivityStatus.PROPOSED: ("date-set", "Proposed"),
    ActivityStatus.AGREED: ("date-set", "Agreed"),
    ActivityStatus.UNDER_WAY: ("under-way", "Under way"),
    ActivityStatus.FACT_CHECK: ("under-way", "Facts being checked"),
    ActivityStatus.CONCLUDED: ("done", "Concluded"),
}


@require_safe
@person_page
def calendar(request: HttpRequest) -> HttpResponse:
    """The months to come, from this one on, with what is on which day."""
    today = clock.today()
    found = queries.entries(request.user, today.replace(day=1), today + AHEAD, today)
    secret = request.user.calendar_secret
    context = {
        "heading": "Calendar",
        "months": _months(found, today),
        "how": _HOW_STAFF if request.user.access.side == Side.AO else _HOW,
        "feed_url": request.build_absolute_uri(reverse("calendar-feed", args=[secret])) if secret else "",
    }
    return render(request, "verification/calendar/calendar.html", context)


@require_POST
@person_page
def set_address(request: HttpRequest) -> HttpResponse:
    """Make the feed's address, or a new one that ends the one before."""
    had = bool(request.user.calendar_secret)
    operations.set_secret(person_id=request.user.pk, by=request.user, at=clock.now())
    notices.done(
        request,
        "Your calendar has a new address" if had else "Your calendar has an address",
        "The address before works no more. Enter the new one in your calendar program." if had else "",
    )
    return redirect("calendar")


@require_POST
@person_page
def forget_address(request: HttpRequest) -> HttpResponse:
    """Take the feed's address away."""
    operations.forget_secret(person_id=request.user.pk, by=request.user, at=clock.now())
    notices.done(request, "Your calendar has no address any more")
    return redirect("calendar")


@require_safe
@never_cache
def feed(request: HttpRequest, secret: str) -> HttpResponse:
    """The feed of whoever owns this secret, without a session: every context they work in, nothing else.

    Only the scopes of that person's own grants are entered, one after the other.
    """
    person = Person.objects.filter(calendar_secret=secret, is_active=True).first() if secret else None
    if person is None:
        raise Http404
    today = clock.today()
    found: dict[str, queries.Entry] = {}
    for context in load(person).contexts:
        person.access = load(person, context)
        tenancy.enter(person.access.scope())
        for entry in queries.entries(person, today - BACK, today + AHEAD, today):
            found[entry.uid] = entry
    body = calendar_feed.written(
        found.values(), name=settings.PORTAL.get("organisation", "Quality assurance"), base_url=settings.BASE_URL,
        at=clock.now(),
    )  # fmt: skip
    response = HttpResponse(body, content_type="text/calendar; charset=utf-8")
    response["Content-Disposition"] = 'inline; filename="calendar.ics"'
    response["X-Robots-Tag"] = "noindex"
    return response


def _months(found: list[queries.Entry], today: date) -> list[dict[str, Any]]:
    months = []
    for (year, month), of_month in groupby(found, key=lambda entry: (entry.day.year, entry.day.month)):
        days = [
            {"date": day, "today": day == today, "events": [_event(entry) for entry in of_day]}
            for day, of_day in groupby(of_month, key=lambda entry: entry.day)
        ]
        months.append({"name": f"{MONTHS[month - 1]} {year}", "days": days})
    return months


def _event(entry: queries.Entry) -> dict[str, Any]:
    shape, word = ("", "") if entry.is_duty else _SHAPES[ActivityStatus(entry.status)]
    return {
        "text": entry.text,
        "url": entry.url,
        "time": clock_time(entry.time),
        "shape": shape,
        "state": word,
        "second": "Due" if entry.is_duty else entry.place,
    }
