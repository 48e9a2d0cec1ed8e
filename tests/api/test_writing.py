"""Calls that change something: one operation each, done once per key, refused with the rule and leaving nothing."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from centres.import_kinds import OF_A_CENTRE
from centres.models import AssessmentDecision, Cohort, ImportJob, Learner, Registration, Unit
from qa_portal.api_calls import forget
from qa_portal.models import AuditEvent, IdempotencyKey, IdempotentAnswer
from tests.api.callers import machine, person
from tests.cast import ulns
from tests.conftest import NOW
from tests.story.allocations import allocated
from tests.story.samples import sample_requested
from tests.story.self_assessments import answered_self_assessment, submitted_self_assessment
from tests.story.visits import visit_report_issued
from verification.models import Action, Activity
from verification.operations import schedule

ANN = {"given_name": "Ann", "family_name": "Lee", "date_of_birth": "2008-05-17"}


@pytest.fixture(autouse=True)
def _october(clock_at):
    clock_at(NOW)


def _rows() -> tuple[int, int, int, int]:
    kinds = (Learner, Registration, AuditEvent, IdempotencyKey)
    return tuple(kind.objects.count() for kind in kinds)  # type: ignore[return-value]


# --- Learners --------------------------------------------------------------------------------------------------------


def test_a_learner_is_added_in_the_callers_centre(cast, northgate):
    answer = northgate.post("learners/", ANN | {"uln": ulns()[0]})
    assert answer.status_code == 201, answer.content
    learner = Learner.objects.get(pk=answer.json()["id"])
    assert (learner.centre_id, learner.name) == (cast.northgate.centre.pk, "Ann Lee")
    assert answer["Location"].endswith(f"/api/v1/learners/{learner.pk}/")
    assert answer["ETag"]
    assert AuditEvent.objects.filter(event="learner.added", target_id=learner.pk).count() == 1


def test_r32_a_mistyped_uln_is_409_with_the_rule_and_leaves_nothing(cast, northgate):
    before = _rows()
    answer = northgate.post("learners/", ANN | {"uln": "1000000010"}, Idempotency_Key="one")
    assert answer.status_code == 409
    assert answer.json()["rule"] == "R32"
    assert _rows() == before


def test_r31_a_second_learner_with_the_uln_is_409(cast, northgate):
    northgate.post("learners/", ANN | {"uln": ulns()[0]})
    answer = northgate.post("learners/", ANN | {"uln": ulns()[0]})
    assert (answer.status_code, answer.json()["rule"]) == (409, "R31")


def test_a_body_that_does_not_validate_is_422_with_pointers(cast, northgate):
    answer = northgate.post("learners/", {"given_name": "", "date_of_birth": "17/05/2008"})
    assert answer.status_code == 422
    pointers = {error["pointer"] for error in answer.json()["errors"]}
    assert pointers == {"#/given_name", "#/family_name", "#/date_of_birth"}


def test_a_change_needs_the_version_that_was_read(cast, northgate):
    added = northgate.post("learners/", ANN)
    address = f"learners/{added.json()['id']}/"
    change = {"family_name": "Leigh"}
    assert northgate.post(f"{address}change/", change).status_code == 428
    assert northgate.post(f"{address}change/", change, If_Match='"other"').status_code == 409
    first = northgate.post(f"{address}change/", change, If_Match=added["ETag"])
    assert first.status_code == 200
    assert first.json() == added.json() | change
    assert first["ETag"] != added["ETag"]
    stale = northgate.post(f"{address}change/", ANN, If_Match=added["ETag"])
    assert stale.status_code == 409
    assert Learner.objects.get(pk=added.json()["id"]).family_name == "Leigh"


def test_r23_a_learner_of_another_centre_is_404_for_a_change(taught, harbour):
    pk = Learner.objects.filter(centre=taught.northgate.centre).first().pk
    answer = harbour.post(f"learners/{pk}/change/", ANN, If_Match="*")
    assert answer.status_code == 404


# --- Many at once ----------------------------------------------------------------------------------------------------


def _bulk() -> dict:
    good, other = ulns()[:2]
    return {
        "rows": [
            ANN | {"uln": good},
            {"given_name": "", "family_name": "Bell"},
            ANN | {"given_name": "Bea", "uln": good},
            {"given_name": "Cem", "family_name": "Kaya", "uln": other},
        ]
    }


def test_bulk_saves_nothing_while_a_row_is_bad(cast, northgate):
    before = _rows()
    answer = northgate.post("learners/bulk/", _bulk(), Idempotency_Key="b")
    assert answer.status_code == 422
    assert [(e["row"], e["pointer"]) for e in answer.json()["errors"]] == [
        (1, "#/rows/1/given_name"),
        (2, "#/rows/2"),
    ]
    assert answer.json()["errors"][1]["rule"] == "R31"
    assert _rows() == before


def test_bulk_saves_the_good_rows_where_that_is_asked_for(cast, northgate):
    answer = northgate.post("learners/bulk/", _bulk() | {"only_good_rows": True})
    assert answer.status_code == 201
    assert [made["row"] for made in answer.json()["made"]] == [0, 3]
    assert [problem["row"] for problem in answer.json()["problems"]] == [1, 2]
    assert Learner.objects.filter(centre=cast.northgate.centre).count() == 2


def test_bulk_refused_by_rules_alone_is_409(cast, northgate):
    answer = northgate.post("learners/bulk/", {"rows": [ANN | {"uln": "1000000010"}]})
    assert (answer.status_code, answer.json()["errors"][0]["rule"]) == (409, "R32")


@pytest.mark.parametrize("body", [{}, {"rows": []}, {"rows": "x"}, {"rows": [ANN] * 201}, {"rows": {"a": 1}}])
def test_bulk_takes_one_to_two_hundred_rows(cast, northgate, body):
    assert northgate.post("learners/bulk/", body).status_code == 422


def test_bulk_rows_that_are_no_objects_are_named(cast, northgate):
    answer = northgate.post("learners/bulk/", {"rows": [3, None, ANN], "only_good_rows": True})
    assert answer.status_code == 201
    assert {problem["row"] for problem in answer.json()["problems"]} == {0, 1}


# --- Idempotency -----------------------------------------------------------------------------------------------------


def test_the_same_key_does_it_once_and_answers_the_same(cast, northgate):
    first = northgate.post("learners/", ANN, Idempotency_Key="k-1")
    again = northgate.post("learners/", ANN, Idempotency_Key="k-1")
    assert (first.status_code, again.status_code) == (201, 201)
    assert first.json() == again.json()
    assert again["Idempotent-Replay"] == "true"
    assert Learner.objects.filter(family_name="Lee").count() == 1


def test_the_same_key_for_another_body_is_422(cast, northgate):
    northgate.post("learners/", ANN, Idempotency_Key="k-1")
    assert northgate.post("learners/", ANN | {"given_name": "Bo"}, Idempotency_Key="k-1").status_code == 422
    assert not Learner.objects.filter(given_name="Bo").exists()


def test_the_same_key_of_another_client_is_another_call(cast, northgate, harbour):
    northgate.post("learners/", ANN, Idempotency_Key="k-1")
    assert harbour.post("learners/", ANN, Idempotency_Key="k-1").status_code == 201
    assert Learner.objects.filter(family_name="Lee").count() == 2


def test_a_failed_call_may_be_repeated_with_its_key(cast, northgate):
    assert northgate.post("learners/", {"given_name": "Ann"}, Idempotency_Key="k-1").status_code == 422
    assert northgate.post("learners/", ANN, Idempotency_Key="k-1").status_code == 201


def test_a_key_that_is_too_long_is_422(cast, northgate):
    assert northgate.post("learners/", ANN, Idempotency_Key="k" * 256).status_code == 422


def test_kept_answers_are_forgotten_after_a_day(cast, northgate):
    northgate.post("learners/", ANN, Idempotency_Key="k-1")
    assert forget(at=NOW + timedelta(hours=23)) == 0
    assert forget(at=NOW + timedelta(hours=26)) == 2
    assert not IdempotencyKey.objects.exists()
    assert northgate.get("learners/").status_code == 401


def test_what_was_answered_is_kept_for_its_own_centre_only(cast, northgate, scope):
    northgate.post("learners/", ANN, Idempotency_Key="k-1")
    columns = {field.name for field in IdempotencyKey._meta.concrete_fields}
    assert columns == {"id", "client", "key", "request_hash", "created_at"}
    scope(cast.harbour.centre.pk)
    assert not IdempotentAnswer.objects.exists()
    scope(cast.northgate.centre.pk)
    assert IdempotentAnswer.objects.get().body["family_name"] == "Lee"


# --- Registrations ---------------------------------------------------------------------------------------------------


def _enrolled(cast, caller) -> dict:
    house = cast.northgate
    cohort = Cohort.objects.filter(centre=house.centre).first()
    learner = caller.post("learners/", ANN).json()["id"]
    body = {"learner_id": learner, "cohort_id": cohort.pk, "enrolled_on": "2026-09-07"}
    answer = caller.post("registrations/", body)
    assert answer.status_code == 201, answer.content
    return answer.json()


def test_r38_a_learner_is_enrolled_registered_withdrawn_and_reopened(taught, northgate):
    row = _enrolled(taught, northgate)
    assert (row["status"], row["fee_multiplier"]) == ("ENROLLED", None)
    address = f"registrations/{row['id']}/"
    registered = northgate.post(f"{address}register/").json()
    assert registered["status"] == "REGISTERED"
    assert registered["registered_on"] == "2026-10-20"
    assert registered["fee_multiplier"] == "1.00"
    assert northgate.post(f"{address}register/").status_code == 409
    assert northgate.post(f"{address}withdraw/").json()["withdrawn_on"] == "2026-10-20"
    assert northgate.post(f"{address}reopen/").json()["status"] == "REGISTERED"


def test_r31_a_learner_is_enrolled_on_a_programme_once(taught, northgate):
    row = _enrolled(taught, northgate)
    body = {name: row[name] for name in ("learner_id", "cohort_id", "enrolled_on")}
    answer = northgate.post("registrations/", body)
    assert (answer.status_code, answer.json()["rule"]) == (409, "R31")


def test_r23_a_body_cannot_name_another_centres_learner_or_cohort(taught, northgate):
    theirs = Registration.objects.filter(centre=taught.harbour.centre).first()
    own = Registration.objects.filter(centre=taught.northgate.centre).first()
    before = _rows()
    for learner, cohort, pointer in (
        (theirs.learner_id, own.cohort_id, "#/learner_id"),
        (own.learner_id, theirs.cohort_id, "#/cohort_id"),
    ):
        body = {"learner_id": learner, "cohort_id": cohort, "enrolled_on": "2026-09-07"}
        answer = northgate.post("registrations/", body)
        assert answer.status_code == 422
        assert answer.json()["errors"][0]["pointer"] == pointer
    assert _rows() == before


def test_a_certificate_name_is_corrected_on_the_version_that_was_read(taught, northgate):
    row = _enrolled(taught, northgate)
    address = f"registrations/{row['id']}/"
    tag = northgate.get(address)["ETag"]
    answer = northgate.post(
        f"{address}correct-certificate-name/", {"certificate_name": "Ann Leigh"}, If_Match=tag
    )
    assert answer.json()["certificate_name"] == "Ann Leigh"


# --- Decisions -------------------------------------------------------------------------------------------------------


def _decision(cast, **other) -> dict:
    house = cast.northgate
    registration = Registration.objects.filter(centre=house.centre).first()
    unit = Unit.objects.filter(qualification=registration.programme.qualification).first()
    return {
        "registration_id": registration.pk, "unit_id": unit.pk, "assessor_id": house.assessors[0].pk,
        "site_id": house.sites[0].pk, "decided_on": "2026-10-12", "grade": "P",
        "criteria": {criterion["code"]: True for criterion in unit.criteria},
    } | other  # fmt: skip


def test_a_decision_is_recorded(taught, northgate):
    answer = northgate.post("assessment-decisions/", _decision(taught, reference="D-1"))
    assert answer.status_code == 201, answer.content
    row = AssessmentDecision.objects.get(pk=answer.json()["id"])
    assert (row.grade, row.reference, row.assignment.number) == ("P", "D-1", 1)
    found = northgate.get("assessment-decisions/", {"reference": "D-1"}).json()["results"]
    assert [each["id"] for each in found] == [row.pk]


def test_r15_a_decision_is_not_verified_by_its_own_assessor(taught, northgate):
    own = taught.northgate.assessors[0].pk
    body = _decision(
        taught, internal_verifier_id=own, verification_outcome="AGREED", verified_on="2026-10-14"
    )
    answer = northgate.post("assessment-decisions/", body)
    assert (answer.status_code, answer.json()["rule"]) == (409, "R15")


@pytest.mark.parametrize("name", ["registration_id", "unit_id", "assessor_id", "site_id"])
def test_what_a_decision_names_and_the_centre_lacks_is_422(taught, northgate, name):
    answer = northgate.post("assessment-decisions/", _decision(taught, **{name: 999_999_999}))
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["detail"].startswith("There is no such")


def test_decisions_are_recorded_in_bulk_or_not_at_all(taught, northgate):
    rows = [_decision(taught), _decision(taught, grade="Z"), _decision(taught, site_id=999_999_999)]
    refused = northgate.post("assessment-decisions/bulk/", {"rows": rows})
    assert refused.status_code == 422
    assert [error["row"] for error in refused.json()["errors"]] == [1, 2]
    assert refused.json()["errors"][1]["pointer"] == "#/rows/2/site_id"
    assert not AssessmentDecision.objects.exists()
    assert northgate.post("assessment-decisions/bulk/", {"rows": rows[:1]}).status_code == 201
    assert AssessmentDecision.objects.count() == 1


def test_an_examinations_officer_registers_but_does_not_assess(taught):
    caller = person(taught["exams"])
    assert caller.post("learners/", ANN).status_code == 201
    assert caller.post("assessment-decisions/", _decision(taught)).status_code == 403


# --- The yearly cycle ------------------------------------------------------------------------------------------------


def test_r2_a_self_assessment_is_submitted_when_it_is_complete(cast):
    row = answered_self_assessment(cast)
    caller = person(cast["qn"])
    answer = caller.post(f"self-assessments/{row.pk}/submit/")
    assert answer.status_code == 200, answer.content
    assert answer.json()["status"] == "SUBMITTED"
    assert answer.json()["sections"][0]["questions"][0]["value"] is True
    assert caller.post(f"self-assessments/{row.pk}/submit/").status_code == 409


def test_r2_an_unfinished_self_assessment_is_409_with_its_reasons(cast):
    centre_year = allocated(cast)
    row = centre_year.self_assessments.get()
    answer = person(cast["qn"]).post(f"self-assessments/{row.pk}/submit/")
    assert answer.status_code == 409
    body = answer.json()
    assert body.get("rule") == "R2" or body["reasons"]


def test_a_system_cannot_submit_for_the_quality_nominee(cast, northgate):
    row = answered_self_assessment(cast)
    assert northgate.post(f"self-assessments/{row.pk}/submit/").status_code == 403


def test_the_lsv_returns_and_accepts_a_self_assessment(cast):
    allocated(cast)
    row = submitted_self_assessment(cast)
    caller = person(cast["lsv"])
    address = f"self-assessments/{row.pk}/"
    assert caller.post(f"{address}return-for-amendment/", {"remarks": "More on staff"}).status_code == 422
    returned = caller.post(
        f"{address}return-for-amendment/", {"remarks": "More on staff", "due_on": "2026-11-20"}
    )
    assert returned.json()["status"] == "RETURNED"
    assert person(cast["qn"]).post(f"{address}submit/").status_code == 200
    assert caller.post(f"{address}accept/").json()["status"] == "ACCEPTED"


def test_the_centre_accepts_a_proposed_date(cast):
    allocated(cast)
    visit = Activity.objects.get(centre=cast.northgate.centre, kind="VISIT")
    schedule.propose_date(
        activity_id=visit.pk, day=NOW.date().replace(month=11, day=18), by=cast["lsv"], at=NOW
    )
    caller = person(cast["qn"])
    assert caller.post(f"activities/{visit.pk}/accept-date/").json()["status"] == "AGREED"
    assert caller.post(f"activities/{visit.pk}/accept-date/").status_code == 409
    assert caller.post(f"activities/{visit.pk}/propose-date/", {"day": "2026-11-25"}).status_code == 403
    cancelled = caller.post(f"activities/{visit.pk}/cancel-date/", {"reason": "The hall is closed."})
    assert (cancelled.json()["status"], cancelled.json()["day"]) == ("PLANNED", None)


def test_r82_a_system_answers_an_action_and_only_the_verifier_closes_it(cast, northgate):
    visit_report_issued(cast)
    action = Action.objects.get()
    answer = northgate.post(f"actions/{action.pk}/answer/", {"text": "Done on 3 December."})
    assert answer.status_code == 200, answer.content
    assert answer.json()["status"] == "ANSWERED"
    assert [each["text"] for each in answer.json()["responses"]] == ["Done on 3 December."]
    assert northgate.post(f"actions/{action.pk}/close/", {}).status_code == 403
    assert person(cast["lsv"]).post(f"actions/{action.pk}/close/", {}).json()["status"] == "CLOSED"


def test_a_system_answers_the_items_of_a_sample(cast, northgate, files):
    sample = sample_requested(cast)
    address = f"samples/{sample.pk}/items"
    missing = northgate.post(f"{address}/1/say-missing/", {"reason": "Lost when the learner moved."})
    assert missing.status_code == 200, missing.content
    assert missing.json()["items"][0]["status"] == "MISSING"
    work = SimpleUploadedFile("work.pdf", b"%PDF-1.4\n%%EOF\n", content_type="application/pdf")
    sent = northgate.post(f"{address}/2/evidence/", {"file": work}, format="multipart")
    assert sent.status_code == 200, sent.content
    assert sent.json()["items"][1]["status"] == "RECEIVED"
    assert northgate.post(f"{address}/999/say-missing/", {"reason": "x"}).status_code == 404
    program = SimpleUploadedFile("work.pdf", b"MZ\x90\x00" + b"\x00" * 100)
    assert northgate.post(f"{address}/3/evidence/", {"file": program}, format="multipart").status_code == 409


def test_a_file_is_imported_once_per_key(cast, northgate, files):
    def upload(content: bytes):
        file = SimpleUploadedFile("learners.csv", content, content_type="text/csv")
        body = {"kind": "learners", "file": file}
        return northgate.post("imports/", body, format="multipart", Idempotency_Key="file-1")

    first = upload(b"given_name,family_name\nAnn,Lee\n")
    assert first.status_code == 201, first.content
    assert (first.json()["status"], first.json()["kind"]) == ("CHECKING", "learners")
    assert upload(b"given_name,family_name\nAnn,Lee\n").json() == first.json()
    assert upload(b"given_name,family_name\nBo,Lee\n").status_code == 422
    assert ImportJob.objects.count() == 1
    assert northgate.post(f"imports/{first.json()['id']}/save-rows/", {}).status_code == 409


@pytest.mark.parametrize(
    ("kind", "scopes", "status"),
    [
        ("learners", ("imports:run",), 403),
        ("learners", ("imports:run", "assessment:write"), 403),
        ("learners", ("imports:run", "learners:write"), 201),
        ("decisions", ("imports:run", "learners:write"), 403),
        ("decisions", ("imports:run", "assessment:write"), 201),
        ("staff", ("imports:run", "people:read"), 403),
    ],
)
def test_a_file_needs_the_scope_that_its_rows_need(cast, files, kind, scopes, status):
    learners = SimpleUploadedFile("rows.csv", OF_A_CENTRE[kind].template().encode(), content_type="text/csv")
    caller = machine(cast.northgate, scopes)
    answer = caller.post("imports/", {"kind": kind, "file": learners}, format="multipart")
    assert answer.status_code == status, answer.content
    if status == 201:
        assert machine(cast.northgate, ("imports:run",)).get("imports/").json()["results"] == []
        assert len(caller.get("imports/").json()["results"]) == 1


def test_a_role_of_one_scope_cannot_call_another(cast, files):
    caller = machine(cast.northgate, ("learners:read", "assessment:write"))
    assert caller.post("imports/", {"kind": "learners"}, format="multipart").status_code == 403
