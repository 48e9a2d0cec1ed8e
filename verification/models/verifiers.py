"""The verifier register, allocations, and the conversation between a centre and its verifiers."""

from __future__ import annotations

from datetime import date

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from centres.models.register import TenantQuerySet
from qa_portal.rls import TenantKey, centre_key, tenant_owned
from qa_portal.tenancy import Side
from qa_portal.triggers import immutable, status_triggers
from verification.models.years import CentreYear

PERSON = settings.AUTH_USER_MODEL


class Verifier(models.Model):
    """A person on the verifier register; the awarding organisation's own record, of no centre."""

    person = models.OneToOneField(PERSON, models.PROTECT, related_name="verifier")
    is_lsv = models.BooleanField(
        default=False, help_text="Holds the qualification of a Lead Standards Verifier"
    )
    days_a_year = models.PositiveSmallIntegerField(default=20)
    town = models.CharField(max_length=80, blank=True)
    left_on = models.DateField(null=True, blank=True)

    def __str__(self) -> str:
        return str(self.person)


class VerifierSector(models.Model):
    """A sector in which a verifier is competent and current."""

    verifier = models.ForeignKey(Verifier, models.PROTECT, related_name="sectors")
    sector = models.ForeignKey("centres.Sector", models.PROTECT, related_name="+")
    starts_on = models.DateField()
    ends_on = models.DateField(null=True, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["verifier", "sector"], name="verifier_sector_once")]


class VerifierAbsence(models.Model):
    """Days on which a verifier is not available."""

    verifier = models.ForeignKey(Verifier, models.PROTECT, related_name="absences")
    starts_on = models.DateField()
    ends_on = models.DateField()
    reason = models.CharField(max_length=120, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="absence_ends_after_it_starts", condition=Q(ends_on__gte=F("starts_on"))
            )
        ]


class VerifierDay(models.Model):
    """A day, or part of one, that a verifier has given away; outside tenancy, so it guards double booking while a
    centre cannot see the verifier's other visits."""

    verifier = models.ForeignKey(Verifier, models.PROTECT, related_name="booked_days")
    day = models.DateField()
    part = models.CharField(max_length=2, choices=[("AM", "morning"), ("PM", "afternoon")])
    activity_id = models.BigIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["verifier", "day", "part"], name="verifier_day_booked_once")
        ]
        indexes = [models.Index(fields=["activity_id"], name="verifier_day_of_activity")]


class ConflictCategory(models.TextChoices):
    """What kind of interest is declared; planners see this and the dates, never the story."""

    EMPLOYER = "EMPLOYER", "Employment"
    FAMILY = "FAMILY", "Family or close relationship"
    LEARNER = "LEARNER", "A learner at the centre"
    FINANCIAL = "FINANCIAL", "Financial interest"
    OTHER = "OTHER", "Other"


class ConflictDeclarationQuerySet(TenantQuerySet):
    """Filters over declarations of interest."""

    def current(self) -> ConflictDeclarationQuerySet:
        """The newest version of every declaration (R25)."""
        return self.filter(replaced_at=None)

    def standing_on(self, day: date, *, cooling_off_years: int = 0) -> ConflictDeclarationQuerySet:
        """Declarations that keep the verifier away on a day; an ended one still does while cooling off (R24)."""
        since = years_before(day, cooling_off_years)
        return self.current().filter(starts_on__lte=day).filter(Q(ends_on=None) | Q(ends_on__gt=since))


def years_before(day: date, years: int) -> date:
    """The same day of an earlier year; 29 February becomes 28."""
    try:
        return day.replace(year=day.year - years)
    except ValueError:
        return day.replace(year=day.year - years, day=28)


class ConflictDeclaration(models.Model):
    """A verifier's interest in a centre; versioned, never deleted, never the centre's to see (R24, R25)."""

    centre = centre_key()
    verifier_person = models.ForeignKey(PERSON, models.PROTECT, related_name="+")
    category = models.CharField(max_length=10, choices=ConflictCategory)
    details = models.TextField(blank=True, help_text="Read by the person themselves and administrators only")
    declared_at = models.DateTimeField()
    starts_on = models.DateField()
    ends_on = models.DateField(null=True, blank=True)
    version = models.PositiveSmallIntegerField(default=1)
    replaced_at = models.DateTimeField(null=True, blank=True)
    series = models.UUIDField(help_text="The same for all versions of one declaration")

    objects = ConflictDeclarationQuerySet.as_manager()

    class Meta:
        constraints = [
            *tenant_owned("conflict", sides=[Side.AO], or_person="verifier_person"),
            models.UniqueConstraint(fields=["series", "version"], name="conflict_version_once"),
        ]
        triggers = immutable("conflict", except_fields=["replaced_at"])


class AllocationKind(models.TextChoices):
    """What a verifier is allocated for."""

    LSV = "LSV", "Lead Standards Verifier"
    SV = "SV", "Standards Verifier"


class AllocationStatus(models.TextChoices):
    """Where an allocation stands."""

    PROPOSED = "PROPOSED", "Proposed"
    ACTIVE = "ACTIVE", "Allocated"
    ENDED = "ENDED", "Ended"
    DROPPED = "DROPPED", "Not used"


ALLOCATION_EDGES = (("PROPOSED", "ACTIVE"), ("PROPOSED", "DROPPED"), ("ACTIVE", "ENDED"))


class AllocationQuerySet(TenantQuerySet):
    """Filters over allocations."""

    def visible_to(self, person) -> AllocationQuerySet:
        """Proposals are the awarding organisation's own; everybody else sees what became of them."""
        seen = super().visible_to(person)
        return seen if person.access.side == Side.AO else seen.made()

    def made(self) -> AllocationQuerySet:
        """Allocations that hold or held, without proposals."""
        return self.filter(status__in=[AllocationStatus.ACTIVE, AllocationStatus.ENDED])

    def active(self) -> AllocationQuerySet:
        return self.filter(status=AllocationStatus.ACTIVE)


class Allocation(models.Model):
    """A verifier for a centre (LSV) or one of its programmes (SV) in a year (R7, R13, R14, R24)."""

    centre = centre_key()
    centre_year = TenantKey(CentreYear, related_name="allocations")
    kind = models.CharField(max_length=3, choices=AllocationKind)
    programme = TenantKey("centres.Programme", null=True, blank=True, related_name="+")
    verifier = models.ForeignKey(Verifier, models.PROTECT, related_name="+")
    status = models.CharField(max_length=8, choices=AllocationStatus, default=AllocationStatus.PROPOSED)
    facts = models.JSONField(
        default=dict, help_text="Why this person: rule, scheme version, reasons for and against"
    )
    long_stay_reason = models.TextField(blank=True, help_text="Needed from the fifth year in a row (R13)")
    countersigned_by = models.ForeignKey(PERSON, models.PROTECT, null=True, blank=True, related_name="+")
    made_at = models.DateTimeField()
    made_by = models.ForeignKey(PERSON, models.PROTECT, null=True, related_name="+")
    started_on = models.DateField(null=True, blank=True)
    ended_on = models.DateField(null=True, blank=True)
    end_reason = models.CharField(max_length=200, blank=True)
    replaces = TenantKey("verification.Allocation", null=True, blank=True, related_name="+")

    objects = AllocationQuerySet.as_manager()

    class Meta:
        constraints = [
            # A proposal, and one that came to nothing, is the awarding organisation's alone.
            *tenant_owned(
                "allocation",
                "centre_year",
                "programme",
                "replaces",
                kept_while=("status", (AllocationStatus.PROPOSED, AllocationStatus.DROPPED)),
            ),
            models.UniqueConstraint(
                fields=["centre", "centre_year", "kind", "programme"],
                condition=Q(status__in=["PROPOSED", "ACTIVE"]),
                nulls_distinct=False,
                name="allocation_one_verifier_at_a_time",
            ),
            models.CheckConstraint(
                name="allocation_programme_for_sv_only",
                condition=Q(kind="LSV", programme=None) | Q(kind="SV", programme__isnull=False),
            ),
        ]
        indexes = [models.Index(fields=["verifier", "status"], name="allocation_of_verifier")]
        triggers = status_triggers("allocation", initial=["PROPOSED"], edges=ALLOCATION_EDGES)


class Message(models.Model):
    """One message of the one conversation between a centre and its verifiers in a year."""

    centre = centre_key()
    centre_year = TenantKey(CentreYear, related_name="messages")
    written_by = models.ForeignKey(PERSON, models.PROTECT, related_name="+")
    written_as = models.CharField(max_length=40, help_text="The role they wrote in")
    written_at = models.DateTimeField()
    text = models.TextField()
    to_quality_manager = models.BooleanField(default=False, help_text="Asked of the quality manager as well")
    file = TenantKey("centres.EvidenceFile", null=True, blank=True, related_name="+")

    objects = TenantQuerySet.as_manager()

    class Meta:
        constraints = [*tenant_owned("message", "centre_year", "file")]
        indexes = [models.Index(fields=["centre", "centre_year", "written_at"], name="message_of_year")]
        triggers = immutable("message")
