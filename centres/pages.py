"""What every page does first: know the person, find the centre or the thing they may see, narrow the scope to it."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar, cast

from django.contrib.auth.decorators import login_required
from django.db import models
from django.http import Http404, HttpRequest, HttpResponse

from centres.models import Centre, Person
from centres.queries.overdue import with_overdue
from qa_portal import clock, tenancy
from qa_portal.errors import NotPermitted
from qa_portal.tenancy import Side

View = Callable[..., HttpResponse]
M = TypeVar("M", bound=models.Model)


def person_page(view: View) -> View:
    """A page of a signed-in person that belongs to no one centre."""
    return login_required(view)


def needs(*permissions: str) -> Callable[[View], View]:
    """A page that needs one of these permissions somewhere (lists over a caseload, staff pages)."""

    def wrap(view: View) -> View:
        @wraps(view)
        def page(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            person = cast(Person, request.user)
            if not any(person.may(permission) for permission in permissions):
                raise NotPermitted("This page is not part of your role.")
            return view(request, *args, **kwargs)

        return login_required(page)

    return wrap


def centre_page(*permissions: str) -> Callable[[View], View]:
    """A page below ``/centres/<number>/``: the view gets the Centre; the scope is that centre from here on.

    404 where the person may not know the centre exists, 403 where their role there lacks every permission named.
    """

    def wrap(view: View) -> View:
        @wraps(view)
        def page(request: HttpRequest, number: str, *args: Any, **kwargs: Any) -> HttpResponse:
            found: models.QuerySet[Centre] = Centre.objects.visible_to(request.user).filter(number=number)
            if cast(Person, request.user).access.side == Side.CENTRE:
                found = with_overdue(found, clock.today())
            centre = found.first()
            if centre is None:
                raise Http404
            enter_centre(request, centre.pk, *permissions)
            request.centre = centre  # type: ignore[attr-defined]
            return view(request, centre, *args, **kwargs)

        return login_required(page)

    return wrap


def enter_centre(
    request: HttpRequest, centre_id: int, *permissions: str, programme_id: int | None = None
) -> None:
    """Narrow the request to one centre. Raises NotPermitted when the role there lacks every permission named."""
    tenancy.narrow_to(centre_id)
    person = cast(Person, request.user)
    if permissions and not any(person.may(p, centre_id, programme_id) for p in permissions):
        raise NotPermitted("This is not part of your role at this centre.")


def find(request: HttpRequest, queryset: models.QuerySet[M], pk: int, *permissions: str) -> M:
    """Fetch one tenant-owned thing the person may see (404 otherwise) and narrow the request to its centre.

    ``queryset`` starts with ``Model.objects.visible_to(request.user)``; ``select_related("centre")`` it, because the
    page's shell names the centre and links to the thing's history. Raises NotPermitted when the role there lacks every
    permission named.
    """
    thing = queryset.filter(pk=pk).first()
    if thing is None:
        raise Http404
    enter_centre(request, thing.centre_id, *permissions, programme_id=getattr(thing, "programme_id", None))  # type: ignore[attr-defined]
    request.centre = thing.centre  # type: ignore[attr-defined]
    request.found = thing  # type: ignore[attr-defined]
    return thing
