"""Shortlists from the register, and many places allocated in one go (R7, R13, R14, R24)."""

from __future__ import annotations

from datetime import date

from django.db import connection

from qa_portal.jobs import TenantTask
from qa_portal.models import Mail, OutboxEntry
from tests.conftest import NOW, TODAY
from tests.story.allocations import opened
from tests.verification.test_allocations import _declare, _long_service, _lsv, _verifier
from verification import tasks
from verification.models import Allocation, CentreYear, VerifierAbsence
from verification.operations import allocation_planning, allocations
from verification.queries import candidates
from verification.queries.places import places


def _places(*years):
    return places(CentreYear.objects.filter(pk__in=[year.pk for year in years]))


def _shortlist(year):
    found = _places(year)
    return candidates.shortlist_for(found[0], found, TODAY)


def test_r7_every_work_based_centre_needs_an_lsv_and_every_programme_an_sv(cast):
    found = _places(opened(cast), opened(cast, cast.harbour))
    assert [place.kind for place in found] == ["LSV", "SV", "LSV", "SV", "SV", "SV", "SV"]
    assert {place.due_on for place in found} == {date(2026, 10, 31)}


def test_shortlist_names_candidates_and_what_stands_in_the_way_of_others(cast):
    result = _shortlist(opened(cast))
    assert [candidate.name for candidate in result.candidates] == ["LSV Person", "LSV2 Person"]
    [other] = result.ineligible
    assert (other.name, other.obstacles[0].code) == ("SV Person", "not_lsv_qualified")


def test_r13_who_was_here_last_year_comes_first_and_the_fifth_year_last(cast):
    _long_service(cast, range(2022, 2026))
    result = _shortlist(opened(cast))
    assert [candidate.name for candidate in result.candidates] == ["LSV2 Person", "LSV Person"]
    assert "R13" in result.candidates[1].must_record


def test_r24_conflict_and_absence_are_obstacles_with_what_would_change_them(cast):
    _declare(cast, "lsv2")
    verifier = _verifier(cast, "lsv")
    VerifierAbsence.objects.create(verifier=verifier, starts_on=TODAY, ends_on=date(2026, 12, 31))
    result = _shortlist(opened(cast))
    assert not result.candidates
    found = {person.name: person.obstacles[0] for person in result.ineligible}
    assert found["LSV2 Person"].code == "conflict"
    assert "family" in found["LSV2 Person"].text
    assert "brother" not in found["LSV2 Person"].text
    assert found["LSV Person"].code == "absence"


def test_days_taken_are_counted_over_all_centres(cast):
    _lsv(cast, opened(cast))
    result = _shortlist(opened(cast, cast.harbour))
    taken = {candidate.name: candidate.days_taken for candidate in result.candidates}
    assert taken["LSV Person"] == 2
    assert taken["LSV2 Person"] == 0


def test_the_number_of_queries_does_not_grow_with_the_centres(cast, django_assert_max_num_queries):
    opened(cast)
    opened(cast, cast.harbour)
    with django_assert_max_num_queries(5):
        found = places(CentreYear.objects.filter(year=2026))
        candidates.shortlist_for(found[0], found, TODAY)


def test_many_are_allocated_in_one_go_then_confirmed(cast):
    opened(cast)
    opened(cast, cast.harbour)
    allocation_planning.ask_for_plan(year=2026, by=cast["planner"], at=NOW)
    _run("verification.plan_allocations")
    rows = Allocation.objects.filter(status="PROPOSED")
    assert rows.count() == 7
    northgate = {row.verifier_id for row in rows.filter(centre=cast.northgate.centre)}
    assert len(northgate) == 1, "R14: one person for both where possible"
    assert not Mail.objects.filter(kind="introduction").exists()
    assert allocation_planning.confirm_all(year=2026, by=cast["planner"], at=NOW) == 2
    _run("verification.confirm_allocations")
    assert Allocation.objects.filter(status="ACTIVE").count() == 7
    assert Mail.objects.filter(kind="introduction", to=cast["qn"]).count() == 1


def test_r13_a_proposal_that_needs_a_reason_stays_a_proposal(cast):
    _long_service(cast, range(2022, 2026))
    year = opened(cast)
    allocation_planning.plan_year(year=2026, by=cast["planner"], at=NOW)
    Allocation.objects.filter(centre_year=year, kind="LSV").update(verifier=_verifier(cast, "lsv"))
    [kept] = allocation_planning.confirm_centre(centre_year_id=year.pk, by=cast["planner"], at=NOW)
    assert Allocation.objects.get(pk=kept).kind == "LSV"
    assert Allocation.objects.filter(status="ACTIVE", centre_year=year).count() == 4


def test_a_place_that_somebody_got_while_the_plan_was_worked_out_keeps_them(cast):
    year = opened(cast)
    question = allocation_planning.question_of(year=2026, at=NOW)
    plan = allocation_planning.decide(question)
    allocations.allocate(
        centre_year_id=year.pk, kind="LSV", programme_id=None, verifier_id=_verifier(cast, "lsv2").pk,
        by=cast["planner"], at=NOW,
    )  # fmt: skip
    written = allocation_planning.write(plan, question, by=cast["planner"], at=NOW)
    assert len(written.allocations) == len(plan.allocations) - 1
    assert Allocation.objects.get(centre_year=year, kind="LSV").verifier == _verifier(cast, "lsv2")


def test_a_plan_is_worked_out_in_no_transaction(cast, monkeypatch):
    opened(cast)
    depth = len(connection.savepoint_ids)
    seen = []
    real = allocation_planning.decide
    monkeypatch.setattr(
        allocation_planning,
        "decide",
        lambda *a, **k: seen.append(len(connection.savepoint_ids)) or real(*a, **k),
    )
    allocation_planning.ask_for_plan(year=2026, by=cast["planner"], at=NOW)
    _run("verification.plan_allocations")
    assert seen == [depth], "as deep as the test itself: the task has no transaction open of its own"


def _run(name):
    """Run what was asked for as a worker does, in the scope of its own centre."""
    task = next(t for t in vars(tasks).values() if isinstance(t, TenantTask) and t.name == name)
    for entry in OutboxEntry.objects.filter(task=name, done_at=None):
        task(outbox_id=entry.pk)
        entry.refresh_from_db()
        assert entry.done_at is not None, entry.error
