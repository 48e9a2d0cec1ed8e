"""Proposing visit dates, and sampling windows from cohorts' own dates (R8, R9, R99)."""

from datetime import date, timedelta
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from verification.eligibility import Absence
from verification.sampling_windows import (
    ACADEMIC_YEAR,
    ROLL_ON_ROLL_OFF,
    SHORT_COURSE,
    CohortDates,
    SchemeWindow,
    sampling_windows,
)
from verification.scheduling import Diary, ToSchedule, propose_dates, working_days

MONDAY = date(2026, 10, 5)
HOLIDAYS = {"England": frozenset({date(2026, 12, 25), date(2026, 12, 28)}), "Scotland": frozenset({MONDAY})}
ENOUGH_NOTICE = date(2026, 10, 1)
YEAR = SchemeWindow(date(2026, 9, 1), date(2027, 8, 31), date(2027, 1, 15), date(2027, 5, 15))


def visit(activity_id="a1", first=MONDAY, last=MONDAY + timedelta(days=4), **more):
    values = {"verifier": "ruth", "nation": "England"}
    return ToSchedule(id=activity_id, first=first, last=last, **(values | more))


def ruth(**more):
    return Diary("ruth", "Ruth Adeyemi", **more)


def schedule(activities, diary=None, earliest=ENOUGH_NOTICE):
    return propose_dates(
        activities, [diary or ruth()], holidays=HOLIDAYS, earliest=dict.fromkeys(HOLIDAYS, earliest)
    )


def day_slots(day):
    return ((day, "am"), (day, "pm"))


def dates(plan):
    return {proposal.activity: proposal.slots[0][0] for proposal in plan.proposals}


@st.composite
def weeks_of_work(draw):
    spans = st.tuples(st.integers(0, 20), st.integers(0, 10))
    activities = []
    for number in range(draw(st.integers(0, 8))):
        offset, length = draw(spans)
        first = MONDAY + timedelta(days=offset)
        half_days = draw(st.sampled_from([1, 2, 3, 4]))
        agreed = day_slots(first) if draw(st.integers(0, 4)) == 0 else ()
        last = first + timedelta(days=length)
        activities.append(
            visit(
                f"a{number}",
                first,
                last,
                half_days=half_days,
                agreed=agreed,
                weekday=draw(st.sampled_from([None, 2])),
            )
        )
    busy = draw(st.frozensets(st.tuples(st.integers(0, 30), st.sampled_from(["am", "pm"])), max_size=8))
    absences = [
        Absence(MONDAY + timedelta(days=start), MONDAY + timedelta(days=start + length))
        for start, length in draw(st.lists(spans, max_size=2))
    ]
    taken = frozenset((MONDAY + timedelta(days=offset), part) for offset, part in busy)
    return activities, ruth(busy=taken, absences=tuple(absences))


@settings(max_examples=80)
@given(work=weeks_of_work())
def test_nothing_clashes_and_everything_is_answered(work):
    activities, diary = work
    by_id = {activity.id: activity for activity in activities}

    plan = schedule(activities, diary)

    held = [slot for activity in activities for slot in activity.agreed]
    used = set(held) | diary.busy
    for proposal in plan.proposals:
        activity = by_id[proposal.activity]
        assert not activity.agreed
        assert len(proposal.slots) == activity.half_days
        for slot in proposal.slots:
            assert slot not in used
            used.add(slot)
            assert activity.first <= slot[0] <= activity.last
            assert slot[0].weekday() < 5
            assert not diary.away_on(slot[0])
    answered = [proposal.activity for proposal in plan.proposals] + [one.activity for one in plan.unplaced]
    assert sorted(answered) == sorted(activity.id for activity in activities if not activity.agreed)
    assert plan == schedule(activities[::-1], diary)


@settings(max_examples=60)
@given(windows=st.lists(st.tuples(st.integers(0, 9), st.integers(0, 4)), max_size=7))
def test_as_many_whole_days_are_placed_as_any_schedule_can_place(windows):
    """Against the exact answer for intervals: the window that closes first goes first."""
    workdays = list(working_days(MONDAY, MONDAY + timedelta(days=25), frozenset()))
    activities = [visit(f"a{n}", workdays[at], workdays[at + more]) for n, (at, more) in enumerate(windows)]
    open_ones, placed = sorted((at + more, at) for at, more in windows), 0
    for day in range(len(workdays)):
        possible = [window for window in open_ones if window[1] <= day <= window[0]]
        if possible:
            open_ones.remove(possible[0])
            placed += 1

    assert len(schedule(activities).proposals) == placed


@settings(max_examples=40)
@given(work=weeks_of_work())
def test_proposing_again_moves_nothing(work):
    activities, diary = work
    first = {proposal.activity: proposal.slots for proposal in schedule(activities, diary).proposals}
    again = [
        ToSchedule(**{**vars(activity), "earlier_proposal": first.get(activity.id, ())})
        for activity in activities
    ]

    assert {proposal.activity: proposal.slots for proposal in schedule(again, diary).proposals} == first


def test_work_is_spread_over_the_weeks():
    last = MONDAY + timedelta(days=25)  # four weeks

    plan = schedule([visit(f"a{number}", last=last) for number in range(4)])

    assert len({day.isocalendar().week for day in dates(plan).values()}) == 4


def test_the_weekday_that_a_centre_prefers_is_used_where_it_is_free():
    assert dates(schedule([visit(weekday=3)]))["a1"].strftime("%A") == "Thursday"
    busy = frozenset(day_slots(MONDAY + timedelta(days=3)))
    assert dates(schedule([visit(weekday=3)], ruth(busy=busy)))["a1"].strftime("%A") != "Thursday"


def test_bank_holidays_are_those_of_the_centres_nation():
    one_day = {"first": MONDAY, "last": MONDAY}

    assert dates(schedule([visit(**one_day)])) == {"a1": MONDAY}
    assert schedule([visit(nation="Scotland", **one_day)]).unplaced[0].reason == (
        "The window 5 Oct to 5 Oct has no working day."
    )
    assert "not known" in schedule([visit(nation="Wales", **one_day)]).unplaced[0].reason


def test_a_visit_of_two_days_takes_two_working_days_in_a_row():
    christmas_eve = date(2026, 12, 24)

    (proposal,) = schedule([visit(first=christmas_eve, last=date(2026, 12, 29), half_days=4)]).proposals

    assert proposal.slots == day_slots(date(2026, 12, 24)) + day_slots(date(2026, 12, 29))


def test_an_agreed_date_is_never_touched_and_a_clash_with_it_is_told():
    agreed = visit("agreed", agreed=day_slots(MONDAY))
    absent = ruth(absences=(Absence(MONDAY, MONDAY),))

    plan = schedule([agreed, visit("new", last=MONDAY)], absent)

    assert plan.proposals == ()
    assert [clash.reason for clash in plan.clashes] == ["Ruth Adeyemi is away on 5 Oct, which was agreed."]
    twice = schedule([agreed, visit("other", agreed=day_slots(MONDAY))])
    assert {clash.activity for clash in twice.clashes} == {"agreed", "other"}


def test_others_move_along_if_that_makes_room():
    tuesday = MONDAY + timedelta(days=1)
    flexible = visit("flexible", last=tuesday, earlier_proposal=day_slots(MONDAY))

    plan = schedule([flexible, visit("only-monday", last=MONDAY)])

    assert dates(plan) == {"flexible": tuesday, "only-monday": MONDAY}


def test_r8_an_absence_over_the_whole_window_is_the_reason():
    window = {"first": date(2026, 10, 1), "last": date(2026, 11, 30)}
    away = ruth(absences=(Absence(date(2026, 9, 20), date(2026, 12, 4)),))

    (unplaced,) = schedule([visit(**window)], away).unplaced

    assert unplaced.reason == "Ruth Adeyemi is away for the whole window 1 Oct to 30 Nov."


def test_a_full_window_says_how_full_it_is():
    busy = frozenset(slot for number in range(4) for slot in day_slots(MONDAY + timedelta(days=number)))
    away = (Absence(MONDAY + timedelta(days=4), MONDAY + timedelta(days=4)),)

    (unplaced,) = schedule([visit()], ruth(busy=busy, absences=away)).unplaced

    assert unplaced.reason == (
        "Ruth Adeyemi has no day free in the window 5 Oct to 9 Oct. "
        "Of 5 working days, 1 absent, 4 with other work."
    )


def test_r99_notice_shortens_the_window():
    assert dates(schedule([visit()], earliest=MONDAY + timedelta(days=4))) == {
        "a1": MONDAY + timedelta(days=4)
    }
    (unplaced,) = schedule([visit()], earliest=MONDAY + timedelta(days=5)).unplaced
    assert unplaced.reason == "The window 5 Oct to 9 Oct is over, or too close to give the centre notice."


def test_an_activity_without_a_verifier_waits_for_its_allocation():
    plan = propose_dates(
        [visit(verifier="")], [], holidays=HOLIDAYS, earliest=dict.fromkeys(HOLIDAYS, ENOUGH_NOTICE)
    )

    assert plan.unplaced[0].reason == "No verifier is allocated yet."


def test_half_days_can_share_a_day():
    plan = schedule([visit("a1", last=MONDAY, half_days=1), visit("a2", last=MONDAY, half_days=1)])

    assert {proposal.slots[0][1] for proposal in plan.proposals} == {"am", "pm"}


def cohort(cohort_id="c1", pattern=ACADEMIC_YEAR, start=date(2026, 9, 7), end=date(2027, 7, 2), **more):
    return CohortDates(cohort_id, f"Cohort {cohort_id}", pattern, start, end, **more)


def only_window(*cohorts):
    (window,), _ = sampling_windows(cohorts, YEAR)
    return window


def test_r9_an_academic_year_cohort_is_sampled_in_the_schemes_window():
    window = only_window(cohort())

    assert (window.first, window.last) == (date(2027, 1, 15), date(2027, 5, 15))
    assert window.facts == (
        "Cohort c1: academic year, 7 September 2026 to 2 July 2027",
        "the scheme's window is 15 January 2027 to 15 May 2027",
    )


def test_certification_that_is_needed_early_closes_the_window_early():
    window = only_window(cohort(certification_needed_by=date(2027, 4, 22)))

    assert (window.first, window.last) == (date(2027, 1, 15), date(2027, 4, 1))
    assert "certification is needed by 22 April 2027, so the sample is due by 1 April 2027" in window.facts


def test_a_roll_on_roll_off_cohort_is_sampled_from_its_own_dates():
    window = only_window(cohort(pattern=ROLL_ON_ROLL_OFF, start=date(2026, 10, 1), end=date(2026, 12, 10)))

    assert (window.first, window.last) == (date(2026, 11, 5), date(2026, 12, 10))
    assert "enough is assessed from 5 November 2026" in window.facts


def test_a_short_course_is_sampled_in_time_for_certification_even_after_it_ended():
    window = only_window(
        cohort(
            pattern=SHORT_COURSE,
            start=date(2027, 6, 7),
            end=date(2027, 6, 18),
            certification_needed_by=date(2027, 7, 30),
        )
    )

    assert (window.first, window.last) == (date(2027, 6, 12), date(2027, 7, 9))


def test_windows_that_share_days_need_one_sample_only():
    short = cohort("c2", SHORT_COURSE, date(2027, 2, 1), date(2027, 3, 1))
    later = cohort("c3", SHORT_COURSE, date(2027, 6, 1), date(2027, 7, 1))

    windows, none = sampling_windows([cohort(), short, later], YEAR)

    assert [window.cohorts for window in windows] == [("c2", "c1"), ("c3",)]
    assert windows[0].first >= date(2027, 1, 15)
    assert none == ()


def test_a_cohort_that_is_not_ripe_this_year_belongs_to_the_next():
    late = cohort("c2", ROLL_ON_ROLL_OFF, date(2027, 7, 1), date(2027, 12, 1))

    windows, none = sampling_windows([cohort(), late], YEAR)

    assert [window.cohorts for window in windows] == [("c1",)]
    assert none[0].reason.endswith("its sample belongs to next year.")


def test_r9_a_programme_with_only_a_long_cohort_is_sampled_all_the_same():
    long_one = cohort(pattern=ROLL_ON_ROLL_OFF, start=date(2027, 2, 1), end=date(2028, 12, 1))

    windows, none = sampling_windows([long_one], YEAR)

    assert [(window.first, window.last) for window in windows] == [(date(2027, 2, 1), date(2027, 5, 15))]
    assert none == ()


@pytest.mark.parametrize(
    ("start", "end", "reason"),
    [
        (date(2025, 9, 1), date(2026, 7, 1), "before this year"),
        (date(2027, 9, 6), date(2028, 7, 1), "after this year"),
    ],
)
def test_cohorts_of_other_years_have_no_window(start, end, reason):
    windows, none = sampling_windows([cohort(start=start, end=end)], YEAR)

    assert windows == ()
    assert reason in none[0].reason


cohort_lists = st.lists(
    st.tuples(
        st.sampled_from([ACADEMIC_YEAR, ROLL_ON_ROLL_OFF, SHORT_COURSE]),
        st.integers(-300, 400),
        st.integers(1, 700),
        st.one_of(st.none(), st.integers(-60, 120)),
    ),
    max_size=6,
)


@given(listed=cohort_lists)
def test_every_cohort_has_one_answer_inside_the_year(listed):
    cohorts = []
    for number, (pattern, offset, length, needed) in enumerate(listed):
        start = YEAR.year_first + timedelta(days=offset)
        end = start + timedelta(days=length)
        needed_by = None if needed is None else end + timedelta(days=needed)
        cohorts.append(cohort(f"c{number}", pattern, start, end, certification_needed_by=needed_by))

    windows, none = sampling_windows(cohorts, YEAR)

    answered = [one for window in windows for one in window.cohorts] + [one.cohort for one in none]
    assert sorted(answered) == sorted(one.id for one in cohorts)
    for window in windows:
        assert YEAR.year_first <= window.first <= window.last <= YEAR.year_last
    for earlier, later in pairwise(windows):
        assert earlier.last < later.first
