"""Working days: Monday to Friday without the holidays of the place concerned."""

from collections.abc import Set as AbstractSet
from datetime import date, timedelta

ONE_DAY = timedelta(days=1)
SATURDAY = 5


def is_working_day(day: date, holidays: AbstractSet[date] = frozenset()) -> bool:
    """Say whether people work on this day."""
    return day.weekday() < SATURDAY and day not in holidays


def next_working_day(day: date, holidays: AbstractSet[date] = frozenset()) -> date:
    """Give the day itself when it is a working day, else the first working day after it."""
    while not is_working_day(day, holidays):
        day += ONE_DAY
    return day


def previous_working_day(day: date, holidays: AbstractSet[date] = frozenset()) -> date:
    """Give the day itself when it is a working day, else the last working day before it."""
    while not is_working_day(day, holidays):
        day -= ONE_DAY
    return day


def add_working_days(day: date, count: int, holidays: AbstractSet[date] = frozenset()) -> date:
    """Give the day that lies `count` working days after `day`; a negative count goes back.

    The day itself is not counted, so ten working days from a Monday is the Monday two weeks on. A count of
    0 gives the day itself, working day or not.
    """
    step = ONE_DAY if count > 0 else -ONE_DAY
    for _ in range(abs(count)):
        day += step
        while not is_working_day(day, holidays):
            day += step
    return day


def working_days_between(start: date, end: date, holidays: AbstractSet[date] = frozenset()) -> int:
    """Count the working days after `start` up to and including `end`; negative when `end` comes first."""
    if end < start:
        return -working_days_between(end, start, holidays)
    days = (end - start).days
    return sum(is_working_day(start + timedelta(days=n), holidays) for n in range(1, days + 1))
