"""Choosing a sample: chance first, the scheme's rules next, then what was unseen the longest."""

from collections import Counter
from datetime import date
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sampling import draw
from sampling.frame import Item, Ledger, Rules, frame_of, units_in_scope
from sampling.strategy import choose, random_size

SPORT = Rules(mandatory_units=("4",), rotating_units=("1", "2", "3"))
SEED = bytes(range(32))
YEAR = 2026

seeds = st.binary(min_size=32, max_size=32)


def item(number, **more):
    values = {
        "learner": f"L{number}",
        "unit": "4",
        "assessor": "A",
        "internal_verifier": "",
        "site": "S",
        "cohort": "C",
        "grade": "Pass",
        "attempt": "first",
        "decided_on": date(2027, 2, 4),
    }
    return Item(id=str(number), **(values | more))


@st.composite
def eligible_items(draw_value, min_size=1, max_size=40):
    size = draw_value(st.integers(min_value=min_size, max_value=max_size))
    attributes = st.fixed_dictionaries(
        {
            "learner": st.sampled_from("abcdefghij"),
            "unit": st.sampled_from("1234"),
            "assessor": st.sampled_from("ABC"),
            "site": st.sampled_from("NR"),
            "cohort": st.sampled_from("CD"),
            "grade": st.sampled_from(["Pass", "Merit", "Distinction"]),
        }
    )
    return [item(number, **draw_value(attributes)) for number in range(size)]


ledgers = st.builds(
    lambda years, last: Ledger(years, last),
    st.fixed_dictionaries(
        {
            "assessor": st.dictionaries(st.sampled_from("ABC"), st.integers(2018, 2025)),
            "site": st.dictionaries(st.sampled_from("NR"), st.integers(2018, 2025)),
            "unit": st.dictionaries(st.sampled_from("1234"), st.integers(2018, 2025)),
        }
    ),
    st.sampled_from(["", "1", "2", "3"]),
)


def sample(items, size, *, rules=SPORT, ledger=None, seed=SEED, **more):
    ledger = ledger or Ledger()
    scope = units_in_scope(items, rules=rules, ledger=ledger)
    frame = frame_of(items, scope)
    return choose(frame, scope=scope, size=size, rules=rules, ledger=ledger, seed=seed, year=YEAR, **more)


def ids(plan):
    return [choice.item.id for choice in plan.choices]


def codes(plan):
    return {finding.code for finding in plan.findings}


# the units in scope


def test_r60_unit_4_and_exactly_one_rotating_unit_are_in_scope():
    items = [item(n, unit=unit) for n, unit in enumerate("12344")]

    scope = units_in_scope(
        items, rules=SPORT, ledger=Ledger({"unit": {"1": 2025, "2": 2023, "3": 2024}}, "1")
    )

    assert scope.units == ("4", "2")
    assert scope.reasons["4"] == "Unit 4 is always sampled"
    assert scope.reasons["2"] == "Unit 2 has its turn this year: last sampled 2023-24"


def test_r60_a_rotating_unit_never_used_comes_before_every_used_one():
    items = [item(n, unit=unit) for n, unit in enumerate("1234")]

    scope = units_in_scope(items, rules=SPORT, ledger=Ledger({"unit": {"1": 2025, "2": 2024}}, "1"))

    assert scope.rotating_unit == "3"


def test_r60_last_times_unit_is_not_used_again_even_when_years_are_equal():
    items = [item(n, unit=unit) for n, unit in enumerate("1124")]

    scope = units_in_scope(items, rules=SPORT, ledger=Ledger({"unit": {"1": 2025, "2": 2025}}, "1"))

    assert scope.rotating_unit == "2"


def test_r60_last_times_unit_is_used_again_with_a_warning_if_no_other_was_taken():
    items = [item(1, unit="1"), item(2, unit="4")]

    scope = units_in_scope(items, rules=SPORT, ledger=Ledger({"unit": {"1": 2025}}, "1"))

    assert scope.units == ("4", "1")
    assert [finding.code for finding in scope.findings] == ["rotating_unit_repeated"]


def test_r60_units_that_nobody_has_taken_are_named():
    scope = units_in_scope([item(1, unit="7")], rules=SPORT, ledger=Ledger())

    assert scope.units == ()
    assert {finding.code for finding in scope.findings} == {
        "mandatory_unit_not_taken",
        "rotating_units_not_taken",
    }
    assert (
        scope.findings[0].text == "Unit 4 must be in every sample, and no decision on it can be sampled yet."
    )


@given(items=eligible_items(), ledger=ledgers)
def test_r60_holds_for_any_items(items, ledger):
    scope = units_in_scope(items, rules=SPORT, ledger=ledger)
    taken = {one.unit for one in items}

    assert ("4" in scope.units) == ("4" in taken)
    assert len([unit for unit in scope.units if unit != "4"]) == bool(taken - {"4"})
    if len(taken - {"4"}) > 1:
        assert scope.rotating_unit != ledger.last_rotating_unit


def test_without_unit_rules_every_unit_is_in_scope():
    items = [item(n, unit=unit) for n, unit in enumerate("3172")]

    assert units_in_scope(items, rules=Rules(), ledger=Ledger()).units == ("1", "2", "3", "7")


# what is chosen


@settings(max_examples=60)
@given(items=eligible_items(), ledger=ledgers, seed=seeds, size=st.integers(0, 45), every=st.booleans())
def test_a_plan_keeps_its_promises(items, ledger, seed, size, every):
    plan = sample(items, size, ledger=ledger, seed=seed, every_learner=every)
    frame = frame_of(items, plan.scope)
    chosen = [choice.item for choice in plan.choices]

    assert len(set(ids(plan))) == len(chosen)
    assert set(chosen) <= set(frame)
    assert len(chosen) >= min(size, len(frame))
    assert {one.unit for one in chosen} == {one.unit for one in frame}  # R60
    if every:
        assert {one.learner for one in chosen} == {one.learner for one in frame}  # R56
    if len(chosen) > size:
        assert "larger_than_asked" in codes(plan)
    assert all(choice.reasons and all(reason.text for reason in choice.reasons) for choice in plan.choices)
    missing_grades = {one.grade for one in frame} - {one.grade for one in chosen}
    assert bool(missing_grades) == ("grades_do_not_fit" in codes(plan))  # R61
    assert plan == sample(items[::-1], size, ledger=ledger, seed=seed, every_learner=every)


@given(items=eligible_items(), ledger=ledgers, seed=seeds, size=st.integers(0, 45))
def test_the_random_part_is_the_smallest_tickets_of_the_whole_frame(items, ledger, seed, size):
    plan = sample(items, size, ledger=ledger, seed=seed)
    frame = [one.id for one in frame_of(items, plan.scope)]

    assert plan.random_part == draw.random_part(seed, frame, random_size(min(size, len(frame)), SPORT))


@given(items=eligible_items(), seed=seeds, data=st.data())
def test_on_extension_every_earlier_item_stays_and_chance_only_adds(items, seed, data):
    small = data.draw(st.integers(0, 20))
    large = data.draw(st.integers(small, 40))
    earlier = sample(items, small, seed=seed)

    extended = sample(items, large, seed=seed, keep=earlier.choices)

    assert set(ids(earlier)) <= set(ids(extended))
    assert extended.random_part[: len(earlier.random_part)] == earlier.random_part
    assert len(extended.choices) <= max(large, len(earlier.choices))


def test_an_earlier_plan_from_another_seed_cannot_be_extended():
    items = [item(n) for n in range(9)]
    earlier = sample(items, 3)

    with pytest.raises(ValueError, match="another seed"):
        sample(items, 6, seed=bytes(32), keep=earlier.choices)


def test_an_earlier_plan_cannot_shrink():
    items = [item(n) for n in range(9)]

    with pytest.raises(ValueError, match="larger"):
        sample(items, 1, keep=sample(items, 9).choices)


def test_a_third_rounded_up_is_drawn_by_chance():
    assert [random_size(size, SPORT) for size in (0, 1, 6, 9, 16)] == [0, 1, 2, 3, 6]
    assert random_size(9, Rules(random_share=Fraction(1))) == 9


def test_r56_with_few_learners_every_learner_is_in_the_sample():
    items = [item(f"{learner}{unit}", learner=learner, unit=unit) for learner in "abcde" for unit in "14"]

    plan = sample(items, 9, every_learner=True)

    assert {choice.item.learner for choice in plan.choices} == set("abcde")
    assert len(plan.choices) == 9


def test_r56_a_single_learner_is_sampled_on_every_unit_in_scope():
    plan = sample([item(1, learner="a", unit="1"), item(2, learner="a", unit="4")], 1, every_learner=True)

    assert len(plan.choices) == 2
    assert "larger_than_asked" in codes(plan)


@pytest.mark.parametrize("seed_number", range(5))
def test_r61_every_grade_is_shown_when_there_is_room(seed_number):
    items = [item(n) for n in range(60)] + [item(60, grade="Merit"), item(61, grade="Distinction")]

    plan = sample(items, 6, seed=bytes([seed_number]) * 32)

    assert {choice.item.grade for choice in plan.choices} == {"Pass", "Merit", "Distinction"}


def test_r61_grades_that_do_not_fit_are_named():
    items = [item(1, grade="Pass"), item(2, grade="Merit"), item(3, grade="Distinction")]

    plan = sample(items, 2)

    finding = next(finding for finding in plan.findings if finding.code == "grades_do_not_fit")
    assert finding.rule == "R61"
    assert len(plan.choices) == 2


def test_r62_what_was_unseen_the_longest_comes_first():
    rules = Rules(random_share=Fraction(0))
    ledger = Ledger(
        {"assessor": {"A": 2025, "B": 2022, "C": 2024}, "site": {"S": 2025}, "cohort": {"C": 2025}}
    )
    items = [item(n, assessor=assessor) for n, assessor in enumerate("AAABBCCC")]

    plan = sample(items, 3, rules=rules, ledger=ledger)

    assert [choice.item.assessor for choice in plan.choices] == ["B", "C", "A"]
    assert any("last sampled 2022-23" in reason.text for choice in plan.choices for reason in choice.reasons)


def test_r62_a_new_assessor_comes_before_every_known_one():
    rules = Rules(random_share=Fraction(0))
    years = {"assessor": {"A": 2019}, "site": {"S": 2025}, "cohort": {"C": 2025}, "unit": {"4": 2025}}
    items = [item(n, assessor="A") for n in range(20)] + [item(20, assessor="B")]

    plan = sample(items, 2, rules=rules, ledger=Ledger(years))

    assert "B" in {choice.item.assessor for choice in plan.choices}
    reasons = [r.text for c in plan.choices if c.item.assessor == "B" for r in c.reasons]
    assert "Assessor B: not sampled before" in reasons


def test_r62_a_gap_older_than_the_cycle_that_finds_no_place_is_flagged():
    items = [item(n, assessor=assessor) for n, assessor in enumerate("ABCD")]
    ledger = Ledger({"assessor": dict.fromkeys("ABCD", 2020)})

    plan = sample(items, 2, ledger=ledger)

    text = next(finding.text for finding in plan.findings if finding.code == "assessor_overdue")
    assert "not sampled in the last 4 years" in text


@pytest.mark.parametrize("seed_number", range(5))
def test_what_chance_brought_counts_towards_the_rules(seed_number):
    items = [item(n, unit=unit) for n, unit in enumerate("1" * 10 + "4" * 10)]

    plan = sample(items, 6, seed=bytes([seed_number]) * 32)

    aimed_for_units = [r for c in plan.choices for r in c.reasons if r.code == "unit_missing"]
    units_by_chance = {c.item.unit for c in plan.choices if c.part == "random"}
    assert len(aimed_for_units) == 2 - len(units_by_chance)


def test_reasons_use_the_names_they_are_given_and_never_the_internal_verifier():
    names = {("assessor", "A"): "Callum Reid"}
    items = [item(n, internal_verifier="secret") for n in range(8)]

    plan = sample(
        items, 4, name=lambda attribute, value: names.get((attribute, value), f"{attribute} {value}")
    )

    texts = " ".join(reason.text for choice in plan.choices for reason in choice.reasons)
    assert "secret" not in texts
    assert "Drawn by chance, ticket 1 of 8" in texts
    assert "Unit 4 is always sampled" in texts


def test_r55_an_empty_frame_is_an_error_in_the_findings():
    plan = sample([], 9)

    assert plan.choices == ()
    assert [f.level for f in plan.findings if f.code == "empty_frame"] == ["error"]


def test_r55_a_frame_smaller_than_the_size_is_taken_whole_with_a_warning():
    plan = sample([item(n) for n in range(4)], 9)

    assert len(plan.choices) == 4
    assert "frame_smaller_than_size" in codes(plan)


def test_items_outside_the_scope_are_refused():
    items = [item(1, unit="1"), item(2, unit="4"), item(3, unit="2")]
    scope = units_in_scope(items[:2], rules=SPORT, ledger=Ledger())

    with pytest.raises(ValueError, match="not in scope"):
        choose(items, scope=scope, size=2, rules=SPORT, ledger=Ledger(), seed=SEED, year=YEAR)


def test_a_large_frame_covers_every_assessor_and_site():
    items = [
        item(
            n,
            unit="14"[n % 2],
            assessor=f"A{n % 60}",
            site=f"S{n % 11}",
            cohort=f"C{n % 30}",
            learner=f"L{n // 2}",
        )
        for n in range(6_000)
    ]

    plan = sample(items, 348)

    chosen = [choice.item for choice in plan.choices]
    assert len(chosen) == 348
    assert len({one.assessor for one in chosen}) == 60
    assert len({one.site for one in chosen}) == 11
    assert Counter(choice.part for choice in plan.choices) == {"random": 116, "aimed": 232}
