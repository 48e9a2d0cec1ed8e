"""The least number of items in a sample (R55, R56, R57)."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from centres.schemes import shipped
from centres.schemes.sampling import SizeRow
from sampling.size import SizeTableError, minimum_size


def row(measure, first, last, items, extra=0):
    return SizeRow(measure, first, items, "R55", last, extra_items_per_further_100=extra)


BTEC_INTERNATIONAL = (
    row("standard", 0, 5, None),
    row("standard", 6, 25, 6),
    row("standard", 26, 100, 9),
    row("standard", 101, 200, 12),
    row("standard", 201, None, 12, 12),
    row("enhanced", 0, 25, 9),
    row("enhanced", 26, 100, 12),
    row("enhanced", 101, 200, 15),
    row("enhanced", 201, None, 15, 15),
)
MODERATION = (
    row("standard", 1, 15, None),
    row("standard", 16, 100, 15),
    row("standard", 101, 200, 20),
    row("standard", 201, None, 25),
)
PLENTY = 100_000

measures = st.sampled_from(["standard", "enhanced"])
learner_counts = st.integers(min_value=0, max_value=2_000)


def size(learners, measure="standard", frame_size=PLENTY, rows=BTEC_INTERNATIONAL, **more):
    return minimum_size(rows, learners=learners, control_measure=measure, frame_size=frame_size, **more)


@pytest.mark.parametrize(
    ("learners", "standard", "enhanced"),
    [
        (1, 1, 9),
        (5, 5, 9),
        (6, 6, 9),
        (25, 6, 9),
        (26, 9, 12),
        (100, 9, 12),
        (101, 12, 15),
        (200, 12, 15),
        (201, 24, 30),
        (300, 24, 30),
        (301, 36, 45),
        (1_000, 108, 135),
    ],
)
def test_r55_r57_printed_boundaries_are_inclusive(learners, standard, enhanced):
    assert size(learners, "standard").items == standard
    assert size(learners, "enhanced").items == enhanced


@pytest.mark.parametrize(
    ("learners", "items"), [(0, 0), (1, 1), (15, 15), (16, 15), (101, 20), (201, 25), (900, 25)]
)
def test_a_table_without_further_hundreds_stays_flat(learners, items):
    assert size(learners, rows=MODERATION).items == items


@pytest.mark.parametrize("measure", ["standard", "enhanced"])
def test_r56_up_to_five_learners_every_learner_is_sampled(measure):
    assert size(5, measure).every_learner
    assert not size(6, measure).every_learner


def test_r56_enhanced_control_of_few_learners_still_asks_for_nine():
    result = size(4, "enhanced", frame_size=16)

    assert (result.items, result.every_learner, result.rule) == (9, True, "R56")


def test_every_learner_is_also_what_a_row_of_all_means():
    assert size(12, rows=MODERATION).every_learner


def test_r55_the_frame_limits_the_size_and_the_explanation_says_so():
    result = size(34, "enhanced", frame_size=7)

    assert (result.items, result.table_items, result.limited_by_frame) == (7, 12, True)
    assert result.explanation == (
        "34 registered learners on enhanced control (26 to 100 learners): at least 12. "
        "Only 7 can be sampled now, so the sample holds all of them."
    )
    assert ("registered learners", 34) in result.facts


def test_planned_power_can_only_raise_the_size():
    assert size(34, items_for_power=25).items == 25
    assert size(34, items_for_power=25).rule == "planned power"
    assert size(34, items_for_power=3).items == 9


@given(learners=learner_counts, measure=measures)
def test_more_learners_never_need_fewer_items(learners, measure):
    assert size(learners, measure).items <= size(learners + 1, measure).items


@given(learners=learner_counts, measure=measures, frame_size=st.integers(min_value=0, max_value=500))
def test_the_size_is_never_above_the_frame_nor_below_what_it_allows(learners, measure, frame_size):
    result = size(learners, measure, frame_size)

    assert result.items == min(result.table_items, frame_size)


@given(learners=learner_counts)
def test_r59_enhanced_control_never_needs_fewer_items_than_standard(learners):
    assert size(learners, "enhanced").items >= size(learners, "standard").items


def test_an_unknown_control_measure_is_an_error():
    with pytest.raises(SizeTableError, match="no rows for relaxed control"):
        size(10, "relaxed")


def test_a_number_of_learners_that_no_row_holds_is_an_error():
    with pytest.raises(SizeTableError, match="no row for 16 learners"):
        size(16, rows=(row("standard", 0, 15, 6),))


def test_the_tables_of_every_shipped_scheme_answer_every_number_of_learners():
    for file in shipped():
        for table in file.content.sampling.tables.values():
            for measure in {one.control_measure for one in table.rows}:
                for learners in range(402):
                    assert size(learners, measure, rows=table.rows).items >= min(learners, 5)
