"""Direct claims status, claims, assessment, records and cases: the figures a scheme sets for each."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from centres.schemes.reading import Count, Key, Parameter, Positive, Rule
from centres.schemes.terms import Problem


@dataclass(frozen=True)
class GrantRoute:
    """One way to earn direct claims status: clean reviews, how far apart, over how many learners (R72)."""

    title: str
    reviews: Positive
    months_apart_least: Count
    months_apart_most: Positive
    complete_learners: Positive
    outstanding_actions: Count
    rule: Rule

    def problems(self) -> list[Problem]:
        """Refuse reviews that must be further apart than they may be."""
        if self.months_apart_least > self.months_apart_most:
            return [(".months_apart_least", "This is above months_apart_most.", "Lower it.")]
        return []


@dataclass(frozen=True)
class DirectClaims:
    """How direct claims status is earned, kept and lost (R71 to R77)."""

    grant_routes: Mapping[Key, GrantRoute]
    review_months: Parameter[Positive]
    lapse_months_without_claim: Parameter[Positive]
    suspended_by_overdue_essential_action: Parameter[bool]
    regain_reviews: Parameter[Positive]
    moderated_may_hold: Parameter[bool]


@dataclass(frozen=True)
class Claims:
    """When a certificate may be claimed (R30, R83 to R87)."""

    gap_days_after_registration: Parameter[Count]
    internal_verifier_confirms: Parameter[bool]
    kinds: tuple[Literal["full", "interim", "fallback"], ...]


@dataclass(frozen=True)
class Assessment:
    """Submission, resubmission, retake, standardisation (R46 to R54)."""

    resubmissions: Parameter[Count]
    resubmission_working_days: Parameter[Positive]
    late_submission_blocks_resubmission: Parameter[bool]
    retakes: Parameter[Count]
    retake_grade_at_most: Parameter[str]
    resubmission_of_retake: Parameter[bool]
    standardisation_before_decisions: Parameter[bool]
    lead_internal_verifier_per: Parameter[Literal["principal_subject_area", "programme"]]


@dataclass(frozen=True)
class Retention:
    """How long one kind of record is kept, counted from when (R96)."""

    title: str
    months: Count
    weeks: Count
    counted_from: str
    rule: Rule

    def problems(self) -> list[Problem]:
        """Refuse a record that is kept for no time at all."""
        return (
            [] if self.months or self.weeks else [("", "This is kept for no time.", "Set months or weeks.")]
        )


@dataclass(frozen=True)
class Cases:
    """Clocks of appeals, complaints and notices to the regulator (R90, R92, R95)."""

    appeal_days_centre: Parameter[Positive]
    appeal_days_administrative: Parameter[Positive]
    appeal_days_marking: Parameter[Positive]
    complaint_acknowledged_working_days: Parameter[Positive]
    complaint_resolved_working_days: Parameter[Positive]
    regulator_notice_hours: Parameter[Positive]


@dataclass(frozen=True)
class People:
    """Accounts and yearly confirmations (R22)."""

    account_unused_months: Parameter[Positive]
    details_confirmed_every_months: Parameter[Positive]
