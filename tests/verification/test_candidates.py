"""Who may be allocated, in which order, and what stands in the way of the others (R7, R13, R14, R24)."""

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from verification.candidates import Preferences, shortlist
from verification.eligibility import LSV, SV, Absence, Conflict, Demand, Tenure, Verifier, obstacles

SPORT = "Sport Industry Skills"
ON = date(2026, 10, 20)
LSV_AT_NORTHGATE = Demand(
    "d1", LSV, "10101", "Northgate College", 2, date(2026, 10, 26), date(2026, 11, 30), (SPORT,)
)
SV_AT_NORTHGATE = Demand(
    "d2", SV, "10101", "Northgate College", 1, date(2027, 1, 15), date(2027, 5, 15), (SPORT,)
)


def verifier(name="Ruth Adeyemi", **more):
    values = {
        "days_per_year": 24,
        "days_taken": 14,
        "lsv_qualified": True,
        "sectors": frozenset({SPORT}),
        "current_sv_sectors": frozenset({SPORT}),
    }
    return Verifier(id=name.lower().replace(" ", "-"), name=name, **(values | more))


def tenure(years, *roles):
    return (Tenure("10101", frozenset(roles), years),)


def names(listed):
    return [candidate.name for candidate in listed.candidates]


def only_obstacle(demand, person, on=ON):
    (obstacle,) = obstacles(demand, person, on=on)
    return obstacle


def test_r7_continuity_then_sector_then_travel_then_load():
    people = [
        verifier("Peter Olsen", days_taken=12, miles={"10101": 61}),
        verifier("Nadia Rahman", days_taken=17, miles={"10101": 11}, current_sv_sectors=frozenset()),
        verifier("Gareth Bowen", days_taken=9, days_per_year=20, miles={"10101": 38}),
        verifier("Ruth Adeyemi", miles={"10101": 24}, tenures=tenure(2, LSV)),
    ]

    listed = shortlist(LSV_AT_NORTHGATE, people, on=ON)

    assert names(listed) == ["Ruth Adeyemi", "Gareth Bowen", "Peter Olsen", "Nadia Rahman"]
    ruth, gareth, _, nadia = listed.candidates
    assert ruth.pros == ("LSV here for 2 years: continuity", f"Current SV for {SPORT}", "24 miles")
    assert (ruth.days_taken, ruth.days_with_this, ruth.days_left) == (14, 16, 8)
    assert gareth.pros[-1] == "Lightest load of the 4"
    assert gareth.cons == ("New to this centre",)
    assert nadia.pros == ("11 miles", "The nearest")
    assert f"Has no programme in {SPORT} as SV at present" in nadia.cons


def test_r13_a_fifth_year_in_a_row_is_a_warning_that_must_be_recorded_not_a_bar():
    people = [
        verifier("Ann", tenures=tenure(4, LSV)),
        verifier("Bea"),
        verifier("Cai", tenures=tenure(3, LSV)),
    ]

    listed = shortlist(LSV_AT_NORTHGATE, people, on=ON)

    assert names(listed) == ["Cai", "Bea", "Ann"]
    ann = listed.candidates[-1]
    assert ann.cons[0] == "LSV here for 4 years: time to move on"
    assert ann.must_record == "Why year 5 in a row at this centre, beyond the 4 hoped for (R13)"
    assert not listed.candidates[0].must_record


def test_r13_the_number_of_years_comes_from_the_scheme():
    listed = shortlist(
        LSV_AT_NORTHGATE,
        [verifier(tenures=tenure(2, LSV))],
        on=ON,
        preferences=Preferences(years_at_one_centre=2),
    )

    assert listed.candidates[0].must_record


def test_r14_the_same_person_for_both_roles_comes_first_among_equals():
    demand = Demand(
        "d2", SV, "10101", "Northgate", 1, date(2027, 1, 15), date(2027, 5, 15), (SPORT,), frozenset({"zoe"})
    )

    listed = shortlist(demand, [verifier("Adam", days_taken=0), verifier("Zoe")], on=ON)

    assert names(listed) == ["Zoe", "Adam"]
    assert "LSV here this year: one person for both" in listed.candidates[0].pros


def test_r24_an_open_conflict_excludes_and_shows_category_and_dates_only():
    conflict = Conflict("10101", "family", date(2025, 3, 3))

    obstacle = only_obstacle(LSV_AT_NORTHGATE, verifier(conflicts=(conflict,)))

    assert obstacle.text == "Declared conflict: family, declared 3 March 2025"
    assert obstacle.change == "The conflict ends, or a second person countersigns"
    assert obstacle.rule == "R24"


def test_r24_a_closed_conflict_stands_until_the_cooling_off_ends():
    conflict = Conflict(
        "10101", "employer", date(2025, 9, 1), is_open=False, cooling_off_until=date(2028, 8, 31)
    )
    person = verifier(conflicts=(conflict,))

    assert only_obstacle(LSV_AT_NORTHGATE, person, on=date(2028, 8, 31)).change == "From 1 September 2028"
    assert obstacles(LSV_AT_NORTHGATE, person, on=date(2028, 9, 1)) == ()


def test_r24_a_conflict_at_another_centre_or_a_closed_one_does_not_matter():
    conflicts = (
        Conflict("20202", "family", date(2025, 3, 3)),
        Conflict("10101", "family", date(2020, 3, 3), is_open=False),
    )

    assert obstacles(LSV_AT_NORTHGATE, verifier(conflicts=conflicts), on=ON) == ()


def test_r7_an_lsv_needs_the_qualification_and_an_sv_does_not():
    person = verifier(lsv_qualified=False)

    assert only_obstacle(LSV_AT_NORTHGATE, person).text == "No LSV qualification"
    assert obstacles(SV_AT_NORTHGATE, person, on=ON) == ()


def test_r9_an_sv_needs_the_sector_and_an_lsv_does_not():
    person = verifier(sectors=frozenset({"Engineering"}))

    assert only_obstacle(SV_AT_NORTHGATE, person).text == f"Not competent for {SPORT}"
    assert obstacles(LSV_AT_NORTHGATE, person, on=ON) == ()


@pytest.mark.parametrize(
    ("taken", "text", "change"),
    [
        (24, "No days left: 24 of 24 taken", "2 days of other work moved to someone else"),
        (23, "1 day left and 2 needed: 23 of 24 taken", "1 day of other work moved to someone else"),
        (
            Decimal("22.5"),
            "1.5 days left and 2 needed: 22.5 of 24 taken",
            "0.5 days of other work moved to someone else",
        ),
    ],
)
def test_too_few_days_left_is_an_obstacle(taken, text, change):
    obstacle = only_obstacle(LSV_AT_NORTHGATE, verifier(days_taken=taken))

    assert (obstacle.text, obstacle.change) == (text, change)


def test_r8_being_away_for_the_whole_window_is_an_obstacle():
    away = verifier(absences=(Absence(date(2026, 10, 26), date(2026, 12, 4)),))

    obstacle = only_obstacle(LSV_AT_NORTHGATE, away)

    assert obstacle.text == "Away 26 October 2026 to 4 December 2026"
    assert obstacle.change == "A date from 5 December 2026, with a reason"


def test_being_away_for_a_part_of_the_window_only_speaks_against():
    person = verifier(absences=(Absence(date(2026, 11, 2), date(2026, 11, 6)),))

    (candidate,) = shortlist(LSV_AT_NORTHGATE, [person], on=ON).candidates

    assert "Away for part of the time: 2 November 2026 to 6 November 2026" in candidate.cons


def test_a_window_with_too_few_weekdays_left_is_an_obstacle():
    person = verifier(absences=(Absence(date(2026, 10, 27), date(2026, 11, 30)),))

    assert only_obstacle(LSV_AT_NORTHGATE, person).code == "absence"


def test_everything_that_stands_in_the_way_is_listed():
    person = verifier(
        lsv_qualified=False, days_taken=24, conflicts=(Conflict("10101", "family", date(2025, 3, 3)),)
    )

    listed = shortlist(LSV_AT_NORTHGATE, [person], on=ON)

    assert listed.candidates == ()
    codes = [obstacle.code for obstacle in listed.ineligible[0].obstacles]
    assert codes == ["conflict", "not_lsv_qualified", "capacity"]


def test_few_days_left_afterwards_speaks_against():
    (candidate,) = shortlist(LSV_AT_NORTHGATE, [verifier(days_taken=19)], on=ON).candidates

    assert "3 days left afterwards" in candidate.cons


people_lists = st.lists(
    st.builds(
        verifier,
        st.sampled_from(["Ann", "Bea", "Cai", "Dee", "Eli", "Fay"]),
        days_taken=st.integers(0, 26),
        lsv_qualified=st.booleans(),
        sectors=st.sampled_from([frozenset(), frozenset({SPORT})]),
        current_sv_sectors=st.sampled_from([frozenset(), frozenset({SPORT})]),
        conflicts=st.sampled_from([(), (Conflict("10101", "family", date(2025, 3, 3)),)]),
        tenures=st.one_of(st.just(()), st.integers(1, 6).map(lambda years: tenure(years, LSV))),
        miles=st.one_of(st.just({}), st.integers(0, 200).map(lambda miles: {"10101": miles})),
    ),
    unique_by=lambda person: person.id,
    max_size=6,
)


@given(people=people_lists, data=st.data(), demand=st.sampled_from([LSV_AT_NORTHGATE, SV_AT_NORTHGATE]))
def test_everybody_is_listed_once_and_the_order_given_does_not_matter(people, data, demand):
    listed = shortlist(demand, people, on=ON)

    everybody = [c.verifier for c in listed.candidates] + [i.verifier for i in listed.ineligible]
    assert sorted(everybody) == sorted(person.id for person in people)
    assert all(person.obstacles for person in listed.ineligible)
    assert all(candidate.days_left >= 0 for candidate in listed.candidates)
    assert listed == shortlist(demand, data.draw(st.permutations(people)), on=ON)
