"""The centre's side of a sample: evidence, or why there is none; who is told; the archive."""

from __future__ import annotations

import csv
import io
import zipfile

import pytest

from centres.operations import evidence as files
from qa_portal.errors import NotPermitted, RuleViolation
from qa_portal.models import Deadline, Mail
from sampling.operations import archive, evidence, items, request
from tests.story.samples import (
    JUDGED_AT,
    PLANNED_AT,
    SENT_AT,
    evidence_sent,
    judge_all,
    sample_planned,
    sample_requested,
    sample_sent,
    work,
)

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _in_january(clock_at):
    clock_at(SENT_AT)


def test_r99_the_request_reaches_nominee_lead_iv_and_leader_with_a_date(cast):
    sample = sample_requested(cast)

    told = set(Mail.objects.filter(kind="sample_requested").values_list("to__email", flat=True))
    assert told == {"qn@northgate.example", "leader@northgate.example", "leadiv@northgate.example"}
    kinds = Deadline.objects.filter(
        kind__startswith="sample_evidence", state="OPEN", centre_id=sample.centre_id
    ).values_list("kind", "owner_role", "due_on")
    assert sorted(kinds) == [
        ("sample_evidence", "quality_nominee", sample.work_due_on),
        ("sample_evidence_help", "lead_internal_verifier", sample.work_due_on),
        ("sample_evidence_help", "programme_leader", sample.work_due_on),
    ]
    assert sample.work_due_on.isoformat() == "2027-01-25"


def test_the_quality_nominee_names_the_lead_iv(cast):
    sample = sample_requested(cast)

    named = request.name_lead_iv(sample_id=sample.pk, person_id=cast["leadiv"].pk, by=cast["qn"], at=SENT_AT)

    assert named.lead_iv == cast["leadiv"]
    with pytest.raises(RuleViolation):
        request.name_lead_iv(sample_id=sample.pk, person_id=cast["iv"].pk, by=cast["qn"], at=SENT_AT)
    with pytest.raises(NotPermitted):
        request.name_lead_iv(sample_id=sample.pk, person_id=cast["leadiv"].pk, by=cast["leader"], at=SENT_AT)


def test_the_verifier_is_told_once_when_everything_is_answered(cast):
    sample = sample_sent(cast, missing=1)

    assert Mail.objects.filter(kind="sample_complete", to=cast["sv"]).count() == 1
    assert not Deadline.objects.filter(kind__startswith="sample_evidence", state="OPEN").exists()
    assert sample.items.get(status="MISSING").missing_reason


def test_evidence_cannot_be_sent_before_the_request_nor_after_the_judgement(cast):
    sample = sample_planned(cast)
    file = files.store(centre_id=sample.centre_id, upload=work(), by=cast["qn"], at=SENT_AT)
    item = sample.items.first()
    with pytest.raises(RuleViolation):
        evidence.add_evidence(item_id=item.pk, file_ids=[file.pk], by=cast["qn"], at=SENT_AT)

    request.request(sample_id=sample.pk, by=cast["sv"], at=PLANNED_AT)
    judge_all(cast, evidence_sent(cast, sample))
    with pytest.raises(RuleViolation, match="judged"):
        evidence.add_evidence(item_id=item.pk, file_ids=[file.pk], by=cast["qn"], at=SENT_AT)


def test_only_the_centre_sends_evidence(cast):
    sample = sample_requested(cast)

    for name in ("sv", "outsider", "assessor"):
        with pytest.raises(NotPermitted):
            evidence.say_missing(item_id=sample.items.first().pk, reason="Lost", by=cast[name], at=SENT_AT)


def test_a_file_that_the_verifier_opened_stays(cast):
    sample = sample_sent(cast)
    item = sample.items.first()
    second = files.store(centre_id=sample.centre_id, upload=work("b.pdf"), by=cast["qn"], at=SENT_AT)
    evidence.add_evidence(item_id=item.pk, file_ids=[second.pk], by=cast["qn"], at=SENT_AT)
    first, other = item.evidence.order_by("pk")
    evidence.note_opened(evidence_id=first.pk, by=cast["sv"], at=JUDGED_AT)
    evidence.note_opened(evidence_id=other.pk, by=cast["qn"], at=JUDGED_AT)

    with pytest.raises(RuleViolation, match="opened"):
        evidence.remove_evidence(evidence_id=first.pk, by=cast["qn"], at=SENT_AT)
    evidence.remove_evidence(evidence_id=other.pk, by=cast["qn"], at=SENT_AT)

    assert item.evidence.count() == 1


def test_r63_missing_work_is_replaced_by_the_next_ticket_of_the_same_unit(cast):
    sample = sample_sent(cast, missing=1)
    missing = sample.items.get(status="MISSING")

    added = items.substitute(item_id=missing.pk, reason="The file is lost", by=cast["sv"], at=JUDGED_AT)

    assert added.decision.assignment.unit == missing.decision.assignment.unit
    assert f"item {missing.position}" in added.added_reason
    with pytest.raises(RuleViolation, match="missing is replaced"):
        items.substitute(item_id=sample.items.first().pk, reason="Better", by=cast["sv"], at=JUDGED_AT)


def test_what_the_verifier_calls_missing_is_due_again(cast):
    sample = sample_sent(cast)
    item = sample.items.first()

    evidence.call_missing(item_id=item.pk, reason="The record stops at page 2.", by=cast["sv"], at=JUDGED_AT)

    assert Mail.objects.filter(kind="evidence_missing", to=cast["qn"]).count() == 1
    assert Deadline.objects.filter(kind="sample_evidence", state="OPEN").exists()


def test_the_archive_holds_every_file_and_a_list(cast):
    sample = sample_sent(cast, missing=1)

    packed = archive.pack(sample_id=sample.pk, by=cast["sv"], at=JUDGED_AT)

    with packed.content, zipfile.ZipFile(packed.content) as contents:
        names = contents.namelist()
        rows = list(csv.DictReader(io.StringIO(contents.read("contents.csv").decode("utf-8-sig"))))
    assert len(names) == 9  # eight files and the list
    assert len(rows) == 9  # the item without evidence is listed as well
    assert "Learner" not in packed.name
    assert sample.items.filter(evidence__opened_at__isnull=False).count() == 8
    with pytest.raises(NotPermitted):
        archive.pack(sample_id=sample.pk, by=cast["qn"], at=JUDGED_AT)
