"""The administrator's people: search, roles, deactivation, a lost second factor."""

from __future__ import annotations

from typing import Any

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from centres import second_factor
from centres.forms.people import EmailForm, EndRoleForm, GiveRoleForm, InviteForm, PeopleFilterForm
from centres.models import AccessGrant, Centre, Invitation, Person
from centres.operations import accounts, invitations, roles
from centres.operations.role_mail import described
from centres.pages import needs
from centres.permissions import ROLES, Permission, RoleCode
from centres.queries import people as queries
from centres.views.people import refusal_in_words, say_invited
from qa_portal import clock, notices, tenancy
from qa_portal.errors import RuleViolation
from qa_portal.tenancy import Side
from qa_portal.wording import date_plain

_ONLY = Permission.SECOND_FACTOR_RESET
PAGE = 50


@require_safe
@needs(_ONLY)
def people(request: HttpRequest) -> HttpResponse:
    """Everybody with an account, by name."""
    form = PeopleFilterForm(request.GET or None)
    wanted = form.cleaned_data if form.is_bound and form.is_valid() else {}
    found = queries.find_people(wanted.get("q", ""), state=wanted.get("state", ""))
    page = Paginator(found, PAGE).get_page(request.GET.get("page"))
    today = clock.today()
    for someone in page:
        active = [
            g
            for g in someone.grants.all()
            if g.starts_on <= today and (g.ends_on is None or g.ends_on > today)
        ]
        # A verifier has the same role once for each programme and year that they are allocated to.
        held = list(dict.fromkeys(_in_words(grant) for grant in active))
        someone.roles_in_words = held[:4]
        someone.more_roles = max(0, len(held) - 4)
    context = {"heading": "People", "caption": "Awarding organisation", "filter_form": form, "page": page}
    context |= {"clear_url": reverse("staff-people") if wanted.get("q") or wanted.get("state") else ""}
    invited = queries.open_invitations(None)
    for one in invited:
        one.resend_url = reverse("staff-resend-invitation", args=[one.pk])
        one.withdraw_url = reverse("staff-withdraw-invitation", args=[one.pk])
    context |= {"invitations": invited, "now": clock.now()}
    return render(request, "centres/people/staff_people.html", context)


def _in_words(grant: AccessGrant) -> str:
    where = f", {grant.centre.name}" if grant.centre else ""
    return f"{RoleCode(grant.role).label}{where}"


@require_safe
@needs(_ONLY)
def person(request: HttpRequest, pk: int) -> HttpResponse:
    """One person: account, second factor, every role, and what an administrator may do."""
    someone = get_object_or_404(Person, pk=pk, is_service=False)
    today = clock.today()
    grants = queries.grants_of(someone)
    rows = [
        {
            "role": described(grant),
            "where": grant.centre.name if grant.centre else "Awarding organisation",
            "from": date_plain(grant.starts_on),
            "to": date_plain(grant.ends_on),
            "active": grant.starts_on <= today and (grant.ends_on is None or grant.ends_on > today),
            "by": grant.granted_by.name if grant.granted_by else "",
            "pk": grant.pk,
            "may_end": (grant.ends_on is None or grant.ends_on > today)
            and ROLES[grant.role].side != Side.VERIFIER
            and grant.role != RoleCode.SYSTEM_CLIENT
            and someone.pk != request.user.pk,
        }
        for grant in grants
    ]
    context = {
        "heading": someone.name, "caption": "People", "breadcrumbs": _crumbs(), "someone": someone, "rows": rows,
        "factors": second_factor.in_words(someone.pk), "is_me": someone.pk == request.user.pk,
    }  # fmt: skip
    return render(request, "centres/people/staff_person.html", context)


@require_http_methods(["GET", "POST"])
@needs(_ONLY)
def deactivate(request: HttpRequest, pk: int) -> HttpResponse:
    """Confirm, then end all access of a person."""
    someone = get_object_or_404(Person, pk=pk, is_service=False)
    if request.method == "POST":
        accounts.deactivate(person_id=pk, by=request.user, at=clock.now())
        notices.done(
            request,
            f"{someone.name}’s account is deactivated",
            "They are signed out and have been told by e-mail.",
        )
        return redirect("staff-person", pk)
    return _confirm(
        request, someone, f"Deactivate the account of {someone.name}?", "Deactivate the account", danger=True,
        consequences=["They are signed out everywhere at once and cannot sign in", "Their roles stop having effect",
                      "What they recorded stays, with their name", "They are told by e-mail"],
    )  # fmt: skip


@require_http_methods(["GET", "POST"])
@needs(_ONLY)
def reactivate(request: HttpRequest, pk: int) -> HttpResponse:
    """Confirm, then let a person sign in again."""
    someone = get_object_or_404(Person, pk=pk, is_service=False)
    if request.method == "POST":
        accounts.reactivate(person_id=pk, by=request.user, at=clock.now())
        notices.done(request, f"{someone.name} can sign in again", "They have been told by e-mail.")
        return redirect("staff-person", pk)
    return _confirm(
        request, someone, f"Reactivate the account of {someone.name}?", "Reactivate the account",
        consequences=["They can sign in with their old password", "Roles that have not ended hold again",
                      "They are told by e-mail"],
    )  # fmt: skip


@require_http_methods(["GET", "POST"])
@needs(_ONLY)
def reset_second_factor(request: HttpRequest, pk: int) -> HttpResponse:
    """Confirm, then remove a lost second factor."""
    someone = get_object_or_404(Person, pk=pk, is_service=False)
    if request.method == "POST":
        accounts.reset_second_factor(person_id=pk, by=request.user, at=clock.now())
        notices.done(
            request, f"The second factor of {someone.name} is removed",
            "They are signed out and have been told by e-mail.",
        )  # fmt: skip
        return redirect("staff-person", pk)
    return _confirm(
        request, someone, f"Reset the second factor of {someone.name}?", "Reset the second factor", danger=True,
        consequences=["Make sure first that it is they who ask: call the number you know",
                      "App, passkeys and recovery codes are removed", "They are signed out everywhere",
                      "Until they set up a new one, their password alone is enough to begin",
                      "They are told by e-mail, and it is recorded who reset it"],
    )  # fmt: skip


@require_http_methods(["GET", "POST"])
@needs(_ONLY)
def change_email(request: HttpRequest, pk: int) -> HttpResponse:
    """Confirm, then change the address that somebody signs in with."""
    someone = get_object_or_404(Person, pk=pk, is_service=False)
    form = EmailForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            accounts.change_email(
                person_id=pk, email=form.cleaned_data["email"], by=request.user, at=clock.now()
            )
        except RuleViolation as problem:
            form.add_error("email", refusal_in_words(problem))
        else:
            notices.done(
                request,
                f"The address of {someone.name} is {form.cleaned_data['email'].lower()}",
                f"We wrote to it and to {someone.email}.",
            )
            return redirect("staff-person", pk)
    return _confirm(
        request, someone, f"Change the e-mail address of {someone.name}?", "Change the address", form=form,
        consequences=["Make sure first that it is they who ask: call the number you know",
                      f"They sign in with the new address; {someone.email} no longer works",
                      "They are signed out everywhere and keep their password",
                      "Both addresses get a message, and it is recorded who changed it"],
    )  # fmt: skip


@require_http_methods(["GET", "POST"])
@needs(_ONLY)
def give_role(request: HttpRequest, pk: int) -> HttpResponse:
    """Give somebody with an account a role at a centre or at the awarding organisation."""
    someone = get_object_or_404(Person, pk=pk, is_service=False)
    form = GiveRoleForm(request.POST or None, roles=_roles(), initial={"starts_on": clock.today()})
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        centre = None
        if data["centre_number"]:
            centre = Centre.objects.visible_to(request.user).filter(number=data["centre_number"]).first()
        if data["centre_number"] and centre is None:
            form.add_error("centre_number", "There is no centre with this number")
        else:
            try:
                _give(request, someone, data, centre)
            except RuleViolation as problem:
                form.add_error(None, refusal_in_words(problem))
            else:
                notices.done(
                    request, f"{someone.name} is {RoleCode(data['role']).label} from {date_plain(data['starts_on'])}",
                    "They have been told by e-mail.",
                )  # fmt: skip
                return redirect("staff-person", pk)
    return render(
        request, "centres/people/form.html",
        {"heading": f"Give {someone.name} a role", "caption": "People", "form": form, "button": "Give the role",
         "breadcrumbs": [*_crumbs(), (someone.name, reverse("staff-person", args=[pk]))],
         "back_url": reverse("staff-person", args=[pk])},
    )  # fmt: skip


def _give(request: HttpRequest, someone: Person, data: dict[str, Any], centre: Centre | None) -> None:
    if centre is not None:
        tenancy.narrow_to(centre.pk)
    if data["role"] == RoleCode.QUALITY_NOMINEE and centre is not None:
        roles.appoint_quality_nominee(
            centre_id=centre.pk,
            person_id=someone.pk,
            starts_on=data["starts_on"],
            by=request.user,
            at=clock.now(),
        )
        return
    roles.grant(
        person_id=someone.pk, role=data["role"], centre_id=centre.pk if centre else None,
        starts_on=data["starts_on"], by=request.user, at=clock.now(),
    )  # fmt: skip


@require_http_methods(["GET", "POST"])
@needs(_ONLY)
def end_role(request: HttpRequest, pk: int) -> HttpResponse:
    """Confirm, then end one role of a person."""
    row = get_object_or_404(
        AccessGrant.objects.select_related("person", "centre", "programme__qualification"), pk=pk
    )
    today = clock.today()
    form = EndRoleForm(request.POST or None, today=today, initial={"on": today})
    if request.method == "POST" and form.is_valid():
        if row.centre_id is not None:
            tenancy.narrow_to(row.centre_id)
        roles.end(grant_id=row.pk, on=form.cleaned_data["on"], by=request.user, at=clock.now())
        notices.done(
            request, f"The role of {row.person.name} ends", f"{row.person.name} has been told by e-mail."
        )
        return redirect("staff-person", row.person_id)
    where = row.centre.name if row.centre else "the awarding organisation"
    return _confirm(
        request, row.person, f"End the role {described(row)} of {row.person.name} at {where}?", "End the role",
        consequences=[f"{row.person.name} no longer sees what only this role shows, and is told by e-mail",
                      "What they recorded stays, with their name"],
        danger=True, form=form,
    )  # fmt: skip


@require_http_methods(["GET", "POST"])
@needs(_ONLY)
def invite(request: HttpRequest) -> HttpResponse:
    """Invite somebody to a role of the awarding organisation."""
    form = InviteForm(request.POST or None, roles=queries.roles_to_give(request.user, None))
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            done = invitations.invite(
                email=data["email"], name=data["name"], role=data["role"], centre_id=None, by=request.user,
                at=clock.now(),
            )  # fmt: skip
        except RuleViolation as problem:
            form.add_error(None, refusal_in_words(problem))
        else:
            say_invited(request, done, data["role"], None)
            return redirect("staff-people")
    return render(
        request, "centres/people/form.html",
        {"heading": "Invite somebody", "caption": "Awarding organisation", "form": form, "breadcrumbs": _crumbs(),
         "button": "Send the invitation", "back_url": reverse("staff-people"),
         "intro": "People of a centre are invited on the centre’s own page; verifiers get their roles when they are "
         "allocated."},
    )  # fmt: skip


@require_POST
@needs(_ONLY)
def resend(request: HttpRequest, pk: int) -> HttpResponse:
    """Send an invitation of the awarding organisation again, with a new link."""
    get_object_or_404(Invitation, pk=pk, centre=None)
    sent = invitations.resend(invitation_id=pk, by=request.user, at=clock.now())
    notices.done(request, "The invitation is sent again", f"A new link is on its way to {sent.email}.")
    return redirect("staff-people")


@require_http_methods(["GET", "POST"])
@needs(_ONLY)
def withdraw(request: HttpRequest, pk: int) -> HttpResponse:
    """Confirm, then withdraw an invitation of the awarding organisation."""
    invitation = get_object_or_404(Invitation, pk=pk, centre=None)
    if request.method == "POST":
        invitations.withdraw(invitation_id=pk, by=request.user, at=clock.now())
        notices.done(
            request, "The invitation is withdrawn", f"The link sent to {invitation.email} no longer works."
        )
        return redirect("staff-people")
    return render(
        request, "centres/people/confirm.html",
        {"heading": f"Withdraw the invitation of {invitation.name}?", "caption": "People", "breadcrumbs": _crumbs(),
         "consequences": [f"The link sent to {invitation.email} stops working; nobody is told",
                          "You can invite them again"],
         "verb": "Withdraw the invitation", "danger": True,
         "back_url": reverse("staff-people")},
    )  # fmt: skip


def _roles() -> list[RoleCode]:
    """What the administrator gives by hand: verifiers get their roles from allocations, systems from their centre."""
    return [
        RoleCode(code)
        for code in ROLES
        if ROLES[code].side != Side.VERIFIER and code != RoleCode.SYSTEM_CLIENT
    ]


def _confirm(request: HttpRequest, someone: Person, heading: str, verb: str, **more: Any) -> HttpResponse:
    back = reverse("staff-person", args=[someone.pk])
    context = {
        "heading": heading,
        "caption": "People",
        "verb": verb,
        "back_url": back,
        "breadcrumbs": _crumbs(),
    }
    return render(request, "centres/people/confirm.html", context | more)


def _crumbs() -> list[tuple[str, str]]:
    return [("Home", "/"), ("People", reverse("staff-people"))]
