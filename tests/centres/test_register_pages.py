"""The register's pages: who may open them, what they ask, what bad input does, and how many queries they need."""

from __future__ import annotations

from datetime import date

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from centres.models import Cohort, ImportJob, Learner, Person, Programme, Qualification, Registration
from centres.operations import learners
from centres.queries.people import named
from tests.cast import teach, ulns
from tests.factories.centres import AccessGrantFactory, PersonFactory
from tests.factories.programmes import CohortFactory, LearnerFactory, RegistrationFactory

LIST, PAGE = 8, 12


@pytest.fixture(autouse=True)
def on_the_day(clock_at, now, settings, tmp_path):
    settings.STORAGES = settings.STORAGES | {
        "default": {
            "BACKEND": "django.core.files.storage.FileSystemStorage",
            "OPTIONS": {"location": str(tmp_path)},
        }
    }
    clock_at(now)


@pytest.fixture
def taught(cast) -> list[Registration]:
    rows = teach(cast.northgate, cast.northgate.programmes[0], learners=8, decided=date(2026, 10, 12))
    teach(cast.northgate, cast.northgate.programmes[1], learners=5, first_uln=20)
    return rows


def _url(name: str, cast, taught) -> str:
    programme = cast.northgate.programmes[0]
    return {
        "programmes": reverse("programmes", args=["10101"]),
        "programme": reverse("programme", args=[programme.pk]),
        "sites": reverse("sites", args=["10101"]),
        "learners": reverse("learners", args=["10101"]),
        "learner": reverse("learner", args=[taught[0].learner_id]),
        "assessment": reverse("assessment", args=["10101"]),
        "register-learners": reverse("register-learners", args=["10101"]),
        "imports": reverse("imports", args=["10101"]),
        "search": reverse("search") + "?q=learner",
        "staff-centres": reverse("staff-centres"),
        "staff-qualifications": reverse("staff-qualifications"),
    }[name]


@pytest.mark.parametrize(
    ("name", "person", "budget"),
    [
        ("programmes", "qn", LIST),
        ("programmes", "manager", LIST),
        ("programme", "qn", PAGE),
        ("sites", "qn", LIST),
        ("learners", "exams", LIST),
        ("learners", "manager", LIST),
        ("learner", "exams", PAGE),
        ("learner", "admin", PAGE),
        ("assessment", "leader", LIST),
        ("register-learners", "exams", PAGE),
        ("imports", "qn", LIST),
        ("search", "qn", PAGE),
        ("search", "viewer", PAGE),
        ("staff-centres", "planner", LIST),
        ("staff-qualifications", "viewer", LIST),
    ],
)
def test_pages_stay_within_their_queries(cast, taught, sign_in, name, person, budget):
    for row in taught[:3]:
        RegistrationFactory(cohort=cast.northgate.cohorts[1], learner=row.learner)
    client = sign_in(cast[person])
    client.get("/help/")
    with CaptureQueriesContext(connection) as asked:
        response = client.get(_url(name, cast, taught))
    assert response.status_code == 200
    # The test's own transaction turns the request's BEGIN and COMMIT into savepoints, which no budget counts.
    queries = [q["sql"] for q in asked.captured_queries if "SAVEPOINT" not in q["sql"]]
    assert len(queries) <= budget, "\n".join(sql[:300] for sql in queries)


@pytest.mark.parametrize(
    ("name", "person", "status"),
    [
        ("learners", "assessor", 200),
        ("register-learners", "qn", 403),
        ("imports", "iv", 403),
        ("imports", "leader", 403),
        ("staff-centres", "qn", 200),
        ("staff-qualifications", "qn", 403),
        ("programmes", "outsider", 404),
        ("learners", "outsider", 404),
        ("learner", "outsider", 404),
        ("assessment", "outsider", 404),
        ("imports", "outsider", 404),
        ("sites", "outsider", 404),
        ("programme", "outsider", 404),
    ],
)
def test_r23_pages_answer_by_role_and_centre(cast, taught, sign_in, name, person, status):
    assert sign_in(cast[person]).get(_url(name, cast, taught)).status_code == status


def test_the_list_of_learners_is_narrowed_and_says_when_nothing_fits(cast, taught, sign_in):
    client = sign_in(cast["exams"])
    url = reverse("learners", args=["10101"])
    assert b"Learner3" in client.get(url + f"?q={taught[3].learner.uln}").content
    cohort = taught[0].cohort_id
    rows = client.get(url + f"?cohort={cohort}&status=REGISTERED").context["rows"]
    assert len(rows) == 8
    assert b"No learner fits these filters" in client.get(url + "?q=zzz").content
    assert client.get(url + "?programme=abc&cohort=x&status=NONE").status_code == 200


def test_adding_a_learner_asks_about_the_same_person_and_loses_nothing(cast, sign_in):
    client = sign_in(cast["exams"])
    url = reverse("learner-add", args=["10101"])
    typed = {"given_name": "Amira", "family_name": "Hassan", "date_of_birth": "17/05/2008", "uln": ""}
    assert client.post(url, typed).status_code == 302
    asked = client.post(url, typed)
    assert asked.status_code == 422
    assert b"Is this the same person?" in asked.content
    assert client.post(url, typed | {"asked": "yes"}).status_code == 422
    assert Learner.objects.count() == 1
    assert client.post(url, typed | {"asked": "yes", "another_person": "on"}).status_code == 302
    wrong = client.post(url, typed | {"family_name": "Other", "uln": "1000000018"})
    assert wrong.status_code == 422
    assert b"last digit does not fit" in wrong.content
    assert b'value="1000000018"' in wrong.content
    assert Learner.objects.count() == 2


def test_two_people_editing_one_learner_see_both(cast, sign_in, now):
    learner = LearnerFactory(centre=cast.northgate.centre, given_name="Amira", family_name="Hassan")
    client = sign_in(cast["exams"])
    url = reverse("learner-change", args=[learner.pk])
    revision = client.get(url).context["form"].initial["revision"]
    learners.change(learner_id=learner.pk, given_name="Amina", family_name="Hassan", uln="", reference="",
                    date_of_birth=learner.date_of_birth, revision=revision, by=cast["exams"], at=now)  # fmt: skip
    typed = {
        "given_name": "Amirah",
        "family_name": "Hassan",
        "date_of_birth": "2008-05-17",
        "revision": revision,
    }
    page = client.post(url, typed)
    assert page.status_code in (200, 422)
    assert b"Somebody else changed this meanwhile" in page.content
    assert b"Amina" in page.content
    assert b'value="Amirah"' in page.content
    typed["revision"] = page.context["form"]["revision"].value()
    assert client.post(url, typed).status_code == 302
    learner.refresh_from_db()
    assert learner.given_name == "Amirah"


def test_enrolling_and_registering_in_one_step_leaves_nothing_when_it_is_refused(cast, sign_in):
    programme = cast.northgate.programmes[0]
    cohort = CohortFactory(programme=programme, site=cast.northgate.sites[0])
    learner = LearnerFactory(centre=cast.northgate.centre)
    client = sign_in(cast["exams"])
    url = reverse("enrol", args=[learner.pk])
    typed = {
        "cohort": cohort.pk,
        "enrolled_on": "2026-09-07",
        "certificate_name": "A B",
        "register_now": "yes",
    }
    Programme.objects.filter(pk=programme.pk).update(approved_to=date(2026, 10, 1))
    refused = client.post(url, typed)
    assert refused.status_code == 422
    assert b"approved for registrations to" in refused.content
    assert not Registration.objects.exists()
    Programme.objects.filter(pk=programme.pk).update(approved_to=None)
    assert client.post(url, typed).status_code == 302
    assert Registration.objects.get().status == "REGISTERED"


def test_registering_those_ticked(cast, taught, sign_in):
    rows = [RegistrationFactory(cohort=cast.northgate.cohorts[1], learner=row.learner) for row in taught[:3]]
    client = sign_in(cast["exams"])
    url = reverse("register-learners", args=["10101"])
    page = client.get(url)
    assert b"until Sun" in page.content
    assert client.post(url, {}).status_code == 422
    assert client.post(url, {"registration": [rows[0].pk, rows[1].pk]}).status_code == 302
    assert Registration.objects.filter(status="ENROLLED").count() == 1


def test_a_second_click_on_register_is_told_and_changes_nothing(cast, sign_in):
    row = RegistrationFactory(cohort=CohortFactory(
        programme=cast.northgate.programmes[0], site=cast.northgate.sites[0]))  # fmt: skip
    client = sign_in(cast["exams"])
    url = reverse("registration-register", args=[row.pk])
    assert b"The fee today is the basic fee" in client.get(url).content
    assert client.post(url, {"certificate_name": "Zoë Q"}).status_code == 302
    assert client.post(url, {"certificate_name": "Zoë Q"}).status_code == 409
    page = client.get(reverse("learner", args=[row.learner_id]))
    assert "Zoë Q".encode() in page.content
    assert b"Decided by scheme WBL, version 1, rule R28" in page.content
    for name in ("registration-withdraw", "registration-reopen"):
        assert client.get(reverse(name, args=[row.pk])).status_code == 200
        assert client.post(reverse(name, args=[row.pk])).status_code == 302


def test_a_cohort_with_bad_dates_is_refused_on_the_page(cast, sign_in):
    client = sign_in(cast["leader"])
    url = reverse("cohort-add", args=[cast.northgate.programmes[0].pk])
    typed = {"name": "Bad", "site": cast.northgate.sites[0].pk, "delivery_pattern": "ACADEMIC_YEAR",
             "starts_on": "2026-09-07", "ends_on": "2026-09-01"}  # fmt: skip
    page = client.post(url, typed)
    assert page.status_code == 422
    assert b"cannot end on" in page.content
    assert not Cohort.objects.filter(name="Bad").exists()
    assert client.post(url, typed | {"ends_on": "30 June 2027"}).status_code == 302


def test_approving_and_closing_a_programme(cast, sign_in):
    client = sign_in(cast["planner"])
    other = Qualification.objects.exclude(
        pk__in=[p.qualification_id for p in cast.northgate.programmes]
    ).first()
    url = reverse("programme-approve", args=["10101"])
    assert client.get(url).status_code == 200
    typed = {"qualification": other.pk, "approved_from": "2026-09-01", "specification_version": "1"}
    assert client.post(url, typed).status_code == 302
    programme = Programme.objects.get(qualification=other)
    assert client.get(reverse("programme-close", args=[programme.pk])).status_code == 200
    assert client.post(reverse("programme-close", args=[programme.pk])).status_code == 302
    assert client.post(reverse("programme-close", args=[programme.pk])).status_code == 409
    assert client.get(reverse("programme-reopen", args=[programme.pk])).status_code == 200
    assert sign_in(cast["qn"]).get(url).status_code == 403


def test_recording_a_decision_and_its_verification(cast, taught, sign_in):
    row = RegistrationFactory(cohort=cast.northgate.cohorts[1])
    unit = row.programme.qualification.units.first()
    client = sign_in(cast["assessor"])
    url = reverse("decide", args=[row.pk])
    assert b"Which unit did" in client.get(url).content
    url += f"?unit={unit.pk}"
    assert client.get(url).status_code == 200
    typed = {"assignment_number": 1, "attempt": "FIRST", "assessor": cast.northgate.assessors[0].pk, "grade": "P",
             "site": cast.northgate.sites[0].pk, "decided_on": "2026-10-19",
             "criteria": [unit.criteria[0]["code"]]}  # fmt: skip
    assert client.post(url, typed | {"decided_on": "2026-12-01"}).status_code == 422
    assert client.post(url, typed).status_code == 302
    decision = row.decisions.get()
    assert decision.criteria[unit.criteria[0]["code"]] is True
    verify = reverse("decision-verify", args=[decision.pk])
    client = sign_in(cast["iv"])
    assert client.get(verify).status_code == 200
    typed = {"internal_verifier": cast.northgate.internal_verifiers[0].pk, "outcome": "AGREED",
             "verified_on": "2026-10-20"}  # fmt: skip
    assert client.post(verify, typed).status_code == 302


def test_an_import_from_upload_to_saved_rows(cast, sign_in, django_capture_on_commit_callbacks):
    client = sign_in(cast["exams"])
    url = reverse("imports", args=["10101"])
    assert client.get(reverse("import-template", args=["10101", "learners"])).status_code == 200
    assert client.get(reverse("import-template", args=["10101", "nothing"])).status_code == 404
    program = SimpleUploadedFile("learners.csv", b"MZ\x90\0" + b"\0" * 100)
    assert b"is a program" in client.post(url, {"kind": "learners", "file": program}).content
    file = SimpleUploadedFile("learners.csv", b"given_name,family_name,uln\nAmira,Hassan,\nBen,Hasler,123\n")
    asked = client.post(url, {"kind": "learners", "file": file})
    assert asked.status_code == 302
    job = ImportJob.objects.get()
    waiting = client.get(asked.url)
    assert waiting["Refresh"] == "5"
    from centres.operations import imports
    from qa_portal.tenancy import scoped_to

    def run():
        from qa_portal import clock

        with scoped_to([job.centre_id]):
            imports.run(import_id=job.pk, at=clock.now())

    run()
    page = client.get(asked.url)
    assert "Refresh" not in page
    assert b"10 digits" in page.content
    assert b"row,column,level,message" in client.get(reverse("import-problems", args=[job.pk])).content
    save = reverse("import-save", args=[job.pk])
    assert client.post(save, {}).status_code == 422
    assert client.post(save, {"only_good_rows": "on"}).status_code == 302
    run()
    assert b"1\xc2\xa0new learner" in client.get(asked.url).content
    assert Learner.objects.get().name == "Amira Hassan"
    assert sign_in(cast["outsider"]).get(asked.url).status_code == 404


@pytest.mark.parametrize(
    "text", ["Nair", "nair", "priya", "Nair Pri", "Priya Nair", "van der", "o'neill", "Smith-J"]
)
def test_the_search_box_finds_people_by_any_of_their_names(cast, sign_in, text):
    here = cast.northgate.centre
    for name in ("Priya Nair", "Jo van der O'Neill", "Kit Smith-Jones", "Ann Brown"):
        AccessGrantFactory(person=PersonFactory(name=name), role="assessor", centre=here)
    found = sign_in(cast["qn"]).get("/search/", {"q": text}).content.decode()
    names = {name for name in ("Priya Nair", "O&#x27;Neill", "Smith-Jones", "Ann Brown") if name in found}
    assert len(names) == 1
    assert "Ann Brown" not in names


def test_words_that_are_no_search_find_nobody(cast, sign_in):
    for text in ("!!", "a:* | b", "' & '"):
        answer = sign_in(cast["qn"]).get("/search/", {"q": text})
        assert answer.status_code == 200


def test_the_index_serves_a_search_for_a_surname(cast):
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
    assert "person_by_any_name" in named(Person.objects.all(), "Nair").explain()


def test_the_search_box_finds_centres_learners_and_people_one_may_see(cast, taught, sign_in):
    client = sign_in(cast["viewer"])
    assert [kind for kind, _ in client.get("/search/?q=harb").context["kinds"]] == ["Centres", "People"]
    assert [kind for kind, _ in client.get("/search/?q=10101").context["kinds"]] == ["Centres"]
    assert [kind for kind, _ in client.get(f"/search/?q={taught[0].learner.uln}").context["kinds"]] == [
        "Learners"
    ]
    assert [kind for kind, _ in client.get("/search/?q=qn@harbour.example").context["kinds"]] == ["People"]
    outsider = sign_in(cast["outsider"])
    for text in ("north", "10101", taught[0].learner.uln, "qn@northgate.example"):
        assert outsider.get("/search/", {"q": text}).context["kinds"] == []
    assert outsider.get("/search/?q=h").context["too_short"]


def test_r35_the_register_of_centres(cast, sign_in):
    client = sign_in(cast["planner"])
    assert b"Harbour Training" in client.get(reverse("staff-centres") + "?q=harb").content
    assert b"Northgate" not in client.get(reverse("staff-centres") + "?q=harb").content
    csv = client.get(reverse("staff-centres-csv"))
    assert b"10101,Northgate College" in csv.content
    typed = {"number": "303", "name": "Quayside", "approved_on": "2026-09-01", "nation": "GB-ENG",
             "mainly_btec_qa": "no"}  # fmt: skip
    page = client.post(reverse("staff-centre-add"), typed)
    assert page.status_code == 422
    assert b"A centre number has 5 digits" in page.content
    assert client.post(reverse("staff-centre-add"), typed | {"number": "30303"}).status_code == 302
    for name in ("change", "close", "reopen"):
        assert client.get(reverse(f"staff-centre-{name}", args=["30303"])).status_code == 200
    assert client.post(reverse("staff-centre-close", args=["30303"])).status_code == 302
    assert sign_in(cast["viewer"]).get(reverse("staff-centre-add")).status_code == 403


def test_centres_from_a_file_are_checked_then_saved(cast, sign_in):
    client = sign_in(cast["planner"])
    url = reverse("staff-centres-import")
    assert client.get(reverse("staff-centres-template")).status_code == 200
    assert client.post(url, {"file": SimpleUploadedFile("c.csv", b"name\nx\n")}).status_code == 422
    text = b"number,name,approved_on\n30303,Quayside,2026-09-01\n303,Bad,2026-09-01\n"
    page = client.post(url, {"file": SimpleUploadedFile("c.csv", text)})
    assert page.status_code == 200
    assert page.context["new"] == 1
    content = page.context["content"]
    assert client.post(url, {"content": content}).status_code == 422
    assert client.post(url, {"content": content, "only_good_rows": "yes"}).status_code == 302


def test_qualifications_with_their_units(cast, sign_in):
    client = sign_in(cast["viewer"])
    pk = cast.northgate.programmes[0].qualification_id
    page = client.get(reverse("staff-qualification", args=[pk]))
    assert b"Quality assurance model by date" in page.content
    assert ulns()
