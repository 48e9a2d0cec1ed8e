"""Samples for claims that cannot wait: after 31 August they are planned in the year that has begun (R10)."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Max
from django.utils import timezone

from centres import academic_year
from centres.models import Programme
from centres.queries.schemes import in_force
from qa_portal import audit, jobs
from qa_portal.actors import Actor
from qa_portal.errors import NotPermitted, RuleViolation
from verification.models import Activity, ActivityKind, Allocation, AllocationKind, CentreYear
from verification.operations import activities, sample_plans, standards_verification
from verification.queries import activities as queries
from verification.rules import activities as rules


@transaction.atomic
def plan_urgent(*, programme_id: int, reason: str, by: Actor, at: datetime) -> Activity:
    """Plan one sample for a programme's urgent claims, beside those agreed for the year.

    It belongs to the academic year in which it is planned, so that after 31 August last year's final report does not
    wait for it; its frame reaches back into last year's work. Last year's SV takes it while the new year has none.
    Raises NotPermitted; RuleViolation without a reason, outside the scheme's weeks for urgent claims, before the year
    is open, or without an SV. Source: R10.
    """
    rules.has_a_reason(reason, "these claims cannot wait")
    programme = Programme.objects.select_related("qualification", "centre").get(pk=programme_id)
    if not any(by.may(permission, programme.centre_id, programme.pk) for permission in queries.MAY_PLAN):
        raise NotPermitted("Planning a sample is not part of your role here.")
    today = timezone.localdate(at)
    year = academic_year.year_of(today)
    scheme = in_force(programme.qualification.suite, today).scheme
    until = min(
        rules.urgent_claims_until(scheme, today), academic_year.bounds(year)[1]
    )  # what is planned in August belongs to the year that ends
    centre_year = (
        CentreYear.objects.select_for_update(of=("self",), no_key=True)
        .filter(centre_id=programme.centre_id, year=year)
        .first()
    )
    if centre_year is None:
        raise RuleViolation(
            f"The year {academic_year.label(year)} of this centre is not open yet.", rule="R10"
        )
    there = standards_verification.of_programme(centre_year.pk, programme.pk)
    last = there.aggregate(last=Max("number"))["last"] or 0
    activity = Activity.objects.create(
        centre_id=programme.centre_id,
        centre_year=centre_year,
        allocation=_sv_of(programme, year),
        kind=ActivityKind.SAMPLING,
        programme=programme,
        number=last + 1,
        mode=activities.usual_mode(scheme, ActivityKind.SAMPLING),
        window_from=today,
        window_until=until,
        urgent_reason=reason.strip(),
        window_facts=scheme.basis("R10", window="urgent_claims"),
    )
    activity = activities.locked(activity.pk)
    activities.set_deadline(activity)
    sample_plans.set_due(activity, at=at)
    audit.record("activity.urgent_sample_planned", by=by, target=activity, at=at, rule="R10", year=year)
    standards_verification.show_progress(centre_year.pk)
    jobs.enqueue("verification.propose_schedule", centre_id=activity.centre_id)
    return activity


def _sv_of(programme: Programme, year: int) -> Any:
    """The programme's SV of this year, else of the last: until October that place is often still open."""
    places = Allocation.objects.active().filter(
        centre_id=programme.centre_id, kind=AllocationKind.SV, programme=programme
    )
    recent = places.filter(centre_year__year__in=[year, year - 1]).order_by("-centre_year__year")
    allocation = recent.first()
    if allocation is None:
        raise RuleViolation("No SV is allocated to this programme yet. A planner allocates one.", rule="R9")
    return allocation
