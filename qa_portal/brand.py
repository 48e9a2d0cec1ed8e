"""The brand's hue: the five brand colours turned to the hue of a setting, with their contrasts kept."""

from __future__ import annotations

import colorsys
import re
from functools import lru_cache

# As in the style sheet; every contrast in the interface is computed for these luminances.
DEFAULT = {
    "brand-900": "#0B3640",
    "brand-700": "#0D5868",
    "brand-500": "#5A93A0",
    "brand-100": "#D9EAED",
    "brand-50": "#EEF6F7",
}


def _channels(colour: str) -> tuple[float, float, float]:
    if not re.fullmatch(r"#[0-9a-fA-F]{6}", colour):
        raise ValueError(f"PORTAL_BRAND_COLOUR must look like #0B3640, not {colour!r}.")
    red, green, blue = (int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5))
    return red, green, blue


def luminance(colour: str) -> float:
    """Relative luminance as in WCAG 2: 0 is black, 1 is white."""
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in _channels(colour)]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    """Contrast ratio as in WCAG 2, from 1 to 21."""
    lighter, darker = sorted((luminance(one), luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def _hex(hue: float, lightness: float, saturation: float) -> str:
    return "#" + "".join(f"{round(c * 255):02X}" for c in colorsys.hls_to_rgb(hue, lightness, saturation))


def _turned(colour: str, hue: float, grey: bool) -> str:
    """The colour with another hue and the same luminance, found by halving."""
    target = luminance(colour)
    saturation = 0.0 if grey else colorsys.rgb_to_hls(*_channels(colour))[2]
    low, high = 0.0, 1.0
    for _ in range(20):
        middle = (low + high) / 2
        if luminance(_hex(hue, middle, saturation)) < target:
            low = middle
        else:
            high = middle
    return _hex(hue, (low + high) / 2, saturation)


@lru_cache(maxsize=8)
def palette(colour: str) -> dict[str, str]:
    """The five brand colours for a brand colour; the default ones for the default.

    Raises ValueError for anything that is not six hexadecimal digits after a #.
    """
    if colour.upper() == DEFAULT["brand-900"]:
        return dict(DEFAULT)
    hue, _, saturation = colorsys.rgb_to_hls(*_channels(colour))
    return {name: _turned(default, hue, saturation < 0.05) for name, default in DEFAULT.items()}
