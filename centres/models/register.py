"""Centres, sites, sectors, qualifications, units, schemes and holidays."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower

from qa_portal.rls import TenantIsolation, centre_key, tenant_owned
from qa_portal.triggers import immutable


class Nation(models.TextChoices):
    """Whose bank holidays count; the codes are those of the holidays package."""

    ENGLAND = "GB-ENG", "England"
    WALES = "GB-WLS", "Wales"
    SCOTLAND = "GB-SCT", "Scotland"
    NORTHERN_IRELAND = "GB-NIR", "Northern Ireland"


class CentreStatus(models.TextChoices):
    """Whether a centre is approved."""

    APPROVED = "APPROVED", "Approved"
    CLOSED = "CLOSED", "Closed"


class CentreQuerySet(models.QuerySet):
    """Filters over centres."""

    def visible_to(self, person) -> CentreQuerySet:
        return self.filter(person.centre_condition("id"))


class Centre(models.Model):
    """A college or training provider: the tenant."""

    number = models.CharField(max_length=5, unique=True)
    name = models.CharField(max_length=160)
    name_key = models.GeneratedField(
        expression=Lower("name"),
        output_field=models.CharField(max_length=160, db_collation="C"),
        db_persist=True,
    )
    nation = models.CharField(max_length=6, choices=Nation, default=Nation.ENGLAND)
    time_zone = models.CharField(max_length=40, default="Europe/London")
    town = models.CharField(max_length=80, blank=True)
    address = models.TextField(blank=True)
    status = models.CharField(max_length=10, choices=CentreStatus, default=CentreStatus.APPROVED)
    approved_on = models.DateField()
    mainly_btec_qa = models.BooleanField(
        default=False,
        help_text="Delivers mainly under BTEC quality assurance: the short form, from each year's review on (R6).",
    )
    quality_manager = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")

    objects = CentreQuerySet.as_manager()

    class Meta:
        constraints = [
            TenantIsolation(name="centre_isolation", field="id"),
            models.CheckConstraint(
                name="centre_number_has_five_digits", condition=Q(number__regex=r"^[0-9]{5}$")
            ),
        ]
        indexes = [models.Index(fields=["name_key"], name="centre_by_name")]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return f"/centres/{self.number}/"


class TenantQuerySet(models.QuerySet):
    """Filters that every plain tenant-owned model has."""

    def visible_to(self, person):
        return self.filter(person.centre_condition())


class Site(models.Model):
    """A place where a centre delivers."""

    centre = centre_key()
    name = models.CharField(max_length=120)
    address = models.TextField(blank=True)
    is_main = models.BooleanField(default=False)
    closed_on = models.DateField(null=True, blank=True)

    objects = TenantQuerySet.as_manager()

    class Meta:
        constraints = [
            *tenant_owned("site"),
            models.UniqueConstraint(fields=["centre", "name"], name="site_name_once_per_centre"),
        ]

    def __str__(self) -> str:
        return self.name


class Sector(models.Model):
    """A field of work in which verifiers and staff are competent."""

    code = models.SlugField(max_length=40, unique=True)
    name = models.CharField(max_length=120)

    def __str__(self) -> str:
        return self.name


class Qualification(models.Model):
    """A qualification that centres may be approved to deliver."""

    qan = models.CharField(
        max_length=12, unique=True, help_text="Qualification number, for example 603/6136/0"
    )
    title = models.CharField(max_length=200)
    short_title = models.CharField(max_length=80, help_text="How lists call it: Instructing Circuit Training")
    label = models.CharField(max_length=80, help_text="The shortest name, for side lists: Circuit Training")
    level = models.CharField(max_length=20)
    suite = models.CharField(max_length=80)
    sector = models.ForeignKey(Sector, models.PROTECT, related_name="qualifications")
    lead_iv_required = models.BooleanField(null=True, help_text="Unknown where no source says it")
    moderated = models.BooleanField(default=False)
    grades = models.JSONField(default=list, help_text="The grade scale, lowest first, without fails")
    operational_start = models.DateField(null=True, blank=True)
    operational_end = models.DateField(null=True, blank=True)
    certification_end = models.DateField(null=True, blank=True)
    source = models.CharField(max_length=40, blank=True)

    class Meta:
        indexes = [models.Index(fields=["suite"], name="qualification_of_suite")]

    def __str__(self) -> str:
        return f"{self.short_title} ({self.qan})"


class Unit(models.Model):
    """A unit of a qualification, with its criteria as data."""

    qualification = models.ForeignKey(Qualification, models.PROTECT, related_name="units")
    number = models.PositiveSmallIntegerField()
    title = models.CharField(max_length=160)
    urn = models.CharField(max_length=12, blank=True)
    mandatory = models.BooleanField(default=True)
    guided_learning_hours = models.PositiveSmallIntegerField(null=True)
    criteria = models.JSONField(default=list, help_text='[{"code": "4.P1", "text": "...", "grade": "P"}]')
    source = models.CharField(max_length=40, default="portal")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["qualification", "number"], name="unit_number_once")]

    def __str__(self) -> str:
        return f"unit {self.number}"


class QaModel(models.TextChoices):
    """Under which quality assurance model a qualification is assured."""

    WBL = "WBL", "Work-based learning"
    BTEC = "BTEC", "BTEC quality assurance"


class QaModelPeriod(models.Model):
    """The quality assurance model of a qualification from a date on."""

    qualification = models.ForeignKey(Qualification, models.PROTECT, related_name="qa_models")
    model = models.CharField(max_length=4, choices=QaModel)
    starts_on = models.DateField()
    ends_on = models.DateField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["qualification", "starts_on"], name="qa_model_starts_once_on_a_day"
            )
        ]


class SchemeVersion(models.Model):
    """One published version of a scheme: the rules of a suite as data; never changed once published."""

    code = models.SlugField(max_length=40)
    version = models.PositiveSmallIntegerField()
    name = models.CharField(max_length=120)
    suites = models.JSONField(
        default=list, help_text="The suites it governs; an empty list is every other suite"
    )
    qa_model = models.CharField(max_length=4, choices=QaModel)
    effective_from = models.DateField()
    content = models.JSONField()
    sha256 = models.CharField(max_length=64)
    published_at = models.DateTimeField()
    published_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["code", "version"], name="scheme_version_once"),
            models.UniqueConstraint(fields=["code", "effective_from"], name="scheme_effective_once_on_a_day"),
        ]
        triggers = immutable("scheme_version")

    def __str__(self) -> str:
        return f"{self.name}, version {self.version}"


class Holiday(models.Model):
    """A day on which nobody works in a nation."""

    nation = models.CharField(max_length=6, choices=Nation)
    day = models.DateField()
    name = models.CharField(max_length=120)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["nation", "day"], name="holiday_once_per_nation")]
