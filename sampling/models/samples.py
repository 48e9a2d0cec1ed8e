"""Samples of assessed work, their items, evidence, judgements and compliance checks."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q

from centres.models.programmes import ProgrammeTenantQuerySet
from centres.models.register import TenantQuerySet
from qa_portal.rls import TenantKey, centre_key, tenant_owned
from qa_portal.tenancy import Side
from qa_portal.triggers import immutable, status_triggers

PERSON = settings.AUTH_USER_MODEL
NOT_THE_CENTRE = (Side.VERIFIER, Side.AO)


class SampleStatus(models.TextChoices):
    """Where a sample stands."""

    PLANNING = "PLANNING", "Being planned"
    REQUESTED = "REQUESTED", "Work requested"
    JUDGING = "JUDGING", "Being judged"
    CONCLUDED = "CONCLUDED", "Concluded"
    WAIVED = "WAIVED", "Waived"


SAMPLE_EDGES = (
    ("PLANNING", "REQUESTED"), ("REQUESTED", "JUDGING"), ("JUDGING", "CONCLUDED"), ("PLANNING", "WAIVED"),
    ("REQUESTED", "WAIVED"), ("JUDGING", "WAIVED"),
)  # fmt: skip


class SampleOutcome(models.TextChoices):
    """What a concluded sample says about the programme."""

    RELEASED = "RELEASED", "Released"
    PENDING = "PENDING", "Certification pending: centre action required"


class SampleQuerySet(ProgrammeTenantQuerySet):
    """Filters over samples."""

    def visible_to(self, person) -> SampleQuerySet:
        """Samples of the programmes this person may see; a centre sees none before its work is requested (R63)."""
        found = super().visible_to(person)
        if person.access.side == Side.CENTRE:
            return found.exclude(status=SampleStatus.PLANNING).exclude(requested_at=None)
        return found


class Sample(models.Model):
    """A sample of one programme: how large and why, how drawn, and what came of it (R55-R68)."""

    centre = centre_key()
    activity = TenantKey("verification.Activity", related_name="samples")
    programme = TenantKey("centres.Programme", related_name="+")
    year = models.PositiveSmallIntegerField()
    round = models.PositiveSmallIntegerField(
        default=1, help_text="1 is the first sample of the year, 2 the second"
    )
    status = models.CharField(max_length=9, choices=SampleStatus, default=SampleStatus.PLANNING)
    scheme_version = models.ForeignKey("centres.SchemeVersion", models.PROTECT, related_name="+")
    control_measure = models.CharField(max_length=8)
    registered_learners = models.PositiveIntegerField()
    frame_size = models.PositiveIntegerField()
    frame_sha256 = models.CharField(max_length=64)
    seed = models.CharField(max_length=64, help_text="Hex; made after the frame was committed")
    minimum_size = models.PositiveIntegerField()
    size_facts = models.JSONField(
        default=dict, help_text="Rule, table row and scheme version behind the size"
    )
    small_frame_reason = models.TextField(
        blank=True, help_text="Why it goes ahead with less work than the size table asks for"
    )
    random_items = models.PositiveIntegerField(default=0)
    units_in_scope = models.JSONField(default=list)
    warnings = models.JSONField(default=list)
    lead_iv = models.ForeignKey(PERSON, models.PROTECT, null=True, blank=True, related_name="+")
    planned_at = models.DateTimeField()
    planned_by = models.ForeignKey(PERSON, models.PROTECT, related_name="+")
    requested_at = models.DateTimeField(null=True, blank=True)
    work_due_on = models.DateField(null=True, blank=True)
    judging_at = models.DateTimeField(null=True, blank=True)
    outcome = models.CharField(max_length=8, choices=SampleOutcome, blank=True)
    outcome_facts = models.JSONField(default=dict, blank=True)
    concluded_at = models.DateTimeField(null=True, blank=True)
    concluded_by = models.ForeignKey(PERSON, models.PROTECT, null=True, blank=True, related_name="+")
    waived_reason = models.TextField(blank=True)

    objects = SampleQuerySet.as_manager()

    class Meta:
        constraints = [
            # A plan, also one that was waived before its work was requested, is not the centre's (R63).
            *tenant_owned("sample", "activity", "programme", kept_until=("requested_at", NOT_THE_CENTRE)),
            models.UniqueConstraint(fields=["centre", "activity"], name="sample_once_per_activity"),
            models.CheckConstraint(
                name="sample_concluded_with_outcome_and_person",
                condition=(~Q(status="CONCLUDED") & Q(outcome="", concluded_at=None, concluded_by=None))
                | (
                    Q(status="CONCLUDED", concluded_at__isnull=False, concluded_by__isnull=False)
                    & ~Q(outcome="")
                ),
            ),
            models.CheckConstraint(
                name="sample_waived_with_a_reason", condition=~Q(status="WAIVED") | ~Q(waived_reason="")
            ),
        ]
        indexes = [models.Index(fields=["centre", "programme", "year"], name="sample_of_programme")]
        triggers = status_triggers("sample", initial=["PLANNING"], edges=SAMPLE_EDGES)

    @property
    def kept_to(self) -> str:
        """What happens to a sample is not the centre's to read before its work is requested (R63)."""
        return Side.VERIFIER if self.requested_at is None else ""


class DrawnFrame(models.Model):
    """The frame a sample was drawn from, as the canonical lines whose digest was committed to; opaque ids, no names."""

    centre = centre_key()
    sample = TenantKey(Sample, related_name="frames")
    number = models.PositiveSmallIntegerField(
        default=1, help_text="Counts the draws; a new one needs a new frame"
    )
    lines = models.TextField()
    sha256 = models.CharField(max_length=64)
    seed = models.CharField(max_length=64)
    drawn_at = models.DateTimeField()

    objects = TenantQuerySet.as_manager()

    class Meta:
        constraints = [
            *tenant_owned("drawn_frame", "sample", kept_with=("sample", "requested_at", NOT_THE_CENTRE)),
            models.UniqueConstraint(fields=["centre", "sample", "number"], name="drawn_frame_number_once"),
        ]
        triggers = immutable("drawn_frame")


class ItemStatus(models.TextChoices):
    """Where one piece of work stands."""

    REQUESTED = "REQUESTED", "Work to be sent"
    RECEIVED = "RECEIVED", "To judge"
    MISSING = "MISSING", "Evidence missing"
    JUDGED = "JUDGED", "Judged"


class SampledItem(models.Model):
    """One assessment decision chosen for the sample, with the reasons for choosing it (R60-R63)."""

    centre = centre_key()
    sample = TenantKey(Sample, related_name="items")
    programme = TenantKey("centres.Programme", related_name="+")
    decision = TenantKey("centres.AssessmentDecision", related_name="+")
    position = models.PositiveSmallIntegerField()
    status = models.CharField(max_length=9, choices=ItemStatus, default=ItemStatus.REQUESTED)
    reasons = models.JSONField(default=list)
    drawn_by_chance = models.BooleanField(default=False)
    added_by = models.ForeignKey(PERSON, models.PROTECT, null=True, blank=True, related_name="+")
    added_reason = models.TextField(blank=True)
    # The decision as it stood when the sample was requested: what is judged does not change afterwards.
    facts = models.JSONField(default=dict)
    # What internal verification found, kept apart: the verifier sees it only after their own judgement.
    verification_facts = models.JSONField(default=dict)
    missing_reason = models.TextField(blank=True)
    missing_by = models.ForeignKey(PERSON, models.PROTECT, null=True, blank=True, related_name="+")
    received_at = models.DateTimeField(null=True, blank=True)

    objects = ProgrammeTenantQuerySet.as_manager()

    class Meta:
        constraints = [
            *tenant_owned(
                "sampled_item",
                "sample",
                "programme",
                "decision",
                kept_with=("sample", "requested_at", NOT_THE_CENTRE),
            ),
            models.UniqueConstraint(fields=["centre", "sample", "decision"], name="sampled_item_once"),
            models.UniqueConstraint(
                fields=["centre", "sample", "position"],
                name="sampled_item_position_once",
                deferrable=models.Deferrable.DEFERRED,
            ),
            models.CheckConstraint(
                name="sampled_item_added_with_a_reason", condition=Q(added_by=None) | ~Q(added_reason="")
            ),
        ]
        triggers = status_triggers(
            "sampled_item",
            initial=["REQUESTED"],
            edges=(
                ("REQUESTED", "RECEIVED"), ("REQUESTED", "MISSING"), ("MISSING", "RECEIVED"), ("RECEIVED", "JUDGED"),
                ("MISSING", "JUDGED"), ("RECEIVED", "MISSING"), ("REQUESTED", "JUDGED"),
            ),
        )  # fmt: skip

    @property
    def kept_to(self) -> str:
        """That an item was chosen is the centre's to read once its work is requested, that it was judged is not."""
        return Side.VERIFIER if self.status == ItemStatus.JUDGED else self.sample.kept_to


class ItemEvidence(models.Model):
    """A file of the work that was sent for an item."""

    centre = centre_key()
    item = TenantKey(SampledItem, related_name="evidence")
    file = TenantKey("centres.EvidenceFile", related_name="+")
    description = models.CharField(max_length=160, blank=True)
    opened_at = models.DateTimeField(null=True, blank=True, help_text="First opened by a verifier")

    objects = TenantQuerySet.as_manager()

    class Meta:
        constraints = [*tenant_owned("item_evidence", "item", "file")]


class Verdict(models.TextChoices):
    """What the verifier says of the assessor's decision."""

    AGREE = "AGREE", "Agreed"
    DISAGREE = "DISAGREE", "Disagreed"


class Judgement(models.Model):
    """A verifier's judgement of one item by criterion; not the centre's to see before the sample is concluded."""

    centre = centre_key()
    item = TenantKey(SampledItem, related_name="judgements")
    verdict = models.CharField(max_length=8, choices=Verdict, blank=True)
    criteria = models.JSONField(default=dict, help_text='{"4.P1": {"agree": true, "why": ""}}')
    feedback = models.TextField(blank=True)
    # Where the work was seen when nothing was sent here, for example at the centre.
    work_seen = models.TextField(blank=True)
    revision = models.PositiveIntegerField(default=0)
    complete = models.BooleanField(default=False)
    judged_by = models.ForeignKey(PERSON, models.PROTECT, related_name="+")
    judged_at = models.DateTimeField()

    objects = TenantQuerySet.as_manager()

    class Meta:
        constraints = [
            *tenant_owned("judgement", "item", sides=NOT_THE_CENTRE),
            models.UniqueConstraint(fields=["centre", "item"], name="judgement_once_per_item"),
            models.CheckConstraint(
                name="judgement_complete_has_a_verdict", condition=Q(complete=False) | ~Q(verdict="")
            ),
        ]


class ReleasedJudgement(models.Model):
    """A judgement as the centre receives it when the sample is concluded; never changed afterwards."""

    centre = centre_key()
    item = TenantKey(SampledItem, related_name="released_judgements")
    verdict = models.CharField(max_length=8, choices=Verdict)
    criteria = models.JSONField(default=dict)
    feedback = models.TextField(blank=True)
    work_seen = models.TextField(blank=True)
    judged_by = models.ForeignKey(PERSON, models.PROTECT, related_name="+")
    judged_at = models.DateTimeField()

    objects = TenantQuerySet.as_manager()

    class Meta:
        constraints = [
            *tenant_owned("released_judgement", "item"),
            models.UniqueConstraint(fields=["centre", "item"], name="released_judgement_once_per_item"),
        ]
        triggers = immutable("released_judgement")


class ComplianceJudgement(models.TextChoices):
    """How a requirement was found; the keys are those of the scheme."""

    MET = "MET", "Met"
    PARTLY_MET = "PARTLY_MET", "Partly met"
    NOT_MET = "NOT_MET", "Not met"


class ComplianceCheck(models.Model):
    """How one requirement of the specification, staffing or resources is met, and on what evidence (R68)."""

    centre = centre_key()
    sample = TenantKey(Sample, related_name="compliance")
    criterion = models.CharField(max_length=60)
    judgement = models.CharField(max_length=10, choices=ComplianceJudgement, blank=True)
    evidence_seen = models.TextField(blank=True)
    checked_by = models.ForeignKey(PERSON, models.PROTECT, related_name="+")
    checked_at = models.DateTimeField()

    objects = TenantQuerySet.as_manager()

    class Meta:
        constraints = [
            *tenant_owned("compliance", "sample", sides=NOT_THE_CENTRE),
            models.UniqueConstraint(
                fields=["centre", "sample", "criterion"], name="compliance_once_per_criterion"
            ),
        ]
