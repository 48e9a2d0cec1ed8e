"""How dates, counts and sizes are written for readers; plain functions, so that views use them too."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, time

from django.utils import timezone

WEEKDAYS = (
    "Monday",
    "Tuesday",
    "Wednesday",
    "Thursday",
    "Friday",
    "Saturday",
    "Sunday",
)
MONTHS = (
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
)
NBSP = "\N{NO-BREAK SPACE}"
UNKNOWN = "\N{EN DASH}"


def local_date(value: date | datetime) -> date:
    """The day that a moment falls on in the portal's time zone; a plain date is returned as it is."""
    if isinstance(value, datetime):
        return (timezone.localtime(value) if timezone.is_aware(value) else value).date()
    return value


def date_short(value: date | datetime | None) -> str:
    """A date for lists: "Tue 3 Nov". Empty for None."""
    if value is None:
        return ""
    day = local_date(value)
    return f"{WEEKDAYS[day.weekday()][:3]}{NBSP}{day.day}{NBSP}{MONTHS[day.month - 1][:3]}"


def date_year(value: date | datetime | None) -> str:
    """A date in another year, or in a table over years: "14 May 2027". Empty for None."""
    if value is None:
        return ""
    day = local_date(value)
    return f"{day.day}{NBSP}{MONTHS[day.month - 1][:3]}{NBSP}{day.year}"


def date_plain(value: date | datetime | None) -> str:
    """A date in prose without its weekday: "12 October 2026". Empty for None."""
    if value is None:
        return ""
    day = local_date(value)
    return f"{day.day}{NBSP}{MONTHS[day.month - 1]} {day.year}"


def date_long(value: date | datetime | None) -> str:
    """A date for prose, reports and deadlines: "Wednesday 18 November 2026". Empty for None."""
    if value is None:
        return ""
    day = local_date(value)
    return f"{WEEKDAYS[day.weekday()]} {day.day}{NBSP}{MONTHS[day.month - 1]} {day.year}"


def clock_time(value: datetime | time | None) -> str:
    """A time of day: "9.30am", "12.00pm". Empty for None."""
    if value is None:
        return ""
    if isinstance(value, datetime) and timezone.is_aware(value):
        value = timezone.localtime(value)
    return f"{value.hour % 12 or 12}.{value.minute:02d}{'am' if value.hour < 12 else 'pm'}"


def moment(value: datetime | None) -> str:
    """A day and a time: "21 October 2026, 9.12am". Empty for None."""
    if value is None:
        return ""
    return f"{date_plain(value)}, {clock_time(value)}"


def days_from(value: date | datetime | None, today: date | datetime) -> str:
    """How far a duty's date is: "in 3 days", "tomorrow", "today", "11 days overdue". Empty for None."""
    if value is None:
        return ""
    days = (local_date(value) - local_date(today)).days
    if days < 0:
        return f"{counted(-days, 'day')} overdue"
    return {0: "today", 1: "tomorrow"}.get(days, f"in {counted(days, 'day')}")


def days_ago(value: date | datetime | None, today: date | datetime) -> str:
    """How long ago something happened: "today", "yesterday", "9 days ago". Empty for None."""
    if value is None:
        return ""
    days = (local_date(today) - local_date(value)).days
    return {0: "today", 1: "yesterday"}.get(days, f"{counted(days, 'day')} ago")


def counted(number: int, one: str, many: str = "") -> str:
    """A number with its noun, kept together on a line: "1 item", "3 items", "0 items"."""
    return f"{number:,}{NBSP}{one if number == 1 else many or one + 's'}"


def percent(value: float | None, places: int = 0) -> str:
    """A share already in percent, with the space that does not break: "73 %". The dash for None."""
    return UNKNOWN if value is None else f"{value:.{places}f}{NBSP}%"


def file_size(size: int | None) -> str:
    """A size in bytes as people read it: "318 kB", "1.2 MB", "164 MB". The dash for None."""
    if size is None:
        return UNKNOWN
    if size < 1000:
        return f"{size}{NBSP}bytes" if size != 1 else f"1{NBSP}byte"
    for unit, factor in (("kB", 1_000), ("MB", 1_000_000), ("GB", 1_000_000_000)):
        amount = size / factor
        if amount < 999.5 or unit == "GB":
            digits = 1 if amount < 9.95 and unit != "kB" else 0
            return f"{amount:.{digits}f}{NBSP}{unit}"
    raise AssertionError("unreachable: the last unit always returns")


def joined(words: Sequence[str], last: str = "and") -> str:
    """A list in a sentence: "a", "a and b", "a, b and c"."""
    words = [str(word) for word in words]
    if len(words) < 2:
        return "".join(words)
    return f"{', '.join(words[:-1])} {last} {words[-1]}"


_NUMBERS = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")


def in_words(number: int) -> str:
    """A small number in a sentence: "two", and "12" from ten on."""
    return _NUMBERS[number] if 0 <= number < len(_NUMBERS) else str(number)
