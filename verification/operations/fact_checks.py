"""The centre's check of the facts of a draft report: sent, answered, or closed when the days have passed."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from centres.permissions import RoleCode
from qa_portal import deadlines, mail
from qa_portal.actors import SYSTEM, Actor
from qa_portal.deadlines import Duty
from qa_portal.errors import RuleViolation
from qa_portal.tenancy import Side
from qa_portal.wording import counted, date_long
from verification.lifecycle.activities import ACTIVITY
from verification.lifecycle.fact_checks import FACT_CHECK
from verification.models import Activity, ActivityStatus, FactCheck
from verification.operations import visits
from verification.queries import visits as queries
from verification.queries.years import holders, scheme_of_year
from verification.rules import visits as rules


@transaction.atomic
def send(*, activity_id: int, by: Actor, at: datetime) -> FactCheck:
    """Send what was seen, without judgement, rating or risk, to the centre; it has the scheme's working days.

    Raises NotPermitted, RuleViolation while findings are missing or a check is with the centre already (R69).
    """
    activity = visits.locked(activity_id)
    visits.may_write(activity, by)
    rules.every_criterion_is_judged(activity, by)
    ACTIVITY.move(activity, "send_for_fact_check", by=by, at=at)
    form = scheme_of_year(activity.centre_year).verification.reports["lsv_visit"]
    due_on = queries.working_days_from(activity, timezone.localdate(at), form.fact_check_working_days.value)
    check = FactCheck.objects.create(
        centre_id=activity.centre_id,
        activity=activity,
        content=queries.facts_to_check(activity),
        due_on=due_on,
        sent_at=at,
        sent_by_id=by.pk,
    )
    _ask_centre(activity, check, at)
    return check


@transaction.atomic
def answer(*, fact_check_id: int, by: Actor, at: datetime, corrections: Mapping[str, str]) -> FactCheck:
    """Send the centre's corrections per criterion, or that all is right, back to the LSV, who writes on.

    ``corrections`` holds text by criterion key; empty texts are dropped. Raises NotPermitted, RuleViolation when it was
    answered already, or for a criterion that was not sent.
    """
    check = _locked(fact_check_id)
    known = {"people_seen", *(criterion["key"] for criterion in check.content["criteria"])}
    written = {key: text.strip() for key, text in corrections.items() if text.strip()}
    if not written.keys() <= known:
        raise RuleViolation("One of the corrections is about something that was not sent.")
    FACT_CHECK.move(check, "answer", by=by, at=at, corrections=written, answered_at=at, answered_by_id=by.pk)
    _write_on(check, at)
    _tell_verifier(check, at, len(written))
    return check


@transaction.atomic
def close(*, fact_check_id: int, by: Actor, at: datetime) -> FactCheck:
    """Go on without an answer, once the centre's days have passed. Raises NotPermitted, RuleViolation (R69)."""
    check = _locked(fact_check_id)
    visits.may_write(check.activity, by)
    rules.the_deadline_has_passed(check.due_on, timezone.localdate(at))
    FACT_CHECK.move(check, "close", by=by, at=at)
    _write_on(check, at)
    return check


def _locked(fact_check_id: int) -> FactCheck:
    return (
        FactCheck.objects.select_for_update(of=("self",))
        .select_related("centre", "activity__centre_year", "activity__allocation__verifier", "sent_by")
        .get(pk=fact_check_id)
    )


def _write_on(check: FactCheck, at: datetime) -> None:
    """The draft may change again; the centre's answer does this, so the portal moves the visit."""
    deadlines.meet("fact_check", subject=check, at=at)
    activity = visits.locked(check.activity_id)
    if activity.status == ActivityStatus.FACT_CHECK:
        ACTIVITY.move(activity, "take_back_facts", by=SYSTEM, at=at)


def _ask_centre(activity: Activity, check: FactCheck, at: datetime) -> None:
    title = f"Check the facts of the visit report {activity.centre.name}"
    url = reverse("fact-check", args=[activity.pk])
    duty = Duty(
        title="Check the facts of the LSV’s draft report",
        url=url,
        owner_role=RoleCode.QUALITY_NOMINEE,
        owner_side=Side.CENTRE,
        why="Say what is wrong, or confirm that it is right. After that day the report may be issued as it is.",
        source="LSV visit",
    )
    deadlines.set_due(
        "fact_check", subject=check, year=activity.centre_year.year, due_on=check.due_on, duty=duty
    )
    for person in holders(activity.centre_id, RoleCode.QUALITY_NOMINEE, timezone.localdate(at)):
        mail.write(
            centre_id=activity.centre_id,
            to_id=person.pk,
            kind="fact_check.sent",
            key=f"fact-check-{check.pk}-sent-{person.pk}",
            subject=title,
            body=f"Please check what was written down, by {date_long(check.due_on)}.",
            url=url,
            at=at,
        )


def _tell_verifier(check: FactCheck, at: datetime, corrections: int) -> None:
    what = counted(corrections, "correction") if corrections else "no corrections"
    mail.write(
        centre_id=check.centre_id,
        to_id=queries.writer_of(check.activity) or check.sent_by_id,
        kind="fact_check.answered",
        key=f"fact-check-{check.pk}-answered",
        subject=f"{check.centre.name} has checked the facts: {what}",
        body="You can go on with the report.",
        url=reverse("visit-facts", args=[check.activity_id]),
        at=at,
    )
