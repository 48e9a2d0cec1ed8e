"""Charts as SVG: bars of counts, drawn from numbers alone, the same bytes for the same numbers."""

from __future__ import annotations

import atexit
import io
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import matplotlib as mpl
from django.conf import settings
from fontTools.ttLib import TTFont
from matplotlib import font_manager
from matplotlib.figure import Figure

INK, QUIET, DONE, MOVING, WAITING, EDGE, STOP = (
    "#16222B", "#4C5A63", "#0D5868", "#5A93A0", "#E9EEEF", "#66747D", "#B3261E",
)  # fmt: skip
_SETTINGS: Any = {"svg.hashsalt": "qa-portal", "svg.fonttype": "path", "hatch.linewidth": 1.2}


@dataclass(frozen=True)
class Stack:
    """One bar of four parts."""

    label: str
    done: int
    moving: int
    waiting: int
    late: int


def stacked(rows: Sequence[Stack]) -> bytes:
    """Bars of done, under way, not started and overdue, one row a stage; numbers on the bars."""
    figure = _figure(7.2, 0.46 * len(rows) + 0.5)
    axes = figure.add_axes((0.24, 0.02, 0.6, 0.86))
    largest = max((row.done + row.moving + row.waiting + row.late for row in rows), default=0) or 1
    for position, row in enumerate(rows):
        _stack(axes, position, row, largest)
    _labels(axes, [row.label for row in rows], largest)
    _legend(figure)
    return _svg(figure)


def _stack(axes, position: int, row: Stack, largest: int) -> None:
    left = 0
    parts = (
        (row.done, DONE, "white", None),
        (row.moving, MOVING, INK, None),
        (row.waiting, WAITING, INK, EDGE),
    )
    for number, colour, text, edge in parts:
        if not number:
            continue
        axes.barh(
            position, number, left=left, height=0.62, color=colour, edgecolor=edge or "white", linewidth=0.8
        )
        if number / largest > 0.06:
            place = left + number - 0.015 * largest
            axes.text(place, position, str(number), color=text, ha="right", va="center_baseline", **_bold(9))
        left += number
    if row.late:
        axes.barh(
            position,
            row.late,
            left=left,
            height=0.62,
            color="white",
            edgecolor=STOP,
            hatch="////",
            linewidth=0.8,
        )
        axes.text(
            left + row.late + 0.015 * largest,
            position,
            f"{row.late} overdue",
            color=STOP,
            va="center_baseline",
            **_bold(9),
        )


def bars(rows: Sequence[tuple[str, int, str]], head: str, tail: str) -> bytes:
    """Bars of one number each with a note at the right: (label, number, note)."""
    height = 0.4 * len(rows) + 0.4
    figure = _figure(5.2, height)
    # The heads stand in the uppermost third of an inch, however many bars there are.
    axes = figure.add_axes((0.36, 0.02, 0.44, 1 - 0.02 - 0.34 / height))
    above = 1 - 0.2 / height
    largest = max((number for _, number, _ in rows), default=0) or 1
    for position, (_, number, note) in enumerate(rows):
        axes.barh(position, number, height=0.6, color=DONE)
        axes.text(number + 0.02 * largest, position, str(number), color=INK, va="center_baseline", **_bold(9))
        axes.text(1.45 * largest, position, note, color=QUIET, ha="right", va="center_baseline", **_plain(9))
    _labels(axes, [label for label, _, _ in rows], largest)
    figure.text(0.36, above, head, color=QUIET, **_plain(9))
    figure.text(0.36 + 0.44 * 1.45, above, tail, color=QUIET, ha="right", **_plain(9))
    return _svg(figure)


def _labels(axes, labels: Sequence[str], largest: int) -> None:
    axes.set_xlim(0, largest)
    axes.set_ylim(len(labels) - 0.5, -0.5)
    for position, label in enumerate(labels):
        axes.text(-0.02 * largest, position, label, color=INK, ha="right", va="center_baseline", **_plain(10))
    axes.set_axis_off()


def _legend(figure: Figure) -> None:
    left = 0.24
    for word, colour, edge, hatch in (
        ("Done", DONE, DONE, ""), ("Under way", MOVING, MOVING, ""), ("Not started", WAITING, EDGE, ""),
        ("Overdue", "white", STOP, "////"),
    ):  # fmt: skip
        box = mpl.patches.Rectangle(
            (left, 0.93),
            0.016,
            0.045,
            facecolor=colour,
            edgecolor=edge,
            hatch=hatch,
            transform=figure.transFigure,
        )
        figure.add_artist(box)
        figure.text(left + 0.022, 0.935, word, color=QUIET, **_plain(9))
        left += 0.05 + 0.0125 * len(word)


def _figure(width: float, height: float) -> Figure:
    return Figure(figsize=(width, height), facecolor="none")


def _svg(figure: Figure) -> bytes:
    out = io.BytesIO()
    with mpl.rc_context(_SETTINGS):
        figure.savefig(out, format="svg", metadata={"Date": None, "Creator": None})
    return out.getvalue()


def _plain(size: float) -> dict:
    return {"fontproperties": _font(400), "fontsize": size}


def _bold(size: float) -> dict:
    return {"fontproperties": _font(600), "fontsize": size}


@cache
def _font(weight: int) -> font_manager.FontProperties:
    """Source Sans 3 of the build where it is there; the drawing then holds paths, so readers need no font."""
    packed = Path(settings.ROOT) / "static" / "build" / "fonts" / f"source-sans-3-latin-{weight}-normal.woff2"
    if not packed.exists():
        return font_manager.FontProperties(family="sans-serif", weight=weight)
    # matplotlib reads no compressed fonts: unpack it once a process.
    unpacked = TTFont(packed)
    unpacked.flavor = None
    with tempfile.NamedTemporaryFile(suffix=".ttf", delete=False) as file:
        unpacked.save(file)
    atexit.register(Path(file.name).unlink, missing_ok=True)
    return font_manager.FontProperties(fname=file.name)
