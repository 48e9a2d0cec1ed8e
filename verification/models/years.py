"""A centre's year: stage roll-up, annual declaration and self-assessment."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q

from centres.models.register import TenantQuerySet
from qa_portal.rls import TenantKey, centre_key, tenant_owned
from qa_portal.triggers import immutable, status_triggers, unchanging_once

PERSON = settings.AUTH_USER_MODEL


class StageState(models.TextChoices):
    """How far one stage of a centre's year has come."""

    CANNOT_START = "CANNOT_START", "Cannot start yet"
    NOT_STARTED = "NOT_STARTED", "Not started"
    DATED = "DATED", "Date agreed"
    UNDER_WAY = "UNDER_WAY", "Under way"
    DONE = "DONE", "Done"
    NOT_NEEDED = "NOT_NEEDED", "Not needed"


class CentreYear(models.Model):
    """A centre in an academic year (1 September to 31 August); what trackers and dashboards read."""

    centre = centre_key()
    year = models.PositiveSmallIntegerField(help_text="2026 means 2026-27")
    scheme_version = models.ForeignKey("centres.SchemeVersion", models.PROTECT, related_name="+")
    self_assessment_state = models.CharField(
        max_length=12, choices=StageState, default=StageState.NOT_STARTED
    )
    allocation_state = models.CharField(max_length=12, choices=StageState, default=StageState.NOT_STARTED)
    visit_state = models.CharField(max_length=12, choices=StageState, default=StageState.CANNOT_START)
    sampling_state = models.CharField(max_length=12, choices=StageState, default=StageState.CANNOT_START)
    final_report_state = models.CharField(max_length=12, choices=StageState, default=StageState.CANNOT_START)
    # One fact a stage, as the tracker prints it ("21 of 38 answered"); written by the operations that change it.
    stage_facts = models.JSONField(default=dict)
    lsv = models.ForeignKey(PERSON, models.PROTECT, null=True, related_name="+")
    risk = models.CharField(max_length=8, blank=True, help_text="The last issued rating: LOW, MEDIUM or HIGH")
    next_cycle = models.JSONField(
        default=dict, blank=True, help_text="What the final report recommends (R11)"
    )
    btec_review_on = models.DateField(
        null=True,
        blank=True,
        help_text="When this year's BTEC LSV review was done; opens the short form (R6)",
    )
    closed_at = models.DateTimeField(null=True, blank=True)

    objects = TenantQuerySet.as_manager()

    class Meta:
        constraints = [
            *tenant_owned("centre_year"),
            models.UniqueConstraint(fields=["centre", "year"], name="centre_year_once"),
        ]
        indexes = [models.Index(fields=["year", "centre"], name="centre_year_of_year")]


class DeclarationStatus(models.TextChoices):
    """Where the annual declaration stands."""

    DUE = "DUE", "To be signed"
    SIGNED = "SIGNED", "Signed"


class AnnualDeclaration(models.Model):
    """Terms and conditions accepted by the Head of Centre for one year; the signed words are kept (R3, R4)."""

    centre = centre_key()
    centre_year = TenantKey(CentreYear, related_name="declarations")
    status = models.CharField(max_length=8, choices=DeclarationStatus, default=DeclarationStatus.DUE)
    signed_content = models.JSONField(null=True, blank=True, help_text="The statements as they were signed")
    signed_sha256 = models.CharField(max_length=64, blank=True)
    signed_at = models.DateTimeField(null=True, blank=True)
    signed_by = models.ForeignKey(PERSON, models.PROTECT, null=True, blank=True, related_name="+")
    signed_name = models.CharField(max_length=120, blank=True)
    late_reason = models.TextField(blank=True)

    objects = TenantQuerySet.as_manager()

    class Meta:
        constraints = [
            *tenant_owned("declaration", "centre_year"),
            models.UniqueConstraint(fields=["centre", "centre_year"], name="declaration_once_per_year"),
            models.CheckConstraint(
                name="declaration_signed_at_and_by_go_together",
                condition=Q(status="DUE", signed_at=None, signed_by=None)
                | Q(status="SIGNED", signed_at__isnull=False, signed_by__isnull=False),
            ),
        ]
        triggers = [
            *status_triggers("declaration", initial=["DUE"], edges=(("DUE", "SIGNED"),)),
            *unchanging_once("declaration", "SIGNED"),
        ]


class SelfAssessmentKind(models.TextChoices):
    """The full form, or the short annual centre declaration (R6)."""

    CSA = "CSA", "Self-assessment"
    ACD = "ACD", "Annual centre declaration"


class SelfAssessmentStatus(models.TextChoices):
    """Where a self-assessment stands."""

    OPEN = "OPEN", "Being answered"
    SUBMITTED = "SUBMITTED", "Submitted"
    RETURNED = "RETURNED", "Returned with remarks"
    ACCEPTED = "ACCEPTED", "Read and accepted"
    WITHDRAWN = "WITHDRAWN", "Withdrawn"


SELF_ASSESSMENT_EDGES = (
    ("OPEN", "SUBMITTED"), ("RETURNED", "SUBMITTED"), ("SUBMITTED", "RETURNED"), ("SUBMITTED", "ACCEPTED"),
    ("SUBMITTED", "OPEN"), ("OPEN", "WITHDRAWN"), ("RETURNED", "WITHDRAWN"), ("WITHDRAWN", "OPEN"),
)  # fmt: skip


class SelfAssessment(models.Model):
    """One per centre and year: sections answered once for the centre, or once per programme (R1, R2, R5, R6)."""

    centre = centre_key()
    centre_year = TenantKey(CentreYear, related_name="self_assessments")
    kind = models.CharField(max_length=3, choices=SelfAssessmentKind, default=SelfAssessmentKind.CSA)
    status = models.CharField(max_length=10, choices=SelfAssessmentStatus, default=SelfAssessmentStatus.OPEN)
    due_on = models.DateField()
    opened_at = models.DateTimeField()
    submitted_at = models.DateTimeField(null=True, blank=True)
    submitted_by = models.ForeignKey(PERSON, models.PROTECT, null=True, blank=True, related_name="+")
    remarks = models.TextField(blank=True, help_text="Why it was returned")
    reviewed_at = models.DateTimeField(null=True, blank=True)
    reviewed_by = models.ForeignKey(PERSON, models.PROTECT, null=True, blank=True, related_name="+")

    objects = TenantQuerySet.as_manager()

    class Meta:
        constraints = [
            *tenant_owned("self_assessment", "centre_year"),
            models.UniqueConstraint(fields=["centre", "centre_year"], name="self_assessment_once_per_year"),
            models.CheckConstraint(
                name="self_assessment_submitted_at_and_by_go_together",
                condition=Q(submitted_at=None, submitted_by=None)
                | Q(submitted_at__isnull=False, submitted_by__isnull=False),
            ),
        ]
        triggers = status_triggers("self_assessment", initial=["OPEN"], edges=SELF_ASSESSMENT_EDGES)


class SelfAssessmentSection(models.Model):
    """One section: of the whole centre, or of one programme; delegated to a person, edited with a revision."""

    centre = centre_key()
    self_assessment = TenantKey(SelfAssessment, related_name="sections")
    key = models.CharField(max_length=40)
    programme = TenantKey("centres.Programme", null=True, blank=True, related_name="+")
    position = models.PositiveSmallIntegerField()
    delegated_to = models.ForeignKey(PERSON, models.PROTECT, null=True, blank=True, related_name="+")
    delegated_by = models.ForeignKey(PERSON, models.PROTECT, null=True, blank=True, related_name="+")
    delegated_at = models.DateTimeField(null=True, blank=True)
    asked_by_date = models.DateField(null=True, blank=True)
    revision = models.PositiveIntegerField(default=0)
    questions = models.PositiveSmallIntegerField()
    answered = models.PositiveSmallIntegerField(default=0)
    saved_at = models.DateTimeField(null=True, blank=True)
    saved_by = models.ForeignKey(PERSON, models.PROTECT, null=True, blank=True, related_name="+")

    objects = TenantQuerySet.as_manager()

    class Meta:
        constraints = [
            *tenant_owned("sa_section", "self_assessment", "programme"),
            models.UniqueConstraint(
                fields=["centre", "self_assessment", "key", "programme"],
                nulls_distinct=False,
                name="sa_section_once_per_programme",
            ),
        ]


class SelfAssessmentAnswer(models.Model):
    """Yes or no to one question, with a comment; a No needs one (R2)."""

    centre = centre_key()
    section = TenantKey(SelfAssessmentSection, related_name="answers")
    question = models.CharField(max_length=60)
    value = models.BooleanField(null=True)
    comment = models.TextField(blank=True)
    answered_by = models.ForeignKey(PERSON, models.PROTECT, null=True, related_name="+")
    answered_at = models.DateTimeField(null=True)

    objects = TenantQuerySet.as_manager()

    class Meta:
        constraints = [
            *tenant_owned("sa_answer", "section"),
            models.UniqueConstraint(
                fields=["centre", "section", "question"], name="sa_answer_once_per_question"
            ),
        ]


class SelfAssessmentVersion(models.Model):
    """The answers as they were submitted, each time; last year's stays readable as it was."""

    centre = centre_key()
    self_assessment = TenantKey(SelfAssessment, related_name="versions")
    number = models.PositiveSmallIntegerField()
    content = models.JSONField()
    sha256 = models.CharField(max_length=64)
    submitted_at = models.DateTimeField()
    submitted_by = models.ForeignKey(PERSON, models.PROTECT, related_name="+")

    objects = TenantQuerySet.as_manager()

    class Meta:
        constraints = [
            *tenant_owned("sa_version", "self_assessment"),
            models.UniqueConstraint(
                fields=["centre", "self_assessment", "number"], name="sa_version_number_once"
            ),
        ]
        triggers = immutable("sa_version")


class SectionEvidence(models.Model):
    """A file that supports an answer."""

    centre = centre_key()
    section = TenantKey(SelfAssessmentSection, related_name="evidence")
    question = models.CharField(max_length=60, blank=True)
    file = TenantKey("centres.EvidenceFile", related_name="+")

    objects = TenantQuerySet.as_manager()

    class Meta:
        constraints = [*tenant_owned("section_evidence", "section", "file")]


class ExtensionStatus(models.TextChoices):
    """Where a request for more time stands."""

    ASKED = "ASKED", "Asked for"
    GRANTED = "GRANTED", "Granted"
    REFUSED = "REFUSED", "Refused"
    CLOSED = "CLOSED", "No longer needed"


class Extension(models.Model):
    """A request for more time for a self-assessment, with the reason, and its answer."""

    centre = centre_key()
    self_assessment = TenantKey(SelfAssessment, related_name="extensions")
    status = models.CharField(max_length=8, choices=ExtensionStatus, default=ExtensionStatus.ASKED)
    wanted_until = models.DateField()
    reason = models.TextField()
    asked_at = models.DateTimeField()
    asked_by = models.ForeignKey(PERSON, models.PROTECT, related_name="+")
    decided_at = models.DateTimeField(null=True, blank=True)
    decided_by = models.ForeignKey(PERSON, models.PROTECT, null=True, blank=True, related_name="+")
    decision_reason = models.TextField(blank=True)

    objects = TenantQuerySet.as_manager()

    class Meta:
        constraints = [
            *tenant_owned("extension", "self_assessment"),
            models.UniqueConstraint(
                fields=["centre", "self_assessment"],
                condition=Q(status="ASKED"),
                name="extension_one_open_request",
            ),
        ]
        triggers = status_triggers(
            "extension",
            initial=["ASKED"],
            edges=(("ASKED", "GRANTED"), ("ASKED", "REFUSED"), ("ASKED", "CLOSED")),
        )
