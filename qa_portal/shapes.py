"""The shapes of state: ten drawings of 16 px, each with the one function (colour) that it always has."""

from __future__ import annotations

from functools import lru_cache

from django.utils.safestring import SafeString, mark_safe

# The functions' strong and text colours; the style sheet's palette holds the same values.
STRONG = {
    "good": "#2C7A41",
    "moving": "#3D5BA9",
    "careful": "#A86200",
    "stop": "#B3261E",
    "idle": "#66747D",
}
TEXT = {
    "good": "#1D5730",
    "moving": "#2A4281",
    "careful": "#6A4200",
    "stop": "#8A1C16",
    "idle": "#42505A",
}

_DISC = "M8 1a7 7 0 1 1 0 14A7 7 0 0 1 8 1Z"
_RING = f"{_DISC}M8 2.7a5.3 5.3 0 1 0 0 10.6A5.3 5.3 0 0 0 8 2.7Z"
_SQUARE = "M3 1h10a2 2 0 0 1 2 2v10a2 2 0 0 1-2 2H3a2 2 0 0 1-2-2V3a2 2 0 0 1 2-2Z"
_TICK = "M3.9 8.6 7 11.6l5.1-5.3-1.2-1.2L7 9.2 5.1 7.4Z"
_CROSS = "M6 4.8l2 2 2-2L11.2 6l-2 2 2 2-1.2 1.2-2-2-2 2L4.8 10l2-2-2-2Z"

# Marks are holes in one path, so that a shape needs one colour only: it survives printing and forced colours.
SHAPES: dict[str, tuple[str, str]] = {
    "done": ("good", f"{_DISC}{_TICK}"),
    "under-way": ("moving", f"{_RING}M8 4.2a3.8 3.8 0 0 1 0 7.6Z"),
    "date-set": ("moving", f"{_RING}M7.2 4.4h1.6v3.3l1.9 1.9-1.1 1.1-2.4-2.4Z"),
    "not-started": ("idle", _RING),
    "cannot-start": ("idle", ""),
    "careful": (
        "careful",
        "M8 .5 15.5 8 8 15.5.5 8ZM7.2 4.3V9h1.6V4.3ZM7.2 10.2v1.6h1.6v-1.6Z",
    ),
    "overdue": ("stop", "M8 1.2 15.6 15H.4ZM7.2 6v4.4h1.6V6ZM7.2 11.6v1.6h1.6v-1.6Z"),
    "suspended": ("stop", f"{_SQUARE}M4.4 7.1v1.8h7.2V7.1Z"),
    "disagreed": ("stop", f"{_SQUARE}{_CROSS}"),
    "not-held": ("idle", "M2 7.1h12v1.8H2Z"),
}

# The function's usual shape, and the names that the field uses for the same picture.
ALIASES = {
    "good": "done",
    "active": "done",
    "agreed": "done",
    "met": "done",
    "moving": "under-way",
    "waiting": "date-set",
    "planned": "date-set",
    "due": "careful",
    "stop": "suspended",
    "blocked": "suspended",
    "not-met": "disagreed",
    "idle": "not-started",
}

_DASHED = (
    '<circle cx="8" cy="8" r="6.1" fill="none" stroke="{}" stroke-width="1.7" stroke-dasharray="2.9 1.89"/>'
)


def canonical(name: str) -> str:
    """The shape's own name for a shape, function or alias ("under_way" and "under-way" are the same).

    Raises ValueError for a name that no shape has: a thirteenth state needs a new shape, not a spelling.
    """
    name = str(name).replace("_", "-").lower()
    name = ALIASES.get(name, name)
    if name not in SHAPES:
        raise ValueError(f"No shape is called “{name}”. Shapes: {', '.join(SHAPES)}.")
    return name


def function_of(name: str) -> str:
    """The function that a shape stands for: good, moving, careful, stop or idle."""
    return SHAPES[canonical(name)][0]


def _drawing(name: str, colour: str) -> str:
    path = SHAPES[name][1]
    if not path:
        return _DASHED.format(colour)
    return f'<path fill="{colour}" fill-rule="evenodd" d="{path}"/>'


@lru_cache(maxsize=64)
def shape(name: str, large: bool = False) -> SafeString:
    """A shape of 16 px (24 if large), aria-hidden: the word beside it is its name.

    The drawing itself stands once in the page (``sprite``), so that a list of fifty states stays light.
    """
    name = canonical(name)
    size = " qa-shape--large" if large else ""
    return mark_safe(  # noqa: S308  (constants of this module only)
        f'<svg class="qa-shape qa-shape--{SHAPES[name][0]}{size}" aria-hidden="true"><use href="#shape-{name}"/></svg>'
    )


@lru_cache(maxsize=1)
def sprite() -> SafeString:
    """The drawings that the shapes of a page refer to; the shell writes them once at its end."""
    symbols = "".join(
        f'<symbol id="shape-{name}" viewBox="0 0 16 16">{_drawing(name, "currentColor")}</symbol>'
        for name in SHAPES
    )
    return mark_safe(f'<svg hidden aria-hidden="true">{symbols}</svg>')  # noqa: S308  (constants of this module only)


def shape_file(name: str) -> str:
    """A shape as a stand-alone SVG image with its own colour, for PDFs, where pages' colours do not reach."""
    name = canonical(name)
    return (
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 16 16" width="16" height="16">'
        f"{_drawing(name, STRONG[SHAPES[name][0]])}</svg>"
    )


_MARKS = {
    "tick": ("0 0 16 16", "M1.9 9.1l4.3 4.2 7.9-8.3-1.4-1.3-6.5 6.9-2.9-2.9Z"),
    "plus": ("0 0 12 12", "M5.2.5h1.6v4.7h4.7v1.6H6.8v4.7H5.2V6.8H.5V5.2h4.7Z"),
    "minus": ("0 0 12 12", "M.5 5.2h11v1.6H.5Z"),
    "up": ("0 0 8 6", "M4 0l4 6H0Z"),
    "down": ("0 0 8 6", "M4 6L0 0h8Z"),
}


@lru_cache(maxsize=8)
def mark(name: str, css_class: str = "") -> SafeString:
    """A small mark that is no state: tick, plus, minus, and the up and down of a sorted column."""
    box, path = _MARKS[name]
    attribute = f' class="{css_class}"' if css_class else ""
    return mark_safe(  # noqa: S308  (constants of this module only)
        f'<svg{attribute} viewBox="{box}" aria-hidden="true" focusable="false"><path d="{path}"/></svg>'
    )
