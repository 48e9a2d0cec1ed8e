"""Programmes, cohorts, learners, registrations and assessment decisions."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Concat, Lower

from centres.models.register import TenantQuerySet
from qa_portal.rls import TenantKey, centre_key, tenant_owned
from qa_portal.triggers import status_triggers


class ProgrammeStatus(models.TextChoices):
    """Whether a centre may deliver a qualification."""

    APPROVED = "APPROVED", "Approved"
    CLOSED = "CLOSED", "Closed"


PROGRAMME_EDGES = (("APPROVED", "CLOSED"), ("CLOSED", "APPROVED"))


class ProgrammeQuerySet(models.QuerySet):
    """Filters over programmes."""

    def visible_to(self, person) -> ProgrammeQuerySet:
        return self.filter(person.centre_condition("centre_id", "id"))

    def active_in(self, year_start, year_end) -> ProgrammeQuerySet:
        """Approved at some time of an academic year."""
        return self.filter(approved_from__lte=year_end).filter(
            Q(approved_to=None) | Q(approved_to__gte=year_start)
        )


class Programme(models.Model):
    """A qualification that a centre is approved to deliver."""

    centre = centre_key()
    qualification = models.ForeignKey("centres.Qualification", models.PROTECT, related_name="+")
    leader = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    status = models.CharField(max_length=10, choices=ProgrammeStatus, default=ProgrammeStatus.APPROVED)
    approved_from = models.DateField()
    approved_to = models.DateField(
        null=True, blank=True, help_text="Last day on which learners may be registered"
    )
    specification_version = models.CharField(max_length=20, default="1")

    objects = ProgrammeQuerySet.as_manager()

    class Meta:
        constraints = [
            *tenant_owned("programme"),
            models.UniqueConstraint(fields=["centre", "qualification"], name="programme_once_per_centre"),
        ]
        triggers = status_triggers("programme", initial=["APPROVED"], edges=PROGRAMME_EDGES)

    def __str__(self) -> str:
        return str(self.qualification)


class DeliveryPattern(models.TextChoices):
    """How a cohort is delivered; sampling windows and registration tariffs depend on it."""

    ACADEMIC_YEAR = "ACADEMIC_YEAR", "Academic year"
    ROLL_ON_ROLL_OFF = "ROLL_ON_ROLL_OFF", "Roll-on roll-off"
    SHORT_COURSE = "SHORT_COURSE", "Short course"


class ProgrammeTenantQuerySet(models.QuerySet):
    """Filters of what belongs to one programme."""

    def visible_to(self, person):
        return self.filter(person.centre_condition("centre_id", "programme_id"))


class Cohort(models.Model):
    """A group of learners of one programme at one site."""

    centre = centre_key()
    programme = TenantKey(Programme, related_name="cohorts")
    site = TenantKey("centres.Site", related_name="cohorts")
    name = models.CharField(max_length=80)
    delivery_pattern = models.CharField(max_length=16, choices=DeliveryPattern)
    starts_on = models.DateField()
    ends_on = models.DateField()
    certification_needed_by = models.DateField(null=True, blank=True)

    objects = ProgrammeTenantQuerySet.as_manager()

    class Meta:
        constraints = [
            *tenant_owned("cohort", "programme", "site"),
            models.UniqueConstraint(
                fields=["centre", "programme", "name"], name="cohort_name_once_per_programme"
            ),
            models.CheckConstraint(
                name="cohort_ends_after_it_starts", condition=Q(ends_on__gt=F("starts_on"))
            ),
        ]

    def __str__(self) -> str:
        return self.name


class LearnerQuerySet(TenantQuerySet):
    """Filters over learners."""

    def visible_to(self, person) -> LearnerQuerySet:
        """Learners of the centres reached; whoever works for single programmes sees the learners of those."""
        rows = super().visible_to(person)
        whole = {grant.centre_id for grant in person.access.held if grant.programme_id is None}
        if None in whole or whole.issuperset(person.access.centre_ids):
            return rows
        theirs = Registration.objects.visible_to(person).filter(
            centre_id=models.OuterRef("centre_id"), learner_id=models.OuterRef("pk")
        )
        return rows.filter(Q(centre_id__in=whole) | models.Exists(theirs))


class Learner(models.Model):
    """Somebody who learns at a centre (R31, R32)."""

    centre = centre_key()
    given_name = models.CharField(max_length=80)
    family_name = models.CharField(max_length=80)
    # Lower-cased and in "C" order, so that a search is a range that the index serves under row-level security.
    name_key = models.GeneratedField(
        expression=Lower(Concat("family_name", models.Value(" "), "given_name")),
        output_field=models.CharField(max_length=161, db_collation="C"),
        db_persist=True,
    )
    date_of_birth = models.DateField(null=True, blank=True)
    uln = models.CharField(max_length=10, blank=True)
    reference = models.CharField(
        max_length=40, blank=True, help_text="The centre's own number for the learner"
    )
    erased_at = models.DateTimeField(null=True, blank=True)

    objects = LearnerQuerySet.as_manager()

    class Meta:
        constraints = [
            *tenant_owned("learner"),
            models.UniqueConstraint(
                fields=["centre", "uln"], condition=~Q(uln=""), name="learner_uln_once_per_centre"
            ),
            models.CheckConstraint(
                name="learner_uln_has_ten_digits", condition=Q(uln="") | Q(uln__regex=r"^[1-9][0-9]{9}$")
            ),
        ]
        indexes = [models.Index(fields=["centre", "name_key", "id"], name="learner_by_name")]

    def __str__(self) -> str:
        return self.name

    @property
    def name(self) -> str:
        return f"{self.given_name} {self.family_name}".strip()


class RegistrationStatus(models.TextChoices):
    """Where a registration stands."""

    ENROLLED = "ENROLLED", "Enrolled, not registered"
    REGISTERED = "REGISTERED", "Registered"
    WITHDRAWN = "WITHDRAWN", "Withdrawn"


REGISTRATION_EDGES = (("ENROLLED", "REGISTERED"), ("ENROLLED", "WITHDRAWN"), ("REGISTERED", "WITHDRAWN"),
                      ("WITHDRAWN", "REGISTERED"))  # fmt: skip


class Registration(models.Model):
    """A learner on a programme in a cohort; the name given here is printed on the certificate (R27, R28)."""

    centre = centre_key()
    learner = TenantKey(Learner, related_name="registrations")
    programme = TenantKey(Programme, related_name="registrations")
    cohort = TenantKey(Cohort, related_name="registrations")
    status = models.CharField(max_length=10, choices=RegistrationStatus, default=RegistrationStatus.ENROLLED)
    enrolled_on = models.DateField()
    registered_on = models.DateField(null=True, blank=True)
    certificate_name = models.CharField(max_length=160)
    specification_version = models.CharField(max_length=20)
    fee_multiplier = models.DecimalField(max_digits=4, decimal_places=2, null=True, blank=True)
    fee_facts = models.JSONField(
        default=dict, blank=True, help_text="Rule, scheme version and dates behind the fee"
    )
    withdrawn_on = models.DateField(null=True, blank=True)

    objects = ProgrammeTenantQuerySet.as_manager()

    class Meta:
        constraints = [
            *tenant_owned("registration", "learner", "programme", "cohort"),
            models.UniqueConstraint(
                fields=["centre", "learner", "programme"],
                condition=~Q(status="WITHDRAWN"),
                name="registration_once_per_learner_and_programme",
            ),
            models.CheckConstraint(
                name="registration_registered_on_when_registered",
                condition=~Q(status="REGISTERED") | Q(registered_on__isnull=False),
            ),
        ]
        indexes = [models.Index(fields=["centre", "programme", "status"], name="registration_of_programme")]
        triggers = status_triggers(
            "registration", initial=["ENROLLED", "REGISTERED"], edges=REGISTRATION_EDGES
        )


class Assignment(models.Model):
    """A piece of assessment of one unit in one programme."""

    centre = centre_key()
    programme = TenantKey(Programme, related_name="assignments")
    unit = models.ForeignKey("centres.Unit", models.PROTECT, related_name="+")
    number = models.PositiveSmallIntegerField(default=1)
    title = models.CharField(max_length=160)

    objects = ProgrammeTenantQuerySet.as_manager()

    class Meta:
        constraints = [
            *tenant_owned("assignment", "programme"),
            models.UniqueConstraint(
                fields=["centre", "programme", "unit", "number"], name="assignment_number_once_per_unit"
            ),
        ]


class Attempt(models.TextChoices):
    """Which submission a decision is about."""

    FIRST = "FIRST", "First submission"
    RESUBMISSION = "RESUBMISSION", "Resubmission"
    RETAKE = "RETAKE", "Retake"


class InternalVerificationOutcome(models.TextChoices):
    """What the internal verifier found."""

    NONE = "NONE", "Not internally verified"
    AGREED = "AGREED", "Agreed"
    CORRECTED = "CORRECTED", "Corrected"


class AssessmentDecision(models.Model):
    """An assessor's decision on one learner's work for one assignment: an item of the sampling frame."""

    centre = centre_key()
    registration = TenantKey(Registration, related_name="decisions")
    programme = TenantKey(Programme, related_name="+")
    assignment = TenantKey(Assignment, related_name="decisions")
    site = TenantKey("centres.Site", related_name="+")
    assessor = TenantKey("centres.StaffMember", related_name="+")
    attempt = models.CharField(max_length=12, choices=Attempt, default=Attempt.FIRST)
    decided_on = models.DateField()
    grade = models.CharField(max_length=10, help_text="A grade of the qualification's scale, or U")
    criteria = models.JSONField(default=dict, help_text='Criteria by code: {"4.P1": true}')
    internal_verifier = TenantKey("centres.StaffMember", null=True, blank=True, related_name="+")
    verification_outcome = models.CharField(
        max_length=10, choices=InternalVerificationOutcome, default=InternalVerificationOutcome.NONE
    )
    verified_on = models.DateField(null=True, blank=True)
    reference = models.CharField(
        max_length=60, blank=True, help_text="The centre's own number for the decision"
    )

    objects = ProgrammeTenantQuerySet.as_manager()

    class Meta:
        constraints = [
            *tenant_owned(
                "decision", "registration", "programme", "assignment", "site", "assessor", "internal_verifier"
            ),
            models.UniqueConstraint(
                fields=["centre", "registration", "assignment", "attempt"], name="decision_once_per_attempt"
            ),
            models.CheckConstraint(
                name="decision_not_verified_by_its_own_assessor",
                condition=Q(internal_verifier=None) | ~Q(internal_verifier=F("assessor")),
            ),
            models.CheckConstraint(
                name="decision_verifier_outcome_and_date_go_together",
                condition=Q(internal_verifier=None, verification_outcome="NONE", verified_on=None)
                | (
                    Q(internal_verifier__isnull=False, verified_on__isnull=False)
                    & ~Q(verification_outcome="NONE")
                ),
            ),
        ]
        indexes = [models.Index(fields=["centre", "programme", "decided_on"], name="decision_of_programme")]


class EvidenceScan(models.TextChoices):
    """What a scanner has said of a file; 'not scanned' is not 'clean'."""

    NOT_SCANNED = "NOT_SCANNED", "Not scanned"
    CLEAN = "CLEAN", "Clean"
    INFECTED = "INFECTED", "Infected"


class EvidenceFile(models.Model):
    """A private file of a centre; it knows nothing of what it proves: link tables of other apps do."""

    centre = centre_key()
    name = models.CharField(max_length=200)
    media_type = models.CharField(max_length=120)
    size = models.BigIntegerField()
    sha256 = models.CharField(max_length=64)
    storage_name = models.CharField(max_length=300)
    scan = models.CharField(max_length=12, choices=EvidenceScan, default=EvidenceScan.NOT_SCANNED)
    replaces = TenantKey("centres.EvidenceFile", null=True, blank=True, related_name="versions")
    uploaded_at = models.DateTimeField()
    uploaded_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    removed_at = models.DateTimeField(null=True, blank=True)

    objects = TenantQuerySet.as_manager()

    class Meta:
        constraints = [*tenant_owned("evidence_file", "replaces")]
        indexes = [models.Index(fields=["centre", "uploaded_at"], name="evidence_file_by_date")]

    def __str__(self) -> str:
        return self.name


class ImportStatus(models.TextChoices):
    """Where an import stands."""

    CHECKING = "CHECKING", "Being checked"
    CHECKED = "CHECKED", "Checked"
    APPLYING = "APPLYING", "Being saved"
    APPLIED = "APPLIED", "Saved"
    DISCARDED = "DISCARDED", "Discarded"
    FAILED = "FAILED", "Could not be read"


IMPORT_EDGES = (("CHECKING", "CHECKED"), ("CHECKING", "FAILED"), ("CHECKED", "APPLYING"), ("CHECKED", "DISCARDED"),
                ("APPLYING", "APPLIED"), ("APPLYING", "CHECKED"))  # fmt: skip


class ImportJob(models.Model):
    """A file of learners, decisions or people: first checked without saving anything, then applied."""

    centre = centre_key()
    kind = models.CharField(max_length=20)
    status = models.CharField(max_length=10, choices=ImportStatus, default=ImportStatus.CHECKING)
    file = TenantKey(EvidenceFile, related_name="+")
    encoding = models.CharField(max_length=20, blank=True)
    total_rows = models.PositiveIntegerField(null=True)
    good_rows = models.PositiveIntegerField(null=True)
    problems = models.JSONField(default=list, help_text='[{"row": 2, "column": "uln", "message": "..."}]')
    result = models.JSONField(default=dict, help_text="What the rows would make or made, in numbers")
    only_good_rows = models.BooleanField(default=False)
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    asked_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True, blank=True)

    objects = TenantQuerySet.as_manager()

    class Meta:
        constraints = [*tenant_owned("import_job", "file")]
        triggers = status_triggers("import_job", initial=["CHECKING"], edges=IMPORT_EDGES)
