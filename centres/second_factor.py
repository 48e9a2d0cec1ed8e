"""A second factor for verifiers and the awarding organisation's staff, where the installation asks for one."""

from __future__ import annotations

from collections.abc import Callable

from allauth.mfa.models import Authenticator
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect

from centres.permissions import SECOND_FACTOR_SIDES
from qa_portal import notices, sign_in

SEEN = "second_factor_seen"
# One's own account must open (that is where a factor is set up), and so must help and signing out.
_OPEN = ("/account/", "/help/", "/privacy/", "/accessibility/", "/static/", "/healthz", "/readyz")


class SecondFactorMiddleware:
    """Sends whoever needs a second factor and has none to the page that sets one up; the API answers 403."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if not must_set_up(request):
            return self.get_response(request)
        if request.path.startswith("/api/"):
            title = "Set up a second factor on your account page first"
            body = {"type": "about:blank", "title": title, "status": 403}
            return JsonResponse(body, status=403, content_type="application/problem+json")
        notices.warn(
            request,
            "Set up a second factor first",
            "Verifiers and staff of the awarding organisation sign in with a password and a code or passkey.",
        )
        return redirect("mfa_index")


def must_set_up(request: HttpRequest) -> bool:
    """Whether this request waits until a second factor is set up; asked once a session of those who have one."""
    if request.path.startswith(_OPEN) or not request.user.is_authenticated or request.session.get(SEEN):
        return False
    # Every place where they may work counts, not only the one chosen now.
    sides = set(request.user.access.contexts)
    if not sign_in.needs_second_factor(sides, SECOND_FACTOR_SIDES, has_one=False):
        return False
    if has_one(request.user.pk):
        request.session[SEEN] = True
        return False
    return True


def has_one(person_id: int) -> bool:
    """Whether a person has an app or a passkey; recovery codes alone are none."""
    kinds = (Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN)
    return Authenticator.objects.filter(user_id=person_id, type__in=kinds).exists()


_KINDS = {
    "totp": "Authenticator app",
    "webauthn": "Passkey or security key",
    "recovery_codes": "Recovery codes",
}


def in_words(person_id: int) -> list[str]:
    """What a person has set up, each kind once."""
    kinds = (
        Authenticator.objects.filter(user_id=person_id).order_by("created_at").values_list("type", flat=True)
    )
    return list(dict.fromkeys(_KINDS.get(kind, kind) for kind in kinds))
