"""The page after an expired session: what somebody had written, sent again with one button."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from centres import session
from centres.pages import person_page
from qa_portal import notices

# Written by forms for themselves; nothing that somebody typed.
_INTERNAL = ("revision", "next")


@never_cache
@require_http_methods(["GET", "POST"])
@person_page
def kept(request: HttpRequest) -> HttpResponse:
    """Show what was kept; GET never sends it. A POST to this page throws it away."""
    draft = session.kept_for(request)
    if draft is None:
        return redirect("home")
    if request.method == "POST":
        session.drop(request)
        notices.done(request, "What was kept is thrown away")
        return redirect("home")
    shown = [(name, value) for name, value in draft["fields"] if value and name not in _INTERNAL]
    context = {"heading": "We kept what you had written", "draft": draft, "shown": shown}
    return render(request, "account_pages/kept.html", context)
