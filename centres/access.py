"""What a person may reach: their grants in the context they chose, as permissions, as conditions, and as a scope."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from django.db.models import Q
from django.http import HttpRequest, HttpResponse

from centres.permissions import NEVER_DELEGATED, ROLES, RoleCode
from qa_portal import clock
from qa_portal.tenancy import RequestScope, Scope, Side

if TYPE_CHECKING:
    from centres.models import AccessGrant, Person

SESSION_KEY = "context"
# Asked for in place of a programme: no programme has this number, so that a role for one programme does not reach it.
WHOLE_CENTRE = 0


@dataclass(frozen=True)
class Held:
    """One grant, reduced to what decides."""

    role: str
    centre_id: int | None
    programme_id: int | None = None
    subject_area: str = ""
    delegated: bool = False

    @property
    def side(self) -> str:
        return ROLES[self.role].side

    @property
    def context(self) -> str:
        """The context this grant belongs to: one centre, the verifier's caseload, or the awarding organisation."""
        return f"centre-{self.centre_id}" if self.side == Side.CENTRE else str(self.side)


@dataclass(frozen=True)
class Access:
    """Grants of one person in one context; ``contexts`` names all that they could work in."""

    person_id: int | None
    side: str = Side.CENTRE
    held: tuple[Held, ...] = ()
    contexts: tuple[str, ...] = ()
    context: str = ""

    @cached_property
    def everywhere(self) -> bool:
        """Whether a role reaches all centres (the awarding organisation's side)."""
        return any(grant.centre_id is None for grant in self.held)

    @cached_property
    def centre_ids(self) -> tuple[int, ...]:
        """Centres of this context, in order, when it is not everywhere."""
        return tuple(sorted({grant.centre_id for grant in self.held if grant.centre_id is not None}))

    @cached_property
    def roles(self) -> tuple[str, ...]:
        """Role codes held in this context, without repeats."""
        return tuple(dict.fromkeys(grant.role for grant in self.held))

    def may(self, permission: str, centre_id: int | None = None, programme_id: int | None = None) -> bool:
        """Whether a role held here carries the permission; a grant for one programme does not reach another."""
        return any(
            permission in ROLES[grant.role].holds
            and (grant.centre_id is None or centre_id is None or grant.centre_id == centre_id)
            and (grant.programme_id is None or programme_id is None or grant.programme_id == programme_id)
            and not (grant.delegated and permission in NEVER_DELEGATED)
            for grant in self.held
        )

    def may_grant(self, role: str, centre_id: int | None) -> bool:
        """Whether a role held here lists ``role`` in its may-grant column (R20)."""
        return any(
            role in ROLES[grant.role].may_grant
            and not grant.delegated
            and (grant.centre_id is None or grant.centre_id == centre_id)
            for grant in self.held
        )

    def condition(self, centre: str = "centre_id", programme: str | None = None) -> Q:
        """Rows of the centres (and programmes) reached; states the centre even under row-level security."""
        if self.everywhere:
            return Q()
        if not self.held:
            return Q(pk__in=[])
        whole = {grant.centre_id for grant in self.held if grant.programme_id is None or programme is None}
        parts = [(g.centre_id, g.programme_id) for g in self.held if g.centre_id not in whole]
        condition = _in(centre, whole)
        for centre_id in sorted({centre_id for centre_id, _ in parts if centre_id is not None}):
            ids = {programme_id for c, programme_id in parts if c == centre_id}
            condition |= Q(**{centre: centre_id}) & _in(str(programme), ids)
        return condition

    def scope(self) -> Scope:
        """The scope of a request in this context."""
        return Scope(self.centre_ids, self.side, self.person_id, everywhere=self.everywhere)


def _in(field: str, ids: Iterable[int | None]) -> Q:
    values = sorted(pk for pk in ids if pk is not None)
    if not values:
        return Q(pk__in=[])
    return Q(**{field: values[0]}) if len(values) == 1 else Q(**{f"{field}__in": values})


def load(person: Person, context: str = "") -> Access:
    """Read a person's active grants in one query and keep those of the chosen context (or the first there is)."""
    from centres.models import AccessGrant

    if not person.is_active:
        return Access(person.pk)
    rows = AccessGrant.objects.filter(person_id=person.pk).active_on(clock.today()).order_by("pk")
    return in_context(person.pk, [_held(row) for row in rows], context)


def in_context(person_id: int | None, held: list[Held], context: str = "") -> Access:
    """The access of these grants in one context; verifiers and staff come before a centre of their own."""
    order = {Side.AO: 0, Side.VERIFIER: 1, Side.CENTRE: 2}
    contexts = tuple(dict.fromkeys(g.context for g in sorted(held, key=lambda g: order[Side(g.side)])))
    chosen = context if context in contexts else (contexts[0] if contexts else "")
    mine = tuple(grant for grant in held if grant.context == chosen)
    return Access(person_id, mine[0].side if mine else Side.CENTRE, mine, contexts, chosen)


def _held(row: AccessGrant) -> Held:
    return Held(row.role, row.centre_id, row.programme_id, row.subject_area, row.delegated_by_id is not None)


def label_of(person: Person) -> str:
    """The name with the role that comes first: "Priya Nair, Quality Nominee"."""
    # What somebody does now comes before what they have still to finish.
    roles = sorted(person.access.roles, key=lambda role: role == RoleCode.OUTGOING_LEAD_VERIFIER)
    return f"{person.name}, {RoleCode(roles[0]).label}" if roles else person.name


class AccessMiddleware:
    """Gives the signed-in person their access and the request its scope: one query, made before any scope exists."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request.tenancy = RequestScope()  # type: ignore[attr-defined]
        if not request.path.startswith(("/static/", "/healthz", "/readyz")):
            person = request.user
            if person.is_authenticated:
                person.access = load(person, request.session.get(SESSION_KEY, ""))  # type: ignore[union-attr]
                request.tenancy.scope = person.access.scope()  # type: ignore[attr-defined, union-attr]
                if request.method == "HEAD":
                    # How the page's script says "stay signed in": the session's time begins anew.
                    request.session.modified = True
                request.person_label = label_of(person)  # type: ignore[attr-defined, arg-type]
        return self.get_response(request)
