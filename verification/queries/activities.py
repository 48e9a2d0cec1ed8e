"""Activities as pages, schedules and reports ask for them: windows, what is under way, and who issued what."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import QuerySet

from centres import academic_year
from centres.models import AccessGrant, Cohort, DeliveryPattern, Programme, Site
from centres.permissions import Permission, RoleCode
from centres.queries.schemes import in_force, scheme_of
from centres.schemes import Scheme
from verification.models import Activity, ActivityKind, ActivityStatus, Allocation, AllocationKind
from verification.sampling_windows import CohortDates, SchemeWindow, sampling_windows

MAY_PLAN = (Permission.ACTIVITY_COUNT_AGREE, Permission.ALLOCATION_MAKE, Permission.REPORT_ISSUE_VISIT)
_PATTERN = {
    DeliveryPattern.ACADEMIC_YEAR: "academic year",
    DeliveryPattern.ROLL_ON_ROLL_OFF: "roll-on roll-off",
    DeliveryPattern.SHORT_COURSE: "short course",
}
OPEN = (
    ActivityStatus.PLANNED,
    ActivityStatus.PROPOSED,
    ActivityStatus.AGREED,
    ActivityStatus.UNDER_WAY,
    ActivityStatus.FACT_CHECK,
)


@dataclass(frozen=True)
class Window:
    """The days an activity must lie in, both inclusive, and what they follow from."""

    first: date
    last: date
    facts: dict[str, Any]


def scheme_for(allocation: Allocation) -> Scheme:
    """The scheme that governs an allocation: of the programme's suite for an SV, of the year for an LSV."""
    if allocation.programme is None:
        return scheme_of(allocation.centre_year.scheme_version)
    first, _ = academic_year.bounds(allocation.centre_year.year)
    return in_force(allocation.programme.qualification.suite, first).scheme


def days_of_work(allocation: Allocation, scheme: Scheme) -> Decimal:
    """How many days of the verifier's year the allocation takes, preparation and report included (R7)."""
    sites = Site.objects.filter(centre_id=allocation.centre_id, closed_on=None).count()
    if allocation.kind == AllocationKind.SV:
        return scheme.allocation.days_needed("standards_verification", programmes=1, sites=sites)
    year = allocation.centre_year.year
    programmes = Programme.objects.filter(centre_id=allocation.centre_id, status="APPROVED")
    count = programmes.active_in(*academic_year.bounds(year)).count()
    return scheme.allocation.days_needed("lsv_visit", programmes=count, sites=sites)


def window_for(allocation: Allocation, scheme: Scheme, *, number: int = 1) -> Window:
    """When an activity of an allocation must take place: the scheme's window, or the cohorts' own dates.

    ``number`` counts the activities in the year: the second takes the second window that the cohorts leave.
    """
    year = allocation.centre_year.year
    if allocation.kind == AllocationKind.LSV:
        first, last = scheme.windows["lsv_visit"].on(year)
        return Window(first, last, scheme.basis("R8", window="lsv_visit"))
    return sampling_window(allocation, scheme, year, number=number)


def sampling_window(allocation: Allocation, scheme: Scheme, year: int, *, number: int = 1) -> Window:
    """The sampling window that a programme's cohorts leave for its ``number``-th sample, with its facts (R9).

    Where there are more samples than windows, the last window serves the rest.
    """
    first, last = scheme.windows["standards_verification"].on(year)
    year_first, year_last = academic_year.bounds(year)
    cohorts = Cohort.objects.filter(centre_id=allocation.centre_id, programme_id=allocation.programme_id)  # type: ignore[misc]
    dates = [
        CohortDates(
            str(cohort.pk), cohort.name, _PATTERN[DeliveryPattern(cohort.delivery_pattern)], cohort.starts_on,
            cohort.ends_on, cohort.certification_needed_by,
        )
        for cohort in cohorts.filter(ends_on__gte=year_first, starts_on__lte=year_last)
    ]  # fmt: skip
    days = scheme.scheduling.weeks_before_certification.value * 7
    found, without = sampling_windows(
        dates, SchemeWindow(year_first, year_last, first, last, days_to_release=days)
    )
    facts = {
        "not_sampled": [{"cohort": int(none.cohort), "why": none.reason} for none in without],
        "further_windows": [[str(w.first), str(w.last)] for w in found[number:]],
    }
    if not found:
        return Window(first, last, scheme.basis("R9", window="standards_verification", **facts))
    chosen = found[min(number, len(found)) - 1]
    facts |= {"cohorts": [int(pk) for pk in chosen.cohorts], "because": list(chosen.facts)}
    return Window(chosen.first, chosen.last, scheme.basis("R9", **facts))


def with_everything(activities: QuerySet[Activity]) -> QuerySet[Activity]:
    """Add what a list or a page of activities names, in the same query."""
    return activities.select_related(
        "centre",
        "centre_year__scheme_version",
        "programme__qualification",
        "allocation__verifier__person",
        "site",
        "proposed_by",
    ).defer("centre_year__scheme_version__content")


def of_verifier(person_id: int) -> QuerySet[Activity]:
    """Activities of a verifier's own active allocations."""
    return Activity.objects.filter(
        allocation__verifier__person_id=person_id, allocation__status="ACTIVE"
    ).exclude(status=ActivityStatus.CANCELLED)


def centres_served_by(person_id: int) -> tuple[int, ...]:
    """Centres at which somebody ever was a verifier, also those whose allocation has ended.

    A verifier whose allocation ended reads what they issued and nothing else: read reports in a scope of these
    centres with ``issued_by=person`` as the explicit condition (R23).
    """
    grants = AccessGrant.objects.filter(
        person_id=person_id,
        role__in=[RoleCode.LEAD_STANDARDS_VERIFIER, RoleCode.STANDARDS_VERIFIER],
        centre__isnull=False,
    )
    return tuple(sorted(set(grants.values_list("centre_id", flat=True))))  # type: ignore[arg-type]


def issued_by(rows: QuerySet[Any], person_id: int) -> QuerySet[Any]:
    """Of rows with ``issued_by`` (reports), those that this person issued, at any centre they ever served.

    Use inside ``scoped_to(centres_served_by(person_id), side=Side.VERIFIER, person_id=person_id)``.
    """
    return rows.filter(centre_id__in=centres_served_by(person_id), issued_by_id=person_id)


def standing_in_place_of(cancelled: Activity) -> QuerySet[Activity]:
    """Activities of the same place and number that are not cancelled."""
    rows = Activity.objects.filter(
        centre_id=cancelled.centre_id, centre_year_id=cancelled.centre_year_id, kind=cancelled.kind
    )
    return rows.filter(programme_id=cancelled.programme_id, number=cancelled.number).exclude(  # type: ignore[misc]
        status=ActivityStatus.CANCELLED
    )


def allocation_of_place(activity: Activity) -> Allocation | None:
    """Who holds the place of an activity now: the centre's LSV, or the programme's SV."""
    lead = activity.kind == ActivityKind.VISIT
    return (
        Allocation.objects.active()
        .select_related(
            "centre_year__centre", "centre_year__scheme_version", "verifier", "programme__qualification"
        )
        .filter(centre_id=activity.centre_id, centre_year_id=activity.centre_year_id)
        .filter(kind=AllocationKind.LSV if lead else AllocationKind.SV, programme_id=activity.programme_id)  # type: ignore[misc]
        .first()
    )


def programmes_without_activity(centre_year_id: int, programme_ids: Iterable[int]) -> list[int]:
    """Programmes of a year for which no sampling activity is planned (R9)."""
    planned = (
        Activity.objects.filter(centre_year_id=centre_year_id, kind=ActivityKind.SAMPLING)
        .exclude(status=ActivityStatus.CANCELLED)
        .values_list("programme_id", flat=True)
    )
    return sorted(set(programme_ids) - {pk for pk in planned if pk is not None})
