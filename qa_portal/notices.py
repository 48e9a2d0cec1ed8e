"""What just happened, told on the next page: a heading, who was told, and the next link."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest
from django.utils.html import format_html
from django.utils.safestring import SafeString


def _written(heading: str, detail: str, link: tuple[str, str] | None) -> SafeString:
    anchor = format_html(' <a href="{}">{}</a>', link[1], link[0]) if link else ""
    below = format_html("<p>{}{}</p>", detail, anchor) if detail or link else ""
    return format_html("<h2>{}</h2>{}", heading, below)


def done(
    request: HttpRequest,
    heading: str,
    detail: str = "",
    link: tuple[str, str] | None = None,
) -> None:
    """Show a green-edged banner on the next page; ``link`` is (words, address)."""
    messages.success(request, _written(heading, detail, link), extra_tags="notice")


def note(
    request: HttpRequest,
    heading: str,
    detail: str = "",
    link: tuple[str, str] | None = None,
) -> None:
    """Show a banner on the next page about something under way or to know."""
    messages.info(request, _written(heading, detail, link), extra_tags="notice")


def warn(
    request: HttpRequest,
    heading: str,
    detail: str = "",
    link: tuple[str, str] | None = None,
) -> None:
    """Show a banner on the next page about something that needs care."""
    messages.warning(request, _written(heading, detail, link), extra_tags="notice")
