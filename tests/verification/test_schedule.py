"""Dates of activities: agreed, moved, cancelled, proposed by the portal (R8, R99, R100), and days booked once."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from centres.models import Nation
from qa_portal.actors import SYSTEM
from qa_portal.errors import NotPermitted, RuleViolation
from qa_portal.models import AuditEvent, Deadline, Mail, OutboxEntry
from tests.cast import teach
from tests.conftest import NOW
from tests.story.allocations import allocated, forget_access, sampling_agreed, visit_agreed
from verification.models import (
    Activity,
    CentreYear,
    RequestedDocument,
    Verifier,
    VerifierAbsence,
    VerifierDay,
)
from verification.operations import cancellations, date_proposals, schedule, standards_verification, verifiers

DAY = date(2026, 11, 18)


@pytest.fixture
def visit(cast):
    allocated(cast)
    forget_access(cast["lsv"])
    forget_access(cast["sv"])
    return Activity.objects.get(centre=cast.northgate.centre, kind="VISIT")


def _propose(cast, visit, day=DAY, **more):
    return schedule.propose_date(activity_id=visit.pk, day=day, by=cast["lsv"], at=NOW, **more)


def test_both_agree_then_the_day_is_booked_and_documents_are_asked_for(cast, visit):
    _propose(cast, visit)
    reply = Deadline.objects.get(kind="date_reply", state="OPEN")
    assert (reply.owner_role, reply.due_on) == ("quality_nominee", date(2026, 10, 27))
    activity = schedule.accept(activity_id=visit.pk, by=cast["qn"], at=NOW)
    assert activity.status == "AGREED"
    assert VerifierDay.objects.filter(activity_id=visit.pk, day=DAY).count() == 2
    assert RequestedDocument.objects.filter(activity=visit).count() == 9
    documents = Deadline.objects.get(kind="visit_documents")
    assert (documents.due_on, documents.title) == (
        date(2026, 11, 4),
        "Upload 9\N{NO-BREAK SPACE}documents for the visit",
    )
    assert not Deadline.objects.filter(kind="date_reply", state="OPEN").exists()
    assert CentreYear.objects.get(pk=visit.centre_year_id).visit_state == "DATED"


def test_a_second_acceptance_changes_nothing(cast, visit):
    _propose(cast, visit)
    schedule.accept(activity_id=visit.pk, by=cast["qn"], at=NOW)
    with pytest.raises(RuleViolation):
        schedule.accept(activity_id=visit.pk, by=cast["qn"], at=NOW)
    assert VerifierDay.objects.count() == 2


def test_another_verifier_sets_no_date(cast, visit):
    with pytest.raises(NotPermitted):
        schedule.propose_date(activity_id=visit.pk, day=DAY, by=cast["sv"], at=NOW)


def test_r8_a_late_visit_needs_a_reason(cast, visit):
    late = date(2026, 12, 8)
    with pytest.raises(RuleViolation, match="later day needs a reason") as refusal:
        _propose(cast, visit, late)
    assert refusal.value.rule == "R8"
    assert _propose(cast, visit, late, late_reason="The site is closed in November.").day == late


def test_r99_a_centre_gets_ten_working_days_notice(cast, visit):
    with pytest.raises(RuleViolation, match="working days") as refusal:
        _propose(cast, visit, date(2026, 11, 2))
    assert refusal.value.rule == "R99"
    assert _propose(cast, visit, date(2026, 11, 3)).day == date(2026, 11, 3)


def test_r99_short_notice_is_five_working_days_at_most(cast, visit):
    with pytest.raises(RuleViolation, match="at most"):
        _propose(cast, visit, date(2026, 10, 28), short_notice=True)
    assert _propose(cast, visit, date(2026, 10, 27), short_notice=True).day == date(2026, 10, 27)


def test_r99_the_centre_itself_may_propose_a_nearer_day(cast, visit):
    _propose(cast, visit)
    near = date(2026, 10, 28)
    activity = schedule.propose_another(activity_id=visit.pk, day=near, by=cast["qn"], at=NOW)
    assert Deadline.objects.get(kind="date_reply", state="OPEN").owner == cast["lsv"]
    assert not VerifierDay.objects.exists()
    activity = schedule.confirm(activity_id=activity.pk, by=cast["lsv"], at=NOW)
    assert (activity.status, activity.day) == ("AGREED", near)


def test_no_date_falls_on_a_weekend_or_holiday(cast, visit):
    with pytest.raises(RuleViolation, match="not a working day"):
        _propose(cast, visit, date(2026, 11, 21))
    with pytest.raises(RuleViolation, match="not a working day"):
        _propose(cast, visit, date(2026, 12, 25), late_reason="x")


def test_r100_a_cancellation_under_five_working_days_is_logged_against_the_centre(cast):
    visit = visit_agreed(cast)
    thursday_before = datetime(2026, 11, 12, 10, 0, tzinfo=UTC)
    schedule.cancel_date(activity_id=visit.pk, by=cast["qn"], at=thursday_before, reason="Fire in the hall")
    visit.refresh_from_db()
    assert (visit.status, visit.day) == ("PLANNED", None)
    assert visit.window_facts["cancellations"][0]["late"] is True
    assert AuditEvent.objects.filter(event="activity.late_cancellation_logged").count() == 1
    assert not VerifierDay.objects.exists()
    assert OutboxEntry.objects.filter(task="verification.propose_schedule").exists()


def test_r100_an_earlier_cancellation_is_not_logged(cast):
    visit = visit_agreed(cast)
    schedule.cancel_date(
        activity_id=visit.pk, by=cast["qn"], at=datetime(2026, 11, 11, 10, 0, tzinfo=UTC), reason="Fire"
    )
    assert not AuditEvent.objects.filter(event="activity.late_cancellation_logged").exists()


def test_a_cancellation_needs_a_reason(cast):
    visit = visit_agreed(cast)
    with pytest.raises(RuleViolation, match="Say why"):
        schedule.cancel_date(activity_id=visit.pk, by=cast["qn"], at=NOW, reason=" ")


def test_a_verifier_is_booked_once_a_day_over_all_centres(cast):
    visit_agreed(cast)
    allocated(cast, cast.harbour)
    forget_access(cast["lsv"])
    other = Activity.objects.get(centre=cast.harbour.centre, kind="VISIT")
    with pytest.raises(RuleViolation, match="has other work on") as refusal:
        schedule.propose_date(activity_id=other.pk, day=DAY, by=cast["lsv"], at=NOW)
    assert "Northgate" not in str(refusal.value)


def test_a_day_taken_between_proposal_and_acceptance_gives_way_to_another(cast):
    visit = allocated(cast) and Activity.objects.get(centre=cast.northgate.centre, kind="VISIT")
    allocated(cast, cast.harbour)
    forget_access(cast["lsv"])
    other = Activity.objects.get(centre=cast.harbour.centre, kind="VISIT")
    for activity in (visit, other):
        schedule.propose_date(activity_id=activity.pk, day=DAY, by=cast["lsv"], at=NOW)
    schedule.accept(activity_id=visit.pk, by=cast["qn"], at=NOW)
    OutboxEntry.objects.all().delete()
    assert schedule.accept(activity_id=other.pk, by=cast["outsider"], at=NOW).status == "PLANNED"
    assert OutboxEntry.objects.get().centre_id == cast.harbour.centre.pk
    told = Mail.objects.filter(kind="date.taken", centre=cast.harbour.centre)
    assert {mail.to for mail in told} == {cast["lsv"], cast["outsider"]}
    assert not any("Northgate" in mail.body for mail in told)
    date_proposals.propose_for_centre(centre_id=cast.harbour.centre.pk, by=SYSTEM, at=NOW)
    other.refresh_from_db()
    assert other.status == "PROPOSED"
    assert other.day != DAY


def test_the_portal_proposes_on_working_days_inside_windows_away_from_absences(cast, visit):
    teach(cast.northgate, cast.northgate.programmes[0], learners=1)
    verifier = Verifier.objects.get(person=cast["lsv"])
    VerifierAbsence.objects.create(verifier=verifier, starts_on=date(2026, 11, 2), ends_on=date(2026, 11, 20))
    date_proposals.propose_for_centre(centre_id=cast.northgate.centre.pk, by=SYSTEM, at=NOW)
    visit.refresh_from_db()
    assert visit.status == "PROPOSED"
    assert date(2026, 11, 23) <= visit.day <= date(2026, 11, 30)
    samples = Activity.objects.filter(kind="SAMPLING", centre=cast.northgate.centre)
    assert {sample.status for sample in samples} == {"PROPOSED"}
    assert len({sample.day for sample in samples}) == 4
    reply = Deadline.objects.get(kind="date_reply", subject_id=visit.pk)
    assert reply.owner == cast["lsv"]


def test_what_cannot_be_placed_keeps_the_reason(cast, visit):
    verifier = Verifier.objects.get(person=cast["lsv"])
    VerifierAbsence.objects.create(verifier=verifier, starts_on=date(2026, 10, 1), ends_on=date(2026, 12, 31))
    date_proposals.propose_for_centre(centre_id=cast.northgate.centre.pk, by=SYSTEM, at=NOW)
    visit.refresh_from_db()
    assert visit.status == "PLANNED"
    assert "away" in visit.not_placed_because


def test_proposing_again_leaves_what_was_agreed(cast):
    visit = visit_agreed(cast)
    date_proposals.propose_for_centre(centre_id=cast.northgate.centre.pk, by=SYSTEM, at=NOW)
    date_proposals.propose_for_centre(centre_id=cast.northgate.centre.pk, by=SYSTEM, at=NOW)
    visit.refresh_from_db()
    assert (visit.status, visit.day) == ("AGREED", DAY)
    assert not Activity.objects.filter(kind="SAMPLING", day=DAY).exists()


def test_all_centres_at_once_never_give_one_verifier_two_visits_a_day(cast, visit):
    allocated(cast, cast.harbour)
    assert date_proposals.propose_for_all(at=NOW) == 2
    for entry in OutboxEntry.objects.filter(task="verification.propose_dates"):
        date_proposals.apply(centre_id=entry.centre_id, at=NOW, **entry.kwargs)
    days = list(Activity.objects.filter(kind="VISIT").values_list("day", flat=True))
    assert None not in days
    assert len(days) == len(set(days)) == 2


def test_r9_the_sampling_window_follows_the_cohort(cast, visit):
    sample = sampling_agreed(cast)
    assert sample.status == "AGREED"
    assert (sample.window_from, sample.window_until) == (date(2027, 1, 15), date(2027, 5, 15))


def away(cast, first, last):
    verifier = Verifier.objects.get(person=cast["lsv"])
    return verifiers.add_absence(
        verifier_id=verifier.pk, starts_on=first, ends_on=last, reason="Ill", by=cast["lsv"], at=NOW
    )


def propose_again(cast):
    return date_proposals.propose_for_centre(centre_id=cast.northgate.centre.pk, by=SYSTEM, at=NOW)


def receivers(kind):
    return {mail.to for mail in Mail.objects.filter(kind=kind)}


def test_both_sides_are_told_of_an_agreed_date(cast):
    visit_agreed(cast)
    [mail] = Mail.objects.filter(kind="date.agreed")
    assert mail.to == cast["lsv"]
    assert "18\N{NO-BREAK SPACE}November 2026" in mail.subject
    assert mail.url.endswith("/")


def test_the_verifier_is_told_when_the_centre_gives_a_date_up(cast):
    visit = visit_agreed(cast)
    schedule.cancel_date(activity_id=visit.pk, by=cast["qn"], at=NOW, reason="Ofsted comes that day")
    [mail] = Mail.objects.filter(kind="date.given-up")
    assert mail.to == cast["lsv"]
    assert "Ofsted comes that day" in mail.body
    assert cast["qn"].name in mail.body


def test_verifier_and_centre_are_told_when_a_planner_cancels_an_activity(cast):
    visit = visit_agreed(cast)
    cancellations.cancel(activity_id=visit.pk, by=cast["planner"], at=NOW, reason="Merged with Harbour")
    assert receivers("date.cancelled") == {cast["lsv"], cast["qn"]}
    assert "Merged with Harbour" in Mail.objects.filter(kind="date.cancelled").first().body
    year = CentreYear.objects.get(pk=visit.centre_year_id)
    assert (year.visit_state, year.stage_facts["visit"][0]) == ("NOT_STARTED", "Cancelled, not planned again")


def test_r8_a_cancelled_visit_is_planned_again(cast):
    visit = visit_agreed(cast)
    cancellations.cancel(activity_id=visit.pk, by=cast["planner"], at=NOW, reason="By mistake")
    again = cancellations.plan_again(activity_id=visit.pk, by=cast["planner"], at=NOW)
    assert (again.number, again.status) == (1, "PLANNED")
    propose_again(cast)
    again.refresh_from_db()
    assert again.status == "PROPOSED"
    with pytest.raises(RuleViolation, match="already"):
        cancellations.plan_again(activity_id=visit.pk, by=cast["planner"], at=NOW)
    with pytest.raises(NotPermitted):
        cancellations.plan_again(activity_id=visit.pk, by=cast["qn"], at=NOW)


def test_r9_the_number_of_a_cancelled_sample_is_free_again(cast, visit):
    sample = Activity.objects.filter(kind="SAMPLING", centre=cast.northgate.centre).first()
    cancellations.cancel(activity_id=sample.pk, by=cast["planner"], at=NOW, reason="Twice")
    added = standards_verification.add_next(
        centre_year_id=sample.centre_year_id, programme_id=sample.programme_id, by=SYSTEM, at=NOW, facts={}
    )
    assert added.number == 1


def test_a_proposed_date_gives_way_to_an_absence(cast, visit):
    _propose(cast, visit)
    OutboxEntry.objects.all().delete()
    away(cast, DAY, DAY)
    assert OutboxEntry.objects.get().centre_id == cast.northgate.centre.pk
    propose_again(cast)
    visit.refresh_from_db()
    assert visit.status == "PROPOSED"
    assert visit.day != DAY
    assert receivers("date.taken") == {cast["lsv"], cast["qn"]}


def test_an_agreed_date_stays_and_its_clash_with_an_absence_is_told_once(cast):
    visit = visit_agreed(cast)
    absence = away(cast, DAY, DAY)
    propose_again(cast)
    propose_again(cast)
    visit.refresh_from_db()
    assert (visit.status, visit.day) == ("AGREED", DAY)
    assert receivers("date.clash") == {cast["lsv"], cast["qn"], cast["planner"]}
    assert Mail.objects.filter(kind="date.clash").count() == 3
    duty = Deadline.objects.get(kind="date_reply", subject_id=visit.pk, state="OPEN")
    assert duty.owner == cast["lsv"]
    assert duty.title.startswith("Move the date")
    verifiers.remove_absence(absence_id=absence.pk, by=cast["lsv"], at=NOW)
    propose_again(cast)
    assert not Deadline.objects.filter(kind="date_reply", subject_id=visit.pk, state="OPEN").exists()


def test_a_clash_is_shown_to_planner_and_centre(cast, sign_in):
    visit = visit_agreed(cast)
    away(cast, DAY, DAY)
    page = sign_in(cast["planner"]).get("/staff/schedule/?show=clash")
    assert "is away that day" in page.content.decode()
    page = sign_in(cast["qn"]).get(f"/activities/{visit.pk}/")
    assert "which was agreed" in page.content.decode()


def test_a_day_given_away_since_is_not_written_by_a_plan_made_before(cast, visit):
    allocated(cast, cast.harbour)
    date_proposals.propose_for_all(at=NOW)
    entries = list(OutboxEntry.objects.filter(task="verification.propose_dates"))
    mine = next(entry for entry in entries if entry.centre_id == cast.northgate.centre.pk)
    day = date.fromisoformat(mine.kwargs["proposals"][str(visit.pk)])
    other = Activity.objects.get(centre=cast.harbour.centre, kind="VISIT")
    forget_access(cast["lsv"])
    schedule.propose_date(activity_id=other.pk, day=day, by=cast["lsv"], at=NOW)
    OutboxEntry.objects.all().delete()
    date_proposals.apply(centre_id=mine.centre_id, at=NOW, **mine.kwargs)
    visit.refresh_from_db()
    assert visit.status == "PLANNED"
    assert OutboxEntry.objects.filter(task="verification.propose_schedule", centre_id=mine.centre_id).exists()


def test_r99_notice_counts_the_working_days_of_the_centres_nation(cast, visit):
    from verification.queries import schedule as queries

    Activity.objects.filter(pk=visit.pk).update(window_from=date(2026, 12, 1), window_until=date(2027, 1, 31))
    waiting = queries.to_schedule([cast.northgate.centre.pk])
    today = date(2026, 12, 18)
    holidays = queries.holidays_by_nation(waiting, today)
    earliest = queries.earliest_days(waiting, today, holidays)
    assert earliest[Nation.ENGLAND] == date(2027, 1, 6)
    assert earliest[Nation.SCOTLAND] > earliest[Nation.ENGLAND]


def test_the_hourly_sweep_asks_for_dates_once(cast, visit):
    OutboxEntry.objects.all().delete()
    assert date_proposals.propose_due(at=NOW)
    assert not date_proposals.propose_due(at=NOW)


@pytest.mark.parametrize(
    ("show", "said"),
    [
        ("", "No activity is without a date"),
        ("proposed", "No date waits for an answer"),
        ("agreed", "No date is agreed at present"),
        ("clash", "No agreed date clashes"),
    ],
)
def test_an_empty_list_of_the_schedule_says_which_it_is(cast, sign_in, scope, show, said):
    client = sign_in(cast["planner"])
    scope()
    assert said in client.get(f"/staff/schedule/?show={show}").content.decode()


def test_an_empty_calendar_says_what_comes_there(cast, sign_in, scope):
    client = sign_in(cast["planner"])
    scope()
    page = client.get("/calendar/").content.decode()
    assert "the agreed dates of the centres whose quality manager you are" in page
