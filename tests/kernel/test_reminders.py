"""Reminders: written once per step, date and person, to the owner or to whoever holds the role."""

from __future__ import annotations

from datetime import UTC, date, datetime

from centres.permissions import RoleCode
from qa_portal import deadlines, reminders
from qa_portal.deadlines import Duty
from qa_portal.models import Mail
from qa_portal.tenancy import Side


def _due(centre, on: date, **more):
    duty = Duty(
        title="Submit the self-assessment",
        url="/",
        owner_role=RoleCode.QUALITY_NOMINEE,
        owner_side=Side.CENTRE,
        **more,
    )

    class Subject:
        centre_id = centre.pk
        pk = 1

        class _meta:  # noqa: N801
            label_lower = "verification.selfassessment"

    return deadlines.set_due("self_assessment", subject=Subject, year=2026, due_on=on, duty=duty)


def at(day: int, month: int = 11) -> datetime:
    return datetime(2026, month, day, 8, 0, tzinfo=UTC)


def test_a_reminder_is_written_once(cast):
    _due(cast.northgate.centre, date(2026, 11, 3))
    assert reminders.write_due(at=at(20, 10)) == 1
    assert reminders.write_due(at=at(20, 10)) == 0
    mail = Mail.objects.get()
    assert (mail.to, mail.kind, mail.subject) == (cast["qn"], "reminder", "Submit the self-assessment")


def test_each_step_reminds_again_and_only_the_latest_is_sent(cast):
    _due(cast.northgate.centre, date(2026, 11, 3))
    reminders.write_due(at=at(20, 10))
    assert reminders.write_due(at=at(1)) == 1
    assert Mail.objects.filter(kind="reminder").count() == 2


def test_a_moved_date_reminds_for_the_new_date(cast):
    deadline = _due(cast.northgate.centre, date(2026, 11, 3))
    reminders.write_due(at=at(1))
    moved = _due(cast.northgate.centre, date(2026, 11, 10))
    assert moved.pk == deadline.pk
    assert reminders.write_due(at=at(8)) == 1


def test_an_overdue_deadline_is_escalated(cast):
    _due(cast.northgate.centre, date(2026, 11, 3))
    reminders.write_due(at=at(6))
    escalations = Mail.objects.filter(kind="escalation")
    assert [mail.to for mail in escalations] == [cast["head"]]
    reminders.write_due(at=at(13))
    assert cast["manager"] in [mail.to for mail in Mail.objects.filter(kind="escalation")]


def test_a_met_deadline_is_silent(cast):
    deadline = _due(cast.northgate.centre, date(2026, 11, 3))
    deadlines_of = type(deadline).objects.filter(pk=deadline.pk)
    deadlines_of.update(state="MET", ended_at=at(1))
    assert reminders.write_due(at=at(2)) == 0


def test_a_reminder_that_somebody_turned_off_is_noted_and_not_sent(cast):
    cast["qn"].mail_preferences = {"reminders": "off"}
    cast["qn"].save(update_fields=["mail_preferences"])
    _due(cast.northgate.centre, date(2026, 11, 3))
    reminders.write_due(at=at(20, 10))
    assert Mail.objects.get().state == "NOT_WANTED"
