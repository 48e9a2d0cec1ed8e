"""People, what they may access, invitations, and the centre's staff register."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import RangeOperators
from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVector
from django.db import models
from django.db.models import F, Func, Q, Value
from django.db.models.functions import Lower

from centres.permissions import ONE_PER_CENTRE, ONE_PER_SUBJECT_AREA, RoleCode
from qa_portal.rls import TenantKey, centre_key, tenant_owned

if TYPE_CHECKING:
    from centres.access import Access


class PersonManager(BaseUserManager):
    """Makes people; an address is one person whatever its capitals."""

    def create_user(self, email: str, name: str, password: str | None = None, **fields: Any) -> Person:
        person = self.model(email=email.strip().lower(), name=name.strip(), **fields)
        person.set_password(password)
        person.save()
        return person

    def get_by_natural_key(self, username: str | None) -> Person:
        return self.get(email=(username or "").lower())


class Person(AbstractBaseUser):
    """Somebody who signs in, or the service person of a machine; belongs to no centre by themselves (R21)."""

    email = models.EmailField(
        unique=True, error_messages={"unique": "A person with this e-mail address exists."}
    )
    name = models.CharField(max_length=120)
    name_key = models.GeneratedField(
        expression=Lower("name"),
        output_field=models.CharField(max_length=120, db_collation="C"),
        db_persist=True,
    )
    phone = models.CharField(max_length=40, blank=True)
    is_active = models.BooleanField(default=True)
    is_service = models.BooleanField(default=False, help_text="Stands for a machine; never signs in.")
    joined_at = models.DateTimeField(auto_now_add=True)
    details_confirmed_on = models.DateField(null=True, blank=True)
    mail_preferences = models.JSONField(default=dict, blank=True)
    calendar_secret = models.CharField(max_length=64, blank=True)

    USERNAME_FIELD = EMAIL_FIELD = "email"
    REQUIRED_FIELDS = ["name"]
    objects = PersonManager()

    class Meta:
        constraints = [
            models.CheckConstraint(name="person_email_is_lower_case", condition=Q(email=Lower("email"))),
        ]
        indexes = [
            models.Index(fields=["name_key"], name="person_by_name"),
            # Any word of a name finds it: people search for a surname. Outside row-level security, so the index serves.
            GinIndex(SearchVector("name", config="simple"), name="person_by_any_name"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def access(self) -> Access:
        """What this person may reach, in the context chosen for this request; loaded once."""
        if "_access" not in self.__dict__:
            from centres.access import load

            self._access = load(self)
        return self._access

    @access.setter
    def access(self, access: Access) -> None:
        self._access = access

    def may(self, permission: str, centre_id: int | None = None, programme_id: int | None = None) -> bool:
        """Whether one of their roles here carries the permission."""
        return self.access.may(permission, centre_id, programme_id)

    def centre_condition(self, centre: str = "centre_id", programme: str | None = None) -> Q:
        """The explicit centre condition that ``visible_to`` states, because the planner needs it."""
        return self.access.condition(centre, programme)


class AccessGrantQuerySet(models.QuerySet):
    """Filters over grants."""

    def active_on(self, day: date) -> AccessGrantQuerySet:
        return self.filter(starts_on__lte=day).filter(Q(ends_on=None) | Q(ends_on__gt=day))

    def visible_to(self, person: Person) -> AccessGrantQuerySet:
        """Grants at centres this person may see; the awarding organisation's own only to its own side."""
        return self.filter(person.centre_condition("centre_id"))


_SPAN = Func(F("starts_on"), F("ends_on"), Value("[)"), function="daterange")
_CENTRE_POINT = Func(F("centre_id"), F("centre_id"), Value("[]"), function="int8range")


def _one_at_a_time(name: str, role: str, *more: tuple[Any, str]) -> ExclusionConstraint:
    return ExclusionConstraint(
        name=name,
        expressions=[(_CENTRE_POINT, RangeOperators.OVERLAPS), (_SPAN, RangeOperators.OVERLAPS), *more],
        condition=Q(role=role, delegated_by=None),
    )


class AccessGrant(models.Model):
    """A role that a person holds at a centre, or everywhere, for a time: the one table a request's scope comes from.

    Outside row-level security, because it is read before any scope exists; written only by the role, delegation and
    allocation operations. ``ends_on`` is the first day on which it no longer holds.
    """

    person = models.ForeignKey(Person, models.PROTECT, related_name="grants")
    role = models.CharField(max_length=40, choices=RoleCode)
    centre = models.ForeignKey("centres.Centre", models.PROTECT, null=True, blank=True, related_name="grants")
    programme = models.ForeignKey(
        "centres.Programme", models.PROTECT, null=True, blank=True, related_name="+"
    )
    subject_area = models.CharField(
        max_length=80, blank=True, help_text="Principal subject area of a Lead IV."
    )
    starts_on = models.DateField()
    ends_on = models.DateField(null=True, blank=True)
    granted_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    delegated_by = models.ForeignKey(Person, models.PROTECT, null=True, blank=True, related_name="+")
    reason = models.CharField(max_length=300, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    objects = AccessGrantQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="access_grant_ends_after_it_starts",
                condition=Q(ends_on=None) | Q(ends_on__gte=F("starts_on")),
            ),
            models.CheckConstraint(
                name="access_grant_delegation_expires",
                condition=Q(delegated_by=None) | Q(ends_on__isnull=False),
            ),
            models.CheckConstraint(
                name="access_grant_programme_only_at_a_centre",
                condition=Q(programme=None) | Q(centre__isnull=False),
            ),
            # R17: at most one at any moment; the successor's span begins the day the predecessor's ends.
            *(_one_at_a_time(f"access_grant_one_{role}_at_a_time", role) for role in ONE_PER_CENTRE),
            *(
                _one_at_a_time(
                    f"access_grant_one_{role}_per_area",
                    role,
                    (
                        Func(
                            F("subject_area"),
                            function="hashtext",
                            template="int4range(hashtext(%(expressions)s), hashtext(%(expressions)s), '[]')",
                        ),
                        RangeOperators.OVERLAPS,
                    ),
                )
                for role in ONE_PER_SUBJECT_AREA
            ),
        ]
        indexes = [
            models.Index(fields=["person", "ends_on"], name="access_grant_of_person"),
            models.Index(fields=["centre", "role", "ends_on"], name="access_grant_of_centre"),
        ]


class InvitationStatus(models.TextChoices):
    """Where an invitation stands."""

    SENT = "SENT", "Sent"
    ACCEPTED = "ACCEPTED", "Accepted"
    WITHDRAWN = "WITHDRAWN", "Withdrawn"


class Invitation(models.Model):
    """An e-mailed link by which somebody new gets an account with one role; only the token's digest is kept.

    Outside row-level security: it is opened by somebody who has no scope yet. Lists filter by centre.
    """

    email = models.EmailField()
    name = models.CharField(max_length=120)
    role = models.CharField(max_length=40, choices=RoleCode)
    centre = models.ForeignKey("centres.Centre", models.PROTECT, null=True, blank=True, related_name="+")
    programme = models.ForeignKey(
        "centres.Programme", models.PROTECT, null=True, blank=True, related_name="+"
    )
    subject_area = models.CharField(max_length=80, blank=True)
    token_digest = models.CharField(max_length=64, unique=True)
    status = models.CharField(max_length=10, choices=InvitationStatus, default=InvitationStatus.SENT)
    invited_by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    invited_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    accepted_at = models.DateTimeField(null=True, blank=True)


class StaffMemberQuerySet(models.QuerySet):
    """Filters over the staff register."""

    def visible_to(self, person: Person) -> StaffMemberQuerySet:
        return self.filter(person.centre_condition())


class StaffMember(models.Model):
    """Somebody on the centre's staff register: they assess or verify, with or without an account."""

    centre = centre_key()
    person = models.ForeignKey(Person, models.PROTECT, null=True, blank=True, related_name="+")
    name = models.CharField(max_length=120)
    roles = models.JSONField(default=list, help_text="Role codes: assessor, internal_verifier, ...")
    sector = models.ForeignKey("centres.Sector", models.PROTECT, null=True, blank=True, related_name="+")
    site = TenantKey("centres.Site", null=True, blank=True, related_name="staff")
    started_on = models.DateField(null=True, blank=True)
    left_on = models.DateField(null=True, blank=True)

    objects = StaffMemberQuerySet.as_manager()

    class Meta:
        constraints = [*tenant_owned("staff_member", "site")]
        indexes = [models.Index(fields=["centre", "name"], name="staff_member_by_name")]

    def __str__(self) -> str:
        return self.name


class DevelopmentKind(models.TextChoices):
    """What a line of the staff register proves."""

    QUALIFICATION = "QUALIFICATION", "Qualification"
    CPD = "CPD", "Professional development"
    STANDARDISATION = "STANDARDISATION", "Standardisation"


class StaffDevelopment(models.Model):
    """A qualification, a piece of professional development, or a standardisation event of one member of staff."""

    centre = centre_key()
    staff_member = TenantKey(StaffMember, related_name="development")
    kind = models.CharField(max_length=15, choices=DevelopmentKind)
    title = models.CharField(max_length=200)
    on_date = models.DateField()
    hours = models.DecimalField(max_digits=5, decimal_places=1, null=True, blank=True)

    objects = StaffMemberQuerySet.as_manager()

    class Meta:
        constraints = [*tenant_owned("staff_development", "staff_member")]
