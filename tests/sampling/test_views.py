"""Pages of samples: who gets them, what they say, and that nothing typed is lost."""

from __future__ import annotations

import io
import zipfile

import pytest
from django.urls import reverse

from qa_portal.tenancy import ALL_CENTRES, scoped_to
from sampling.models import Judgement, Sample, SampledItem
from sampling.queries.judgements import criteria_of_item
from tests.story.allocations import forget_access, sampling_agreed
from tests.story.samples import (
    CONCLUDED_AT,
    JUDGED_AT,
    PLANNED_AT,
    assessed,
    evidence_sent,
    judge_item,
    sample_concluded,
    sample_judged,
    sample_planned,
    sample_requested,
    sample_sent,
    work,
    written_up,
)

pytestmark = pytest.mark.django_db
QUERIES = 12


@pytest.fixture(autouse=True)
def _in_january(clock_at):
    clock_at(JUDGED_AT)


def _get(client, name, *args):
    return client.get(reverse(name, args=args))


def _judgement(item, *, revision=0, disagree=False, then="next", why=""):
    data = {"revision": revision, "feedback": "", "then": then}
    item = SampledItem.objects.select_related("decision__assignment__unit").get(pk=item.pk)
    for number in range(1, len(criteria_of_item(item)) + 1):
        data[f"agree_{number}"] = "agree"
        data[f"why_{number}"] = ""
    if disagree:
        data |= {"agree_1": "disagree", "why_1": why}
    return data


def test_r23_another_centre_or_programme_gets_404(cast, sign_in):
    sample = sample_concluded(cast)
    outsiders = ("outsider", "lsv2")

    for who in outsiders:
        client = sign_in(cast[who])
        for name, args in (
            ("sample", [sample.pk]),
            ("sample-item", [sample.pk, 1]),
            ("sample-draw", [sample.pk]),
            ("sample-draw-file", [sample.pk, 1]),
        ):
            assert _get(client, name, *args).status_code in (403, 404)
    client = sign_in(cast["outsider"])
    assert _get(client, "sample", sample.pk).status_code == 404
    evidence = sample.items.first().evidence.first()
    assert _get(client, "sample-evidence", evidence.pk).status_code == 404


def test_a_centre_does_not_know_of_a_sample_before_its_work_is_requested(cast, sign_in):
    sample = sample_planned(cast)

    assert _get(sign_in(cast["qn"]), "sample", sample.pk).status_code == 404


def test_drawing_planning_and_requesting_by_page(cast, sign_in, clock_at):
    clock_at(PLANNED_AT)
    activity = sampling_agreed(cast)
    assessed(cast)
    forget_access(cast["sv"])
    client = sign_in(cast["sv"])

    assert b"Draw the sample" in _get(client, "activity-sample", activity.pk).content
    drawn = client.post(reverse("activity-sample-plan", args=[activity.pk]), follow=True)
    assert b"Unit 4 is always sampled" in drawn.content
    sample = Sample.objects.get()
    asked = client.post(reverse("sample-request", args=[sample.pk]), follow=True)
    assert b"Work requested" in asked.content
    again = client.post(reverse("sample-request", args=[sample.pk]))
    assert again.status_code == 409


@pytest.mark.parametrize("step", ["planned", "requested", "judged", "concluded"])
def test_every_page_of_a_sample_stays_within_twelve_queries(
    cast, sign_in, step, django_assert_max_num_queries
):
    make = {
        "planned": sample_planned, "requested": sample_requested, "judged": sample_judged,
        "concluded": sample_concluded,
    }[step]  # fmt: skip
    sample = make(cast)
    pages = {
        "planned": [("sample", [sample.pk]), ("sample-add", [sample.pk]), ("sample-request", [sample.pk])],
        "requested": [("sample", [sample.pk]), ("sample-item", [sample.pk, 2]), ("sample-draw", [sample.pk])],
        "judged": [
            ("sample", [sample.pk]), ("sample-item", [sample.pk, 2]), ("sample-compliance", [sample.pk]),
            ("sample-writing", [sample.pk]), ("sample-actions", [sample.pk]), ("samples", []),
        ],
        "concluded": [("sample", [sample.pk]), ("sample-item", [sample.pk, 2]), ("samples", [])],
    }[step]  # fmt: skip
    client = sign_in(cast["sv"])
    for name, args in pages:
        with django_assert_max_num_queries(QUERIES + 2):  # and the two of the test's own transaction
            assert _get(client, name, *args).status_code == 200, name
    if step != "planned":
        client = sign_in(cast["qn"])
        for name, args in (("sample", [sample.pk]), ("sample-item", [sample.pk, 2])):
            with django_assert_max_num_queries(QUERIES + 2):
                assert _get(client, name, *args).status_code == 200, name


def test_judging_an_item_goes_on_to_the_next(cast, sign_in):
    sample = sample_sent(cast)
    client = sign_in(cast["sv"])
    url = reverse("sample-item", args=[sample.pk, 1])
    page = client.get(url).content.decode()
    assert "Shown after you judge" in page
    assert "Verifier D" not in page

    answered = client.post(url, _judgement(sample.items.get(position=1)))

    assert answered.status_code == 302
    assert answered.url == reverse("sample-item", args=[sample.pk, 2])
    assert "Not internally verified" in client.get(url).content.decode()


def test_a_disagreement_without_a_reason_is_shown_at_its_field(cast, sign_in):
    sample = sample_sent(cast)
    client = sign_in(cast["sv"])

    page = client.post(
        reverse("sample-item", args=[sample.pk, 1]), _judgement(sample.items.get(position=1), disagree=True)
    )

    assert page.status_code == 200
    assert "Say why you disagree with" in page.content.decode()
    with scoped_to(ALL_CENTRES):
        assert not Judgement.objects.exists()


def test_a_second_window_keeps_both_texts(cast, sign_in):
    sample = sample_sent(cast)
    judge_item(cast, sample.items.get(position=1), disagree=True)
    client = sign_in(cast["sv"])

    late = client.post(
        reverse("sample-item", args=[sample.pk, 1]),
        _judgement(sample.items.get(position=1), disagree=True, why="My other words."),
    )

    page = late.content.decode()
    assert late.status_code == 409
    assert "The evidence stops after the warm-up." in page
    assert "My other words." in page
    assert 'name="revision" value="1"' in page


def test_the_centre_reads_no_verdict_before_the_conclusion(cast, sign_in):
    sample = sample_judged(cast, disagree=1)

    page = _get(sign_in(cast["qn"]), "sample", sample.pk).content.decode()

    assert "Disagreed" not in page
    assert "Judged" in page


def test_the_centre_reads_every_judgement_afterwards(cast, sign_in):
    sample = sample_concluded(cast, disagree=1)
    client = sign_in(cast["qn"])

    assert "Certification pending" in _get(client, "sample", sample.pk).content.decode()
    assert (
        "The evidence stops after the warm-up." in _get(client, "sample-item", sample.pk, 1).content.decode()
    )


def test_the_centre_sends_work_item_by_item(cast, sign_in):
    sample = sample_requested(cast)
    client = sign_in(cast["leader"])
    url = reverse("sample-item", args=[sample.pk, 1])

    sent = client.post(url, {"files": [work()], "description": "Assignment", "then": "next"})
    assert sent.url == reverse("sample-item", args=[sample.pk, 2])
    none = client.post(sent.url, {"answer": "none", "reason": "Lost."})
    assert none.status_code == 302
    refused = client.post(url, {"files": [], "then": "next"})
    assert "Choose a file" in refused.content.decode()

    item = SampledItem.objects.get(sample=sample, position=1)
    assert (item.status, item.evidence.count()) == ("RECEIVED", 1)


def test_an_executable_named_pdf_is_refused(cast, sign_in):
    from django.core.files.uploadedfile import SimpleUploadedFile

    sample = sample_requested(cast)
    fake = SimpleUploadedFile("work.pdf", b"MZ\x90\x00" + b"\x00" * 200, content_type="application/pdf")

    page = sign_in(cast["qn"]).post(reverse("sample-item", args=[sample.pk, 1]), {"files": [fake]})

    assert page.status_code in (200, 409)
    assert SampledItem.objects.get(sample=sample, position=1).status == "REQUESTED"


def test_the_verifier_opens_one_file_or_takes_all(cast, sign_in):
    sample = evidence_sent(cast, sample_requested(cast))
    client = sign_in(cast["sv"])
    link = sample.items.get(position=1).evidence.get()

    one = _get(client, "sample-evidence", link.pk)
    assert one.status_code == 200
    assert b"".join(one.streaming_content).startswith(b"%PDF")
    link.refresh_from_db()
    assert link.opened_at is not None

    archive = reverse("sample-archive", args=[sample.pk])
    everything = client.post(archive).getvalue()
    assert len(zipfile.ZipFile(io.BytesIO(everything)).namelist()) == 10
    assert client.get(archive).status_code == 405
    assert sign_in(cast["qn"]).post(archive).status_code == 403


def test_concluding_asks_once_and_says_what_is_left(cast, sign_in, clock_at):
    clock_at(CONCLUDED_AT)
    sample = sample_judged(cast)
    client = sign_in(cast["sv"])
    url = reverse("sample-conclude", args=[sample.pk])
    assert "cannot be concluded yet" in client.get(url).content.decode()

    written_up(cast, sample)
    assert "Conclude this sample and issue its report?" in client.get(url).content.decode()
    done = client.post(url)
    assert done.status_code == 302
    assert client.post(url).status_code == 409
    assert Sample.objects.get(pk=sample.pk).outcome == "RELEASED"


def test_compliance_and_report_are_saved_by_page(cast, sign_in):
    sample = sample_judged(cast)
    client = sign_in(cast["sv"])

    client.post(
        reverse("sample-compliance", args=[sample.pk]),
        {"revision": 0, "staffing_judgement": "MET", "staffing_seen": "Certificates of all three."},
    )
    client.post(
        reverse("sample-writing", args=[sample.pk]),
        {
            "revision": 1,
            "summary": "Accurate.",
            "direct_claims_kind": "NOT_YET",
            "direct_claims_reasons": "First year.",
        },
    )
    late = client.post(reverse("sample-writing", args=[sample.pk]), {"revision": 1, "summary": "Mine."})

    assert late.status_code == 409
    assert "Mine." in late.content.decode()
    assert "Accurate." in late.content.decode()
    assert sample.compliance.get(criterion="staffing").judgement == "MET"


def test_an_action_is_written_and_taken_out_by_page(cast, sign_in):
    sample = sample_judged(cast, disagree=1)
    client = sign_in(cast["sv"])
    url = reverse("sample-actions", args=[sample.pk])
    data = {
        "level": "ESSENTIAL", "criterion": "assessment_decisions", "text": "Assess again.",
        "owner": cast["qn"].pk, "due_on": "2027-02-26",
    }  # fmt: skip

    client.post(url, data)
    page = client.get(url).content.decode()
    assert "Assess again." in page
    past = client.post(url, data | {"due_on": "2026-02-26"})
    assert "has passed" in past.content.decode()
    draft = sample.activity.draft_actions.get()
    client.post(reverse("sample-action-remove", args=[sample.pk, draft.pk]))

    assert not sample.activity.draft_actions.exists()


def test_the_draw_can_be_downloaded_without_names(cast, sign_in):
    sample = sample_requested(cast)

    content = _get(sign_in(cast["qn"]), "sample-draw-file", sample.pk, 1).content.decode()

    assert sample.frame_sha256 in content
    assert "Learner0" not in content
    assert "Assessor" not in content


def test_waiving_by_page_is_for_lsv_and_quality_manager(cast, sign_in):
    sample = sample_requested(cast)
    url = reverse("activity-waive", args=[sample.activity_id])

    assert sign_in(cast["sv"]).get(url).status_code == 403
    assert sign_in(cast["lsv"]).post(url, {"reason": "Centre closes."}).status_code == 302
    assert Sample.objects.get(pk=sample.pk).status == "WAIVED"
