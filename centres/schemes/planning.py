"""How verifiers are allocated and activities scheduled: years, days of work, notice (R7, R13, R99, R100)."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

from centres.schemes.reading import Count, Parameter, Positive
from centres.schemes.terms import ActivityKind


@dataclass(frozen=True)
class WorkDays:
    """How many days of a verifier's time an activity takes, preparation and report included."""

    basic: Decimal
    for_each_programme: Decimal
    for_each_site_beyond_the_first: Decimal

    def needed(self, *, programmes: int, sites: int) -> Decimal:
        """Give the days for one activity."""
        further = max(sites - 1, 0)
        return (
            self.basic + self.for_each_programme * programmes + self.for_each_site_beyond_the_first * further
        )


@dataclass(frozen=True)
class Allocation:
    """Whom a planner may allocate for how long, and what is weighed."""

    max_consecutive_years: Parameter[Positive]
    cooling_off_years: Parameter[Count]
    work_days: Mapping[ActivityKind, Parameter[WorkDays]]
    lead_verifier_prefers_verifier_of_suite: Parameter[bool]
    furthest_miles: Parameter[Positive]

    def days_needed(self, kind: str, *, programmes: int, sites: int) -> Decimal:
        """Give the days of work that an activity of this kind needs. Raises KeyError."""
        return self.work_days[kind].value.needed(programmes=programmes, sites=sites)  # type: ignore[index]


@dataclass(frozen=True)
class Scheduling:
    """How far ahead dates are proposed and agreed, and what a late cancellation means."""

    usual_mode: Mapping[ActivityKind, Literal["on_site", "remote"]]
    notice_working_days: Parameter[Positive]
    short_notice_working_days: Parameter[Positive]
    reply_working_days: Parameter[Positive]
    late_cancellation_working_days: Parameter[Positive]
    weeks_before_certification: Parameter[Count]
    largest_visits_in_a_week: Parameter[Positive]
