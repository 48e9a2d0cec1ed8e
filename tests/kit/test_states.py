"""States, tags and bars as HTML: shape, word and colour together, everything from data escaped."""

from __future__ import annotations

import pytest
from django.template import Context, Template

from qa_portal import bars, shapes


def render(source: str, **context) -> str:
    return Template(source).render(Context(context))


@pytest.mark.parametrize("name", shapes.SHAPES)
def test_every_state_has_a_hidden_shape_and_its_word(name):
    html = render("{% state name word %}", name=name, word="Any word")
    assert 'aria-hidden="true"' in html
    assert f"qa-state--{shapes.function_of(name)}" in html
    assert html.endswith("Any word</span>")


def test_there_are_at_most_twelve_states_each_with_its_own_drawing():
    assert len(shapes.SHAPES) <= 12
    assert len({drawing for _, drawing in shapes.SHAPES.values()}) == len(shapes.SHAPES)


def test_a_word_from_data_is_escaped():
    assert "&lt;b&gt;" in render("{% state 'done' word %}", word="<b>")
    assert "&lt;b&gt;" in render("{% tag 'good' word %}", word="<b>")
    assert "&lt;b&gt;" in render("{% unknown word %}", word="<b>")


def test_an_unknown_state_fails_instead_of_drawing_nothing():
    with pytest.raises(ValueError, match="No shape is called"):
        render("{% state 'thirteenth' 'Word' %}")


def test_underscores_and_aliases_lead_to_the_same_shape():
    assert shapes.canonical("under_way") == shapes.canonical("under-way") == "under-way"
    assert shapes.canonical("not_met") == "disagreed"


def test_a_tag_takes_its_colour_from_the_function_and_its_picture_from_the_shape():
    html = render("{% tag 'moving' 'Due by 31 October' shape='date-set' %}")
    assert "qa-tag--moving" in html
    assert shapes.shape("date-set") in html


def test_a_shape_for_pdfs_carries_its_own_colour():
    assert shapes.STRONG["stop"] in shapes.shape_file("overdue")
    assert "currentColor" not in shapes.shape_file("cannot-start")


def test_every_shape_of_a_page_finds_its_drawing():
    for name in shapes.SHAPES:
        assert f'href="#shape-{name}"' in shapes.shape(name)
        assert f'<symbol id="shape-{name}"' in shapes.sprite()


def test_fifty_states_are_light():
    assert len(render("{% state 'done' 'Active' %}")) < 160


def test_unknown_is_a_dash_with_a_word_and_zero_is_a_value():
    assert "not known" in render("{% or_unknown value %}", value=None)
    assert render("{% or_unknown value %}", value=0) == "0"


def test_bars_are_hidden_and_carry_no_style():
    for html in (bars.load_bar(14, 2, 24), bars.count_bar(3, 9), bars.count_bar(0, 0)):
        assert 'aria-hidden="true"' in html
        assert "style=" not in html


def test_a_load_bar_over_its_total_stays_inside_its_frame():
    assert 'width="180.0"' in bars.load_bar(18, 2, 12)


def test_the_smallest_count_is_still_seen_and_none_is_not():
    assert 'width="2"' in bars.count_bar(1, 100_000)
    assert 'width="0' in bars.count_bar(0, 10)
