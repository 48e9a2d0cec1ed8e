"""Reminders: written once per step, date and person, to the owner or to whoever holds the role."""

from __future__ import annotations

from datetime import UTC, date, datetime

from centres.permissions import RoleCode
from qa_portal import deadlines, reminders
from qa_portal.deadlines import Duty
from qa_portal.models import Mail
from qa_portal.tenancy import Side
from tests.factories.centres import AccessGrantFactory


def _due(centre, on: date, kind: str = "self_assessment", **more):
    values = {
        "title": "Submit the self-assessment",
        "url": "/centres/10101/self-assessment/",
        "owner_role": RoleCode.QUALITY_NOMINEE,
        "owner_side": Side.CENTRE,
    }
    duty = Duty(**(values | more))

    class Subject:
        centre_id = centre.pk
        pk = 1

        class _meta:  # noqa: N801
            label_lower = "verification.selfassessment"

    return deadlines.set_due(kind, subject=Subject, year=2026, due_on=on, duty=duty)


def at(day: int, month: int = 11) -> datetime:
    return datetime(2026, month, day, 8, 0, tzinfo=UTC)


def test_a_reminder_is_written_once(cast):
    _due(cast.northgate.centre, date(2026, 11, 3))
    assert reminders.write_due(at=at(20, 10)) == 1
    assert reminders.write_due(at=at(20, 10)) == 0
    mail = Mail.objects.get()
    assert (mail.to, mail.kind) == (cast["qn"], "reminder")


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


def _words(mail: Mail) -> str:
    """Subject and body with ordinary spaces."""
    return f"{mail.subject}\n{mail.body}".replace("\N{NO-BREAK SPACE}", " ")


def test_a_reminder_says_what_where_and_by_when(cast):
    _due(cast.northgate.centre, date(2026, 11, 3), why="Your LSV prepares the visit from it.")
    reminders.write_due(at=at(20, 10))
    mail = Mail.objects.get()
    assert mail.subject == "Submit the self-assessment: due Tuesday 3 November 2026"
    assert "Please do this: Submit the self-assessment." in mail.body
    assert "Due Tuesday 3 November 2026." in mail.body
    assert "Centre: Northgate College, 10101." in mail.body
    assert "Your LSV prepares the visit from it." in mail.body
    assert mail.url == "/centres/10101/self-assessment/"


def test_an_escalation_says_since_when_and_who_has_not_done_it(cast):
    _due(cast.northgate.centre, date(2026, 11, 3), owner_id=cast["qn"].pk)
    reminders.write_due(at=at(6))
    mail = Mail.objects.get(kind="escalation")
    assert mail.to == cast["head"]
    assert mail.subject == "Overdue since Tuesday 3 November 2026: Submit the self-assessment"
    assert f"Overdue since Tuesday 3 November 2026 ({cast['qn'].name}, Quality Nominee)." in _words(mail)
    assert "Centre: Northgate College, 10101." in mail.body
    assert "You are told as Head of Centre" in mail.body
    own = Mail.objects.get(kind="reminder")
    assert own.subject != mail.subject
    assert "Please do this" in own.body
    assert "Overdue since Tuesday 3 November 2026." in own.body


def test_the_roles_that_the_scheme_names_are_reminded_beside_the_owner(cast):
    _due(
        cast.northgate.centre, date(2026, 11, 3), "essential_action", title="Complete essential action 1",
        owner_role=RoleCode.PROGRAMME_LEADER, owner_id=cast["leader"].pk,
    )  # fmt: skip
    assert reminders.write_due(at=at(1)) == 2
    assert reminders.write_due(at=at(1)) == 0
    mails = {mail.to: mail for mail in Mail.objects.filter(kind="reminder")}
    assert set(mails) == {cast["leader"], cast["qn"]}
    assert "Please do this" in mails[cast["leader"]].body
    assert f"({cast['leader'].name}, Programme leader)" in _words(mails[cast["qn"]])
    assert "Please see that it is done in time. You are told as Quality Nominee." in mails[cast["qn"]].body


def test_somebody_who_is_owner_and_holds_the_role_is_reminded_once(cast):
    _due(cast.northgate.centre, date(2026, 11, 3), "essential_action", owner_id=cast["qn"].pk)
    assert reminders.write_due(at=at(1)) == 1
    assert "Please do this" in Mail.objects.get().body


def test_a_verifier_is_not_reminded_of_another_verifiers_work(cast):
    for who in ("lsv", "lsv2"):
        AccessGrantFactory(
            person=cast[who], centre=cast.northgate.centre, role=RoleCode.LEAD_STANDARDS_VERIFIER
        )
    _due(
        cast.northgate.centre, date(2026, 11, 3), "lsv_visit", title="Carry out the LSV visit",
        owner_role=RoleCode.LEAD_STANDARDS_VERIFIER, owner_side=Side.VERIFIER, owner_id=cast["lsv"].pk,
    )  # fmt: skip
    reminders.write_due(at=at(27, 10))
    assert [mail.to for mail in Mail.objects.all()] == [cast["lsv"]]


def test_the_quality_nominee_sees_to_a_second_sample(cast):
    _due(
        cast.northgate.centre, date(2026, 11, 3), "second_sample", title="Conclude the second sample",
        owner_role=RoleCode.STANDARDS_VERIFIER, owner_side=Side.VERIFIER, owner_id=cast["sv"].pk,
    )  # fmt: skip
    reminders.write_due(at=at(1))
    assert {mail.to for mail in Mail.objects.all()} == {cast["sv"], cast["qn"]}


def test_a_duty_of_others_stands_on_the_home_and_calendar_of_the_role_that_sees_to_it(
    cast, sign_in, clock_at
):
    clock_at(at(1))
    _due(
        cast.northgate.centre, date(2026, 11, 3), "essential_action", title="Complete essential action 1",
        owner_role=RoleCode.PROGRAMME_LEADER, owner_id=cast["leader"].pk,
    )  # fmt: skip
    for who in ("qn", "leader"):
        client = sign_in(cast[who])
        for page in ("/", "/calendar/"):
            assert "Complete essential action 1" in client.get(page).content.decode(), (who, page)
    assert f"waits for {cast['leader'].name}" in sign_in(cast["qn"]).get("/").content.decode()
    assert "waits for" not in sign_in(cast["leader"]).get("/").content.decode()
    assert "Complete essential action 1" not in sign_in(cast["assessor"]).get("/").content.decode()
    assert "Complete essential action 1" not in sign_in(cast["outsider"]).get("/").content.decode()
