"""How many samples each programme has this year: proposed by one verifier, confirmed by the other (R9, R12, R67)."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Case, Q, When
from django.urls import reverse

from centres import academic_year
from centres.models import Programme
from centres.permissions import Permission
from centres.queries.schemes import scheme_of
from qa_portal import audit, jobs, mail
from qa_portal.actors import SYSTEM, Actor, person_or_none
from qa_portal.errors import NotPermitted
from qa_portal.wording import counted
from verification.lifecycle.activity_counts import ACTIVITY_COUNT
from verification.models import (
    ActivityCount,
    ActivityCountStatus,
    ActivityStatus,
    Allocation,
    AllocationKind,
    CentreYear,
)
from verification.operations import cancellations, standards_verification
from verification.queries import activity_counts as queries
from verification.rules import activity_counts as rules


@transaction.atomic
def propose(
    *, centre_year_id: int, programme_id: int, count: int, reason: str = "", by: Actor, at: datetime
) -> ActivityCount:
    """Propose how many samples a programme has this year; the other verifier is asked to confirm.

    Raises NotPermitted for anybody but the programme's SV and the centre's LSV, RuleViolation below the minimum.
    Sources: R9, R12, R67.
    """
    row = _locked(centre_year_id, programme_id, by=by, at=at)
    if not by.may(Permission.ACTIVITY_COUNT_AGREE, row.centre_id, programme_id):
        raise NotPermitted("Agreeing the number of activities is not part of your role here.")
    rules.is_one_of_the_two_verifiers(row, by)
    rules.is_at_least_the_minimum(count, row.minimum)
    rules.is_not_below_what_there_is(count, _dated(row))
    if row.status == ActivityCountStatus.CONFIRMED:
        ACTIVITY_COUNT.move(row, "reopen", by=by, at=at)
    row.count, row.reason = count, reason.strip()
    row.proposed_by, row.proposed_at = person_or_none(by), at
    row.confirmed_by, row.confirmed_at = None, None
    row.save(update_fields=["count", "reason", "proposed_by", "proposed_at", "confirmed_by", "confirmed_at"])
    audit.record("activity_count.proposed", by=by, target=row, at=at, count=count, minimum=row.minimum)
    _ask_the_other(row, by=by, at=at)
    return row


@transaction.atomic
def confirm(*, activity_count_id: int, by: Actor, at: datetime) -> ActivityCount:
    """Confirm a proposed number; activities are planned up to it, and spare ones without an agreed day go (R9).

    Where one person is both SV and LSV (R14) they confirm their own proposal, and the record says so.
    Raises NotPermitted for the proposer while another verifier could confirm.
    """
    row = ActivityCount.objects.select_for_update(of=("self",)).get(pk=activity_count_id)
    own = by.pk == row.proposed_by_id
    ACTIVITY_COUNT.move(
        row,
        "confirm",
        by=by,
        at=at,
        facts={"same_person": own},
        confirmed_by=person_or_none(by),
        confirmed_at=at,
    )
    row.facts = row.facts | {"same_person": own}
    row.save(update_fields=["facts"])
    _settle_activities(row, by=by, at=at)
    return row


@transaction.atomic
def raise_minimum(
    *, centre_year_id: int, programme_id: int, rule: str, extra: int, why: str, by: Actor, at: datetime
) -> ActivityCount:
    """Raise a programme's least number of samples by ``extra`` for one rule; run again it changes nothing.

    ``extra`` is the whole of what the rule asks for, 0 for nothing any more. ``why`` is shown to both verifiers; a
    number that was confirmed below the new minimum becomes a proposal at the minimum, and one that nobody but a rule
    proposed follows the minimum down. Sources: R11, R12 (an initial rating of medium or high), R67.
    """
    row = _locked(centre_year_id, programme_id, by=by, at=at)
    raised = dict(row.facts.get("raised", {}))
    before = raised.pop(rule, {"extra": 0})
    if before["extra"] == extra:
        return row
    if extra:
        raised[rule] = {"extra": extra, "why": why}
    row.facts = row.facts | {"raised": raised}
    row.minimum = queries.minimum_of(row.facts)
    nobodys = row.status == ActivityCountStatus.PROPOSED and row.proposed_by_id is None
    if row.count < row.minimum or (nobodys and row.count > row.minimum):
        if row.status == ActivityCountStatus.CONFIRMED:
            ACTIVITY_COUNT.move(row, "reopen", by=by, at=at)
        row.count, row.proposed_by, row.proposed_at = row.minimum, None, at
        row.confirmed_by, row.confirmed_at = None, None
    row.save(
        update_fields=[
            "facts", "minimum", "count", "proposed_by", "proposed_at", "confirmed_by", "confirmed_at"
        ]
    )  # fmt: skip
    audit.record("activity_count.minimum_raised", by=by, target=row, at=at, rule=rule, minimum=row.minimum)
    _plan_the_least(row, by=by, at=at)
    return row


@transaction.atomic
def plan_the_least(*, centre_year_id: int, programme_id: int, by: Actor, at: datetime) -> int:
    """Plan the samples that the rules ask for without anybody's agreement; returns how many were missing.

    Called when an SV is allocated and when a rule raises the least number; none is planned while nobody is allocated.
    Sources: R9, R12, R67.
    """
    row = ActivityCount.objects.filter(centre_year_id=centre_year_id, programme_id=programme_id).first()
    if row is None and _least(centre_year_id, programme_id) <= 1:
        return 0  # the first sample comes with the allocation
    return _plan_the_least(_locked(centre_year_id, programme_id, by=by, at=at), by=by, at=at)


def _least(centre_year_id: int, programme_id: int) -> int:
    """How many samples the scheme asks for at least, before any rule has raised it."""
    return queries.minimum_of(_first_facts(*_year_and_programme(centre_year_id, programme_id)))


def _plan_the_least(row: ActivityCount, *, by: Actor, at: datetime) -> int:
    if (
        not Allocation.objects.active()
        .filter(centre_year_id=row.centre_year_id, kind=AllocationKind.SV, programme_id=row.programme_id)
        .exists()
    ):
        return 0
    why = "; ".join(queries.reasons_of(row.facts))
    rule = next(iter(row.facts["raised"]), row.facts["rule"])
    return _plan_up_to(row, row.minimum, {"why": why, "rule": rule}, by=by, at=at)


def _locked(centre_year_id: int, programme_id: int, *, by: Actor, at: datetime) -> ActivityCount:
    """The row of a programme's year, made with the scheme's minimum when there is none yet."""
    centre_year, programme = _year_and_programme(centre_year_id, programme_id)
    facts = _first_facts(centre_year, programme)
    minimum = queries.minimum_of(facts)
    row, _ = ActivityCount.objects.get_or_create(
        centre_id=centre_year.centre_id,
        centre_year=centre_year,
        programme=programme,
        defaults={"count": minimum, "minimum": minimum, "facts": facts, "proposed_at": at},
    )
    return ActivityCount.objects.select_for_update(of=("self",)).select_related("centre_year").get(pk=row.pk)


def _year_and_programme(centre_year_id: int, programme_id: int) -> tuple[CentreYear, Programme]:
    year = CentreYear.objects.select_related("scheme_version").get(pk=centre_year_id)
    return year, Programme.objects.select_related("centre").get(pk=programme_id, centre_id=year.centre_id)


def _first_facts(centre_year: CentreYear, programme: Programme) -> dict[str, Any]:
    return queries.first_facts(
        centre_year, programme, programme.centre, scheme_of(centre_year.scheme_version)
    )


def _dated(row: ActivityCount) -> int:
    dated = _activities(row).exclude(status__in=[ActivityStatus.PLANNED, ActivityStatus.PROPOSED])
    return int(dated.count())


def _activities(row: ActivityCount) -> Any:
    """The activities that count; one for urgent claims comes beside the agreed number (R10)."""
    there = standards_verification.of_programme(row.centre_year_id, row.programme_id)
    return there.filter(urgent_reason="")


def _settle_activities(row: ActivityCount, *, by: Actor, at: datetime) -> None:
    """Plan what is missing up to the agreed number, and cancel what lies above it and has no agreed day (R9)."""
    agreed = f"{counted(row.count, 'sample')} agreed between SV and LSV"
    standing = _activities(row).count()
    _plan_up_to(row, row.count, {"why": agreed, "rule": "R9"}, by=by, at=at)
    for activity_id in _to_spare(row)[: max(standing - row.count, 0)]:
        # What follows from the agreement is the portal's: cancelling anything else is the planners' work.
        cancellations.cancel(activity_id=activity_id, by=SYSTEM, at=at, reason=f"{agreed}.")
    standards_verification.show_progress(row.centre_year_id)


def _plan_up_to(row: ActivityCount, number: int, facts: dict[str, str], *, by: Actor, at: datetime) -> int:
    """Add activities until there are ``number``, and have dates proposed for them; returns how many were added."""
    missing = max(number - _activities(row).count(), 0)
    for _ in range(missing):
        standards_verification.add_next(
            centre_year_id=row.centre_year_id, programme_id=row.programme_id, by=by, at=at, facts=facts
        )
    if missing:
        standards_verification.show_progress(row.centre_year_id)
        jobs.enqueue("verification.propose_schedule", centre_id=row.centre_id)
    return missing


def _to_spare(row: ActivityCount) -> list[int]:
    """Activities that may go: none with an agreed day, nor one that follows a block (R66); undated ones go first."""
    open_ones = _activities(row).filter(status__in=[ActivityStatus.PLANNED, ActivityStatus.PROPOSED])
    after_a_block = Q(window_facts__rule="R66")
    undated_first = Case(When(status=ActivityStatus.PLANNED, then=0), default=1)
    return list(
        open_ones.exclude(after_a_block).order_by(undated_first, "-number").values_list("pk", flat=True)
    )


def _ask_the_other(row: ActivityCount, *, by: Actor, at: datetime) -> None:
    programme = Programme.objects.select_related("qualification", "centre").get(pk=row.programme_id)
    for person_id in rules.verifiers(row):
        if person_id == by.pk:
            continue
        mail.write(
            centre_id=row.centre_id,
            to_id=person_id,
            kind="activity_count",
            key=f"activity-count-{row.pk}-{at.timestamp():.0f}-{person_id}",
            subject=f"Confirm the number of samples: {programme.qualification.label}, {programme.centre.name}",
            body=f"{counted(row.count, 'sample')} proposed for {academic_year.label(row.centre_year.year)}. "
            "Confirm the number, or propose another.",
            url=reverse("activity-counts", args=[programme.centre.number]),
            at=at,
        )
