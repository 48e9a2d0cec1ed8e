"""The academic year runs from 1 September to 31 August."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from centres import academic_year


def test_an_academic_year_begins_on_1_september_and_ends_on_31_august():
    assert academic_year.year_of(date(2026, 8, 31)) == 2025
    assert academic_year.year_of(date(2026, 9, 1)) == 2026
    assert academic_year.bounds(2026) == (date(2026, 9, 1), date(2027, 8, 31))


@pytest.mark.parametrize(("year", "label"), [(2026, "2026-27"), (2099, "2099-00"), (2008, "2008-09")])
def test_a_year_is_labelled_by_both_its_calendar_years(year, label):
    assert academic_year.label(year) == label
    assert academic_year.from_label(label) == year


@pytest.mark.parametrize("text", ["2026", "2026-28", "2026/27", "26-27", "2026-7", ""])
def test_a_label_of_another_shape_is_refused(text):
    with pytest.raises(ValueError, match="not an academic year"):
        academic_year.from_label(text)


@given(st.dates(min_value=date(1950, 1, 1), max_value=date(2150, 1, 1)))
def test_every_day_lies_within_the_bounds_of_exactly_one_year(day):
    year = academic_year.year_of(day)
    first, last = academic_year.bounds(year)
    assert first <= day <= last
    assert academic_year.contains(year, day)
    assert not academic_year.contains(year + 1, day)
    assert academic_year.year_of(last + timedelta(days=1)) == year + 1
    if (day.month, day.day) != (2, 29):
        assert academic_year.day_in(year, day.month, day.day) == day
