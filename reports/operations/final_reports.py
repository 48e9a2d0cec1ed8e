"""The final annual report: the LSV's draft, its issue, and what the issue sets for the year."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta

from django.db import transaction
from django.utils import timezone

from centres.permissions import Permission
from qa_portal import audit, deadlines
from qa_portal.actors import Actor
from qa_portal.errors import EditConflict, NotPermitted
from qa_portal.wording import date_short
from reports.content.final import final_content
from reports.models import Report, ReportKind
from reports.operations.issue import freeze, next_issuing
from reports.queries import final as queries
from reports.rules import final as rules
from verification.models import Allocation, CentreYear, ReportDraft, RiskRating, StageState
from verification.operations import roll_over, verifier_access
from verification.operations.stages import set_stage
from verification.queries.years import scheme_of_year

TEXTS = ("summary", "good_practice", "next_steps", "rating", "rating_reasons")


@transaction.atomic
def save_draft(
    *,
    centre_year_id: int,
    texts: Mapping[str, str],
    recommended_cycle: Mapping[str, str],
    revision: int,
    by: Actor,
    at: datetime,
) -> ReportDraft:
    """Keep what the LSV wrote so far; only the verifiers' and the awarding organisation's side can read it.

    ``texts`` holds the fields of ``TEXTS``; ``recommended_cycle`` a cycle's key by programme id (R11).
    Raises NotPermitted; EditConflict when somebody saved since ``revision`` was read; RuleViolation once issued.
    """
    centre_year = _locked(centre_year_id, by)
    draft, _ = ReportDraft.objects.select_for_update(of=("self",)).get_or_create(
        centre_id=centre_year.centre_id,
        centre_year=centre_year,
        kind="FINAL",
        activity=None,
        defaults={"saved_by_id": by.pk, "saved_at": at},
    )
    if draft.revision != revision:
        raise EditConflict(
            f"{draft.saved_by} saved this draft after you opened it. Nothing you typed is lost."
        )
    for field in TEXTS:
        setattr(draft, field, texts.get(field, "").strip())
    draft.recommended_cycle = dict(recommended_cycle)
    draft.revision, draft.saved_by_id, draft.saved_at = revision + 1, by.pk, at
    draft.save(update_fields=[*TEXTS, "recommended_cycle", "revision", "saved_by", "saved_at"])
    if centre_year.final_report_state in (StageState.CANNOT_START, StageState.NOT_STARTED):
        set_stage(centre_year.pk, "final_report", StageState.UNDER_WAY, ["Draft begun"])
    audit.record("final_report.saved", by=by, target=draft, at=at, revision=draft.revision)
    return draft


@transaction.atomic
def issue_final_report(*, centre_year_id: int, by: Actor, at: datetime) -> Report:
    """Issue the final annual report: frozen, sent, with the final rating and next year's cycle.

    Raises NotPermitted; RuleViolation with every reason that stands in the way (R10, R11), or when it was issued
    already: a correction is a new version (R69).
    """
    centre_year = _locked(centre_year_id, by)
    scheme = scheme_of_year(centre_year)
    record, draft = queries.record_of(centre_year), queries.draft_of(centre_year)
    rules.may_be_issued(centre_year, record, draft, scheme)
    assert draft is not None
    issuing = next_issuing(centre_year, ReportKind.FINAL, by=by, at=at)
    content = final_content(centre_year, record, draft, scheme, issuing)
    RiskRating.objects.create(
        centre_id=centre_year.centre_id,
        centre_year=centre_year,
        kind="FINAL",
        level=draft.rating,
        reasons=draft.rating_reasons,
        facts=scheme.basis("R11", initial=record.initial_rating, open_actions=len(record.open_actions)),
        rated_at=at,
        rated_by_id=by.pk,
    )
    takes_effect(centre_year, rating=draft.rating, cycle=draft.recommended_cycle, at=at)
    set_stage(centre_year.pk, "final_report", StageState.DONE, [f"Issued {date_short(at)}"])
    deadlines.meet("final_annual_report", subject=centre_year, at=at)
    _end_access(centre_year, at)
    return freeze(content, kind=ReportKind.FINAL, centre_year=centre_year, by=by, at=at)


def takes_effect(centre_year: CentreYear, *, rating: str, cycle: Mapping[str, str], at: datetime) -> None:
    """Write the final rating and the recommended cycle into the year, and carry the cycle into the next (R11)."""
    CentreYear.objects.filter(pk=centre_year.pk).update(risk=rating, next_cycle=dict(cycle))
    roll_over.carry_recommendation(centre_year_id=centre_year.pk, at=at)


def _end_access(centre_year: CentreYear, at: datetime) -> None:
    """Whoever closed last year leaves the centre with the day; what they issued stays theirs to read."""
    allocations = Allocation.objects.filter(
        centre_id=centre_year.centre_id, centre_year=centre_year, kind="LSV"
    )
    tomorrow = timezone.localdate(at) + timedelta(days=1)
    verifier_access.end_for_final_report(list(allocations.values_list("pk", flat=True)), on=tomorrow)


def _locked(centre_year_id: int, by: Actor) -> CentreYear:
    centre_year = (
        CentreYear.objects.select_for_update(of=("self",), no_key=True)
        .select_related("centre", "scheme_version")
        .get(pk=centre_year_id)
    )
    if not by.may(Permission.REPORT_ISSUE_FINAL, centre_year.centre_id):
        raise NotPermitted("The final annual report is written by the lead standards verifier.")
    rules.is_not_issued(centre_year, queries.issued_report(centre_year))
    return centre_year
