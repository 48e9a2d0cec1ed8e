"""The scope of a transaction: which centres' rows exist in it, seen from which side, by whom."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, replace
from typing import Final

from django.conf import settings
from django.db import connection, transaction
from django.db.models import TextChoices
from django.http import HttpRequest, HttpResponse

from qa_portal.stored_files import removed_with_a_rollback


class Side(TextChoices):
    """From which side of the house somebody looks at a centre."""

    CENTRE = "centre", "Centre"
    VERIFIER = "verifier", "Verifier"
    AO = "ao", "Awarding organisation"


@dataclass(frozen=True)
class Scope:
    """Centres whose rows exist; ``everywhere`` uses the staff role, whose policy shows every row."""

    centre_ids: tuple[int, ...] = ()
    side: str = Side.CENTRE
    person_id: int | None = None
    everywhere: bool = False


class _AllCentres:
    """Marks work over all tenants; every use outside tests says why beside it."""


ALL_CENTRES: Final = _AllCentres()
NO_SCOPE: Final = Scope()
_current: ContextVar[Scope] = ContextVar("qa_scope", default=NO_SCOPE)


def current_scope() -> Scope:
    """The scope set by the innermost ``scoped_to`` or ``enter``."""
    return _current.get()


def enter(scope: Scope) -> None:
    """Set the scope of the open transaction, in one statement; it ends with the transaction.

    Settings are transaction-local, never of the session: through a pooler a session's setting would reach the next
    client. The role is a setting too, so one SELECT does all of it.
    """
    if not connection.in_atomic_block:
        raise RuntimeError("A scope lives inside a transaction.")
    centres = "{" + ",".join(str(int(pk)) for pk in scope.centre_ids) + "}" if scope.centre_ids else ""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT set_config('role', %s, true), set_config('qa.centres', %s, true),"
            " set_config('qa.side', %s, true), set_config('qa.person', %s, true)",
            [
                settings.STAFF_DATABASE_ROLE if scope.everywhere else "none",
                centres,
                str(scope.side),
                str(scope.person_id or ""),
            ],
        )
    _current.set(scope)


@contextmanager
def scoped_to(
    centre_ids: Iterable[int] | _AllCentres, *, side: str = Side.AO, person_id: int | None = None
) -> Iterator[Scope]:
    """Run a block in one transaction whose rows are those of these centres.

    The previous scope comes back afterwards, because a local setting survives a released savepoint.
    """
    if isinstance(centre_ids, _AllCentres):
        scope = Scope((), side, person_id, everywhere=True)
    else:
        scope = Scope(tuple(centre_ids), side, person_id)
    before = _current.get()
    try:
        with transaction.atomic():
            enter(scope)
            yield scope
            if len(connection.savepoint_ids) or not connection.in_atomic_block:
                enter(before)
    finally:
        _current.set(before)


def narrow_to(centre_id: int) -> None:
    """Narrow the request's scope to one centre, before anything of it is changed.

    Without this, a page about one centre could write into another centre of the same person.
    """
    narrow = replace(_current.get(), centre_ids=(centre_id,), everywhere=False)
    if narrow != _current.get():
        enter(narrow)


@dataclass
class RequestScope:
    """What the access layer tells the tenancy layer of one request."""

    scope: Scope = NO_SCOPE


class TenancyMiddleware:
    """Owns the request's transaction and its scope.

    The transaction closes after the response is rendered (``ATOMIC_REQUESTS`` closes before, and lazy lists come out
    empty), and is rolled back for every answer of 400 or above, so a refused or failing request leaves nothing, no
    stored file either.
    """

    exempt = ("/static/", "/healthz")

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.path.startswith(self.exempt):
            return self.get_response(request)
        wanted: RequestScope = getattr(request, "tenancy", None) or RequestScope()
        token = _current.set(NO_SCOPE)
        try:
            with removed_with_a_rollback(), transaction.atomic():
                if wanted.scope != NO_SCOPE:
                    enter(wanted.scope)
                response = self.get_response(request)
                if response.status_code >= 400:
                    transaction.set_rollback(True)
        finally:
            _current.reset(token)
        return response

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        from qa_portal.refusals import page_for

        return page_for(request, exception)
