"""Working days are Monday to Friday without holidays."""

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from centres.working_days import (
    add_working_days,
    is_working_day,
    next_working_day,
    previous_working_day,
    working_days_between,
)

CHRISTMAS = frozenset({date(2026, 12, 25), date(2026, 12, 28), date(2027, 1, 1)})
DAYS = st.dates(min_value=date(2020, 1, 1), max_value=date(2035, 1, 1))
HOLIDAYS = DAYS.flatmap(
    lambda day: st.frozensets(st.integers(0, 40), max_size=12).map(
        lambda offsets: frozenset(day + timedelta(days=n) for n in offsets)
    )
)


def test_weekends_and_holidays_are_not_working_days():
    assert is_working_day(date(2026, 12, 24), CHRISTMAS)
    assert not is_working_day(date(2026, 12, 25), CHRISTMAS)
    assert not is_working_day(date(2026, 12, 26), CHRISTMAS)
    assert is_working_day(date(2026, 12, 25))


def test_next_and_previous_give_the_day_itself_when_people_work_on_it():
    assert next_working_day(date(2026, 12, 24), CHRISTMAS) == date(2026, 12, 24)
    assert next_working_day(date(2026, 12, 25), CHRISTMAS) == date(2026, 12, 29)
    assert previous_working_day(date(2026, 12, 28), CHRISTMAS) == date(2026, 12, 24)


def test_ten_working_days_after_a_visit_on_18_november():
    assert add_working_days(date(2026, 11, 18), 10) == date(2026, 12, 2)


def test_counting_from_a_saturday_counts_the_monday_first():
    assert add_working_days(date(2026, 10, 17), 1) == date(2026, 10, 19)
    assert add_working_days(date(2026, 10, 17), -1) == date(2026, 10, 16)
    assert add_working_days(date(2026, 10, 17), 0) == date(2026, 10, 17)


@given(day=DAYS, count=st.integers(1, 60), holidays=HOLIDAYS)
def test_adding_lands_on_a_working_day_and_counting_gives_the_number_back(day, count, holidays):
    there = add_working_days(day, count, holidays)
    assert is_working_day(there, holidays)
    assert working_days_between(day, there, holidays) == count
    assert working_days_between(there, day, holidays) == -count


@given(day=DAYS, count=st.integers(0, 40), holidays=HOLIDAYS)
def test_going_forward_and_back_returns_to_a_working_day(day, count, holidays):
    start = next_working_day(day, holidays)
    assert add_working_days(add_working_days(start, count, holidays), -count, holidays) == start
