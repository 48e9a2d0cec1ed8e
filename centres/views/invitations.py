"""Accepting an invitation: opened by somebody who has no account yet, so by its link alone."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from centres.forms.people import AcceptForm
from centres.models import Centre, Invitation, Person
from centres.operations import invitations
from centres.permissions import ROLES, RoleCode
from centres.rules.people import can_still_be_used
from qa_portal import clock, notices, tenancy
from qa_portal.errors import RuleViolation
from qa_portal.tenancy import Scope, Side


@never_cache
@require_http_methods(["GET", "POST"])
def accept(request: HttpRequest, token: str) -> HttpResponse:
    """Choose a name and a password; a link that is used, withdrawn, too old or unknown gets a page that says so."""
    invitation = invitations.by_token(token)
    if invitation is None:
        return _unusable(
            request, "We do not know this link. A newer e-mail may hold a newer link; use the newest."
        )
    _enter(invitation)
    try:
        can_still_be_used(invitation, clock.now())
    except RuleViolation as problem:
        return _unusable(request, problem.message)
    has_account = Person.objects.filter(email=invitation.email).exists()
    form = None
    if not has_account:
        form = AcceptForm(request.POST or None, email=invitation.email, initial={"name": invitation.name})
    if request.method == "POST" and (form is None or form.is_valid()):
        chosen: dict[str, Any] = form.cleaned_data if form else {}
        try:
            invitations.accept(token=token, at=clock.now(), **chosen)
        except RuleViolation as problem:
            return _unusable(request, problem.message)
        notices.done(
            request, "Your account is ready" if form else f"You are {RoleCode(invitation.role).label}",
            f"Sign in with {invitation.email}.",
        )  # fmt: skip
        return redirect("account_login")
    return render(request, "account_pages/accept.html", _frame(invitation, form))


def _enter(invitation: Invitation) -> None:
    """The one centre that the link is about: whoever holds it has no scope of their own."""
    if invitation.centre_id is not None:
        tenancy.enter(Scope((invitation.centre_id,), Side.CENTRE))


def _frame(invitation: Invitation, form: AcceptForm | None) -> dict[str, Any]:
    centre = Centre.objects.filter(pk=invitation.centre_id).first() if invitation.centre_id else None
    role = ROLES[invitation.role]
    return {
        "heading": "Accept your invitation",
        "form": form,
        "invitation": invitation,
        "role": role.code.label,
        "duty": role.duty,
        "where": centre.name if centre else "",
    }


def _unusable(request: HttpRequest, why: str) -> HttpResponse:
    return render(request, "account_pages/invitation_unusable.html", {"why": why}, status=410)
