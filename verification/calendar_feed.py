"""A calendar as iCalendar text: activities with their times, duties as all-day entries."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from icalendar import Calendar, Event

from verification.queries.calendar import Entry

_LENGTH = timedelta(hours=6)
_TENTATIVE = "PROPOSED"


def written(entries: Iterable[Entry], *, name: str, base_url: str, at: datetime) -> bytes:
    """The feed of these entries; addresses become whole ones with ``base_url``.

    A visit without a time takes the whole day; one with a time is shown for six hours, in the centre's time zone.
    """
    calendar = Calendar()
    calendar.add("prodid", f"-//{name}//Quality assurance//EN")
    calendar.add("version", "2.0")
    calendar.add("x-wr-calname", name)
    calendar.add("refresh-interval;value=duration", "PT1H")
    host = base_url.split("//")[-1].split("/")[0].split(":")[0]
    for entry in entries:
        calendar.add_component(_event(entry, host=host, base_url=base_url, at=at))
    return calendar.to_ical()


def _event(entry: Entry, *, host: str, base_url: str, at: datetime) -> Event:
    event = Event()
    event.add("uid", f"{entry.uid}@{host}")
    event.add("dtstamp", at)
    event.add("summary", f"Due: {entry.text}" if entry.is_duty else entry.text)
    if entry.time is None:
        event.add("dtstart", entry.day)
        event.add("dtend", entry.day + timedelta(days=1))
    else:
        start = datetime.combine(entry.day, entry.time, tzinfo=ZoneInfo(entry.time_zone))
        event.add("dtstart", start)
        event.add("dtend", start + _LENGTH)
    if entry.place:
        event.add("location", entry.place)
    if entry.is_duty:
        event.add("transp", "TRANSPARENT")
    else:
        event.add("status", "TENTATIVE" if entry.status == _TENTATIVE else "CONFIRMED")
    event.add("url", f"{base_url.rstrip('/')}{entry.url}")
    return event
