"""What carries a centre but is not yet, or never, the centre's to see: its events, deadlines, mail and proposals."""

from __future__ import annotations

import pytest

from qa_portal import audit
from qa_portal.actors import SYSTEM
from qa_portal.models import AuditEvent, Deadline, Mail
from qa_portal.tenancy import ALL_CENTRES, Side, scoped_to
from sampling.models import DrawnFrame, Sample, SampledItem
from sampling.operations.waive import waive
from tests.conftest import NOW
from tests.story.allocations import opened
from tests.story.samples import PLANNED_AT, sample_concluded, sample_planned, sample_requested
from tests.story.visits import VISIT, visit_under_way, write_findings, write_texts
from verification.models import Allocation, AllocationStatus, Verifier
from verification.operations import allocations
from verification.operations.escalations import escalate

SECRET = "The registers were rewritten the night before the visit."


def events_from(side: str, centre_id: int) -> set[str]:
    with scoped_to([centre_id], side=side):
        return set(AuditEvent.objects.values_list("event", flat=True))


@pytest.fixture
def visited(cast):
    activity = visit_under_way(cast)
    write_findings(cast, activity, not_met=("standardisation",))
    write_texts(cast, activity)
    escalate(activity_id=activity.pk, by=cast["lsv"], at=VISIT, text=SECRET)
    return activity


def test_drafts_and_escalations_of_a_visit_are_no_events_of_the_centre(cast, visited):
    kept = {"finding.saved", "visit.texts_saved", "escalation.raised"}
    assert kept <= events_from(Side.VERIFIER, visited.centre_id)
    assert not kept & events_from(Side.CENTRE, visited.centre_id)
    assert "activity.begun" in events_from(Side.CENTRE, visited.centre_id)


def test_an_escalation_leaves_no_deadline_and_no_mail_in_the_centres_scope(cast, visited):
    with scoped_to([visited.centre_id], side=Side.CENTRE):
        assert not Deadline.objects.filter(kind="escalation").exists()
        assert not Mail.objects.filter(kind="escalation.raised").exists()
        assert not Deadline.objects.filter(why__contains="rewritten").exists()
    with scoped_to([visited.centre_id], side=Side.AO):
        assert Deadline.objects.filter(kind="escalation", why=SECRET).exists()
        assert Mail.objects.filter(kind="escalation.raised").exists()


def test_r63_a_sample_is_the_centres_to_read_from_its_request_on(cast):
    sample = sample_planned(cast)
    assert "sample.planned" not in events_from(Side.CENTRE, sample.centre_id)
    assert "sample.planned" in events_from(Side.VERIFIER, sample.centre_id)


def rows_of(sample, side: str) -> dict[str, int]:
    with scoped_to([sample.centre_id], side=side):
        return {
            "samples": Sample.objects.filter(pk=sample.pk).count(),
            "items": SampledItem.objects.filter(sample_id=sample.pk).count(),
            "frames": DrawnFrame.objects.filter(sample_id=sample.pk).count(),
        }


def test_r63_a_plan_with_its_items_and_frame_does_not_exist_for_the_centre(cast):
    sample = sample_planned(cast)
    nothing = {"samples": 0, "items": 0, "frames": 0}
    assert rows_of(sample, Side.CENTRE) == nothing
    for side in (Side.VERIFIER, Side.AO):
        seen = rows_of(sample, side)
        assert seen["samples"] == 1
        assert seen["items"] > 0
        assert seen["frames"] == 1


def test_r63_the_request_makes_sample_items_and_frame_visible_to_the_centre(cast):
    sample = sample_requested(cast)
    assert rows_of(sample, Side.CENTRE) == rows_of(sample, Side.VERIFIER)
    assert rows_of(sample, Side.CENTRE)["items"] > 0


def test_r63_a_plan_waived_before_its_request_stays_out_of_the_centres_scope(cast):
    sample = sample_planned(cast)
    waive(
        activity_id=sample.activity_id, reason="Not delivered this year.", by=cast["manager"], at=PLANNED_AT
    )
    assert rows_of(sample, Side.CENTRE) == {"samples": 0, "items": 0, "frames": 0}


def test_r63_the_request_of_a_sample_is_an_event_of_the_centre(cast):
    sample = sample_requested(cast)
    assert "sample.requested" in events_from(Side.CENTRE, sample.centre_id)


def test_judgements_and_recommendations_are_no_events_of_the_centre(cast):
    sample = sample_concluded(cast, recommend="NOT_YET")
    seen = events_from(Side.CENTRE, sample.centre_id)
    kept = {"judgement.saved", "sampled_item.judged", "sample.compliance_saved", "direct_claims.recommended"}
    assert not kept & seen
    assert {"sample.concluded", "report.issued"} <= seen
    assert kept <= events_from(Side.VERIFIER, sample.centre_id)


def test_a_proposed_allocation_is_the_awarding_organisations_alone(cast):
    lsv = Verifier.objects.get(person=cast["lsv"]).pk
    place = {"centre_year_id": opened(cast).pk, "by": cast["planner"], "at": NOW}
    made = allocations.allocate(kind="LSV", programme_id=None, verifier_id=lsv, **place)
    proposal = allocations.propose(
        kind="SV",
        programme_id=cast.northgate.programmes[0].pk,
        verifier_id=Verifier.objects.get(person=cast["sv"]).pk,
        **place,
    )
    for side, seen in ((Side.CENTRE, False), (Side.VERIFIER, False), (Side.AO, True)):
        with scoped_to([proposal.centre_id], side=side):
            assert Allocation.objects.filter(pk=proposal.pk).exists() is seen
            assert Allocation.objects.filter(pk=made.pk, status=AllocationStatus.ACTIVE).exists()
    assert "allocation.proposed" not in events_from(Side.CENTRE, proposal.centre_id)


def test_r97_a_chain_with_kept_events_still_holds_for_staff(cast, visited):
    with scoped_to(ALL_CENTRES):
        assert list(audit.breaks_in(visited.centre_id)) == []


def test_r97_to_whom_an_event_is_kept_is_part_of_its_hash(cast, visited):
    event = AuditEvent.objects.filter(event="escalation.raised").get()
    event.kept_to = ""
    assert audit.digest(event) != event.hash


def test_a_centres_step_may_add_what_only_the_awarding_side_reads(cast, scope):
    centre = cast.northgate.centre
    scope(centre.pk, side=Side.CENTRE)
    audit.record("thing.changed", by=SYSTEM, target=centre, at=NOW, kept_to=Side.VERIFIER)
    assert not AuditEvent.objects.filter(event="thing.changed").exists()
