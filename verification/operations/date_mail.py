"""What people are told by mail about the date of an activity: agreed, given up, cancelled, or no longer possible."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from django.urls import reverse
from django.utils import timezone

from centres.permissions import RoleCode
from qa_portal import mail
from qa_portal.actors import Actor
from qa_portal.wording import clock_time, date_long
from verification.models import Activity, ActivityKind
from verification.queries import years


def name_of(activity: Activity) -> str:
    """The activity in a sentence: "the LSV visit to Northgate College", "the sample of Gym Instructing"."""
    if activity.kind == ActivityKind.VISIT:
        return f"the LSV visit to {activity.centre.name}"
    assert activity.programme is not None
    return f"the sample of {activity.programme.qualification.label} at {activity.centre.name}"


def when(activity: Activity) -> str:
    """The proposed date in prose: "Wednesday 18 November 2026, 9.30am, Castle Road"."""
    parts = [
        date_long(activity.day),
        clock_time(activity.starts_at),
        activity.site.name if activity.site else "",
    ]
    if activity.mode == "REMOTE":
        parts[-1] = "remote"
    return ", ".join(part for part in parts if part)


def tell_agreed(activity: Activity, *, by: Actor, at: datetime) -> None:
    """Tell verifier and centre that a date is agreed; whoever agreed last knows it."""
    body = (
        f"{_sentence(name_of(activity))} takes place on {when(activity)}. Verifier and centre have both agreed."
        " It is in your calendar in the portal."
    )
    _write(
        activity, "agreed", f"Agreed: {name_of(activity)}, {date_long(activity.day)}", body, _both(activity, at),
        by=by, at=at,
    )  # fmt: skip


def tell_given_up(activity: Activity, *, day: str, reason: str, by: Actor, at: datetime) -> None:
    """Tell the verifier that the centre cannot keep a date, and why."""
    body = f"{getattr(by, 'name', 'The centre')} cancelled {day}: {reason.strip()}\n\n"
    body += "The day is free again. The portal proposes another one; you can propose one yourself."
    subject = f"{activity.centre.name} cancelled the date of {name_of(activity)}"
    _write(activity, "given-up", subject, body, _verifier(activity), by=by, at=at)


def tell_activity_cancelled(activity: Activity, *, day: str, reason: str, by: Actor, at: datetime) -> None:
    """Tell verifier and centre that an activity is off, by whom and why."""
    was = f" It was planned for {day}." if day else ""
    body = f"{getattr(by, 'name', 'A planner')} cancelled it: {reason.strip()}\n\nNobody has to do anything.{was}"
    _write(activity, "cancelled", f"Cancelled: {name_of(activity)}", body, _both(activity, at), by=by, at=at)


def tell_taken(activity: Activity, *, day: str, why: str, at: datetime) -> None:
    """Tell verifier and centre that a proposed date is not possible any more; another one follows."""
    body = (
        f"{day} is no longer possible: {why}. The portal proposes another date; you need not do anything now."
    )
    subject = f"Another date is needed for {name_of(activity)}"
    _write(activity, "taken", subject, body, _both(activity, at), by=None, at=at)


def tell_clash(activity: Activity, *, why: str, at: datetime) -> None:
    """Tell verifier, centre and planners, once for each agreed day, that it cannot be kept as agreed."""
    body = (
        f"{why} The date stays as it was agreed until somebody moves it: the verifier or a planner proposes another"
        " one, or the centre cancels it."
    )
    planners = years.holders(activity.centre_id, RoleCode.PLANNER, timezone.localdate(at))
    people = {*_both(activity, at), *(person.pk for person in planners)}
    subject = f"A clash: {name_of(activity)}, {date_long(activity.day)}"
    _write(activity, "clash", subject, body, people, by=None, at=at, key=str(activity.day))


def _verifier(activity: Activity) -> set[int]:
    return {activity.allocation.verifier.person_id} if activity.allocation else set()


def _both(activity: Activity, at: datetime) -> set[int]:
    nominees = years.holders(activity.centre_id, RoleCode.QUALITY_NOMINEE, timezone.localdate(at))
    return _verifier(activity) | {person.pk for person in nominees}


def _sentence(text: str) -> str:
    return text[:1].upper() + text[1:]


def _write(
    activity: Activity,
    what: str,
    subject: str,
    body: str,
    people: Iterable[int],
    *,
    by: Actor | None,
    at: datetime,
    key: str = "",
) -> None:
    for person_id in sorted(set(people) - {by.pk if by is not None else None}):
        mail.write(
            centre_id=activity.centre_id,
            to_id=person_id,
            kind=f"date.{what}",
            key=f"date-{what}-{activity.pk}-{key or f'{at:%Y%m%d%H%M%S}'}-{person_id}",
            subject=subject,
            body=body,
            url=reverse("activity", args=[activity.pk]),
            at=at,
        )
