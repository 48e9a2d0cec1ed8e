"""Refusals as pages: not yours (403), not now because (409), and a form that expired."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.urls import is_valid_path
from django.views.defaults import server_error

from qa_portal import problems
from qa_portal.errors import NotPermitted, Refusal


def page_for(request: HttpRequest, exception: Exception) -> HttpResponse | None:
    """The page that explains a refusal; None for anything that is not one."""
    if not isinstance(exception, Refusal) or request.path.startswith("/api/"):
        return None
    status, template = (403, "403.html") if isinstance(exception, NotPermitted) else (409, "409.html")
    context = {"refusal": exception, "back_url": _way_back(request), "typed": _typed(request)}
    return render(request, template, context, status=status)


def _way_back(request: HttpRequest) -> str:
    referer = request.headers.get("Referer", "")
    own = f"{request.scheme}://{request.get_host()}"
    return referer.removeprefix(own) if referer.startswith(own + "/") else "/"


def _typed(request: HttpRequest) -> list[tuple[str, str]]:
    """What the person had typed, so that a refusal never loses it."""
    if request.method != "POST":
        return []
    hidden = {"csrfmiddlewaretoken", "password"}
    return [
        (key, value)
        for key in request.POST
        if key not in hidden
        for value in request.POST.getlist(key)
        if value
    ]


class WrongMethodMiddleware:
    """Gives an address that only takes a form a page with the way back, where a browser opens it as a page."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if response.status_code != 405 or request.method != "GET" or response.content:
            return response
        page = render(request, "405.html", {"back_url": _page_above(request.path)}, status=405)
        page["Allow"] = response["Allow"]
        return page


def _page_above(path: str) -> str:
    """The nearest address above this one that the portal knows: the page that the form stands on."""
    parts = path.strip("/").split("/")
    while parts := parts[:-1]:
        above = f"/{'/'.join(parts)}/"
        if is_valid_path(above):
            return above
    return "/"


def expired_form(request: HttpRequest, reason: str = "") -> HttpResponse:
    """A form whose security token no longer fits (an old tab, cookies off): nothing typed is lost."""
    return render(
        request, "403_expired.html", {"typed": _typed(request), "back_url": request.path}, status=403
    )


def failed(request: HttpRequest) -> HttpResponse:
    """Something broke: a page for people, a problem document for what called the API."""
    if not request.path.startswith("/api/"):
        return server_error(request)
    return JsonResponse(problems.document(500), status=500, content_type=problems.CONTENT_TYPE)
