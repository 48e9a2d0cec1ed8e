"""Calls of the year that centres' systems and verifiers make: files first, then what they prove; each by its side."""

from __future__ import annotations

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from centres.models import Cohort, Learner, Registration
from qa_portal.models import AuditEvent
from tests.api.callers import person
from tests.conftest import NOW
from tests.story.samples import sample_requested
from tests.story.self_assessments import answered_self_assessment
from verification.models import Action

ANN = {"given_name": "Ann", "family_name": "Lee", "date_of_birth": "2008-05-17"}


@pytest.fixture(autouse=True)
def _october(clock_at):
    clock_at(NOW)


def _rows() -> tuple[int, ...]:
    return tuple(kind.objects.count() for kind in (Learner, Registration, AuditEvent))


def _uploaded(caller) -> int:
    work = SimpleUploadedFile("minutes.pdf", b"%PDF-1.4\n%%EOF\n", content_type="application/pdf")
    answer = caller.post("evidence-files/", {"file": work}, format="multipart")
    assert answer.status_code == 201, answer.content
    return answer.json()["id"]


def test_r81_an_action_is_answered_with_files_that_were_uploaded_before(whole_year, northgate, harbour):
    action = Action.objects.filter(centre=whole_year.northgate.centre, status="OPEN").first()
    mine, theirs = _uploaded(northgate), _uploaded(harbour)
    assert [row["id"] for row in northgate.get("evidence-files/").json()["results"]] == [mine]
    refused = northgate.post(f"actions/{action.pk}/answer/", {"text": "See.", "file_ids": [theirs]})
    assert refused.status_code >= 400
    answer = northgate.post(f"actions/{action.pk}/answer/", {"file_ids": [mine]})
    assert answer.status_code == 200, answer.content
    assert answer.json()["status"] == "ANSWERED"
    assert northgate.post(f"evidence-files/{mine}/remove/").status_code == 409


def test_an_upload_that_nothing_names_is_taken_back(cast, northgate, files):
    mine = _uploaded(northgate)
    assert northgate.post(f"evidence-files/{mine}/remove/").status_code == 200
    assert northgate.get(f"evidence-files/{mine}/").status_code == 404


def test_registrations_are_made_in_bulk_and_registered_or_not_at_all(taught, northgate):
    cohort = Cohort.objects.filter(centre=taught.northgate.centre).first()
    learner = northgate.post("learners/", ANN).json()["id"]
    good = {"learner_id": learner, "cohort_id": cohort.pk, "enrolled_on": "2026-09-07"}
    rows = [good, good | {"learner_id": 999_999}, good | {"enrolled_on": "never"}]
    before = _rows()
    refused = northgate.post("registrations/bulk/", {"rows": rows})
    assert refused.status_code == 422
    assert {each["row"] for each in refused.json()["errors"]} == {1, 2}
    assert _rows() == before
    made = northgate.post("registrations/bulk/", {"rows": rows, "register": True, "only_good_rows": True})
    assert made.status_code == 201, made.content
    assert [each["row"] for each in made.json()["made"]] == [0]
    assert Registration.objects.get(pk=made.json()["made"][0]["id"]).status == "REGISTERED"


def test_r1_a_system_answers_a_section_and_never_overwrites_another_answer(cast, northgate, files):
    row = answered_self_assessment(cast)
    address = f"self-assessments/{row.pk}/"
    section = northgate.get(address).json()["sections"][0]
    key = section["questions"][0]["key"]
    body = {"revision": section["revision"], "answers": {key: {"value": False, "comment": "Not yet."}}}
    answer = northgate.post(f"{address}sections/{section['id']}/answers/", body)
    assert answer.status_code == 200, answer.content
    assert answer.json()["sections"][0]["questions"][0]["value"] is False
    body["answers"][key] = {"value": True}
    assert northgate.post(f"{address}sections/{section['id']}/answers/", body).status_code == 409
    assert northgate.post(f"{address}sections/999999/answers/", body).status_code == 404
    evidence = {"file_ids": [_uploaded(northgate)], "question": key}
    assert northgate.post(f"{address}sections/{section['id']}/evidence/", evidence).status_code == 200


def test_r5_more_time_is_asked_for_by_the_centre_and_given_by_its_lsv(whole_year):
    row = person(whole_year["qn"]).get("extensions/").json()["results"][0]
    assert person(whole_year["qn"]).post(f"extensions/{row['id']}/grant/").status_code == 403
    given = person(whole_year["lsv"]).post(f"extensions/{row['id']}/grant/")
    assert (given.status_code, given.json()["status"]) == (200, "GRANTED")
    again = person(whole_year["qn"]).post(
        f"self-assessments/{row['self_assessment_id']}/ask-for-more-time/",
        {"wanted_until": "2026-01-01", "reason": "Still ill."},
    )
    assert again.status_code == 409


def test_r4_the_declaration_is_signed_by_the_head_of_centre_only(whole_year, northgate):
    row = northgate.get("annual-declarations/").json()["results"][0]
    address = f"annual-declarations/{row['id']}/"
    keys = [each["key"] for each in northgate.get(address).json()["statements"]]
    assert northgate.post(f"{address}sign/", {"accepted": keys}).status_code == 403
    head = person(whole_year["head"])
    assert head.post(f"{address}sign/", {"accepted": keys[:1]}).status_code == 409
    signed = head.post(f"{address}sign/", {"accepted": keys, "late_reason": "Illness."})
    assert (signed.status_code, signed.json()["status"]) == (200, "SIGNED")
    assert len(signed.json()["signed_sha256"]) == 64


def test_r29_the_awarding_organisation_closes_and_reopens_a_programme(taught, northgate):
    programme = taught.northgate.programmes[0].pk
    assert northgate.post(f"programmes/{programme}/close/").status_code == 403
    manager = person(taught["manager"])
    assert manager.post(f"programmes/{programme}/close/").json()["status"] == "CLOSED"
    assert manager.post(f"programmes/{programme}/close/").status_code == 409
    assert manager.post(f"programmes/{programme}/reopen/", {}).json()["status"] == "APPROVED"


def test_an_escalation_is_answered_by_the_quality_manager_and_not_the_centres_to_see(whole_year):
    manager = person(whole_year["manager"])
    row = manager.get("escalations/").json()["results"][0]
    answered = manager.post(f"escalations/{row['id']}/answer/", {"answer": "Visit again."})
    assert (answered.status_code, answered.json()["status"]) == (200, "ANSWERED")
    assert person(whole_year["qn"]).get(f"escalations/{row['id']}/").status_code in (403, 404)


def test_r10_a_sample_is_waived_by_its_lsv_with_a_reason(cast, files):
    sample = sample_requested(cast)
    assert person(cast["qn"]).post(f"samples/{sample.pk}/waive/", {"reason": "x"}).status_code == 403
    waived = person(cast["manager"]).post(f"samples/{sample.pk}/waive/", {"reason": "Nobody was assessed."})
    assert (waived.status_code, waived.json()["status"]) == (200, "WAIVED")


def test_r9_a_number_of_samples_is_confirmed_by_the_other_verifier(whole_year):
    lsv, sv = person(whole_year["lsv"]), person(whole_year["sv"])
    row = sv.get("activity-counts/").json()["results"][0]
    proposed = sv.post(f"activity-counts/{row['id']}/propose/", {"count": row["minimum"] + 1})
    assert proposed.status_code == 200, proposed.content
    assert sv.post(f"activity-counts/{row['id']}/confirm/").status_code == 403
    confirmed = lsv.post(f"activity-counts/{row['id']}/confirm/")
    assert (confirmed.status_code, confirmed.json()["status"]) == (200, "CONFIRMED")
