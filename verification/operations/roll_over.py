"""A centre's year follows on the last: what was recommended takes effect, verifiers are proposed to go on."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from centres.schemes import Scheme
from qa_portal import audit
from qa_portal.actors import Actor
from qa_portal.errors import RuleViolation
from verification.models import Allocation, AllocationStatus, CentreYear, ControlMeasure, Release
from verification.operations import activity_counts, allocations, years
from verification.queries.years import scheme_of_year


@transaction.atomic
def roll_over(*, centre_id: int, year: int, by: Actor, at: datetime) -> CentreYear:
    """Open ``year`` for a centre and carry over from the year before; run again it changes nothing.

    Open actions, roles and programmes are of the centre, not of a year, so they go on by themselves. Last year's rows
    are not touched: they stay readable as they were. The cycle that the final report recommended sets each programme's
    control measure and its least number of samples; last year's verifiers are proposed for the same places, for the
    planner to confirm. Raises NotPermitted. Sources: R11, R13, R58.
    """
    there_already = CentreYear.objects.filter(centre_id=centre_id, year=year).exists()
    centre_year = years.open_year(centre_id=centre_id, year=year, by=by, at=at)
    before = CentreYear.objects.filter(centre_id=centre_id, year=year - 1).first()
    if there_already or before is None:
        return centre_year
    _cycles(centre_year, before, scheme_of_year(centre_year), by=by, at=at)
    proposed = _verifiers(centre_year, before, by=by, at=at)
    CentreYear.objects.filter(pk=before.pk, closed_at=None).update(closed_at=at)
    audit.record(
        "centre_year.rolled_over", by=by, target=centre_year, at=at, before=before.pk, proposed=proposed
    )
    return centre_year


def _cycles(centre_year: CentreYear, before: CentreYear, scheme: Scheme, *, by: Actor, at: datetime) -> None:
    cycles = {cycle.key: cycle for cycle in scheme.verification.cycles}
    recommended = before.next_cycle or {}
    for release in Release.objects.filter(centre_id=centre_year.centre_id, centre_year=centre_year):
        cycle = cycles.get(recommended.get(str(release.programme_id), ""))
        if cycle is None:
            continue
        release.control_measure = ControlMeasure(cycle.control_measure.upper())
        release.control_facts = scheme.basis("R11", recommended_by_year=before.year, cycle=cycle.key)
        release.save(update_fields=["control_measure", "control_facts"])
        extra = cycle.samples - scheme.sampling.samples_each_year.value
        if extra > 0:
            activity_counts.raise_minimum(
                centre_year_id=centre_year.pk,
                programme_id=release.programme_id,
                rule="R11",
                extra=extra,
                why=f"Last year's final report recommends “{cycle.title}”.",
                by=by,
                at=at,
            )


def _verifiers(centre_year: CentreYear, before: CentreYear, *, by: Actor, at: datetime) -> int:
    """Propose last year's verifiers for the places they held; a place that cannot be theirs stays open."""
    places = Allocation.objects.filter(
        centre_id=centre_year.centre_id,
        centre_year=before,
        status=AllocationStatus.ACTIVE,
        verifier__left_on=None,
    ).order_by("kind", "pk")
    proposed = 0
    for place in places:
        try:
            with transaction.atomic():
                allocations.propose(
                    centre_year_id=centre_year.pk,
                    kind=place.kind,
                    programme_id=place.programme_id,
                    verifier_id=place.verifier_id,
                    by=by,
                    at=at,
                    facts={"why": "Held this place last year"},
                )
        except RuleViolation:
            continue
        proposed += 1
    return proposed
