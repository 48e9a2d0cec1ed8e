"""A learner's data in samples: part of the copy of their data, and what stands against erasing them (R96)."""

from __future__ import annotations

import io
import json
import zipfile
from datetime import UTC, datetime

import pytest

from centres.models import Learner
from centres.operations import learner_data
from qa_portal.errors import RuleViolation
from sampling.models import Sample, SampledItem
from tests.story.samples import WORK, conclude, sample_concluded, sample_judged, sample_planned, sample_sent

LONG_AFTER = datetime(2031, 9, 1, 9, 0, tzinfo=UTC)


@pytest.fixture(autouse=True)
def private_files(settings, tmp_path):
    settings.STORAGES = settings.STORAGES | {
        "default": {
            "BACKEND": "django.core.files.storage.FileSystemStorage",
            "OPTIONS": {"location": str(tmp_path)},
        }
    }


def learner_of(sample: Sample) -> Learner:
    return SampledItem.objects.filter(sample=sample).first().decision.registration.learner


def exported(cast, sign_in, scope, learner: Learner, who: str) -> dict:
    """The copy as this person downloads it: each request sets its own scope."""
    client = sign_in(cast[who])
    answer = client.post(f"/learners/{learner.pk}/export/")
    assert answer.status_code == 200
    archive = zipfile.ZipFile(io.BytesIO(b"".join(answer) if answer.streaming else answer.content))
    return json.loads(archive.read("learner.json"))


def test_a_centre_does_not_learn_from_the_copy_what_will_be_sampled(cast, sign_in, scope):
    sample = sample_planned(cast)
    learner = learner_of(sample)
    assert exported(cast, sign_in, scope, learner, "qn")["samples"] == []
    assert exported(cast, sign_in, scope, learner, "admin")["samples"] != []


def test_the_copy_holds_items_and_evidence_and_released_judgements(cast, sign_in, scope):
    sample = sample_judged(cast)
    learner = learner_of(sample)
    mine = SampledItem.objects.filter(sample=sample, decision__registration__learner=learner)
    copy = exported(cast, sign_in, scope, learner, "qn")
    assert [row["item"] for row in copy["samples"]] == list(
        mine.order_by("position").values_list("position", flat=True)
    )
    assert copy["samples"][0]["decision_when_requested"]["grade"]
    assert {row["size"] for row in copy["sample_evidence"]} == {len(WORK)}
    assert copy["judgements"] == []
    assert all(not row["released"] for row in exported(cast, sign_in, scope, learner, "admin")["judgements"])
    conclude(cast, sample)
    after = exported(cast, sign_in, scope, learner, "qn")["judgements"]
    assert len(after) == mine.count()
    assert {(row["verdict"], row["released"]) for row in after} == {("Agreed", True)}


def test_r96_an_open_sample_stands_against_erasure_until_it_is_over(cast):
    sample = sample_sent(cast)
    learner = learner_of(sample)
    with pytest.raises(RuleViolation) as refused:
        learner_data.erase(learner_id=learner.pk, by=cast["admin"], at=LONG_AFTER)
    (reason,) = refused.value.reasons
    assert "Work of this learner is in the sample of" in reason.what
    others = Learner.objects.exclude(
        pk__in=SampledItem.objects.filter(sample=sample).values("decision__registration__learner")
    )
    for other in others.filter(centre=learner.centre)[:1]:
        assert learner_data.erase(learner_id=other.pk, by=cast["admin"], at=LONG_AFTER).erased_at


def test_r96_a_concluded_sample_no_longer_does(cast):
    sample = sample_concluded(cast)
    learner = learner_of(sample)
    assert learner_data.erase(learner_id=learner.pk, by=cast["admin"], at=LONG_AFTER).name == "Erased learner"
