"""Whether a programme may claim this year: released, or held until the centre has acted (R58, R59, R65, R66)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from qa_portal import audit
from qa_portal.actors import SYSTEM, Actor, person_or_none
from verification.lifecycle.releases import RELEASE
from verification.models import ControlMeasure, Release, ReleaseStatus
from verification.rules import releases as rules


def release(
    *,
    centre_year_id: int,
    programme_id: int,
    sample_number: int,
    facts: Mapping[str, Any],
    by: Actor,
    at: datetime,
) -> Release:
    """Release a programme's certification because a sample found every decision accurate.

    ``sample_number`` counts the year's samples: after a block only a later one releases (R66). A programme that is
    released already stays so, with the newer facts. What the following year holds only because of this year's block
    is lifted there. Raises NotPermitted, RuleViolation.
    """
    row = _locked(centre_year_id, programme_id)
    rules.follows_the_sample_that_blocked(row, sample_number)
    row = _settle(row, "release", ReleaseStatus.RELEASED, sample_number, facts, by=by, at=at)
    after = _of_the_year_after(row)
    if after and after.status == ReleaseStatus.PENDING and after.facts.get("held_over_from") == _year(row):
        RELEASE.move(after, "lift", by=SYSTEM, at=at, facts={"rule": "R66", "released": row.pk})
    return row


def hold(
    *,
    centre_year_id: int,
    programme_id: int,
    sample_number: int,
    facts: Mapping[str, Any],
    by: Actor,
    at: datetime,
) -> Release:
    """Hold a programme's certification because a sample found an inaccurate decision; the next sample is enhanced.

    Raises NotPermitted. Sources: R59, R65.
    """
    row = _locked(centre_year_id, programme_id)
    row = _settle(row, "hold", ReleaseStatus.PENDING, sample_number, facts, by=by, at=at)
    if row.control_measure != ControlMeasure.ENHANCED:
        row.control_measure = ControlMeasure.ENHANCED
        row.control_facts = {"rule": "R59", "facts": {"sample_number": sample_number}}
        row.save(update_fields=["control_measure", "control_facts"])
        audit.record("release.control_enhanced", by=by, target=row, at=at, rule="R59")
    hold_over(row, at=at)
    return row


def hold_over(before: Release, *, at: datetime) -> Release | None:
    """Hold the following year as well, where a block stands at the year's end; None while that year is not open.

    The first sample of the new year is then the second sample: enhanced, and only it releases. A year that a later
    sample has released already stays released. Sources: R59, R65, R66.
    """
    after = _of_the_year_after(before)
    if after is None or before.status != ReleaseStatus.PENDING or after.status != ReleaseStatus.OUTSTANDING:
        return after
    held = {"held_over_from": _year(before), "release": before.pk}
    after.control_measure = ControlMeasure.ENHANCED
    after.control_facts = {"rule": "R59", "facts": held}
    after.facts = {"rule": "R66", "sample_number": 0, "facts": held} | held
    after.save(update_fields=["control_measure", "control_facts", "facts"])
    RELEASE.move(after, "hold_over", by=SYSTEM, at=at, facts={"rule": "R66", **held}, decided_at=at)
    return after


def _year(row: Release) -> int:
    return row.centre_year.year


def _of_the_year_after(row: Release) -> Release | None:
    return (
        Release.objects.select_for_update(of=("self",))
        .filter(centre_id=row.centre_id, programme_id=row.programme_id, centre_year__year=_year(row) + 1)
        .first()
    )


def _locked(centre_year_id: int, programme_id: int) -> Release:
    rows = Release.objects.select_for_update(of=("self",)).select_related("centre_year")
    return rows.get(centre_year_id=centre_year_id, programme_id=programme_id)


def _settle(
    row: Release,
    transition: str,
    target: str,
    sample_number: int,
    facts: Mapping[str, Any],
    *,
    by: Actor,
    at: datetime,
) -> Release:
    changes = {"decided_at": at, "decided_by": person_or_none(by)}
    row.facts = dict(facts) | {"sample_number": sample_number}
    row.save(update_fields=["facts"])
    if row.status != target:
        RELEASE.move(row, transition, by=by, at=at, facts={"sample_number": sample_number}, **changes)
        return row
    for field, value in changes.items():
        setattr(row, field, value)
    row.save(update_fields=list(changes))
    audit.record("release.confirmed", by=by, target=row, at=at, status=str(row.status))
    return row
