"""Tags and filters that every page may use: states, tags, dates, bars, sizes (built in, nothing to load)."""

from __future__ import annotations

from datetime import date, datetime
from functools import lru_cache
from typing import Any

from django import template
from django.conf import settings
from django.forms import BoundField
from django.http import QueryDict
from django.utils.html import format_html
from django.utils.safestring import SafeString

from qa_portal import bars, brand, pack, shapes, wording

register = template.Library()

register.simple_tag(shapes.sprite, name="shape_sprite")
register.simple_tag(bars.load_bar, name="load_bar")
register.simple_tag(bars.count_bar, name="count_bar")
for written in (
    wording.date_short,
    wording.date_year,
    wording.date_plain,
    wording.date_long,
    wording.clock_time,
    wording.moment,
    wording.percent,
):
    register.filter(written.__name__, written)
register.filter("filesize", wording.file_size)
register.filter("joined", wording.joined)
register.filter("in_words", wording.in_words)


@register.simple_tag
def shape(name: str, large: bool = False) -> SafeString:
    """The shape of a state without its word; only where the word stands elsewhere beside it."""
    return shapes.shape(shapes.canonical(name), bool(large))


@register.simple_tag
def mark(name: str, css_class: str = "") -> SafeString:
    """A small mark that is no state: tick, plus, minus, up, down."""
    return shapes.mark(name, css_class)


@register.simple_tag
def state(name: str, word: str) -> SafeString:
    """A state as shape and word in its colour: ``{% state "done" "Opened" %}``."""
    return _state(name, word)


# A list says the same few states in fifty rows. Typed, so that a safe word and an unsafe one are two.
@lru_cache(maxsize=512, typed=True)
def _state(name: str, word: str) -> SafeString:
    name = shapes.canonical(name)
    function = shapes.function_of(name)
    return format_html(
        '<span class="qa-state qa-state--{}">{}{}</span>',
        function,
        shapes.shape(name),
        word,
    )


@register.simple_tag
def tag(function: str, word: str, shape: str = "") -> SafeString:
    """The state of a thing on a tint, one a row: ``{% tag "stop" "Suspended" shape="suspended" %}``."""
    name = shapes.canonical(shape or function)
    colour = function if function in shapes.STRONG else shapes.function_of(name)
    return format_html(
        '<strong class="govuk-tag qa-tag qa-tag--{}">{}{}</strong>',
        colour,
        shapes.shape(name),
        word,
    )


@register.simple_tag
def days_from(value: date | datetime | None, today: date | datetime) -> str:
    """How far a duty's date is: "in 3 days", "11 days overdue"."""
    return wording.days_from(value, today)


@register.simple_tag
def days_ago(value: date | datetime | None, today: date | datetime) -> str:
    """How long ago something happened: "9 days ago"."""
    return wording.days_ago(value, today)


@register.simple_tag
def counted(number: int, one: str, many: str = "") -> str:
    """A number with its noun: ``{% counted n "item" %}`` is "1 item" or "3 items"."""
    return wording.counted(number, one, many)


@register.simple_tag
def unknown(word: str = "not known") -> SafeString:
    """The dash that stands for what is not known, with its word for those who cannot see it."""
    return _unknown(word)


@lru_cache(maxsize=128, typed=True)
def _unknown(word: str) -> SafeString:
    return format_html(
        '<span aria-hidden="true">–</span><span class="govuk-visually-hidden">{}</span>',
        word,
    )


@register.simple_tag
def or_unknown(value: Any, word: str = "not known") -> Any:
    """The value, or the dash where there is none; 0 is a value."""
    return unknown(word) if value is None or value == "" else value


@register.simple_tag
def portal_setting(name: str) -> str:
    """A value of the PORTAL setting, for pages that are drawn without a request (500)."""
    return settings.PORTAL.get(name, "")


@register.filter
def nbsp(value: Any) -> str:
    """The words of a short phrase kept on one line: "unit 4"."""
    return str(value).replace(" ", wording.NBSP)


@register.simple_tag
def problems(*sources: Any) -> list[tuple[str, str]]:
    """(id, message) of everything wrong with forms and formsets: ``{% problems form formset as found %}``."""
    return pack.problems_of(*sources)


@register.simple_tag
def control(field: BoundField, **attributes: Any) -> SafeString:
    """The bare control of a bound field, where the label is written apart: ``{% control form.size %}``."""
    return pack.control(field, **attributes)


@register.filter
def function_of(name: str) -> str:
    """The function (colour) that a shape stands for."""
    return shapes.function_of(name)


@register.filter
def kind_of(field: BoundField) -> str:
    """Which template of the pack draws a bound field: hidden, radios, checkboxes, checkbox, or input."""
    return pack.kind_of(field)


@register.filter
def is_inline(field: BoundField) -> bool:
    """Whether a field's few short choices stand in one line (the widget carries ``data-inline``)."""
    return "data-inline" in field.field.widget.attrs


def _query_with(context: template.Context, field: str, value: object, *without: str) -> str:
    query = context["request"].GET.copy() if "request" in context else QueryDict(mutable=True)
    for name in without:
        query.pop(name, None)
    query[field] = str(value)
    return query.urlencode()


@register.simple_tag(takes_context=True)
def page_query(context: template.Context, number: int, field: str = "page") -> str:
    """The query of this address with another page number, so that filters survive."""
    return _query_with(context, field, number)


@register.simple_tag(takes_context=True)
def sort_query(context: template.Context, field: str, order: object) -> str:
    """The query of this address with another order, from the first page on."""
    return _query_with(context, field, order, "page")


@register.filter
def readable(name: str) -> str:
    """The name of a form's field as words: "due_date" is "Due date"."""
    return str(name).replace("_", " ").replace("-", " ").strip().capitalize()


@register.simple_tag
def brand_palette() -> dict[str, str]:
    """The brand's colours when the settings ask for another hue than the style sheet has; otherwise nothing."""
    colours = brand.palette(settings.PORTAL.get("brand_colour", brand.DEFAULT["brand-900"]))
    return {} if colours == brand.DEFAULT else colours


@register.filter
def messages_of(field: BoundField) -> list[str]:
    """What is wrong with a bound field, each message saying what to do."""
    return pack.messages_of(field)
