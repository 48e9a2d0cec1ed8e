"""How the register's pages ask: one form or one question a page, and a refusal as an error of the form."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from django.forms import BaseForm
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from centres.models import Centre
from qa_portal.errors import RuleViolation

T = TypeVar("T")
_LISTS = {
    "programmes": "Programmes",
    "learners": "Learners",
    "assessment": "Assessment",
    "imports": "Imports",
    "sites": "Sites",
}


def crumbs(centre: Centre, *names: str) -> list[tuple[str, str]]:
    """The way to a page below a centre: the centre, then its lists by name."""
    lists = [(_LISTS[name], reverse(name, args=[centre.number])) for name in names]
    return [(centre.name, centre.get_absolute_url()), *lists]


def attempt(form: BaseForm, operation: Callable[[], T], field: str | None = None) -> T | None:
    """Run an operation whose refusal becomes an error of the form, so that nothing that was typed is lost.

    None stands for a refusal: the page is then drawn again with status 422, which rolls the request back.
    """
    try:
        return operation()
    except RuleViolation as refusal:
        form.add_error(field if field in form.fields else None, refusal.message)
        return None


def form_page(
    request: HttpRequest,
    form: BaseForm,
    heading: str,
    verb: str,
    centre: Centre | None,
    back: str,
    **more: Any,
) -> HttpResponse:
    """A page with one form; 422 when something is wrong with it."""
    context = {"heading": heading, "form": form, "verb": verb, "back_url": back}
    if centre is not None:
        context |= {"caption": centre.name, "breadcrumbs": crumbs(centre)}
    return render(request, "centres/form.html", context | more, status=422 if form.errors else 200)


def confirm_page(
    request: HttpRequest, heading: str, consequences: list[str], verb: str, back: str, **more: Any
) -> HttpResponse:
    """A page that asks before something that cannot be undone or reaches others."""
    context = {"heading": heading, "consequences": consequences, "verb": verb, "back_url": back} | more
    return render(request, "centres/confirm.html", context)
