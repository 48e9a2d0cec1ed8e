"""Steps of stage 3 that other tests start from: a visit under way, written up, and its report issued."""

from __future__ import annotations

from datetime import UTC, date, datetime

from reports.models import Report
from reports.operations.issue import issue_visit_report
from tests.cast import Cast
from tests.conftest import NOW
from tests.story.allocations import forget_access, visit_agreed
from verification.models import Activity
from verification.operations import fact_checks, findings, visits
from verification.queries import visits as queries

VISIT_DAY = date(2026, 11, 18)
VISIT = datetime(2026, 11, 18, 9, 30, tzinfo=UTC)
ISSUED = datetime(2026, 12, 1, 11, 4, tzinfo=UTC)


def visit_under_way(cast: Cast, *, at: datetime = VISIT) -> Activity:
    """The LSV visit of Northgate, begun by ``cast["lsv"]`` on the agreed day."""
    activity = visit_agreed(cast, day=VISIT_DAY, at=NOW)
    forget_access(cast["lsv"])
    return visits.begin(activity_id=activity.pk, by=cast["lsv"], at=at)


def visit_written(
    cast: Cast,
    *,
    activity: Activity | None = None,
    at: datetime = VISIT,
    not_met: tuple[str, ...] = ("standardisation",),
    rating: str = "MEDIUM",
    risk: bool = False,
) -> Activity:
    """Findings, one essential action per failing, texts and rating written; the centre has confirmed the facts."""
    activity = activity or visit_under_way(cast, at=at)
    write_findings(cast, activity, at=at, not_met=not_met, risk=risk)
    for criterion in not_met:
        write_action(cast, activity, criterion=criterion, at=at, risk=risk)
    write_texts(cast, activity, at=at, rating=rating)
    check_facts(cast, activity, at=at)
    return queries.detailed(Activity.objects).get(pk=activity.pk)


def write_findings(
    cast: Cast, activity: Activity, *, at: datetime = VISIT, not_met: tuple[str, ...] = (), risk: bool = False
) -> None:
    """Judge every criterion: those named are not met, the others are."""
    found = queries.findings_of(activity)
    for criterion in queries.visit_of(activity).criteria:
        failed = criterion.key in not_met
        findings.save_finding(
            activity_id=activity.pk,
            criterion=criterion.key,
            judgement="NOT_MET" if failed else "MET",
            seen=f"What was seen of {criterion.title.lower()}.",
            risk_to_valid_certification=failed and risk,
            revision=findings.finding_revision(found.get(criterion.key)),
            by=cast["lsv"],
            at=at,
        )


def write_action(
    cast: Cast,
    activity: Activity,
    *,
    criterion: str = "standardisation",
    level: str = "ESSENTIAL",
    due_on: date = date(2026, 12, 18),
    risk: bool = False,
    at: datetime = VISIT,
    owner: str = "leader",
):
    """Write one draft action."""
    return findings.save_draft_action(
        activity_id=activity.pk,
        level=level,
        criterion=criterion,
        text="Every assessor takes part in standardisation before deciding. Send the signed minutes.",
        owner_id=cast[owner].pk,
        due_on=due_on,
        programme_id=None,
        risk_to_valid_certification=risk,
        by=cast["lsv"],
        at=at,
    )


def write_texts(cast: Cast, activity: Activity, *, at: datetime = VISIT, rating: str = "MEDIUM") -> None:
    """Write the texts of the report and the rating with its reasons."""
    draft = queries.draft_of(activity)
    visits.save_texts(
        activity_id=activity.pk,
        by=cast["lsv"],
        at=at,
        revision=draft.revision if draft else 0,
        people_seen="The Quality Nominee, the programme leader, 4 learners",
        summary="The systems work and certificates are safe. One assessor is new.",
        good_practice="Learners film their own sessions and mark them before assessment.",
        next_steps="The SV verifies standards between 15 January and 14 May 2027.",
        rating=rating,
        rating_reasons="An assessor decided before standardisation.",
    )


def check_facts(cast: Cast, activity: Activity, *, at: datetime = VISIT, **corrections: str) -> None:
    """Send the facts to the centre, whose Quality Nominee answers."""
    check = fact_checks.send(activity_id=activity.pk, by=cast["lsv"], at=at)
    fact_checks.answer(fact_check_id=check.pk, by=cast["qn"], at=at, corrections=corrections)


def visit_report_issued(cast: Cast, *, at: datetime = ISSUED, **writing) -> Report:
    """Northgate's visit report of the year, issued by its LSV; one essential action is open."""
    activity = visit_written(cast, **writing)
    return issue_visit_report(activity_id=activity.pk, by=cast["lsv"], at=at)
