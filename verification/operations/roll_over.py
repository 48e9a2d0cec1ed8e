"""A centre's year follows on the last: what was recommended takes effect, verifiers are proposed to go on."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from centres.schemes import Scheme
from centres.schemes.verification import VerificationCycle
from qa_portal import audit
from qa_portal.actors import SYSTEM, Actor
from qa_portal.errors import RuleViolation
from verification.models import (
    Allocation,
    AllocationKind,
    AllocationStatus,
    CentreYear,
    ControlMeasure,
    Release,
    ReleaseStatus,
    StageState,
)
from verification.operations import activity_counts, allocations, verifier_access, years
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
    _cycles(centre_year, before, by=by, at=at)
    proposed = _verifiers(centre_year, before, by=by, at=at)
    _keep_access(before, by=by)
    CentreYear.objects.filter(pk=before.pk, closed_at=None).update(closed_at=at)
    audit.record(
        "centre_year.rolled_over", by=by, target=centre_year, at=at, before=before.pk, proposed=proposed
    )
    return centre_year


@transaction.atomic
def carry_recommendation(*, centre_year_id: int, at: datetime) -> CentreYear | None:
    """Carry what a year's final report recommends into the year that follows; None while that is not open.

    Called when a final report is issued or corrected after the roll-over; the portal acts, because what follows is the
    rule's. Run again it changes nothing. Source: R11.
    """
    before = CentreYear.objects.get(pk=centre_year_id)
    following = CentreYear.objects.filter(centre_id=before.centre_id, year=before.year + 1)
    centre_year = following.select_related("scheme_version").first()
    if centre_year is not None:
        _cycles(centre_year, before, by=SYSTEM, at=at)
    return centre_year


def _cycles(centre_year: CentreYear, before: CentreYear, *, by: Actor, at: datetime) -> None:
    """Set each programme's control measure and least number of samples as last year's final report recommends."""
    scheme = scheme_of_year(centre_year)
    cycles = {cycle.key: cycle for cycle in scheme.verification.cycles}
    recommended = {int(pk): cycles[key] for pk, key in (before.next_cycle or {}).items() if key in cycles}
    rows = Release.objects.select_for_update(of=("self",)).filter(
        centre_id=centre_year.centre_id, centre_year=centre_year, programme_id__in=recommended
    )
    counted = set(centre_year.activity_counts.values_list("programme_id", flat=True))
    for release in rows.order_by("pk"):
        cycle = recommended[release.programme_id]
        _control(release, cycle, scheme, before.year)
        extra = max(cycle.samples - scheme.sampling.samples_each_year.value, 0)
        if not extra and release.programme_id not in counted:
            continue
        activity_counts.raise_minimum(
            centre_year_id=centre_year.pk,
            programme_id=release.programme_id,
            rule="R11",
            extra=extra,
            why=f"Last year’s final report recommends “{cycle.title}”",
            by=by,
            at=at,
        )
    if recommended:
        keys = {str(pk): cycle.key for pk, cycle in sorted(recommended.items())}
        audit.record("centre_year.cycle_set", by=by, target=centre_year, at=at, rule="R11", cycles=keys)


def _control(release: Release, cycle: VerificationCycle, scheme: Scheme, year: int) -> None:
    """Set the control measure that a cycle stands for; a block keeps enhanced control (R59)."""
    if release.status == ReleaseStatus.PENDING or release.control_facts.get("rule") == "R59":
        return
    release.control_measure = ControlMeasure(cycle.control_measure.upper())
    release.control_facts = scheme.basis("R11", recommended_by_year=year, cycle=cycle.key)
    release.save(update_fields=["control_measure", "control_facts"])


def _keep_access(before: CentreYear, *, by: Actor) -> None:
    """Let last year's LSV issue a final report that is still outstanding (R10)."""
    if before.final_report_state in (StageState.DONE, StageState.NOT_NEEDED):
        return
    leads = Allocation.objects.filter(
        centre_id=before.centre_id,
        centre_year=before,
        kind=AllocationKind.LSV,
        status=AllocationStatus.ACTIVE,
    )
    for lead in leads.select_related("verifier", "centre_year"):
        verifier_access.keep_for_final_report(lead, scheme=scheme_of_year(before), by=by)


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
