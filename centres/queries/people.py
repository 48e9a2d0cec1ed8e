"""People as pages need them: roles at a centre, vacancies, invitations, systems, accounts, unused accounts."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from allauth.idp.oidc.models import Client
from django.contrib.postgres.search import SearchQuery, SearchVector
from django.db.models import Count, Exists, F, Max, OuterRef, Prefetch, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.utils import timezone

from centres.models import (
    AccessGrant,
    Centre,
    DevelopmentKind,
    Invitation,
    InvitationStatus,
    Person,
    StaffDevelopment,
    StaffMember,
)
from centres.permissions import ONE_PER_CENTRE, ROLES, RoleCode
from centres.queries.schemes import lead_verifier_scheme
from qa_portal.models import AuditEvent, Deadline
from qa_portal.tenancy import Side

_ORDER = {code: place for place, code in enumerate(ROLES)}


@dataclass(frozen=True)
class Vacancy:
    """A role of which a centre has one, and nobody holds it (R17)."""

    role: str

    @property
    def label(self) -> str:
        return str(RoleCode(self.role).label)

    @property
    def who_acts(self) -> str:
        """Who fills it, in words."""
        if self.role == RoleCode.HEAD_OF_CENTRE:
            return "The awarding organisation records a new one."
        return "The Head of Centre appoints one."


def vacancies(centre: Centre, today: date) -> list[Vacancy]:
    """Which of the roles that every centre needs nobody holds today (R17)."""
    held = AccessGrant.objects.filter(
        centre_id=centre.pk, role__in=ONE_PER_CENTRE, delegated_by=None, person__is_active=True
    )
    filled = set(held.active_on(today).values_list("role", flat=True))
    return [Vacancy(role) for role in ONE_PER_CENTRE if role not in filled]


def roles_at(person: Person, centre: Centre, today: date) -> list[AccessGrant]:
    """Who holds which role at a centre now or later, in the order of the roles page; one query.

    Systems have a page of their own.
    """
    rows = (
        AccessGrant.objects.visible_to(person)
        .filter(Q(ends_on=None) | Q(ends_on__gt=today), centre_id=centre.pk, person__is_active=True)
        .exclude(Q(role=RoleCode.SYSTEM_CLIENT) | Q(ends_on=F("starts_on")))
        .select_related("person", "delegated_by", "programme__qualification")
    )
    return sorted(
        rows, key=lambda row: (_ORDER[row.role], row.delegated_by_id is not None, row.person.name_key)
    )


def roles_of(person: Person, someone: Person, centre: Centre) -> list[AccessGrant]:
    """Everything one person has held at a centre, newest first."""
    rows = AccessGrant.objects.visible_to(person).filter(centre_id=centre.pk, person_id=someone.pk)
    return list(
        rows.select_related("granted_by", "delegated_by", "programme__qualification").order_by(
            "-starts_on", "-pk"
        )
    )


def person_at(person: Person, centre: Centre, pk: int) -> Person | None:
    """Somebody who holds or held a role at this centre; nobody else can be looked up from here (R23)."""
    known = AccessGrant.objects.visible_to(person).filter(centre_id=centre.pk, person_id=pk)
    return Person.objects.filter(pk=pk, is_service=False).first() if known.exists() else None


def team(centre: Centre, today: date) -> QuerySet[Person]:
    """People with a role of the centre's own side there today, by name."""
    own = [role.code for role in ROLES.values() if role.side == Side.CENTRE]
    grants = AccessGrant.objects.filter(centre_id=centre.pk, role__in=own).active_on(today)
    people = Person.objects.filter(pk__in=grants.values("person_id"), is_active=True, is_service=False)
    return people.order_by("name_key")


def roles_to_give(person: Person, centre_id: int | None) -> list[RoleCode]:
    """Roles that a person may give here, in the order of the roles page (R20)."""
    sides = (Side.CENTRE,) if centre_id is not None else (Side.AO,)
    return [
        RoleCode(code)
        for code in ROLES
        if ROLES[code].side in sides
        and code != RoleCode.SYSTEM_CLIENT
        and person.access.may_grant(code, centre_id)
    ]


def open_invitations(centre_id: int | None) -> list[Invitation]:
    """Invitations that nobody has answered, newest first; those too old to be used among them."""
    rows = Invitation.objects.filter(centre_id=centre_id, status=InvitationStatus.SENT)
    return list(rows.select_related("invited_by").order_by("-invited_at"))


@dataclass(frozen=True)
class System:
    """A centre's own system with access to the API."""

    grant: AccessGrant
    client: Client | None

    @property
    def name(self) -> str:
        return self.grant.person.name


def systems(person: Person, centre: Centre) -> list[System]:
    """The systems of a centre, those whose access has ended last; two queries."""
    grants = AccessGrant.objects.visible_to(person).filter(centre_id=centre.pk, role=RoleCode.SYSTEM_CLIENT)
    rows = list(
        grants.select_related("person", "granted_by").order_by("-person__is_active", "person__name_key")
    )
    clients = {c.owner_id: c for c in Client.objects.filter(owner_id__in=[row.person_id for row in rows])}
    return [System(row, clients.get(row.person_id)) for row in rows]


def staff_register(person: Person, centre: Centre) -> QuerySet[StaffMember]:
    """The centre's staff register by name, those who left last, each with its lines of development."""
    lines = StaffDevelopment.objects.filter(centre_id=centre.pk).order_by("-on_date", "-pk")
    rows = StaffMember.objects.visible_to(person).filter(centre_id=centre.pk)
    rows = rows.select_related("sector", "site", "person")
    return rows.prefetch_related(Prefetch("development", lines)).order_by(
        F("left_on").asc(nulls_first=True), "name", "pk"
    )


def counted_development(person: Person, centre: Centre) -> QuerySet:
    """The staff register with how much each can show, and when they last standardised; one query, for lists."""
    rows = StaffMember.objects.visible_to(person).filter(centre_id=centre.pk).select_related("sector", "site")
    return rows.annotate(
        qualifications=Count("development", filter=Q(development__kind=DevelopmentKind.QUALIFICATION)),
        cpd=Count("development", filter=Q(development__kind=DevelopmentKind.CPD)),
        standardised_on=Max(
            "development__on_date", filter=Q(development__kind=DevelopmentKind.STANDARDISATION)
        ),
    ).order_by(F("left_on").asc(nulls_first=True), "name", "pk")


def what_a_role_may_do(role: str) -> list[tuple[str, str]]:
    """The roles page in words: ("Self-assessment", "answer, read, submit"), by noun."""
    nouns: dict[str, list[str]] = {}
    for permission in sorted(ROLES[role].holds):
        noun, verb = permission.value.split(".")
        nouns.setdefault(noun.replace("_", " ").capitalize(), []).append(verb.replace("_", " "))
    return [
        (noun.replace("Self assessment", "Self-assessment"), ", ".join(verbs))
        for noun, verbs in nouns.items()
    ]


def find_people(text: str, *, state: str = "") -> QuerySet[Person]:
    """People by the beginning of any of their names or of their e-mail address, by name; for the administrator.

    ``state`` is "", "active" or "deactivated".
    """
    grants = AccessGrant.objects.select_related("centre").order_by("starts_on")
    people = Person.objects.filter(is_service=False).prefetch_related(Prefetch("grants", grants))
    if text.strip():
        begins = text.strip().lower()
        by_address = Q(email__gte=begins, email__lt=begins + "\U0010ffff")
        people = people.filter(by_address | Q(pk__in=named(Person.objects.all(), begins).values("pk")))
    if state in ("active", "deactivated"):
        people = people.filter(is_active=state == "active")
    return people.order_by("name_key", "pk")


def named(people: QuerySet[Person], text: str) -> QuerySet[Person]:
    """People with a name of which every word of ``text`` begins a word, in any order: "Nair", "nair pri"."""
    words = re.findall(r"\w+", text.lower())
    if not words:
        return people.none()
    asked = SearchQuery(" & ".join(f"{word}:*" for word in words), search_type="raw", config="simple")
    return people.annotate(name_words=SearchVector("name", config="simple")).filter(name_words=asked)


def unused_since(day: date) -> QuerySet[Person]:
    """Active accounts that nobody has signed in with since a day (R22); machines do not sign in."""
    last = Coalesce("last_login", "joined_at")
    moment = timezone.make_aware(datetime.combine(day, datetime.min.time()))
    return Person.objects.filter(is_active=True, is_service=False).alias(last=last).filter(last__lt=moment)


def unused_limit(today: date) -> date:
    """The day since which an account must have been used, from the scheme's number of months (R22)."""
    months = lead_verifier_scheme(today).scheme.people.account_unused_months.value
    return _months_before(today, months)


def _months_before(day: date, months: int) -> date:
    year, month = divmod(day.year * 12 + day.month - 1 - months, 12)
    return date(year, month + 1, min(day.day, 28))


@dataclass(frozen=True)
class Context:
    """One of the places where a person may work, by the key that the session keeps."""

    key: str
    name: str
    roles: str
    current: bool


def active_grants(person: Person, today: date) -> list[AccessGrant]:
    """Every role a person holds today, wherever it is; their own grants may always be told to them."""
    return list(AccessGrant.objects.filter(person_id=person.pk).active_on(today).order_by("pk"))


def contexts_of(person: Person, grants: list[AccessGrant], names: dict[int, str]) -> list[Context]:
    """Where a person may work, with the roles held there; ``names`` are the centres' names by id."""
    from centres.access import Held

    found: dict[str, list[str]] = {}
    for row in grants:
        key = Held(row.role, row.centre_id).context
        found.setdefault(key, []).append(str(RoleCode(row.role).label))
    called: dict[str, str] = {Side.VERIFIER: "Verifier", Side.AO: "Awarding organisation"}
    called |= {f"centre-{pk}": name for pk, name in names.items()}
    return [
        Context(
            key,
            called.get(key, key),
            ", ".join(dict.fromkeys(found.get(key, []))),
            key == person.access.context,
        )
        for key in person.access.contexts
    ]


# People are asked to confirm their details this long before they have to have done it.
ASK_BEFORE = timedelta(days=28)


def details_due(today: date) -> Q:
    """People who are asked now to confirm their details, because the scheme's months are nearly over."""
    months = lead_verifier_scheme(today).scheme.people.details_confirmed_every_months.value
    limit = _months_before(today + ASK_BEFORE, months)
    return Q(details_confirmed_on=None) | Q(details_confirmed_on__lte=limit)


def to_ask(today: date) -> QuerySet[AccessGrant]:
    """The one role at a centre by which each person who is due is asked to confirm their details, where nobody asked.

    Whoever has many centres is asked once, at the first: the details are the same everywhere. Over all centres it sees
    what was asked elsewhere.
    """
    own = AccessGrant.objects.filter(person_id=OuterRef("person_id"), centre__isnull=False).active_on(today)
    asked = Deadline.objects.filter(
        kind="details_confirmation",
        state="OPEN",
        owner_id=OuterRef("person_id"),
        # What was asked at a centre that the person left is seen by nobody.
        centre_id__in=AccessGrant.objects.filter(person_id=OuterRef("owner_id"))
        .active_on(today)
        .filter(centre__isnull=False)
        .values("centre_id"),
    )
    due = Person.objects.filter(details_due(today), is_active=True, is_service=False)
    rows = AccessGrant.objects.filter(~Exists(asked), centre__isnull=False, person__in=due).active_on(today)
    return rows.filter(pk=Subquery(own.order_by("pk").values("pk")[:1]))


def to_ask_by_centre(today: date, most: int = 5000) -> dict[int, list[int]]:
    """The roles of ``to_ask`` by centre; the caller is in the scope of all centres."""
    found: dict[int, list[int]] = {}
    for pk, centre_id in to_ask(today).order_by("centre_id", "pk").values_list("pk", "centre_id")[:most]:
        found.setdefault(centre_id or 0, []).append(pk)
    return found


def staff_to_ask(today: date) -> QuerySet[Person]:
    """People of the awarding organisation who are due, have no centre where they would be asked, and were not told
    this year."""
    grants = AccessGrant.objects.active_on(today).filter(person_id=OuterRef("pk"))
    told = AuditEvent.objects.filter(
        chain=0,
        target_type="centres.person",
        target_id=OuterRef("pk"),
        event="person.asked_for_details",
        at__date__gt=today - timedelta(days=300),
    )
    due = Person.objects.filter(details_due(today), is_active=True, is_service=False)
    return due.filter(
        Exists(grants.filter(centre=None)), ~Exists(grants.filter(centre__isnull=False)), ~Exists(told)
    )


def details_due_on(person: Person, today: date) -> date | None:
    """The day by which somebody confirms their details, once it is near; None while it is not."""
    months = lead_verifier_scheme(today).scheme.people.details_confirmed_every_months.value
    if person.details_confirmed_on is None:
        return timezone.localdate(person.joined_at) + ASK_BEFORE
    due_on = _months_before(person.details_confirmed_on, -months)
    return due_on if due_on <= today + ASK_BEFORE else None


def grants_of(person: Person) -> list[Any]:
    """Every grant of one person with its centre, newest first; for the administrator."""
    rows = AccessGrant.objects.filter(person_id=person.pk)
    return list(
        rows.select_related("centre", "programme__qualification", "granted_by", "delegated_by").order_by(
            "-starts_on", "-pk"
        )
    )
