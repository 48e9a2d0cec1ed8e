"""May a programme claim: release of the year, direct claims status and its recommendations, risk ratings."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from centres.models.programmes import ProgrammeTenantQuerySet
from centres.models.register import TenantQuerySet
from qa_portal.rls import TenantKey, centre_key, tenant_owned
from qa_portal.triggers import immutable, status_triggers
from verification.models.activities import NOT_THE_CENTRE, Activity, RiskLevel
from verification.models.years import CentreYear

PERSON = settings.AUTH_USER_MODEL


class ControlMeasure(models.TextChoices):
    """How closely a programme is sampled (R58)."""

    STANDARD = "STANDARD", "Standard"
    ENHANCED = "ENHANCED", "Enhanced"


class ReleaseStatus(models.TextChoices):
    """Whether a programme may claim this year; the words a centre reads."""

    OUTSTANDING = "OUTSTANDING", "Outstanding"
    PENDING = "PENDING", "Certification pending: centre action required"
    RELEASED = "RELEASED", "Released"


RELEASE_EDGES = (("OUTSTANDING", "PENDING"), ("OUTSTANDING", "RELEASED"), ("PENDING", "RELEASED"),
                 ("RELEASED", "PENDING"), ("PENDING", "OUTSTANDING"))  # fmt: skip


class Release(models.Model):
    """One programme in one year: its control measure and whether claims are released (R58, R65, R66)."""

    centre = centre_key()
    centre_year = TenantKey(CentreYear, related_name="releases")
    programme = TenantKey("centres.Programme", related_name="+")
    status = models.CharField(max_length=11, choices=ReleaseStatus, default=ReleaseStatus.OUTSTANDING)
    control_measure = models.CharField(max_length=8, choices=ControlMeasure)
    control_facts = models.JSONField(default=dict)
    decided_at = models.DateTimeField(null=True, blank=True)
    decided_by = models.ForeignKey(PERSON, models.PROTECT, null=True, blank=True, related_name="+")
    facts = models.JSONField(default=dict, help_text="Sample, rule and scheme version behind the status")

    objects = ProgrammeTenantQuerySet.as_manager()

    class Meta:
        constraints = [
            *tenant_owned("release", "centre_year", "programme"),
            models.UniqueConstraint(
                fields=["centre", "centre_year", "programme"], name="release_once_per_year"
            ),
        ]
        triggers = status_triggers("release", initial=["OUTSTANDING"], edges=RELEASE_EDGES)


class DirectClaimsState(models.TextChoices):
    """Whether a programme may claim without a release."""

    NOT_HELD = "NOT_HELD", "Not held"
    ACTIVE = "ACTIVE", "Active"
    SUSPENDED = "SUSPENDED", "Suspended"


DIRECT_CLAIMS_EDGES = (
    ("NOT_HELD", "ACTIVE"), ("ACTIVE", "SUSPENDED"), ("SUSPENDED", "ACTIVE"), ("ACTIVE", "NOT_HELD"),
    ("SUSPENDED", "NOT_HELD"), ("ACTIVE", "ACTIVE"),
)  # fmt: skip


class DirectClaimsStatus(models.Model):
    """Direct claims status of one programme, with its basis and its next review (R71-R76)."""

    centre = centre_key()
    programme = TenantKey("centres.Programme", related_name="+")
    status = models.CharField(max_length=9, choices=DirectClaimsState, default=DirectClaimsState.NOT_HELD)
    since = models.DateField(null=True, blank=True)
    review_due = models.DateField(null=True, blank=True)
    basis = models.JSONField(default=dict, help_text="Report, decision, rule, scheme version")
    changed_at = models.DateTimeField(null=True, blank=True)

    objects = ProgrammeTenantQuerySet.as_manager()

    class Meta:
        constraints = [
            *tenant_owned("direct_claims", "programme"),
            models.UniqueConstraint(fields=["centre", "programme"], name="direct_claims_once_per_programme"),
            models.CheckConstraint(
                name="direct_claims_active_has_since_and_review",
                condition=~Q(status="ACTIVE") | Q(since__isnull=False, review_due__isnull=False),
            ),
        ]
        triggers = status_triggers("direct_claims", initial=["NOT_HELD"], edges=DIRECT_CLAIMS_EDGES)


class RecommendationKind(models.TextChoices):
    """What an SV recommends about direct claims status."""

    GRANT = "GRANT", "Grant"
    KEEP = "KEEP", "Keep"
    SUSPEND = "SUSPEND", "Suspend"
    REMOVE = "REMOVE", "Remove"
    NOT_YET = "NOT_YET", "Not yet"


class RecommendationStatus(models.TextChoices):
    """Where a recommendation stands."""

    WAITING = "WAITING", "Waiting for a decision"
    ACCEPTED = "ACCEPTED", "Accepted"
    DECLINED = "DECLINED", "Declined"


class DirectClaimsRecommendation(models.Model):
    """An SV's recommendation and another person's decision (R26, R71)."""

    centre = centre_key()
    programme = TenantKey("centres.Programme", related_name="+")
    activity = TenantKey(Activity, related_name="recommendations")
    kind = models.CharField(max_length=8, choices=RecommendationKind)
    reasons = models.TextField()
    facts = models.JSONField(default=dict)
    status = models.CharField(
        max_length=8, choices=RecommendationStatus, default=RecommendationStatus.WAITING
    )
    recommended_at = models.DateTimeField()
    recommended_by = models.ForeignKey(PERSON, models.PROTECT, related_name="+")
    decided_at = models.DateTimeField(null=True, blank=True)
    decided_by = models.ForeignKey(PERSON, models.PROTECT, null=True, blank=True, related_name="+")
    decision_reasons = models.TextField(blank=True)

    objects = ProgrammeTenantQuerySet.as_manager()

    class Meta:
        constraints = [
            *tenant_owned("dcs_recommendation", "programme", "activity", sides=NOT_THE_CENTRE),
            models.UniqueConstraint(
                fields=["centre", "programme"],
                condition=Q(status="WAITING"),
                name="dcs_recommendation_one_waiting",
            ),
            models.CheckConstraint(
                name="dcs_recommendation_not_decided_by_its_recommender",
                condition=Q(decided_by=None) | ~Q(decided_by=F("recommended_by")),
            ),
            models.CheckConstraint(
                name="dcs_recommendation_decided_at_and_by_go_together",
                condition=Q(status="WAITING", decided_at=None, decided_by=None)
                | (~Q(status="WAITING") & Q(decided_at__isnull=False, decided_by__isnull=False)),
            ),
        ]
        triggers = status_triggers(
            "dcs_recommendation",
            initial=["WAITING"],
            edges=(("WAITING", "ACCEPTED"), ("WAITING", "DECLINED")),
        )


class RiskRating(models.Model):
    """A rating as it was issued: initial after the visit, final at the year's end (R11, R12, R80)."""

    centre = centre_key()
    centre_year = TenantKey(CentreYear, related_name="ratings")
    kind = models.CharField(max_length=7, choices=[("INITIAL", "Initial"), ("FINAL", "Final")])
    level = models.CharField(max_length=8, choices=RiskLevel)
    reasons = models.TextField()
    facts = models.JSONField(default=dict)
    rated_at = models.DateTimeField()
    rated_by = models.ForeignKey(PERSON, models.PROTECT, related_name="+")

    objects = TenantQuerySet.as_manager()

    class Meta:
        constraints = [*tenant_owned("risk_rating", "centre_year")]
        triggers = immutable("risk_rating")
