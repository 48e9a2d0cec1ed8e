"""What goes with an activity's date, whoever sets it: who answers next, documents, booked days, the visit stage."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.db import IntegrityError, transaction
from django.urls import NoReverseMatch, reverse
from django.utils import timezone

from centres import working_days
from centres.permissions import RoleCode
from centres.queries.holidays import holidays_of
from qa_portal import deadlines, mail
from qa_portal.actors import Actor
from qa_portal.deadlines import Duty
from qa_portal.errors import RuleViolation
from qa_portal.tenancy import Side
from qa_portal.wording import counted, date_long, date_short
from verification.lifecycle.activities import ACTIVITY
from verification.models import (
    Activity,
    ActivityKind,
    ActivityStatus,
    RequestedDocument,
    StageState,
    VerifierDay,
)
from verification.operations import activities, date_mail, sample_plans
from verification.operations.stages import set_stage
from verification.queries import visits, years
from verification.rules.activities import waits_for

PARTS = ("AM", "PM")


def ask(activity: Activity, *, at: datetime) -> None:
    """Ask whoever must answer the proposed date next, by deadline and mail: the verifier first, then the centre."""
    allocation = activity.allocation
    assert allocation is not None
    sample_plans.set_due(activity, at=at)
    turn = waits_for(activity)
    if not turn:
        deadlines.meet("date_reply", subject=activity, at=at)
        return
    scheme = activities.scheme_of_activity(activity)
    today = timezone.localdate(at)
    holidays = holidays_of(activity.centre.nation, today, today + timedelta(days=60))
    due = working_days.add_working_days(today, scheme.scheduling.reply_working_days.value, holidays)
    why = f"{_proposer(activity)} proposes {date_mail.when(activity)}."
    if turn == "verifier":
        duty = duty_of_verifier(activity, f"Confirm or move the date of {date_mail.name_of(activity)}", why)
    else:
        duty = _duty_of_centre(activity, f"Accept the date of {date_mail.name_of(activity)}", why)
    deadlines.set_due("date_reply", subject=activity, year=activity.centre_year.year, due_on=due, duty=duty)
    _write_to(activity, turn, duty, at)


def duty_of_verifier(activity: Activity, title: str, why: str) -> Duty:
    """Something about the date that the allocated verifier has to do."""
    allocation = activity.allocation
    assert allocation is not None
    lead = activity.kind == ActivityKind.VISIT
    return Duty(
        title=title,
        url=reverse("activity", args=[activity.pk]),
        owner_role=RoleCode.LEAD_STANDARDS_VERIFIER if lead else RoleCode.STANDARDS_VERIFIER,
        owner_side=Side.VERIFIER,
        owner_id=allocation.verifier.person_id,
        why=why,
        source=_source(activity),
        programme_id=activity.programme_id,
    )


def _duty_of_centre(activity: Activity, title: str, why: str) -> Duty:
    return Duty(
        title=title,
        url=reverse("activity", args=[activity.pk]),
        owner_role=RoleCode.QUALITY_NOMINEE,
        owner_side=Side.CENTRE,
        why=why,
        source=_source(activity),
        programme_id=activity.programme_id,
    )


def _source(activity: Activity) -> str:
    return "LSV visit" if activity.kind == ActivityKind.VISIT else "Standards verification"


def clear(activity: Activity, transition: str, *, by: Actor, at: datetime, **changes: Any) -> None:
    """Take the date away: the activity waits for a new one, nobody has to answer, the verifier's days are free."""
    ACTIVITY.move(
        activity, transition, by=by, at=at, day=None, starts_at=None, proposed_by=None, verifier_agreed_at=None,
        centre_agreed_at=None, late_reason="", **changes,
    )  # fmt: skip
    activities.release_days(activity)
    deadlines.cancel(["date_reply", "visit_documents"], subject=activity, at=at)
    sample_plans.set_due(activity, at=at)
    show_stage(activity)


def give_way(activity: Activity, why: str, *, by: Actor, at: datetime) -> None:
    """Take away a date that became impossible, and tell verifier and centre why; what was agreed is not touched so."""
    was = date_mail.when(activity)
    clear(activity, "release_date", by=by, at=at)
    date_mail.tell_taken(activity, day=was, why=why, at=at)


def book(activity: Activity) -> None:
    """Give the verifier's day to the activity. Raises RuleViolation when any centre's activity has it already."""
    allocation = activity.allocation
    assert allocation is not None
    assert activity.day is not None
    parts = PARTS if activity.whole_day else _half(activity)
    rows = [
        VerifierDay(verifier_id=allocation.verifier_id, day=activity.day, part=part, activity_id=activity.pk)
        for part in parts
    ]
    activities.release_days(activity)
    try:
        with transaction.atomic():
            VerifierDay.objects.bulk_create(rows)
    except IntegrityError as taken:
        raise RuleViolation(
            f"{allocation.verifier} has other work on {date_long(activity.day)}. Propose another day."
        ) from taken


def request_documents(activity: Activity) -> None:
    """Ask the centre for the visit's documents, and set or move the day by which they are needed (R99)."""
    visit = activities.scheme_of_activity(activity).verification.visit
    if activity.kind != ActivityKind.VISIT or visit is None or activity.day is None:
        return
    RequestedDocument.objects.bulk_create(
        [
            RequestedDocument(centre_id=activity.centre_id, activity=activity, key=key, title=title)
            for key, title in visits.documents_wanted(activity)
        ],
        ignore_conflicts=True,
    )
    set_documents_deadline(activity)


def set_documents_deadline(activity: Activity, *, at: datetime | None = None) -> None:
    """Say what the centre still has to send before a visit; met when everything is there (R99).

    Call it again, with ``at``, whenever a document arrives.
    """
    documents = list(RequestedDocument.objects.filter(centre_id=activity.centre_id, activity=activity))
    missing = [document for document in documents if document.received_at is None]
    if at is not None and documents and not missing:
        deadlines.meet("visit_documents", subject=activity, at=at)
        return
    visit = activities.scheme_of_activity(activity).verification.visit
    if not missing or visit is None or activity.day is None:
        return
    due = activity.day - timedelta(days=visit.documents_due_days_before.value)
    received = len(documents) - len(missing)
    duty = Duty(
        title=f"Upload {counted(len(missing), 'document')} for the visit",
        url=_documents_url(activity),
        owner_role=RoleCode.QUALITY_NOMINEE,
        owner_side=Side.CENTRE,
        why=f"{received} of {len(documents)} received. Missing: {', '.join(d.title for d in missing).lower()}.",
        source="LSV visit",
    )
    deadlines.set_due(
        "visit_documents", subject=activity, year=activity.centre_year.year, due_on=due, duty=duty
    )


def show_stage(activity: Activity) -> None:
    """Show the date of the LSV visit in the centre's year; later activities and samples change nothing here."""
    if activity.kind != ActivityKind.VISIT or activity.number != 1:
        return
    due = f"Due by {date_short(activity.window_until)}"
    if activity.status in (ActivityStatus.PLANNED, ActivityStatus.CANCELLED):
        fact = "No date yet" if activity.status == ActivityStatus.PLANNED else "Cancelled, not planned again"
        set_stage(activity.centre_year_id, "visit", StageState.NOT_STARTED, [fact, due])
        return
    place = activity.site.name if activity.site and activity.mode == "ON_SITE" else "remote"
    day = f"{date_short(activity.day)}, {place}"
    if activity.status == ActivityStatus.PROPOSED:
        set_stage(activity.centre_year_id, "visit", StageState.NOT_STARTED, [f"Proposed: {day}", due])
    elif activity.status == ActivityStatus.AGREED:
        set_stage(activity.centre_year_id, "visit", StageState.DATED, [day, due])


def _documents_url(activity: Activity) -> str:
    for name in ("visit-documents", "activity"):
        try:
            return reverse(name, args=[activity.pk])
        except NoReverseMatch:
            continue
    return "/"


def _half(activity: Activity) -> tuple[str, ...]:
    return ("PM",) if activity.starts_at and activity.starts_at.hour >= 12 else ("AM",)


def _proposer(activity: Activity) -> str:
    return activity.proposed_by.name if activity.proposed_by else "The portal"


def _write_to(activity: Activity, turn: str, duty: Duty, at: datetime) -> None:
    allocation = activity.allocation
    assert allocation is not None
    if turn == "verifier":
        receivers = [allocation.verifier.person_id]
    else:
        today = timezone.localdate(at)
        holders = years.holders(activity.centre_id, RoleCode.QUALITY_NOMINEE, today)
        receivers = [person.pk for person in holders]
    for receiver in receivers:
        mail.write(
            centre_id=activity.centre_id, to_id=receiver, kind="date_proposed",
            key=f"date-{activity.pk}-{activity.day}-{turn}-{receiver}-{at:%Y%m%d%H%M}",
            subject=duty.title, body=duty.why, url=duty.url, at=at,
        )  # fmt: skip
