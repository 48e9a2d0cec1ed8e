"""What every page needs around its content: names, navigation and the session's remaining time."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.http import HttpRequest

from qa_portal import clock, wording


def _no_navigation(request: HttpRequest) -> dict[str, Any]:
    return {}


# The wiring (qa_portal/urls.py) sets this to the navigation of the highest app, which may look down everywhere.
navigation: Callable[[HttpRequest], dict[str, Any]] = _no_navigation


def portal(request: HttpRequest) -> dict[str, Any]:
    """Context of the page shell; the navigation is evaluated only when a template asks for it."""
    return {
        "portal": settings.PORTAL | _demo(),
        "session_seconds": settings.SESSION_COOKIE_AGE,
        "session_warning_seconds": settings.SESSION_WARNING_SECONDS,
        "portal_navigation": lambda: _remembered(request),
    }


def _remembered(request: HttpRequest) -> dict[str, Any]:
    if not hasattr(request, "_portal_navigation"):
        request._portal_navigation = navigation(request)  # type: ignore[attr-defined]
    return request._portal_navigation  # type: ignore[attr-defined]


def _demo() -> dict[str, str]:
    if not settings.DEMO:
        return {}
    today = wording.date_long(clock.today())
    return {"demo_note": f"Demonstration. Here it is {today}.", "demo_url": "/demo/clock/"}
