"""Dates, counts and sizes as readers see them."""

from __future__ import annotations

from datetime import UTC, date, datetime, time

import pytest

from qa_portal import wording
from qa_portal.wording import NBSP

TODAY = date(2026, 10, 20)


def plain(text: str) -> str:
    return text.replace(NBSP, " ")


@pytest.mark.parametrize(
    ("write", "expected"),
    [
        (wording.date_short, "Tue 3 Nov"),
        (wording.date_year, "3 Nov 2026"),
        (wording.date_plain, "3 November 2026"),
        (wording.date_long, "Tuesday 3 November 2026"),
    ],
)
def test_a_date_is_written_in_four_ways(write, expected):
    assert plain(write(date(2026, 11, 3))) == expected
    assert write(None) == ""


def test_a_moment_is_written_in_the_portals_time_zone():
    just_before_midnight_in_summer = datetime(2026, 7, 2, 23, 5, tzinfo=UTC)
    assert plain(wording.moment(just_before_midnight_in_summer)) == "3 July 2026, 12.05am"
    assert plain(wording.date_short(just_before_midnight_in_summer)) == "Fri 3 Jul"


@pytest.mark.parametrize(
    ("at", "expected"),
    [(time(0, 5), "12.05am"), (time(9, 30), "9.30am"), (time(12), "12.00pm"), (time(23, 59), "11.59pm")],
)
def test_a_time_of_day_uses_twelve_hours(at, expected):
    assert wording.clock_time(at) == expected


@pytest.mark.parametrize(
    ("day", "expected"),
    [
        (date(2026, 10, 23), "in 3 days"),
        (date(2026, 10, 21), "tomorrow"),
        (date(2026, 10, 20), "today"),
        (date(2026, 10, 19), "1 day overdue"),
        (date(2026, 10, 9), "11 days overdue"),
    ],
)
def test_the_distance_of_a_duty(day, expected):
    assert plain(wording.days_from(day, TODAY)) == expected


def test_how_long_ago():
    assert plain(wording.days_ago(date(2026, 10, 11), TODAY)) == "9 days ago"
    assert wording.days_ago(date(2026, 10, 19), TODAY) == "yesterday"


@pytest.mark.parametrize(
    ("size", "expected"),
    [
        (0, "0 bytes"),
        (1, "1 byte"),
        (214_000, "214 kB"),
        (999_499, "999 kB"),
        (999_600, "1.0 MB"),
        (1_200_000, "1.2 MB"),
        (9_960_000, "10 MB"),
        (164_000_000, "164 MB"),
        (3_000_000_000, "3.0 GB"),
    ],
)
def test_sizes_of_files(size, expected):
    assert plain(wording.file_size(size)) == expected


def test_zero_is_zero_and_unknown_is_a_dash():
    assert plain(wording.percent(0)) == "0 %"
    assert wording.percent(None) == wording.UNKNOWN
    assert wording.file_size(None) == wording.UNKNOWN


def test_counts_and_lists_in_a_sentence():
    assert plain(wording.counted(1, "item")) == "1 item"
    assert plain(wording.counted(1200, "inquiry", "inquiries")) == "1,200 inquiries"
    assert wording.joined(["a"]) == "a"
    assert wording.joined(["a", "b", "c"]) == "a, b and c"
    assert wording.joined([]) == ""
    assert wording.in_words(2) == "two"
    assert wording.in_words(12) == "12"
