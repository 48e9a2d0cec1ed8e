"""Another brand hue keeps every contrast that the interface relies on."""

from __future__ import annotations

import pytest
from django.template.loader import render_to_string
from hypothesis import given, settings
from hypothesis import strategies as st

from qa_portal import brand

COLOURS = st.integers(0, 0xFFFFFF).map(lambda number: f"#{number:06X}")


@settings(max_examples=60, deadline=None)
@given(COLOURS)
def test_every_hue_keeps_the_contrasts(colour):
    colours = brand.palette(colour)
    assert brand.contrast(colours["brand-900"], "#FFFFFF") >= 12.5
    assert brand.contrast(colours["brand-700"], "#FFFFFF") >= 7.5
    assert brand.contrast(colours["brand-700"], colours["brand-50"]) >= 7
    assert brand.contrast(colours["brand-100"], colours["brand-900"]) >= 9.5
    assert brand.contrast(colours["brand-500"], "#FFFFFF") >= 3


def test_the_default_hue_writes_no_style_at_all():
    assert "<style" not in render_to_string("parts/brand.html")


def test_another_hue_is_written_with_the_nonce(settings):
    settings.PORTAL = settings.PORTAL | {"brand_colour": "#7A0B2E"}
    html = render_to_string("parts/brand.html", {"csp_nonce": "abc"})
    assert '<style nonce="abc">' in html
    assert "--brand-900:#" in html


def test_what_is_no_colour_is_refused():
    with pytest.raises(ValueError, match="PORTAL_BRAND_COLOUR"):
        brand.palette("red;}")
