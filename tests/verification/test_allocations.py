"""Allocating, replacing and ending (R7, R13, R14, R24), and what follows from each."""

from __future__ import annotations

from datetime import date

import pytest

from centres.models import AccessGrant
from qa_portal.actors import SYSTEM
from qa_portal.errors import NotPermitted, RuleViolation
from qa_portal.models import Deadline, Mail, OutboxEntry
from qa_portal.tenancy import Side
from tests.conftest import NOW, TODAY
from tests.story.allocations import allocated, forget_access, opened, visit_agreed
from verification.models import Activity, Allocation, CentreYear, Verifier, VerifierAbsence, VerifierDay
from verification.operations import allocations, date_proposals, schedule
from verification.queries.activities import centres_served_by


def _verifier(cast, name):
    return Verifier.objects.get(person=cast[name])


def _lsv(cast, year, name="lsv", **more):
    return allocations.allocate(
        centre_year_id=year.pk, kind="LSV", programme_id=None, verifier_id=_verifier(cast, name).pk,
        by=cast["planner"], at=NOW, **more,
    )  # fmt: skip


def test_r7_allocating_an_lsv_gives_access_activity_and_meets_the_deadline(cast):
    year = opened(cast)
    allocation = _lsv(cast, year)
    assert allocation.status == "ACTIVE"
    forget_access(cast["lsv"])
    assert cast["lsv"].may("visit.conduct", cast.northgate.centre.pk)
    grant = AccessGrant.objects.get(person=cast["lsv"])
    assert grant.programme is None
    assert grant.starts_on == TODAY
    assert grant.ends_on.isoformat() == "2027-11-01"
    visit = Activity.objects.get(kind="VISIT")
    assert (visit.status, visit.mode) == ("PLANNED", "ON_SITE")
    assert visit.window_until.isoformat() == "2026-11-30"
    assert Deadline.objects.get(kind="lsv_allocation").state == "MET"
    assert Deadline.objects.get(kind="lsv_visit").owner == cast["lsv"]
    fresh = CentreYear.objects.get(pk=year.pk)
    assert fresh.lsv == cast["lsv"]
    assert fresh.visit_state == "NOT_STARTED"


def test_r7_both_are_introduced_with_the_missing_self_assessment(cast):
    _lsv(cast, opened(cast))
    mails = {mail.to: mail for mail in Mail.objects.filter(kind="introduction")}
    assert set(mails) == {cast["lsv"], cast["qn"]}
    assert "Still missing: self-assessment 2026-27, due 3" in mails[cast["lsv"]].body
    assert cast["lsv"].email in mails[cast["qn"]].body


def test_r14_lsv_and_sv_may_be_the_same_person(cast):
    year = allocated(cast, lsv="lsv", sv="lsv")
    assert Allocation.objects.filter(centre_year=year, status="ACTIVE").count() == 5
    assert year.allocation_state == "DONE"


def test_sv_reaches_only_the_programme_they_are_allocated_to(cast):
    year = opened(cast)
    first, second = cast.northgate.programmes[:2]
    allocations.allocate(
        centre_year_id=year.pk, kind="SV", programme_id=first.pk, verifier_id=_verifier(cast, "sv").pk,
        by=cast["planner"], at=NOW,
    )  # fmt: skip
    forget_access(cast["sv"])
    assert cast["sv"].may("sample.judge", cast.northgate.centre.pk, first.pk)
    assert not cast["sv"].may("sample.judge", cast.northgate.centre.pk, second.pk)


def test_r7_an_lsv_needs_the_lsv_qualification(cast):
    with pytest.raises(RuleViolation, match="LSV qualification"):
        _lsv(cast, opened(cast), "sv")


def test_only_planners_allocate(cast):
    year = opened(cast)
    with pytest.raises(NotPermitted):
        allocations.allocate(
            centre_year_id=year.pk, kind="LSV", programme_id=None, verifier_id=_verifier(cast, "lsv").pk,
            by=cast["manager"], at=NOW,
        )  # fmt: skip


def test_a_place_is_taken_once(cast):
    year = opened(cast)
    _lsv(cast, year)
    with pytest.raises(RuleViolation, match="allocated here already"):
        _lsv(cast, year, "lsv2")


def _long_service(cast, years):
    """Give the LSV an allocation at Northgate in each of the years before this one."""
    from verification.operations.years import open_year

    for year in years:
        past = open_year(centre_id=cast.northgate.centre.pk, year=year, by=cast["planner"], at=NOW)
        _lsv(cast, past)


def test_r13_a_fifth_year_in_a_row_needs_a_recorded_reason(cast):
    _long_service(cast, range(2022, 2026))
    year = opened(cast)
    with pytest.raises(RuleViolation, match="4 years in a row") as refusal:
        _lsv(cast, year)
    assert refusal.value.rule == "R13"
    allocation = _lsv(cast, year, long_stay_reason="Nobody else covers the suite until spring.")
    assert allocation.facts["years_in_a_row"] == 4


def test_r13_a_gap_begins_the_count_anew(cast):
    _long_service(cast, (2021, 2022, 2023, 2025))
    assert _lsv(cast, opened(cast)).facts["years_in_a_row"] == 1


def _declare(cast, who="lsv", **more):
    from verification.operations import conflicts

    return conflicts.declare(
        centre_id=cast.northgate.centre.pk, category="FAMILY", details="A brother teaches there.",
        starts_on=TODAY, by=cast[who], at=NOW, **more,
    )  # fmt: skip


def test_r24_a_declared_conflict_refuses_the_allocation(cast):
    _declare(cast)
    with pytest.raises(RuleViolation, match="declared a conflict") as refusal:
        _lsv(cast, opened(cast))
    assert refusal.value.rule == "R24"
    assert "brother" not in str(refusal.value)


def test_r24_a_second_person_may_countersign(cast):
    _declare(cast)
    year = opened(cast)
    with pytest.raises(NotPermitted):
        _lsv(cast, year, countersigned_by_id=cast["planner"].pk)
    with pytest.raises(NotPermitted):
        _lsv(cast, year, countersigned_by_id=cast["viewer"].pk)
    allocation = _lsv(cast, year, countersigned_by_id=cast["manager"].pk)
    assert allocation.status == "ACTIVE"


def test_r24_countersigning_a_proposal_is_not_for_its_planner(cast):
    _declare(cast)
    proposal = allocations.propose(
        centre_year_id=opened(cast).pk, kind="LSV", programme_id=None, verifier_id=_verifier(cast, "lsv").pk,
        by=cast["planner"], at=NOW,
    )  # fmt: skip
    with pytest.raises(NotPermitted):
        allocations.countersign(allocation_id=proposal.pk, by=cast["planner"], at=NOW)
    signed = allocations.countersign(allocation_id=proposal.pk, by=cast["manager"], at=NOW)
    assert (signed.status, signed.countersigned_by) == ("ACTIVE", cast["manager"])


def test_replacement_moves_open_work_frees_days_and_ends_access(cast):
    visit = visit_agreed(cast)
    old = visit.allocation
    new = allocations.replace(
        allocation_id=old.pk, verifier_id=_verifier(cast, "lsv2").pk, by=cast["planner"], at=NOW, reason="Illness",
    )  # fmt: skip
    old.refresh_from_db()
    visit.refresh_from_db()
    assert (old.status, old.end_reason, old.ended_on) == ("ENDED", "Illness", TODAY)
    assert new.replaces == old
    assert visit.allocation == new
    assert (visit.status, visit.day) == ("PROPOSED", date(2026, 11, 18))
    assert visit.verifier_agreed_at is None
    assert visit.centre_agreed_at is not None
    assert not VerifierDay.objects.exists()
    forget_access(cast["lsv"])
    assert not cast["lsv"].may("visit.conduct", cast.northgate.centre.pk)
    assert Deadline.objects.get(kind="lsv_visit", state="OPEN").owner == cast["lsv2"]
    assert Mail.objects.filter(kind="allocation_ended", to=cast["lsv"]).exists()
    assert cast.northgate.centre.pk in centres_served_by(cast["lsv"].pk)
    forget_access(cast["lsv2"])
    schedule.confirm(activity_id=visit.pk, by=cast["lsv2"], at=NOW)
    assert VerifierDay.objects.filter(verifier=new.verifier).count() == 2


def test_replacement_releases_a_day_on_which_the_new_verifier_is_away(cast):
    visit = visit_agreed(cast)
    second = _verifier(cast, "lsv2")
    VerifierAbsence.objects.create(verifier=second, starts_on=date(2026, 11, 16), ends_on=date(2026, 11, 20))
    allocations.replace(
        allocation_id=visit.allocation_id, verifier_id=second.pk, by=cast["planner"], at=NOW, reason="Illness"
    )
    visit.refresh_from_db()
    assert (visit.status, visit.day) == ("PLANNED", None)
    date_proposals.propose_for_centre(centre_id=cast.northgate.centre.pk, by=SYSTEM, at=NOW)
    visit.refresh_from_db()
    assert visit.status == "PROPOSED"
    assert not date(2026, 11, 16) <= visit.day <= date(2026, 11, 20)


def test_a_verifier_whose_allocation_ended_sees_the_centre_no_more(cast, sign_in, clock_at):
    year = opened(cast)
    allocation = _lsv(cast, year)
    allocations.end(allocation_id=allocation.pk, by=cast["planner"], at=NOW, reason="Moved away")
    clock_at(NOW)
    forget_access(cast["lsv"])
    assert not CentreYear.objects.visible_to(cast["lsv"]).exists()
    assert Deadline.objects.filter(kind="lsv_allocation", state="OPEN").exists()
    assert CentreYear.objects.get(pk=year.pk).lsv is None


def test_the_centre_sees_no_proposal(cast, scope):
    year = opened(cast)
    allocations.propose(
        centre_year_id=year.pk, kind="LSV", programme_id=None, verifier_id=_verifier(cast, "lsv").pk,
        by=cast["planner"], at=NOW,
    )  # fmt: skip
    assert Allocation.objects.visible_to(cast["planner"]).count() == 1
    scope(cast.northgate.centre.pk, side=Side.CENTRE, person_id=cast["qn"].pk)
    assert not Allocation.objects.visible_to(cast["qn"]).exists()


def test_all_places_of_one_person_at_a_centre_are_replaced_together(cast):
    year = allocated(cast, sv="lsv")
    old = Allocation.objects.filter(centre_year=year, status="ACTIVE", verifier=_verifier(cast, "lsv"))
    ids = list(old.values_list("pk", flat=True))
    made = allocations.replace_several(
        allocation_ids=ids, verifier_id=_verifier(cast, "lsv2").pk, by=cast["planner"], at=NOW, reason="Illness",
        facts={"pros": ["Lightest load"]},
    )  # fmt: skip
    assert len(made) == len(ids) == 5
    assert all(new.facts["facts"]["pros"] == ["Lightest load"] for new in made)
    told = Mail.objects.filter(kind="allocation_ended")
    assert {mail.to for mail in told} == {cast["lsv"], cast["qn"]}
    assert "takes over" in told.get(to=cast["qn"]).body
    assert told.count() == 2


def test_one_person_is_replaced_at_all_their_centres(cast):
    from verification.operations import replacements

    allocated(cast)
    allocated(cast, cast.harbour)
    person = _verifier(cast, "lsv")
    number, left = replacements.replace_everywhere(
        verifier_id=person.pk, year=2026, reason="Illness", by=cast["planner"], at=NOW
    )
    assert (number, left) == (2, [])
    for entry in OutboxEntry.objects.filter(task=replacements.TASK):
        moves = entry.kwargs["moves"]
        replacements.replace_at_centre(moves=moves, reason="Illness", by=cast["planner"], at=NOW)
    assert not Allocation.objects.active().filter(verifier=person).exists()
    successors = Allocation.objects.active().filter(kind="LSV")
    assert [new.verifier for new in successors] == [_verifier(cast, "lsv2")] * 2
    assert all(new.facts["facts"]["by_plan"] for new in successors)


def test_who_replaces_somebody_everywhere_is_told_of_a_place_that_changed_meanwhile(cast):
    from verification.operations import replacements

    year = allocated(cast)
    replacements.replace_everywhere(
        verifier_id=_verifier(cast, "lsv").pk, year=2026, reason="Illness", by=cast["planner"], at=NOW
    )
    lead = Allocation.objects.get(centre_year=year, kind="LSV", status="ACTIVE")
    allocations.end(allocation_id=lead.pk, by=cast["planner"], at=NOW, reason="A move")
    entry = OutboxEntry.objects.get(task=replacements.TASK)
    made = replacements.replace_at_centre(
        moves=entry.kwargs["moves"], reason="Illness", by=cast["planner"], at=NOW
    )
    assert made == []
    told = Mail.objects.get(kind="replacement_left")
    assert told.to == cast["planner"]
    assert cast.northgate.centre.name in told.subject
    assert "left as it is" in told.body
    assert told.kept_to == "ao"


def test_what_a_leaving_verifier_had_to_do_waits_for_the_next_one(cast):
    year = allocated(cast)
    lead = Allocation.objects.get(centre_year=year, kind="LSV", status="ACTIVE")
    mine = Deadline.objects.open().filter(owner=cast["lsv"], centre=cast.northgate.centre)
    kinds = set(mine.values_list("kind", flat=True))
    assert kinds
    allocations.end(allocation_id=lead.pk, by=cast["planner"], at=NOW, reason="Illness")
    assert not mine.exists()
    allocations.allocate(
        centre_year_id=year.pk, kind="LSV", programme_id=None, verifier_id=_verifier(cast, "lsv2").pk,
        by=cast["planner"], at=NOW,
    )  # fmt: skip
    theirs = Deadline.objects.open().filter(owner=cast["lsv2"], centre=cast.northgate.centre)
    assert set(theirs.values_list("kind", flat=True)) == kinds


def test_r24_planners_are_told_of_a_conflict_where_the_verifier_is_allocated(cast):
    from verification.operations import conflicts

    allocated(cast)
    declaration = _declare(cast)
    entry = OutboxEntry.objects.get(task=conflicts.FOLLOW_UP_TASK)
    assert conflicts.follow_up(centre_id=entry.centre_id, at=NOW, **entry.kwargs) == 1
    duty = Deadline.objects.get(kind="declared_conflict", state="OPEN")
    assert (duty.owner_role, duty.kept_to) == ("planner", "ao")
    mail = Mail.objects.get(kind="conflict.declared")
    assert mail.to == cast["planner"]
    assert "brother" not in mail.body
    conflicts.end(declaration_id=declaration.pk, ends_on=TODAY, by=cast["lsv"], at=NOW)
    conflicts.follow_up(centre_id=entry.centre_id, at=NOW, **entry.kwargs)
    assert not Deadline.objects.filter(kind="declared_conflict", state="OPEN").exists()


def test_a_current_sv_of_the_sector_holds_a_place_in_it(cast):
    from verification.queries import candidates

    def serving(who):
        people = candidates.register(2026, TODAY, cooling_off_years=1, tenures={})
        return next(p for p in people if p.id == str(_verifier(cast, who).pk)).current_sv_sectors

    assert serving("sv") == frozenset()
    allocated(cast)
    assert serving("sv") == {p.qualification.sector.name for p in cast.northgate.programmes}
    assert serving("lsv") == frozenset()
