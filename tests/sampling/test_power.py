"""What a random sample can find, against published reference values and scipy as oracle."""

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from scipy.stats import hypergeom

from sampling import power

NBSP = "\u00a0"


@st.composite
def frames(draw):
    frame_size = draw(st.integers(min_value=1, max_value=300))
    wrong = draw(st.integers(min_value=0, max_value=frame_size))
    sampled = draw(st.integers(min_value=0, max_value=frame_size))
    return frame_size, wrong, sampled


@pytest.mark.parametrize(
    ("frame_size", "sampled", "at_5", "at_10", "at_20", "most_wrong"),
    [
        (25, 6, "0.43", "0.58", "0.78", 8),
        (100, 9, "0.38", "0.63", "0.88", 27),
        (200, 12, "0.47", "0.73", "0.94", 42),
    ],
)
def test_reference_values(frame_size, sampled, at_5, at_10, at_20, most_wrong):
    for rate, expected in (("0.05", at_5), ("0.1", at_10), ("0.2", at_20)):
        assert f"{float(power.power(frame_size, sampled, rate)):.2f}" == expected
    assert power.most_wrong_after_clean_sample(frame_size, sampled) == most_wrong


@pytest.mark.parametrize(("frame_size", "needed"), [(25, 16), (100, 25), (200, 27)])
def test_items_needed_for_95_percent_power_at_10_percent_wrong(frame_size, needed):
    assert power.items_needed(frame_size, "0.1", "0.95") == needed


def test_shares_are_exact():
    assert power.wrong_decisions(100, "0.07") == 7
    assert power.wrong_decisions(100, Decimal("0.07")) == 7
    assert power.wrong_decisions(25, Fraction(1, 10)) == 3
    with pytest.raises(TypeError):
        power.wrong_decisions(100, 0.07)


@pytest.mark.parametrize("rate", ["-0.1", "1.1"])
def test_a_share_lies_between_0_and_1(rate):
    with pytest.raises(ValueError, match="between 0 and 1"):
        power.power(10, 2, rate)


@pytest.mark.parametrize(("wrong", "sampled"), [(11, 2), (-1, 2), (2, 11), (2, -1)])
def test_impossible_numbers_are_refused(wrong, sampled):
    with pytest.raises(ValueError, match="do not fit"):
        power.detection_probability(10, wrong, sampled)


@given(frames())
def test_detection_agrees_with_scipy(frame):
    frame_size, wrong, sampled = frame

    expected = 1 - hypergeom(frame_size, wrong, sampled).pmf(0)

    assert float(power.detection_probability(frame_size, wrong, sampled)) == pytest.approx(expected, abs=1e-9)


@given(frames())
def test_a_larger_sample_or_more_wrong_decisions_are_never_harder_to_find(frame):
    frame_size, wrong, sampled = frame
    chance = power.detection_probability(frame_size, wrong, sampled)

    if sampled < frame_size:
        assert power.detection_probability(frame_size, wrong, sampled + 1) >= chance
    if wrong < frame_size:
        assert power.detection_probability(frame_size, wrong + 1, sampled) >= chance


@given(frames())
def test_the_bound_is_the_last_number_that_a_clean_sample_leaves_plausible(frame):
    frame_size, _, sampled = frame
    bound = power.most_wrong_after_clean_sample(frame_size, sampled)

    assert 1 - power.detection_probability(frame_size, bound, sampled) >= Fraction(1, 20)
    if bound < frame_size:
        assert 1 - power.detection_probability(frame_size, bound + 1, sampled) < Fraction(1, 20)


@given(
    frame_size=st.integers(min_value=1, max_value=200),
    rate=st.fractions(min_value=Fraction(1, 100), max_value=1, max_denominator=100),
    probability=st.fractions(min_value=Fraction(1, 100), max_value=1, max_denominator=100),
)
def test_items_needed_is_the_smallest_sample_with_that_power(frame_size, rate, probability):
    needed = power.items_needed(frame_size, rate, probability)
    assume(needed > 0)

    assert power.power(frame_size, needed, rate) >= probability
    assert power.power(frame_size, needed - 1, rate) < probability


def test_nothing_wrong_can_never_be_found():
    with pytest.raises(ValueError, match="nothing is wrong"):
        power.items_needed(100, 0, "0.95")
    assert power.items_needed(0, "0.1", "0.95") == 0


def test_the_statement_names_its_frame_and_what_it_leaves_out():
    said = power.statement(200, 12, aimed_part=4, scope="on units 1 and 4")

    assert said.text == (
        "This sample of 12, drawn by chance from 200 decisions on units 1 and 4, would find at least one "
        f"wrong decision with 73{NBSP}% probability if 10{NBSP}% were wrong. "
        f"If all 12 are right, at most 42 of the 200 are wrong (95{NBSP}% confidence). "
        "4 more items are chosen on purpose. They can only add to this."
    )
    assert said.percentage == f"73{NBSP}% probability"
    assert said.sentence.startswith(said.opening)


@pytest.mark.parametrize(
    ("frame_size", "random_part", "words"),
    [
        (0, 0, "There are no decisions to draw from yet."),
        (1, 1, "The only decision is in this sample, so none is left unseen."),
        (5, 5, "All 5 decisions are in this sample, so none is left unseen."),
        (9, 0, "Nothing is drawn by chance from 9 decisions, so no probability can be stated."),
    ],
)
def test_the_statement_at_its_edges(frame_size, random_part, words):
    assert power.statement(frame_size, random_part).text == words


def test_a_percentage_never_rounds_to_certainty():
    assert power.percent(Fraction(999, 1000)) == f"more than 99{NBSP}%"
    assert power.percent(Fraction(1, 1000)) == f"less than 1{NBSP}%"
    assert power.percent(Fraction(1)) == f"100{NBSP}%"
    assert power.percent(Fraction(0)) == f"0{NBSP}%"


@given(frames())
def test_the_statement_is_always_whole_sentences(frame):
    frame_size, _, random_part = frame

    said = power.statement(frame_size, random_part, aimed_part=1)

    assert said.text.endswith(".")
    assert str(frame_size) in said.sentence or frame_size == 1
