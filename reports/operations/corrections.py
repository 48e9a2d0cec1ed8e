"""Corrections of issued reports: new versions with other words, of a final report also with another decision (R69)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils import timezone

from centres.schemes import Scheme
from qa_portal.actors import Actor
from qa_portal.errors import NotPermitted, RuleViolation
from reports.content.document import correctable, corrected
from reports.content.final import decided_otherwise
from reports.models import Report, ReportKind
from reports.operations.final_reports import takes_effect
from reports.operations.issue import MAY_ISSUE, freeze
from verification.models import CentreYear, RiskRating
from verification.models.activities import RiskLevel
from verification.queries.years import scheme_of_year


@dataclass(frozen=True)
class Decided:
    """What a final report decides: the final rating, and next year's cycle by programme id (R11)."""

    rating: str
    cycle: Mapping[str, str] = field(default_factory=dict)


@transaction.atomic
def issue_correction(
    *,
    report_id: int,
    by: Actor,
    at: datetime,
    reason: str,
    changes: Mapping[str, str],
    decided: Decided | None = None,
) -> Report:
    """Issue a new version of a report with other words in some of its texts; the old one stays readable (R69).

    ``changes`` holds new texts by key, as ``reports.content.document.correctable`` names them. ``decided`` corrects the
    rating and the recommended cycles of a final report, which take effect at once, also in a year that has begun since.
    Judgements and actions are not corrected but follow their own ways. Raises NotPermitted, RuleViolation without a
    reason, without a change, or for a version that was corrected already. Sources: R11, R69.
    """
    old = (
        Report.objects.select_for_update(of=("self",), no_key=True)
        .select_related("centre_year__scheme_version", "centre_year__centre")
        .get(pk=report_id)
    )
    if not by.may(MAY_ISSUE[ReportKind(old.kind)], old.centre_id, old.programme_id):
        raise NotPermitted("Correcting this report is not part of your role here.")
    _may_be_corrected(old, reason)
    texts = _changed_texts(old, changes)
    scheme = scheme_of_year(old.centre_year)
    if decided is not None:
        _may_be_decided(old, decided, scheme)
    redecided = decided is not None and decided != _decided_by(old)
    if not texts and not redecided:
        raise RuleViolation("Nothing was changed, so there is nothing to correct.")
    content = _new_version(old, texts, reason, by=by, at=at)
    if decided is not None:
        content = decided_otherwise(content, decided.rating, decided.cycle, scheme)
    new = freeze(
        content,
        kind=ReportKind(old.kind),
        centre_year=old.centre_year,
        activity=old.activity,
        programme_id=old.programme_id,
        supersedes=old,
        reason=reason.strip(),
        by=by,
        at=at,
    )
    if decided is not None and redecided:
        _take_effect(old, new, decided, scheme, by=by, at=at)
    return new


def _new_version(
    old: Report, texts: Mapping[str, str], reason: str, *, by: Actor, at: datetime
) -> dict[str, Any]:
    content = corrected(old.content, texts)
    content["version"] = old.version + 1
    content["correction"] = {"replaces": old.version, "reason": reason.strip(), "texts": sorted(texts)}
    content["issued"] |= {
        "by": content["issued"]["by"] | {"id": by.pk, "name": str(by)},
        "at": timezone.localtime(at).isoformat(),
    }
    return content


def _may_be_corrected(old: Report, reason: str) -> None:
    if not reason.strip():
        raise RuleViolation("Say why the report is corrected.", rule="R69")
    if Report.objects.filter(centre_id=old.centre_id, supersedes=old).exists():
        raise RuleViolation(
            f"Version {old.version} was corrected already. Correct the newest version.", rule="R69"
        )


def _changed_texts(old: Report, changes: Mapping[str, str]) -> dict[str, str]:
    texts = {each.key: each.text for each in correctable(old.content)}
    unknown = sorted(set(changes) - set(texts))
    if unknown:
        raise RuleViolation(f"This report has no text “{unknown[0]}” to correct.")
    changed = {key: text for key, text in changes.items() if text.strip() != texts[key].strip()}
    if "outcome" in changed and not changed["outcome"].strip():
        raise RuleViolation("The summary cannot be empty.")
    return changed


def _may_be_decided(old: Report, decided: Decided, scheme: Scheme) -> None:
    """Only a final report decides, on a rating and on one known cycle for each programme of it (R11)."""
    if old.kind != ReportKind.FINAL:
        raise RuleViolation("Only a final annual report decides on the rating and next year’s cycle.")
    if decided.rating not in RiskLevel.values:
        raise RuleViolation("Choose low, medium or high.")
    known = {cycle.key for cycle in scheme.verification.cycles}
    if set(decided.cycle) != set(_decided_by(old).cycle) or not set(decided.cycle.values()) <= known:
        raise RuleViolation("Choose a cycle for each programme of the report.", rule="R11")


def _decided_by(report: Report) -> Decided:
    record: dict[str, Any] = report.content["record"]
    return Decided(record.get("rating", ""), dict(record.get("recommended_cycle", {})))


def _take_effect(
    old: Report, new: Report, decided: Decided, scheme: Scheme, *, by: Actor, at: datetime
) -> None:
    """Keep the corrected rating beside the first one, and carry the cycle into the year that follows."""
    centre_year = CentreYear.objects.select_for_update(of=("self",), no_key=True).get(pk=old.centre_year_id)
    before = _decided_by(old)
    if decided.rating != before.rating:
        written = {each.key: each.text for each in correctable(new.content)}
        RiskRating.objects.create(
            centre_id=old.centre_id,
            centre_year=centre_year,
            kind="FINAL",
            level=decided.rating,
            reasons=written.get("rating_reasons", "") or new.correction_reason,
            facts=scheme.basis("R69", corrects=before.rating, report=new.number, version=new.version),
            rated_at=at,
            rated_by_id=by.pk,
        )
    takes_effect(centre_year, rating=decided.rating, cycle=decided.cycle, at=at)
