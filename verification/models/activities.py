"""Activities (LSV visits and standards verification), findings, facts to check, actions and escalations."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from centres.models.programmes import ProgrammeTenantQuerySet
from centres.models.register import TenantQuerySet
from qa_portal.rls import TenantKey, centre_key, tenant_owned
from qa_portal.tenancy import Side
from qa_portal.triggers import immutable, status_triggers
from verification.models.verifiers import Allocation
from verification.models.years import CentreYear

PERSON = settings.AUTH_USER_MODEL
NOT_THE_CENTRE = (Side.VERIFIER, Side.AO)


class ActivityKind(models.TextChoices):
    """What is done."""

    VISIT = "VISIT", "LSV visit"
    SAMPLING = "SAMPLING", "Standards verification"


class ActivityStatus(models.TextChoices):
    """Where an activity stands."""

    PLANNED = "PLANNED", "To be scheduled"
    PROPOSED = "PROPOSED", "Date proposed"
    AGREED = "AGREED", "Date agreed"
    UNDER_WAY = "UNDER_WAY", "Under way"
    FACT_CHECK = "FACT_CHECK", "Facts being checked"
    CONCLUDED = "CONCLUDED", "Concluded"
    WAIVED = "WAIVED", "Waived"
    CANCELLED = "CANCELLED", "Cancelled"


ACTIVITY_EDGES = (
    ("PLANNED", "PROPOSED"), ("PROPOSED", "PLANNED"), ("PROPOSED", "PROPOSED"), ("PROPOSED", "AGREED"),
    ("AGREED", "PROPOSED"), ("AGREED", "PLANNED"), ("AGREED", "UNDER_WAY"), ("UNDER_WAY", "FACT_CHECK"),
    ("FACT_CHECK", "UNDER_WAY"), ("UNDER_WAY", "CONCLUDED"), ("FACT_CHECK", "CONCLUDED"), ("PLANNED", "WAIVED"),
    ("PROPOSED", "WAIVED"), ("AGREED", "WAIVED"), ("UNDER_WAY", "WAIVED"), ("PLANNED", "CANCELLED"),
    ("PROPOSED", "CANCELLED"), ("AGREED", "CANCELLED"),
)  # fmt: skip


class ActivityMode(models.TextChoices):
    """How it is done."""

    REMOTE = "REMOTE", "Remote"
    ON_SITE = "ON_SITE", "On site"


class Activity(models.Model):
    """One visit to a centre, or one round of standards verification of a programme."""

    centre = centre_key()
    centre_year = TenantKey(CentreYear, related_name="activities")
    allocation = TenantKey(Allocation, null=True, related_name="activities")
    kind = models.CharField(max_length=8, choices=ActivityKind)
    programme = TenantKey("centres.Programme", null=True, blank=True, related_name="+")
    number = models.PositiveSmallIntegerField(
        default=1, help_text="First, second ... of its kind in the year"
    )
    status = models.CharField(max_length=10, choices=ActivityStatus, default=ActivityStatus.PLANNED)
    mode = models.CharField(max_length=7, choices=ActivityMode)
    site = TenantKey("centres.Site", null=True, blank=True, related_name="+")
    window_from = models.DateField()
    window_until = models.DateField()
    window_facts = models.JSONField(default=dict, help_text="Which cohorts, scheme and rule gave the window")
    day = models.DateField(null=True, blank=True, help_text="Proposed or agreed")
    starts_at = models.TimeField(null=True, blank=True)
    whole_day = models.BooleanField(default=True)
    proposed_by = models.ForeignKey(PERSON, models.PROTECT, null=True, blank=True, related_name="+")
    verifier_agreed_at = models.DateTimeField(null=True, blank=True)
    centre_agreed_at = models.DateTimeField(null=True, blank=True)
    not_placed_because = models.CharField(max_length=300, blank=True)
    late_reason = models.TextField(blank=True, help_text="Why it lies after its due date (R8)")
    urgent_reason = models.TextField(blank=True, help_text="Which claims after 31 August cannot wait (R10)")
    people_seen = models.TextField(blank=True)
    concluded_at = models.DateTimeField(null=True, blank=True)
    ended_reason = models.TextField(blank=True, help_text="Why it was waived or cancelled")
    ended_by = models.ForeignKey(PERSON, models.PROTECT, null=True, blank=True, related_name="+")

    objects = ProgrammeTenantQuerySet.as_manager()

    class Meta:
        constraints = [
            *tenant_owned("activity", "centre_year", "allocation", "programme", "site"),
            models.UniqueConstraint(
                fields=["centre", "centre_year", "kind", "programme", "number"],
                condition=~Q(status="CANCELLED"),
                nulls_distinct=False,
                name="activity_number_once",
            ),
            models.CheckConstraint(
                name="activity_programme_for_sampling_only",
                condition=Q(kind="VISIT", programme=None) | Q(kind="SAMPLING", programme__isnull=False),
            ),
            models.CheckConstraint(
                name="activity_agreed_has_a_day",
                condition=~Q(status__in=["PROPOSED", "AGREED"]) | Q(day__isnull=False),
            ),
            models.CheckConstraint(
                name="activity_waived_or_cancelled_with_a_reason",
                condition=~Q(status__in=["WAIVED", "CANCELLED"]) | ~Q(ended_reason=""),
            ),
        ]
        indexes = [
            models.Index(fields=["centre", "centre_year", "kind"], name="activity_of_year"),
            models.Index(fields=["centre", "day"], name="activity_by_day"),
        ]
        triggers = status_triggers("activity", initial=["PLANNED"], edges=ACTIVITY_EDGES)


class ActivityCountStatus(models.TextChoices):
    """Where the agreement on the number of activities stands."""

    PROPOSED = "PROPOSED", "Proposed"
    CONFIRMED = "CONFIRMED", "Confirmed"


class ActivityCount(models.Model):
    """How many sampling activities a programme has this year: one verifier proposes, the other confirms (R9, R12)."""

    centre = centre_key()
    centre_year = TenantKey(CentreYear, related_name="activity_counts")
    programme = TenantKey("centres.Programme", related_name="+")
    count = models.PositiveSmallIntegerField()
    minimum = models.PositiveSmallIntegerField()
    facts = models.JSONField(default=dict, help_text="Rules that raise the minimum, with their facts")
    reason = models.TextField(blank=True)
    status = models.CharField(max_length=9, choices=ActivityCountStatus, default=ActivityCountStatus.PROPOSED)
    proposed_by = models.ForeignKey(PERSON, models.PROTECT, null=True, related_name="+")
    proposed_at = models.DateTimeField()
    confirmed_by = models.ForeignKey(PERSON, models.PROTECT, null=True, related_name="+")
    confirmed_at = models.DateTimeField(null=True)

    objects = ProgrammeTenantQuerySet.as_manager()

    class Meta:
        constraints = [
            *tenant_owned("activity_count", "centre_year", "programme"),
            models.UniqueConstraint(
                fields=["centre", "centre_year", "programme"], name="activity_count_once"
            ),
            models.CheckConstraint(
                name="activity_count_at_least_its_minimum", condition=Q(count__gte=F("minimum"))
            ),
        ]
        triggers = status_triggers(
            "activity_count",
            initial=["PROPOSED"],
            edges=(("PROPOSED", "CONFIRMED"), ("CONFIRMED", "PROPOSED")),
        )

    @property
    def kept_to(self) -> str:
        """What the two verifiers propose to each other is theirs until they agree."""
        return Side.VERIFIER if self.status == ActivityCountStatus.PROPOSED else ""


class RequestedDocument(models.Model):
    """A document the LSV asks for before a visit, and the file that answered it."""

    centre = centre_key()
    activity = TenantKey(Activity, related_name="documents")
    key = models.CharField(max_length=40)
    title = models.CharField(max_length=160)
    file = TenantKey("centres.EvidenceFile", null=True, blank=True, related_name="+")
    received_at = models.DateTimeField(null=True, blank=True)

    objects = TenantQuerySet.as_manager()

    class Meta:
        constraints = [
            *tenant_owned("requested_document", "activity", "file"),
            models.UniqueConstraint(fields=["centre", "activity", "key"], name="requested_document_once"),
        ]


class FindingJudgement(models.TextChoices):
    """How a management system was found."""

    MET = "MET", "Met"
    PARTLY = "PARTLY", "Partly met"
    NOT_MET = "NOT_MET", "Not met"


class Finding(models.Model):
    """What the LSV saw for one criterion; a draft until the report is issued, so not the centre's to see."""

    centre = centre_key()
    activity = TenantKey(Activity, related_name="findings")
    criterion = models.CharField(max_length=60)
    judgement = models.CharField(max_length=8, choices=FindingJudgement, blank=True)
    seen = models.TextField(blank=True)
    risk_to_valid_certification = models.BooleanField(default=False)
    saved_by = models.ForeignKey(PERSON, models.PROTECT, related_name="+")
    saved_at = models.DateTimeField()

    objects = TenantQuerySet.as_manager()

    class Meta:
        constraints = [
            *tenant_owned("finding", "activity", sides=NOT_THE_CENTRE),
            models.UniqueConstraint(
                fields=["centre", "activity", "criterion"], name="finding_once_per_criterion"
            ),
        ]


class RiskLevel(models.TextChoices):
    """How likely it is that certificates are at risk."""

    LOW = "LOW", "Low"
    MEDIUM = "MEDIUM", "Medium"
    HIGH = "HIGH", "High"


class ReportDraft(models.Model):
    """What the verifier writes before a report is issued: texts, rating, reasons; edited with a revision."""

    centre = centre_key()
    activity = TenantKey(Activity, null=True, blank=True, related_name="drafts")
    centre_year = TenantKey(CentreYear, related_name="drafts")
    kind = models.CharField(
        max_length=8, choices=[("VISIT", "Visit"), ("SAMPLE", "Sample"), ("FINAL", "Final")]
    )
    revision = models.PositiveIntegerField(default=0)
    summary = models.TextField(blank=True)
    good_practice = models.TextField(blank=True)
    next_steps = models.TextField(blank=True)
    rating = models.CharField(max_length=8, choices=RiskLevel, blank=True)
    rating_reasons = models.TextField(blank=True)
    texts = models.JSONField(default=dict, blank=True, help_text="Further sections by key")
    recommended_cycle = models.JSONField(default=dict, blank=True)
    saved_by = models.ForeignKey(PERSON, models.PROTECT, related_name="+")
    saved_at = models.DateTimeField()

    objects = TenantQuerySet.as_manager()

    class Meta:
        constraints = [
            *tenant_owned("report_draft", "activity", "centre_year", sides=NOT_THE_CENTRE),
            models.UniqueConstraint(
                fields=["centre", "kind", "activity", "centre_year"],
                nulls_distinct=False,
                name="report_draft_once",
            ),
        ]


class DraftAction(models.Model):
    """An action being written; it becomes an Action when the report is issued."""

    centre = centre_key()
    activity = TenantKey(Activity, related_name="draft_actions")
    level = models.CharField(
        max_length=14, choices=[("ESSENTIAL", "Essential"), ("RECOMMENDED", "Recommended")]
    )
    criterion = models.CharField(max_length=60)
    text = models.TextField()
    owner = models.ForeignKey(PERSON, models.PROTECT, related_name="+")
    due_on = models.DateField()
    programme = TenantKey("centres.Programme", null=True, blank=True, related_name="+")
    risk_to_valid_certification = models.BooleanField(default=False)

    objects = TenantQuerySet.as_manager()

    class Meta:
        constraints = [*tenant_owned("draft_action", "activity", "programme", sides=NOT_THE_CENTRE)]


class FactCheckStatus(models.TextChoices):
    """Where the centre's check of the facts stands."""

    SENT = "SENT", "With the centre"
    ANSWERED = "ANSWERED", "Answered"
    CLOSED = "CLOSED", "Closed without an answer"


class FactCheck(models.Model):
    """The facts of a draft, without rating, as the centre was asked to check them, and what it corrected."""

    centre = centre_key()
    activity = TenantKey(Activity, related_name="fact_checks")
    status = models.CharField(max_length=8, choices=FactCheckStatus, default=FactCheckStatus.SENT)
    content = models.JSONField()
    due_on = models.DateField()
    sent_at = models.DateTimeField()
    sent_by = models.ForeignKey(PERSON, models.PROTECT, related_name="+")
    corrections = models.JSONField(default=dict, blank=True, help_text="Correction by criterion")
    answered_at = models.DateTimeField(null=True, blank=True)
    answered_by = models.ForeignKey(PERSON, models.PROTECT, null=True, blank=True, related_name="+")

    objects = TenantQuerySet.as_manager()

    class Meta:
        constraints = [*tenant_owned("fact_check", "activity")]
        triggers = status_triggers(
            "fact_check", initial=["SENT"], edges=(("SENT", "ANSWERED"), ("SENT", "CLOSED"))
        )


class ActionLevel(models.TextChoices):
    """How binding an action is."""

    ESSENTIAL = "ESSENTIAL", "Essential"
    RECOMMENDED = "RECOMMENDED", "Recommended"


class ActionStatus(models.TextChoices):
    """Where an action stands."""

    OPEN = "OPEN", "Open"
    ANSWERED = "ANSWERED", "Evidence sent"
    RETURNED = "RETURNED", "More needed"
    CLOSED = "CLOSED", "Closed"


ACTION_EDGES = (
    ("OPEN", "ANSWERED"), ("RETURNED", "ANSWERED"), ("ANSWERED", "RETURNED"), ("ANSWERED", "CLOSED"),
    ("OPEN", "CLOSED"), ("RETURNED", "CLOSED"),
)  # fmt: skip


class Action(models.Model):
    """What a centre must (essential) or should (recommended) do, from a report and its criterion (R74, R81, R82)."""

    centre = centre_key()
    number = models.PositiveSmallIntegerField(help_text="Counts through the centre's life")
    centre_year = TenantKey(CentreYear, related_name="actions")
    activity = TenantKey(Activity, related_name="actions")
    programme = TenantKey("centres.Programme", null=True, blank=True, related_name="+")
    criterion = models.CharField(max_length=60)
    level = models.CharField(max_length=11, choices=ActionLevel)
    status = models.CharField(max_length=8, choices=ActionStatus, default=ActionStatus.OPEN)
    text = models.TextField()
    owner = models.ForeignKey(PERSON, models.PROTECT, related_name="+")
    due_on = models.DateField()
    risk_to_valid_certification = models.BooleanField(default=False)
    opened_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True, blank=True)
    closed_by = models.ForeignKey(PERSON, models.PROTECT, null=True, blank=True, related_name="+")
    closing_note = models.TextField(blank=True)

    objects = TenantQuerySet.as_manager()

    class Meta:
        constraints = [
            *tenant_owned("action", "centre_year", "activity", "programme"),
            models.UniqueConstraint(fields=["centre", "number"], name="action_number_once_per_centre"),
            models.CheckConstraint(
                name="action_closed_at_and_by_go_together",
                condition=(~Q(status="CLOSED") & Q(closed_at=None, closed_by=None))
                | Q(status="CLOSED", closed_at__isnull=False, closed_by__isnull=False),
            ),
        ]
        indexes = [models.Index(fields=["centre", "status", "due_on"], name="action_by_due_date")]
        triggers = status_triggers("action", initial=["OPEN"], edges=ACTION_EDGES)


class ActionResponse(models.Model):
    """One turn in the work on an action: the centre's answer with evidence, or the verifier's remark."""

    centre = centre_key()
    action = TenantKey(Action, related_name="responses")
    text = models.TextField(blank=True)
    written_at = models.DateTimeField()
    written_by = models.ForeignKey(PERSON, models.PROTECT, related_name="+")
    from_centre = models.BooleanField()

    objects = TenantQuerySet.as_manager()

    class Meta:
        constraints = [*tenant_owned("action_response", "action")]
        triggers = immutable("action_response")


class ActionEvidence(models.Model):
    """A file sent with an answer to an action."""

    centre = centre_key()
    response = TenantKey(ActionResponse, related_name="evidence")
    file = TenantKey("centres.EvidenceFile", related_name="+")

    objects = TenantQuerySet.as_manager()

    class Meta:
        constraints = [*tenant_owned("action_evidence", "response", "file")]


class EscalationStatus(models.TextChoices):
    """Where an escalation stands."""

    RAISED = "RAISED", "Raised"
    ANSWERED = "ANSWERED", "Answered"


class Escalation(models.Model):
    """A significant failing that the LSV brings to the quality manager; not the centre's to see."""

    centre = centre_key()
    activity = TenantKey(Activity, related_name="escalations")
    status = models.CharField(max_length=8, choices=EscalationStatus, default=EscalationStatus.RAISED)
    text = models.TextField()
    raised_at = models.DateTimeField()
    raised_by = models.ForeignKey(PERSON, models.PROTECT, related_name="+")
    answer = models.TextField(blank=True)
    answered_at = models.DateTimeField(null=True, blank=True)
    answered_by = models.ForeignKey(PERSON, models.PROTECT, null=True, blank=True, related_name="+")

    objects = TenantQuerySet.as_manager()

    class Meta:
        constraints = [*tenant_owned("escalation", "activity", sides=NOT_THE_CENTRE)]
        triggers = status_triggers("escalation", initial=["RAISED"], edges=(("RAISED", "ANSWERED"),))
