"""One's own account: details, roles, where one works, mail, calendar, staying signed in."""

from __future__ import annotations

from typing import cast

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import NoReverseMatch, reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from centres import second_factor, session
from centres.access import SESSION_KEY
from centres.forms.people import DetailsForm, MailForm
from centres.models import Centre, Person
from centres.operations import accounts
from centres.pages import person_page
from centres.permissions import ROLES
from centres.queries import people as queries
from qa_portal import clock, notices
from qa_portal.errors import NotPermitted
from qa_portal.mail_choices import ALWAYS, GROUPS
from qa_portal.tenancy import Side, scoped_to
from qa_portal.wording import date_plain, joined

_OF_CENTRES = {code for code, role in ROLES.items() if role.side == Side.CENTRE}


@require_safe
@person_page
def account(request: HttpRequest) -> HttpResponse:
    """Everything about one's own account, each with the page that changes it."""
    person = cast(Person, request.user)
    return render(
        request,
        "account_pages/account.html",
        {
            "heading": "Your account",
            "breadcrumbs": [("Home", "/")],
            "details": _details(person),
            "safety": _safety(second_factor.in_words(person.pk)),
            "contexts": _contexts(person),
            "mail_rows": [
                {
                    "term": group.label,
                    "value": "Off" if person.mail_preferences.get(group.code) == "off" else "On",
                    "url": reverse("account-mail"),
                }
                for group in GROUPS
            ],
            "calendar": calendar_feed(request, person),
            "ask_details": person.details_confirmed_on is None,
        },
    )


def _details(person: Person) -> list[dict[str, str]]:
    edit = reverse("account-details")
    return [
        {"term": "Name", "value": person.name, "url": edit},
        {"term": "E-mail address", "value": person.email, "url": ""},
        {"term": "Telephone number", "value": person.phone, "url": edit},
        {
            "term": "Details confirmed",
            "value": date_plain(person.details_confirmed_on) or "Not yet",
            "url": edit,
        },
    ]


def _safety(factors: list[str]) -> list[dict[str, str]]:
    return [
        {"term": "Password", "value": "Set", "url": reverse("account_change_password")},
        {
            "term": "Second factor: app, passkeys, recovery codes",
            "value": ", ".join(factors) or "None",
            "url": reverse("mfa_index"),
        },
        {
            "term": "Where you are signed in", "value": "This browser, and others if you use several",
            "url": reverse("usersessions_list"), "action": "See",
        },
    ]  # fmt: skip


def _contexts(person: Person) -> list[queries.Context]:
    """Where this person may work. Their own grants name the centres, whichever context is chosen now."""
    grants = queries.active_grants(person, clock.today())
    ids = sorted({row.centre_id for row in grants if row.centre_id and row.role in _OF_CENTRES})
    named = Centre.objects.filter(pk__in=ids)
    if set(ids) <= set(person.access.centre_ids) or person.access.everywhere:
        return queries.contexts_of(person, grants, dict(named.values_list("pk", "name")))
    with scoped_to(ids):
        return queries.contexts_of(person, grants, dict(named.values_list("pk", "name")))


def calendar_feed(request: HttpRequest, person: Person) -> str:
    """The secret address of a person's calendar, when they have made one."""
    if not person.calendar_secret:
        return ""
    try:
        return request.build_absolute_uri(reverse("calendar-feed", args=[person.calendar_secret]))
    except NoReverseMatch:
        return ""


@require_http_methods(["GET", "POST"])
@person_page
def details(request: HttpRequest) -> HttpResponse:
    """Change or confirm one's own name and telephone number (once a year)."""
    person = cast(Person, request.user)
    form = DetailsForm(request.POST or None, initial={"name": person.name, "phone": person.phone})
    if request.method == "POST" and form.is_valid():
        accounts.confirm_details(person_id=person.pk, by=person, at=clock.now(), **form.cleaned_data)
        notices.done(request, "Your details are confirmed", "We ask again in a year.")
        return redirect("account")
    return _form(
        request, form, "Are your details right?", "Yes, these are my details",
        f"Everybody confirms their details once a year. Your e-mail address is {person.email}. Because you sign in "
        f"with it, an administrator of {settings.PORTAL['organisation']} changes it: write to "
        f"{settings.PORTAL['support_email']} from that address.",
    )  # fmt: skip


@require_http_methods(["GET", "POST"])
@person_page
def mail(request: HttpRequest) -> HttpResponse:
    """Choose which messages one gets."""
    person = cast(Person, request.user)
    now = {
        key: "no" if person.mail_preferences.get(key) == "off" else "yes"
        for key in (*(group.code for group in GROUPS), "verifiers")
    }
    form = MailForm(request.POST or None, initial=now, is_verifier=person.access.side == Side.VERIFIER)
    if request.method == "POST" and form.is_valid():
        accounts.choose_mail(person_id=person.pk, wanted=form.cleaned_data, by=person, at=clock.now())
        off = [group.label.lower() for group in GROUPS if not form.cleaned_data[group.code]]
        notices.done(
            request, "Your choice is saved", f"Turned off: {joined(off)}." if off else "You get all mail."
        )
        return redirect("account")
    return _form(request, form, "Which mail do you want?", "Save", ALWAYS)


@require_POST
@person_page
def calendar_address(request: HttpRequest) -> HttpResponse:
    """Make a new secret address for one's calendar."""
    person = cast(Person, request.user)
    accounts.renew_calendar_address(person_id=person.pk, by=person, at=clock.now())
    notices.done(
        request, "Your calendar has a new address", "An address that you had before no longer works."
    )
    return redirect("account")


@require_http_methods(["GET", "POST"])
@person_page
def contexts(request: HttpRequest) -> HttpResponse:
    """Choose where to work, for somebody with roles in several places; noted in the audit trail."""
    person = cast(Person, request.user)
    if request.method == "POST":
        chosen = request.POST.get("context", "")
        if chosen not in person.access.contexts:
            raise NotPermitted("You have no role there today.")
        accounts.choose_context(person_id=person.pk, context=chosen, by=person, at=clock.now())
        request.session[SESSION_KEY] = chosen
        return redirect("home")
    rows = _contexts(person)
    context = {"heading": "Where do you want to work?", "breadcrumbs": _crumbs(), "contexts": rows}
    return render(request, "account_pages/contexts.html", context)


@require_POST
def stay(request: HttpRequest) -> HttpResponse:
    """Keep the session for another while; 401 when it has ended. The warning in the page asks for it."""
    if not request.user.is_authenticated:
        return HttpResponse(status=401)
    session.keep(request)
    if request.headers.get("Accept", "").startswith("text/html"):
        return redirect("account")
    return HttpResponse(status=204)


def _form(request: HttpRequest, form: object, heading: str, button: str, intro: str = "") -> HttpResponse:
    context = {"heading": heading, "form": form, "button": button, "intro": intro, "breadcrumbs": _crumbs()}
    return render(request, "centres/people/form.html", context | {"back_url": reverse("account")})


def _crumbs() -> list[tuple[str, str]]:
    return [("Home", "/"), ("Account", reverse("account"))]
