"""Bars drawn as inline SVG beside their number; lengths are attributes, for style attributes are refused."""

from __future__ import annotations

from django.utils.html import format_html
from django.utils.safestring import SafeString

WIDTH = 200
_HIDDEN = 'preserveAspectRatio="none" aria-hidden="true" focusable="false"'


def load_bar(taken: float, extra: float, total: float) -> SafeString:
    """Days taken (solid) and this job's days (hatched) out of a total; the sentence below has the numbers."""
    taken, extra = float(taken), float(extra)
    total = max(float(total), taken + extra, 1.0)
    solid = round(WIDTH * taken / total, 1)
    hatched = round(WIDTH * extra / total, 1)
    return format_html(
        '<svg class="qa-bar" viewBox="0 0 200 10" ' + _HIDDEN + ">"
        '<rect class="qa-bar__room" width="200" height="10"/>'
        '<rect width="{}" height="10" fill="currentColor"/>{}</svg>',
        solid,
        _hatched(solid, hatched) if hatched else "",
    )


def _hatched(start: float, width: float) -> SafeString:
    strokes = " ".join(f"M{x} 11L{x + 7} -1" for x in range(-8, int(width) + 1, 4))
    return format_html(
        '<svg x="{}" width="{}" height="10"><rect class="qa-bar__extra" width="{}" height="10"/>'
        '<path d="{}" stroke="currentColor" stroke-width="1.6"/></svg>',
        start,
        width,
        width,
        strokes,
    )


def count_bar(number: float, largest: float) -> SafeString:
    """A bar as long as its share of the largest; nothing for 0, a sliver for the smallest."""
    length = round(WIDTH * float(number) / float(largest), 1) if largest else 0
    if number:
        length = max(length, 2)
    return format_html(
        '<svg class="qa-bar qa-bar--count" viewBox="0 0 200 8" ' + _HIDDEN + ">"
        '<rect width="{}" height="8" rx="1" fill="currentColor"/></svg>',
        length,
    )
