"""Issued reports as frozen documents, their PDF, and exports that a worker prepares."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q

from centres.models.register import TenantQuerySet
from qa_portal.rls import OwnRowsReadable, TenantKey, centre_key, tenant_owned
from qa_portal.triggers import immutable

PERSON = settings.AUTH_USER_MODEL


class ReportKind(models.TextChoices):
    """What is reported."""

    VISIT = "VISIT", "LSV visit report"
    SAMPLE = "SAMPLE", "Standards verification report"
    FINAL = "FINAL", "Final annual report"


class ReportQuerySet(models.QuerySet):
    """Filters over issued reports."""

    def visible_to(self, person) -> ReportQuerySet:
        """Reports of the centres this person may see, and those they issued themselves after they have left."""
        condition = person.centre_condition()
        return self.filter(condition | Q(issued_by=person.pk)) if condition else self

    def current(self) -> ReportQuerySet:
        """Only the newest version of each report."""
        return self.filter(superseded_by=None)


class Report(models.Model):
    """An issued report: content frozen as JSON with its digest; a correction is a new version (R69)."""

    centre = centre_key()
    centre_year = TenantKey("verification.CentreYear", related_name="+")
    activity = TenantKey("verification.Activity", null=True, blank=True, related_name="+")
    programme = TenantKey("centres.Programme", null=True, blank=True, related_name="+")
    kind = models.CharField(max_length=6, choices=ReportKind)
    number = models.CharField(max_length=40, help_text="For example LSV-10101-2026-1")
    version = models.PositiveSmallIntegerField(default=1)
    title = models.CharField(max_length=160)
    content = models.JSONField()
    sha256 = models.CharField(max_length=64)
    issued_at = models.DateTimeField()
    issued_by = models.ForeignKey(PERSON, models.PROTECT, related_name="+")
    correction_reason = models.TextField(blank=True)
    supersedes = TenantKey("reports.Report", null=True, blank=True, related_name="superseded_by")
    # Filled in by the worker that prints it.
    pdf_name = models.CharField(max_length=300, blank=True)
    pdf_size = models.PositiveIntegerField(null=True, blank=True)
    pdf_sha256 = models.CharField(max_length=64, blank=True)
    pdf_at = models.DateTimeField(null=True, blank=True)

    objects = ReportQuerySet.as_manager()

    class Meta:
        constraints = [
            *tenant_owned("report", "centre_year", "activity", "programme", "supersedes"),
            OwnRowsReadable(name="report_readable_by_its_issuer", field="issued_by"),
            models.UniqueConstraint(fields=["centre", "number", "version"], name="report_version_once"),
            models.UniqueConstraint(
                fields=["centre", "supersedes"],
                condition=Q(supersedes__isnull=False),
                name="report_superseded_once",
            ),
            models.CheckConstraint(
                name="report_correction_has_a_reason", condition=Q(supersedes=None) | ~Q(correction_reason="")
            ),
        ]
        indexes = [models.Index(fields=["centre", "issued_at"], name="report_by_date")]
        triggers = immutable("report", except_fields=["pdf_name", "pdf_size", "pdf_sha256", "pdf_at"])

    def __str__(self) -> str:
        return self.title


class ReportReading(models.Model):
    """That somebody opened a report, first and last."""

    centre = centre_key()
    report = TenantKey(Report, related_name="readings")
    person = models.ForeignKey(PERSON, models.PROTECT, related_name="+")
    first_at = models.DateTimeField()
    last_at = models.DateTimeField()

    objects = TenantQuerySet.as_manager()

    class Meta:
        constraints = [
            *tenant_owned("report_reading", "report"),
            models.UniqueConstraint(
                fields=["centre", "report", "person"], name="report_reading_once_per_person"
            ),
        ]
