"""A centre's people: roles, vacancies, invitations, standing in; and one person there."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from centres import import_kinds
from centres.forms.people import AppointForm, DelegateForm, EndRoleForm, InviteForm
from centres.models import AccessGrant, Centre, Invitation, Person, Programme, StaffMember
from centres.operations import delegations, invitations, roles
from centres.operations.role_mail import described
from centres.pages import centre_page
from centres.permissions import ROLES, Permission, RoleCode
from centres.queries import people as queries
from centres.rules import people as rules
from qa_portal import clock, notices
from qa_portal.errors import Refusal, RuleViolation
from qa_portal.tenancy import Side
from qa_portal.wording import date_plain, joined

_STANDING_IN = (
    "They get the role until the last day you enter, and keep their own. Giving access to others stays with "
    "you."
)
_STANDING_IN_FOR_A_HEAD = (
    "They stand in for the Quality Nominee until the last day you enter, and keep their own role. Your own role is not "
    "passed on: the annual declaration is signed by the Head of Centre. Whoever takes your place for good is recorded "
    "by the awarding organisation."
)
_READ = (Permission.PEOPLE_READ, Permission.PEOPLE_EDIT)


@require_safe
@centre_page(*_READ)
def people(request: HttpRequest, centre: Centre) -> HttpResponse:
    """Who has which role at this centre, what is vacant, who is invited, and the staff register."""
    today, access = clock.today(), request.user.access
    rows = queries.roles_at(request.user, centre, today)
    staff = list(queries.counted_development(request.user, centre))
    for entry in staff:
        entry.roles_in_words = role_words(entry.roles)
    may_invite = bool(queries.roles_to_give(request.user, centre.pk))
    invited = queries.open_invitations(centre.pk) if may_invite else []
    for one in invited:
        one.resend_url = reverse("resend-invitation", args=[centre.number, one.pk])
        one.withdraw_url = reverse("withdraw-invitation", args=[centre.number, one.pk])
    return render(
        request,
        "centres/people/people.html",
        {
            "heading": "People",
            "caption": centre.name,
            "centre": centre,
            "rows": _rows((row for row in rows if ROLES[row.role].side == Side.CENTRE), request.user, today),
            "verifiers": _rows(
                (row for row in rows if ROLES[row.role].side == Side.VERIFIER), request.user, today
            ),
            "vacancies": queries.vacancies(centre, today),
            "warnings": _warnings(rows),
            "invitations": invited,
            "now": clock.now(),
            "staff": staff,
            "may_invite": may_invite,
            "may_appoint": access.may_grant(RoleCode.QUALITY_NOMINEE, centre.pk),
            "may_delegate": access.may(Permission.DELEGATE, centre.pk),
            "may_register": access.may(Permission.STAFF_REGISTER_EDIT, centre.pk),
            "may_import": bool(import_kinds.open_to(request.user, centre.pk)),
            "may_clients": access.may(Permission.API_CLIENT_MANAGE, centre.pk),
        },
    )


def role_words(codes: list[str]) -> str:
    """Roles of an entry in words; what an import brought that we do not know stays as it is."""
    return ", ".join(RoleCode(code).label if code in RoleCode.values else code for code in codes)


def _row(row: AccessGrant, person: Person, today: Any) -> dict[str, Any]:
    """A grant as a line of the list, its dates in words."""
    when = (
        f"since {date_plain(row.starts_on)}"
        if row.starts_on <= today
        else f"from {date_plain(row.starts_on)}"
    )
    if row.ends_on:
        when += f", to {date_plain(row.ends_on - timedelta(days=1))}"
    own = row.delegated_by_id is not None and row.delegated_by_id == person.pk
    may_end = own or (person.access.may_grant(row.role, row.centre_id) and row.person_id != person.pk)
    return {
        "grant": row,
        "role": described(row),
        "for": f"for {row.delegated_by.name}" if row.delegated_by else "",
        "when": when,
        "may_end": may_end,
    }


def _rows(grants: Iterable[AccessGrant], person: Person, today: Any) -> list[dict[str, Any]]:
    """Grants as lines; what a verifier has for several programmes over the same time stands in one."""
    lines: dict[tuple[Any, ...], dict[str, Any]] = {}
    for row in (_row(grant, person, today) for grant in grants):
        grant = row["grant"]
        alone = row["may_end"] or ROLES[grant.role].side != Side.VERIFIER or grant.programme is None
        key = (grant.pk,) if alone else (grant.person_id, grant.role, row["when"])
        first = lines.setdefault(key, row)
        if first is not row:
            first["role"] += f", {grant.programme.qualification.short_title}"
    changeable = any(row["may_end"] for row in lines.values())
    return [row | {"changeable": changeable} for row in lines.values()]


def _warnings(rows: list[AccessGrant]) -> list[str]:
    """R19: one person who is both Quality Nominee and Examinations Officer."""
    holds: dict[int, set[str]] = {}
    for row in rows:
        holds.setdefault(row.person_id, set()).add(row.role)
    pair = {RoleCode.QUALITY_NOMINEE, RoleCode.EXAMINATIONS_OFFICER}
    names = sorted({row.person.name for row in rows if pair <= holds[row.person_id]})
    return [f"{name} is Quality Nominee and Examinations Officer" for name in names]


@require_safe
@centre_page(*_READ)
def person(request: HttpRequest, centre: Centre, pk: int) -> HttpResponse:
    """One person at this centre: roles there now and before, and what each role may do."""
    someone = queries.person_at(request.user, centre, pk)
    if someone is None:
        raise Http404
    today = clock.today()
    grants = queries.roles_of(request.user, someone, centre)
    active = [
        row for row in grants if row.starts_on <= today and (row.ends_on is None or row.ends_on > today)
    ]
    held = dict.fromkeys(row.role for row in active)
    entries = StaffMember.objects.visible_to(request.user).filter(centre_id=centre.pk, person_id=someone.pk)
    return render(
        request,
        "centres/people/person.html",
        {
            "heading": someone.name,
            "caption": centre.name,
            "breadcrumbs": _crumbs(centre),
            "centre": centre,
            "someone": someone,
            "active": _rows(active, request.user, today),
            "past": [
                _row(row, request.user, today) for row in grants if row.ends_on and row.ends_on <= today
            ],
            "coming": _rows((row for row in grants if row.starts_on > today), request.user, today),
            "may_do": [(ROLES[role], queries.what_a_role_may_do(role)) for role in held],
            "entries": entries,
        },
    )


@require_http_methods(["GET", "POST"])
@centre_page(Permission.ROLE_GRANT)
def invite(request: HttpRequest, centre: Centre) -> HttpResponse:
    """Invite somebody by e-mail; somebody with an account gets the role at once."""
    programmes = Programme.objects.visible_to(request.user).filter(centre_id=centre.pk)
    programmes = programmes.select_related("qualification").order_by("qualification__short_title")
    form = InviteForm(
        request.POST or None,
        roles=queries.roles_to_give(request.user, centre.pk),
        programmes=programmes,
        areas=sorted({row.qualification.suite for row in programmes if row.qualification.suite}),
        initial={"role": request.GET.get("role", "")},
    )
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        done = _try(
            form,
            lambda: invitations.invite(
                email=data["email"], name=data["name"], role=data["role"], centre_id=centre.pk,
                programme_id=data["programme"].pk if data["programme"] else None,
                subject_area=data["subject_area"], by=request.user, at=clock.now(),
            ),
        )  # fmt: skip
        if done is not None:
            say_invited(request, done, data["role"], centre.pk)
            return redirect("people", centre.number)
    context = {
        "heading": "Invite somebody",
        "caption": centre.name,
        "breadcrumbs": _crumbs(centre),
        "form": form,
    }
    return render(
        request, "centres/people/form.html",
        context | {"button": "Send the invitation", "back_url": reverse("people", args=[centre.number])},
    )  # fmt: skip


def say_invited(request: HttpRequest, done: invitations.Invited, role: str, centre_id: int | None) -> None:
    """Tell on the next page what an invitation led to, with the warnings that come with the role (R19)."""
    label = RoleCode(role).label
    if done.invitation:
        last = date_plain(done.invitation.expires_at)
        notices.done(
            request, f"{done.invitation.name} is invited as {label}",
            f"A link is on its way to {done.invitation.email}. It works once, until {last}.",
        )  # fmt: skip
        return
    assert done.grant is not None
    notices.done(
        request, f"{done.grant.person.name} is {label} from {date_plain(done.grant.starts_on)}",
        "They have an account already, so the role holds at once. They have been told by e-mail.",
    )  # fmt: skip
    for warning in rules.warnings(done.grant.person_id, role, centre_id, done.grant.starts_on):
        notices.warn(request, "One person, two roles", warning)


@require_http_methods(["GET", "POST"])
@centre_page(Permission.QUALITY_NOMINEE_APPOINT, Permission.ROLE_GRANT)
def appoint(request: HttpRequest, centre: Centre) -> HttpResponse:
    """The Head of Centre appoints the Quality Nominee; the page says what happens to the one before (R17)."""
    today = clock.today()
    rules.may_give(request.user, RoleCode.QUALITY_NOMINEE, centre.pk)
    now = AccessGrant.objects.visible_to(request.user).filter(
        centre_id=centre.pk, role=RoleCode.QUALITY_NOMINEE, delegated_by=None, person__is_active=True
    )
    current = now.active_on(today).select_related("person").first()
    team = queries.team(centre, today).exclude(pk=request.user.pk)
    if current:
        team = team.exclude(pk=current.person_id)
    form = AppointForm(request.POST or None, people=team, today=today, initial={"starts_on": today})
    if request.method == "POST" and form.is_valid():
        chosen, first_day = form.cleaned_data["person"], form.cleaned_data["starts_on"]
        done = _try(
            form,
            lambda: roles.appoint_quality_nominee(
                centre_id=centre.pk, person_id=chosen.pk, starts_on=first_day, by=request.user, at=clock.now()
            ),
        )
        if done is not None:
            until = f" {current.person.name} is Quality Nominee to the day before." if current else ""
            notices.done(
                request, f"{chosen.name} is Quality Nominee from {date_plain(first_day)}",
                f"{chosen.name} has been told by e-mail.{until}",
            )  # fmt: skip
            for warning in rules.warnings(chosen.pk, RoleCode.QUALITY_NOMINEE, centre.pk, first_day):
                notices.warn(request, "One person, two roles", warning)
            return redirect("people", centre.number)
    holder = current.person.name if current else ""
    consequences = [
        f"{holder} is Quality Nominee to the day before; there is no gap between the two"
        if holder
        else "The centre has no Quality Nominee today",
        "Duties of the Quality Nominee that are open pass to the new one",
        "What the previous one had passed on for a time ends with their role",
    ]
    return render(
        request, "centres/people/appoint.html",
        {"heading": "Who becomes Quality Nominee?", "caption": centre.name, "breadcrumbs": _crumbs(centre),
         "form": form, "consequences": consequences, "verb": "Appoint",
         "back_url": reverse("people", args=[centre.number]), "centre": centre},
    )  # fmt: skip


@require_http_methods(["GET", "POST"])
@centre_page(Permission.DELEGATE)
def delegate(request: HttpRequest, centre: Centre) -> HttpResponse:
    """Have somebody stand in until a day, for the whole centre or one programme."""
    today = clock.today()
    own = [code for code in request.user.access.roles if code == RoleCode.QUALITY_NOMINEE]
    head = RoleCode.HEAD_OF_CENTRE in request.user.access.roles
    programmes = Programme.objects.visible_to(request.user).filter(centre_id=centre.pk)
    form = DelegateForm(
        request.POST or None,
        people=queries.team(centre, today).exclude(pk=request.user.pk),
        roles=dict.fromkeys([*map(RoleCode, own), *queries.roles_to_give(request.user, centre.pk)]),
        programmes=programmes.select_related("qualification").order_by("qualification__short_title"),
        today=today,
    )
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        done = _try(
            form,
            lambda: delegations.give(
                person_id=data["person"].pk, role=data["stands_for"][0], centre_id=centre.pk,
                programme_id=data["stands_for"][1],
                until=data["until"], reason=data["reason"], by=request.user, at=clock.now(),
            ),
        )  # fmt: skip
        if done is not None:
            notices.done(
                request, f"{done.person.name} stands in until {date_plain(data['until'])}",
                f"As {RoleCode(done.role).label}. They have been told by e-mail. You can take it back at any time.",
            )  # fmt: skip
            return redirect("people", centre.number)
    return render(
        request, "centres/people/form.html",
        {"heading": "Have somebody stand in", "caption": centre.name, "breadcrumbs": _crumbs(centre), "form": form,
         "button": "Have them stand in", "back_url": reverse("people", args=[centre.number]),
         "intro": _STANDING_IN_FOR_A_HEAD if head else _STANDING_IN},
    )  # fmt: skip


@require_http_methods(["GET", "POST"])
@centre_page(Permission.ROLE_GRANT, Permission.DELEGATE)
def end_role(request: HttpRequest, centre: Centre, pk: int) -> HttpResponse:
    """Confirm the end of a role, or take back what was passed on for a time."""
    rows = AccessGrant.objects.visible_to(request.user).filter(centre_id=centre.pk)
    row = get_object_or_404(rows.select_related("person", "delegated_by", "programme__qualification"), pk=pk)
    if row.delegated_by_id is None or row.delegated_by_id != request.user.pk:
        rules.may_give(request.user, row.role, centre.pk, row.person_id)
    today = clock.today()
    form = None
    if row.delegated_by_id is None:
        form = EndRoleForm(request.POST or None, today=today, initial={"on": today})
    if request.method == "POST" and (form is None or form.is_valid()):
        if form is None:
            delegations.take_back(grant_id=row.pk, by=request.user, at=clock.now())
        else:
            roles.end(grant_id=row.pk, on=form.cleaned_data["on"], by=request.user, at=clock.now())
        notices.done(
            request, f"The role of {row.person.name} ends", f"{row.person.name} has been told by e-mail."
        )
        return redirect("people", centre.number)
    consequences = [
        f"{row.person.name} no longer sees what only this role shows, and is told by e-mail",
        "What they recorded stays, with their name",
    ]
    if row.role in (RoleCode.QUALITY_NOMINEE, RoleCode.HEAD_OF_CENTRE) and row.delegated_by_id is None:
        consequences.append(
            f"The centre has no {RoleCode(row.role).label} from then on, which raises an alert"
        )
    return render(
        request, "centres/people/confirm.html",
        {"heading": f"End the role {described(row)} of {row.person.name}?", "caption": centre.name, "form": form,
         "breadcrumbs": _crumbs(centre), "consequences": consequences,
         "verb": "End the role" if form else "Take it back", "danger": True,
         "back_url": reverse("people", args=[centre.number])},
    )  # fmt: skip


@require_POST
@centre_page(Permission.ROLE_GRANT)
def resend(request: HttpRequest, centre: Centre, pk: int) -> HttpResponse:
    """Send an invitation again, with a new link."""
    invitation = get_object_or_404(Invitation, pk=pk, centre_id=centre.pk)
    invitation = invitations.resend(invitation_id=invitation.pk, by=request.user, at=clock.now())
    notices.done(
        request, "The invitation is sent again",
        f"A new link is on its way to {invitation.email}; the old one no longer works.",
    )  # fmt: skip
    return redirect("people", centre.number)


@require_http_methods(["GET", "POST"])
@centre_page(Permission.ROLE_GRANT)
def withdraw(request: HttpRequest, centre: Centre, pk: int) -> HttpResponse:
    """Confirm, then withdraw an invitation."""
    invitation = get_object_or_404(
        Invitation.objects.select_related("invited_by"), pk=pk, centre_id=centre.pk
    )
    if request.method == "POST":
        invitations.withdraw(invitation_id=invitation.pk, by=request.user, at=clock.now())
        notices.done(
            request, "The invitation is withdrawn", f"The link sent to {invitation.email} no longer works."
        )
        return redirect("people", centre.number)
    return render(
        request, "centres/people/confirm.html",
        {"heading": f"Withdraw the invitation of {invitation.name}?", "caption": centre.name,
         "breadcrumbs": _crumbs(centre),
         "consequences": [f"The link sent to {invitation.email} stops working; nobody is told",
                          "You can invite them again"],
         "verb": "Withdraw the invitation", "danger": True,
         "back_url": reverse("people", args=[centre.number])},
    )  # fmt: skip


def _crumbs(centre: Centre) -> list[tuple[str, str]]:
    return [("Home", "/"), ("People", reverse("people", args=[centre.number]))]


def _try(form: Any, call: Any) -> Any:
    """Run an operation from a form; a rule in the way becomes the form's own message, so nothing typed is lost."""
    try:
        return call()
    except RuleViolation as problem:
        form.add_error(None, refusal_in_words(problem))
        return None


def refusal_in_words(problem: Refusal) -> str:
    """A refusal as one message of a form: what stands in the way and who can mend it."""
    extra = [reason.mend for reason in problem.reasons if reason.mend and reason.mend not in problem.message]
    return f"{problem.message} {joined(extra)}".strip()
