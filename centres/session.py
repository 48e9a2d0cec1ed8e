"""The length of a session, and what somebody had typed when theirs had ended."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse
from django.shortcuts import resolve_url
from django.urls import reverse

RENEWED = "renewed"
KEPT = "kept_draft"
# Names the person who was signed in last in this browser; signed, and worth nothing by itself.
COOKIE = "last_person"
_SALT = "centres.session.last_person"
MOST_CHARACTERS = 200_000
# Written at most once a minute, so that reading pages does not cost a write each.
_RENEW_SECONDS = 60
_COOKIE_SECONDS = 7 * 24 * 3600
_NEVER_KEPT = ("password", "secret", "token", "csrf", "code", "otp")
_ELSEWHERE = ("/account/", "/api/", "/invitations/")


def keep(request: HttpRequest) -> None:
    """Let the session last its full length from now."""
    request.session[RENEWED] = int(time.time())


def kept_for(request: HttpRequest) -> dict[str, Any] | None:
    """What was kept for the person who is signed in now; what belongs to anybody else is dropped unseen."""
    draft = request.session.get(KEPT)
    if draft is None:
        return None
    if draft["person"] != request.user.pk:
        drop(request)
        return None
    return dict(draft)


def drop(request: HttpRequest) -> None:
    """Forget what was kept."""
    request.session.pop(KEPT, None)


class SessionEndMiddleware:
    """Makes sessions last from the last use, and keeps a form that arrives after its session has ended.

    The fields wait in the browser's new anonymous session, bound to the person who was signed in there; they are shown
    only to that person. Files, passwords and codes are never kept.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.path.startswith(("/static/", "/healthz", "/readyz", "/api/")):
            return self.get_response(request)
        if request.user.is_authenticated:
            return self._signed_in(request)
        response = self.get_response(request)
        if (
            request.method == "POST"
            and _asks_to_sign_in(response)
            and not request.path.startswith(_ELSEWHERE)
        ):
            return self._keep(request) or response
        return response

    def _signed_in(self, request: HttpRequest) -> HttpResponse:
        if abs(time.time() - request.session.get(RENEWED, 0)) > _RENEW_SECONDS:
            keep(request)
        draft = kept_for(request) if KEPT in request.session else None
        response = self.get_response(request)
        sent_again = draft and request.method == "POST" and request.path == draft["path"]
        if sent_again and response.status_code < 400:
            drop(request)
        _remember(request, response)
        return response

    def _keep(self, request: HttpRequest) -> HttpResponse | None:
        person = _last_person(request)
        fields = fields_of(request)
        size = sum(len(name) + len(value) for name, value in fields)
        if person is None or not fields or size > MOST_CHARACTERS:
            return None
        request.session[KEPT] = {
            "person": int(person),
            "path": request.path,
            "address": request.get_full_path(),
            "fields": fields,
            "files": [upload.name for name in request.FILES for upload in request.FILES.getlist(name)],
        }
        return redirect_to_login(reverse("kept-draft"))


def fields_of(request: HttpRequest) -> list[tuple[str, str]]:
    """What was typed, in order, without files, and without what must not be kept."""
    return [
        (name, value)
        for name in request.POST
        if not any(word in name.lower() for word in _NEVER_KEPT)
        for value in request.POST.getlist(name)
    ]


def _asks_to_sign_in(response: HttpResponse) -> bool:
    return response.status_code == 302 and response["Location"].startswith(resolve_url(settings.LOGIN_URL))


def _remember(request: HttpRequest, response: HttpResponse) -> None:
    if not request.user.is_authenticated:
        return
    if _last_person(request) != str(request.user.pk):
        response.set_signed_cookie(
            COOKIE,
            str(request.user.pk),
            salt=_SALT,
            max_age=_COOKIE_SECONDS,
            httponly=True,
            secure=settings.SESSION_COOKIE_SECURE,
            samesite="Lax",
        )


def _last_person(request: HttpRequest) -> str | None:
    return request.get_signed_cookie(COOKIE, default=None, salt=_SALT, max_age=_COOKIE_SECONDS)
