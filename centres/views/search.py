"""One search box for centres, learners and people."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from centres import pages
from centres.queries import search as queries
from qa_portal import clock

_SHORTEST = 2


@require_safe
@pages.person_page
def search(request: HttpRequest) -> HttpResponse:
    """What begins with the words typed, within what the person may see."""
    text = " ".join(request.GET.get("q", "").split())[:160]
    kinds = []
    if len(text) >= _SHORTEST:
        kinds = [
            ("Centres", queries.centres(request.user, text)),
            ("Learners", queries.learners(request.user, text)),
            ("People", queries.people(request.user, text, clock.today())),
        ]
    context = {
        "heading": "Search",
        "text": text,
        "kinds": [(heading, found) for heading, found in kinds if found],
        "too_short": bool(text) and len(text) < _SHORTEST,
        "most": queries.MOST,
    }
    return render(request, "centres/search.html", context)
