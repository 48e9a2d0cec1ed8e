"""Whether a programme may claim this year: released, or held until the centre has acted (R58, R59, R65, R66)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from qa_portal import audit
from qa_portal.actors import Actor, person_or_none
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
    released already stays so, with the newer facts. Raises NotPermitted, RuleViolation.
    """
    row = _locked(centre_year_id, programme_id)
    rules.follows_the_sample_that_blocked(row, sample_number)
    return _settle(row, "release", ReleaseStatus.RELEASED, sample_number, facts, by=by, at=at)


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
    return row


def _locked(centre_year_id: int, programme_id: int) -> Release:
    return Release.objects.select_for_update(of=("self",)).get(
        centre_year_id=centre_year_id, programme_id=programme_id
    )


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
