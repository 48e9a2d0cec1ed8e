"""Imports: read in any usual encoding, checked without saving, saved all or good rows only, and the same twice."""

from __future__ import annotations

from datetime import date

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from centres import csv_files, import_kinds
from centres.models import (
    AssessmentDecision,
    Centre,
    ImportJob,
    Invitation,
    Learner,
    Registration,
    StaffMember,
)
from centres.operations import imports, registrations
from centres.operations.imports import centres as centres_import
from centres.rules.registrations import why_no_registration
from qa_portal.errors import NotPermitted, RuleViolation
from qa_portal.models import AuditEvent, Deadline, OutboxEntry
from qa_portal.tenancy import Side, scoped_to
from tests.cast import teach, ulns
from tests.factories.centres import AccessGrantFactory
from tests.factories.programmes import CohortFactory, LearnerFactory

HEAD = "uln,given_name,family_name,date_of_birth,reference,programme,cohort,enrolled_on,register,certificate_name"


@pytest.fixture(autouse=True)
def private_files(settings, tmp_path):
    settings.STORAGES = settings.STORAGES | {
        "default": {
            "BACKEND": "django.core.files.storage.FileSystemStorage",
            "OPTIONS": {"location": str(tmp_path)},
        }
    }


@pytest.fixture
def cohort(cast):
    return CohortFactory(
        programme=cast.northgate.programmes[0], site=cast.northgate.sites[0], name="September 2026"
    )


@pytest.fixture
def qan(cast) -> str:
    return cast.northgate.programmes[0].qualification.qan


# Who imports which kind: whoever may do by hand what the file does.
BY = {"learners": "exams", "decisions": "assessor", "staff": "qn", "people": "qn"}


def ask(cast, now, data: str | bytes, kind: str = "learners", by: str = "") -> ImportJob:
    content = data.encode() if isinstance(data, str) else data
    return imports.ask(
        centre_id=cast.northgate.centre.pk,
        kind=kind,
        upload=SimpleUploadedFile(f"{kind}.csv", content),
        by=cast[by or BY[kind]],
        at=now,
    )


def work(job: ImportJob, now) -> ImportJob:
    """What the worker does, in the scope that it has."""
    with scoped_to([job.centre_id], side=Side.AO):
        imports.run(import_id=job.pk, at=now)
    job.refresh_from_db()
    return job


def checked(cast, now, data, kind: str = "learners", **more) -> ImportJob:
    return work(ask(cast, now, data, kind, **more), now)


def save(cast, job: ImportJob, now, *, only_good_rows: bool = False, by: str = "") -> ImportJob:
    by = by or BY[job.kind]
    imports.save_rows(import_id=job.pk, only_good_rows=only_good_rows, by=cast[by], at=now)
    return work(job, now)


def lines(*rows: str, head: str = HEAD) -> str:
    return "\r\n".join([head, *rows]) + "\r\n"


def errors(job: ImportJob) -> dict[int, str]:
    return {p["row"]: p["message"] for p in job.problems if p["level"] == "error"}


def three(qan: str) -> str:
    numbers = ulns()
    return lines(
        f"{numbers[0]},Zoë,Łukasik,2008-05-17,L-1,{qan},September 2026,2026-09-07,yes,",
        f"{numbers[1]},Ben,Hasler,17/05/2008,L-2,{qan.replace('/', '')},september 2026,7 September 2026,no,"
        "Benjamin Hasler",
        ",Cara,O'Neill,,L-3,,,,,",
    )


def test_checking_saves_nothing_and_saving_saves_all(cast, now, cohort, qan):
    job = checked(cast, now, three(qan))
    assert (job.status, job.total_rows, job.good_rows, job.problems) == ("CHECKED", 3, 3, [])
    assert job.result["would"] == {"learners": 3, "enrolled": 1, "registered": 1, "unchanged": 0}
    assert not Learner.objects.exists()
    job = save(cast, job, now)
    assert job.status == "APPLIED"
    assert job.result["made"] == {"learners": 3, "enrolled": 1, "registered": 1}
    zoe = Registration.objects.get(learner__family_name="Łukasik")
    assert (zoe.status, str(zoe.fee_multiplier), zoe.fee_facts["rule"]) == ("REGISTERED", "1.00", "R28")
    assert zoe.registered_on == date(2026, 10, 20)
    ben = Registration.objects.get(learner__family_name="Hasler")
    assert (ben.status, ben.certificate_name, ben.learner.date_of_birth) == (
        "ENROLLED", "Benjamin Hasler", date(2008, 5, 17),
    )  # fmt: skip
    assert Deadline.objects.get(kind="registration", state="OPEN").due_on == date(2026, 11, 1)


def test_a_file_imported_twice_adds_nothing_the_second_time(cast, now, cohort, qan):
    save(cast, checked(cast, now, three(qan)), now)
    again = checked(cast, now, three(qan))
    assert again.result["would"] == {"learners": 0, "enrolled": 0, "registered": 0, "unchanged": 3}
    again = save(cast, again, now)
    assert again.status == "APPLIED"
    assert (Learner.objects.count(), Registration.objects.count()) == (3, 2)


def test_running_a_job_again_does_nothing(cast, now, cohort, qan):
    job = save(cast, checked(cast, now, three(qan)), now)
    work(work(job, now), now)
    assert Learner.objects.count() == 3
    with pytest.raises(RuleViolation):
        imports.save_rows(import_id=job.pk, only_good_rows=False, by=cast["exams"], at=now)


def test_a_registration_that_was_enrolled_is_registered_by_a_later_file(cast, now, cohort, qan):
    save(cast, checked(cast, now, three(qan)), now)
    job = save(cast, checked(cast, now, three(qan).replace(",no,", ",yes,")), now)
    assert job.result["made"]["registered"] == 1
    assert set(Registration.objects.values_list("status", flat=True)) == {"REGISTERED"}
    assert not Deadline.objects.filter(kind="registration", state="OPEN").exists()


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_usual_encodings_are_read(cast, now, cohort, qan, encoding):
    job = checked(cast, now, three(qan).encode(encoding))
    assert (job.status, job.good_rows) == ("CHECKED", 3)
    assert job.encoding.startswith(encoding[:5])


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be"])
def test_utf_16_without_a_mark_is_told_by_its_zeros(encoding):
    assert csv_files.decode("uln,name\n1,Zoë\n".encode(encoding)) == ("uln,name\n1,Zoë\n", encoding)


def test_windows_1252_is_read(cast, now):
    job = save(cast, checked(cast, now, lines(",Zoë,Müller,,,,,,,").encode("cp1252")), now)
    assert job.encoding == "cp1252"
    assert Learner.objects.get().name == "Zoë Müller"


def test_semicolons_and_other_headings_are_read(cast, now):
    file = "Surname;First name;Date of Birth;Student ID\nHassan;Amira;17.05.2008;42\n"
    save(cast, checked(cast, now, file), now)
    learner = Learner.objects.get()
    assert (learner.name, learner.date_of_birth, learner.reference) == (
        "Amira Hassan",
        date(2008, 5, 17),
        "42",
    )


@pytest.mark.parametrize(
    ("file", "message"),
    [
        ("uln,family_name\n1,2\n", "Column missing: given_name."),
        ("given_name,family_name,shoe_size\na,b,c\n", "Column not known: shoe_size."),
        ("given_name,surname,family_name\na,b,c\n", "Column given twice: family_name."),
        ('given_name,family_name\n"Ann,Lee\n' + "x" * 30_000, "quotation mark"),
    ],
)
def test_a_file_with_other_columns_is_refused_with_all_of_them_named(cast, now, file, message):
    job = checked(cast, now, file)
    assert job.status == "FAILED"
    assert message in job.problems[0]["message"]
    assert not Learner.objects.exists()


def test_every_problem_is_told_with_its_row(cast, now, cohort, qan):
    good = ulns()
    job = checked(cast, now, lines(
        "1000000018,Wrong,Digit,,,,,,,",
        "12345,Short,Number,,,,,,,",
        ",,NoName,,,,,,,",
        ",Bad,Birth,31/02/2008,,,,,,",
        ",Young,Birth,2024-01-01,,,,,,",
        f"{good[0]},Same,One,,,,,,,",
        f"{good[0]},Other,Name,,,,,,,",
        ",No,Programme,,,999/9999/9,September 2026,2026-09-07,,",
        f",No,Cohort,,,{qan},Nowhere,2026-09-07,,",
        f",No,Date,,,{qan},September 2026,soon,,",
        f",Future,Date,,,{qan},September 2026,2026-12-01,,",
        f",May,Be,,,{qan},September 2026,2026-09-07,maybe,",
        ",Just,Cohort,,,,September 2026,,,",
        ",Two,Times,2008-01-01,,,,,,",
        ",Two,Times,2008-01-01,,,,,,",
    ))  # fmt: skip
    said = errors(job)
    assert "last digit does not fit" in said[2]
    assert "10 digits" in said[3]
    assert said[4] == "Enter the given name."
    assert "not a date" in said[5]
    assert "younger than 10" in said[6]
    assert "Row 7 has the same ULN with another name" in said[8]
    assert "no programme with this qualification number" in said[9]
    assert "no cohort of this name" in said[10]
    assert "Enter the date of enrolment" in said[11]
    assert "in the future" in said[12]
    assert said[13] == "Write yes or no."
    assert "Enter the qualification number" in said[14]
    assert "same as row 15" in said[16]
    assert 7 not in said
    assert 15 not in said
    assert (job.total_rows, job.good_rows) == (15, 2)


def test_r31_a_uln_of_another_learner_and_a_name_that_is_here(cast, now):
    here, number = cast.northgate.centre, ulns()[0]
    LearnerFactory(centre=here, given_name="Amira", family_name="Hassan", uln=number)
    job = checked(
        cast, now, lines(f"{number},Ben,Hasler,,,,,,,", f"{ulns()[1]},Amira,Hassan,2008-05-17,,,,,,")
    )
    assert "belongs to Amira Hassan here (R31)" in errors(job)[2]
    warning = next(p for p in job.problems if p["row"] == 3)
    assert (warning["level"], "This row adds a second" in warning["message"]) == ("warning", True)


def test_r29_rows_for_a_programme_that_takes_no_registrations_are_refused(cast, now, cohort, qan):
    programme = cast.northgate.programmes[0]
    programme.approved_to = date(2026, 10, 1)
    programme.save(update_fields=["approved_to"])
    job = checked(cast, now, three(qan))
    assert errors(job)[2] == why_no_registration(programme, date(2026, 10, 20)) + " (R29)"
    assert 3 not in errors(job)


def test_r38_a_withdrawn_learner_is_not_enrolled_again_by_a_file(cast, now, cohort, qan):
    save(cast, checked(cast, now, three(qan)), now)
    for row in Registration.objects.all():
        registrations.withdraw(registration_id=row.pk, by=cast["exams"], at=now)
    assert "was withdrawn" in errors(checked(cast, now, three(qan)))[2]


def test_nothing_is_saved_while_a_row_is_bad_unless_good_rows_are_taken(cast, now):
    job = checked(cast, now, lines(",Amira,Hassan,,,,,,,", "123,Ben,Hasler,,,,,,,"))
    with pytest.raises(RuleViolation, match="nothing is saved"):
        save(cast, job, now)
    job.refresh_from_db()
    job = save(cast, job, now, only_good_rows=True)
    assert [learner.name for learner in Learner.objects.all()] == ["Amira Hassan"]
    assert job.status == "APPLIED"


def test_a_file_that_went_bad_between_check_and_save_is_given_back(cast, now):
    number = ulns()[0]
    job = checked(cast, now, lines(f"{number},Amira,Hassan,,,,,,,"))
    LearnerFactory(centre=cast.northgate.centre, given_name="Ben", family_name="Hasler", uln=number)
    job = save(cast, job, now)
    assert (job.status, job.good_rows) == ("CHECKED", 0)
    assert Learner.objects.count() == 1


def test_asking_puts_work_into_the_outbox_and_a_discarded_import_saves_nothing(cast, now):
    job = ask(cast, now, lines(",Amira,Hassan,,,,,,,"))
    assert OutboxEntry.objects.filter(task="centres.run_import", kwargs={"import_id": job.pk}).exists()
    work(job, now)
    imports.discard(import_id=job.pk, by=cast["exams"], at=now)
    job.refresh_from_db()
    assert job.status == "DISCARDED"
    assert not Learner.objects.exists()


def test_importing_needs_the_permission(cast, now):
    with pytest.raises(NotPermitted):
        ask(cast, now, HEAD, by="iv")
    with pytest.raises(NotPermitted):
        ask(cast, now, HEAD, by="outsider")


@pytest.mark.parametrize(
    ("kind", "refused"),
    [("learners", ["qn", "assessor"]), ("decisions", ["qn", "exams"]), ("staff", ["exams", "assessor"])],
)
def test_each_kind_of_file_needs_what_its_rows_need_one_by_one(cast, now, kind, refused):
    for name in refused:
        with pytest.raises(NotPermitted):
            ask(cast, now, import_kinds.OF_A_CENTRE[kind].template(), kind, by=name)
    job = checked(cast, now, import_kinds.OF_A_CENTRE[kind].template(), kind)
    for name in refused:
        with pytest.raises(NotPermitted):
            imports.save_rows(import_id=job.pk, only_good_rows=True, by=cast[name], at=now)


def test_a_role_for_one_programme_does_not_import_for_the_whole_centre(cast, now):
    grant = cast["assessor"].grants.get()
    grant.programme = cast.northgate.programmes[0]
    grant.save(update_fields=["programme"])
    with pytest.raises(NotPermitted):
        ask(cast, now, import_kinds.DECISIONS.template(), "decisions")


def test_the_page_offers_only_the_kinds_that_the_person_may_import(cast, now, sign_in):
    job = checked(cast, now, import_kinds.LEARNERS.template())
    page = f"/centres/{cast.northgate.centre.number}/imports/"
    offered = (("qn", {"people", "staff"}), ("exams", {"people", "learners"}), ("assessor", {"decisions"}))
    for name, kinds in offered:
        client = sign_in(cast[name])
        text = client.get(page).content.decode()
        assert {code for code in import_kinds.OF_A_CENTRE if f'value="{code}"' in text} == kinds
        assert (client.get(f"/imports/{job.pk}/").status_code == 200) == (name == "exams")
    assert client.get(f"{page}learners.csv").status_code == 404


def test_r23_a_file_reaches_no_learner_of_another_centre(cast, now):
    LearnerFactory(centre=cast.harbour.centre, uln=ulns()[0], given_name="Other", family_name="Person")
    job = save(cast, checked(cast, now, lines(f"{ulns()[0]},Amira,Hassan,,,,,,,")), now)
    assert job.status == "APPLIED"
    assert Learner.objects.filter(centre=cast.northgate.centre).count() == 1


def test_the_trail_of_an_import_holds_no_name(cast, now):
    save(cast, checked(cast, now, lines(",Amira,Hassan,,,,,,,")), now)
    assert "Hassan" not in str(list(AuditEvent.objects.values_list("details", flat=True)))
    assert AuditEvent.objects.filter(event="import.saved").exists()


def test_the_template_of_each_kind_can_be_read_again(cast):
    for kind in (*import_kinds.OF_A_CENTRE.values(), import_kinds.CENTRES):
        table = csv_files.read(kind.template().encode(), kind.columns)
        assert len(list(table.rows())) == 1


DECISIONS = (
    "uln,learner_reference,programme,unit,assignment,attempt,assessor,site,decided_on,grade,criteria_met"
)


def test_decisions_come_from_a_file_once(cast, now, qan):
    row = teach(cast.northgate, cast.northgate.programmes[0], learners=1)[0]
    code = row.programme.qualification.units.get(number=1).criteria[0]["code"]
    file = lines(
        f"{row.learner.uln},,{qan},1,2,first,assessor a,riverside,12/10/2026,m,{code}", head=DECISIONS
    )
    job = save(cast, checked(cast, now, file, "decisions"), now)
    assert (job.status, job.result["made"]) == ("APPLIED", {"decisions": 1, "verified": 0})
    decision = AssessmentDecision.objects.get()
    assert (decision.grade, decision.assignment.number, decision.site.name) == ("M", 2, "Riverside")
    assert decision.criteria[code] is True
    again = checked(cast, now, file, "decisions")
    assert again.result["would"] == {"decisions": 0, "verified": 0, "unchanged": 1}
    other = checked(cast, now, file.replace(",m,", ",d,"), "decisions")
    assert "is recorded for this already" in errors(other)[2]


def test_decisions_with_problems_are_told_by_row(cast, now, qan):
    row = teach(cast.northgate, cast.northgate.programmes[0], learners=1)[0]
    uln = row.learner.uln
    job = checked(cast, now, lines(
        f"{ulns()[30]},,{qan},1,1,,Assessor A,,12/10/2026,M,",
        f"{uln},,{qan},77,1,,Assessor A,,12/10/2026,M,",
        f"{uln},,{qan},1,1,,Nobody,,12/10/2026,M,",
        f"{uln},,{qan},1,1,,Assessor A,,12/10/2026,Z,",
        f"{uln},,{qan},1,1,,Assessor A,,01/09/2026,M,",
        f"{uln},,{qan},2,1,,Assessor A,,08/09/2026,M,",
        f"{uln},,{qan},2,1,,Assessor A,,08/09/2026,M,",
        head=DECISIONS,
    ), "decisions")  # fmt: skip
    said = errors(job)
    assert "No learner with this number" in said[2]
    assert "has no unit 77" in said[3]
    assert "not on your staff register" in said[4]
    assert "not a grade" in said[5]
    assert "cannot be earlier" in said[6]
    assert "same as row 7" in said[8]
    assert (job.good_rows, [p["level"] for p in job.problems if p["row"] == 7]) == (1, ["warning"])


VERIFIED = DECISIONS + ",internal_verifier,verification,verified_on"


def _give_role(cast, name: str, role: str) -> None:
    AccessGrantFactory(person=cast[name], role=role, centre=cast.northgate.centre, starts_on=date(2025, 9, 1))


def test_r15_a_file_with_an_own_verification_is_refused(cast, now, qan):
    _give_role(cast, "assessor", "internal_verifier")
    row = teach(cast.northgate, cast.northgate.programmes[0], learners=1)[0]
    start = f"{row.learner.uln},,{qan},1,1,,Assessor A,,12/10/2026,M,,"
    file = lines(start + "Assessor A,agreed,13/10/2026", head=VERIFIED)
    assert "(R15)" in errors(checked(cast, now, file, "decisions"))[2]
    cast.northgate.assessors[0].person = cast["assessor"]
    cast.northgate.assessors[0].save(update_fields=["person"])
    by_another_name = lines(start + "Verifier D,agreed,13/10/2026", head=VERIFIED)
    assert "You made this decision yourself" in errors(checked(cast, now, by_another_name, "decisions"))[2]


def test_verifications_in_a_file_are_for_internal_verifiers(cast, now, qan):
    row = teach(cast.northgate, cast.northgate.programmes[0], learners=1)[0]
    file = lines(
        f"{row.learner.uln},,{qan},1,1,,Assessor A,,12/10/2026,M,,Verifier D,agreed,13/10/2026", head=VERIFIED
    )
    assert "recorded by internal verifiers" in errors(checked(cast, now, file, "decisions"))[2]


def test_a_verification_that_comes_later_in_a_file_is_a_change(cast, now, qan):
    _give_role(cast, "assessor", "internal_verifier")
    row = teach(cast.northgate, cast.northgate.programmes[0], learners=1)[0]
    start = f"{row.learner.uln},,{qan},1,1,,Assessor A,,12/10/2026,M,"
    save(cast, checked(cast, now, lines(start, head=DECISIONS), "decisions"), now)
    later = lines(start + ",Verifier D,agreed,13/10/2026", head=VERIFIED)
    job = save(cast, checked(cast, now, later, "decisions"), now)
    assert job.result["would"] == {"decisions": 0, "verified": 1, "unchanged": 0}
    assert job.result["made"] == {"decisions": 0, "verified": 1}
    decision = AssessmentDecision.objects.get()
    assert (decision.internal_verifier.name, decision.verification_outcome) == ("Verifier D", "AGREED")
    assert decision.verified_on == date(2026, 10, 13)
    assert checked(cast, now, later, "decisions").result["would"]["unchanged"] == 1
    other = later.replace("Verifier D", "Verifier E")
    assert "Another internal verification" in errors(checked(cast, now, other, "decisions"))[2]


def test_a_name_on_the_register_twice_is_who_was_there_on_the_day_or_an_error(cast, now, qan):
    row = teach(cast.northgate, cast.northgate.programmes[0], learners=1)[0]
    here, sites = cast.northgate.centre, cast.northgate.sites
    left = cast.northgate.assessors[0]
    left.left_on = date(2026, 7, 31)
    left.save(update_fields=["left_on"])
    back = StaffMember.objects.create(centre=here, name=left.name, roles=["assessor"], site=sites[0])
    file = lines(f"{row.learner.uln},,{qan},1,1,,Assessor A,,12/10/2026,M,", head=DECISIONS)
    save(cast, checked(cast, now, file, "decisions"), now)
    assert AssessmentDecision.objects.get().assessor == back
    twice = StaffMember.objects.create(centre=here, name=left.name, roles=["assessor"], site=sites[1])
    file = file.replace(f"{qan},1,", f"{qan},2,")
    said = errors(checked(cast, now, file, "decisions"))[2]
    assert "2 people called" in said
    assert "at Castle Road and one at Riverside" in said
    save(cast, checked(cast, now, file.replace("A,,12/10", "A,Riverside,12/10"), "decisions"), now)
    assert AssessmentDecision.objects.order_by("pk").last().assessor == twice


def test_the_staff_register_comes_from_a_file_once(cast, now):
    file = lines(
        "Callum Reid,assessor,,sport-leisure-recreation,Riverside,2022-09-01,Level 3 Award,2021-06-30,2026-09-15",
        "Hanna Berg,assessor iv,nobody@x.example,,,,,,",
        "Wrong Role,king,,,Nowhere,,,,",
        head="name,roles,email,sector,site,started_on,qualification,qualified_on,standardised_on",
    )
    job = checked(cast, now, file, "staff", by="qn")
    assert set(errors(job)) == {4}
    job = save(cast, job, now, only_good_rows=True, by="qn")
    assert job.result["made"] == {"staff": 2, "changed": 0, "development": 2}
    assert StaffMember.objects.get(name="Hanna Berg").roles == ["assessor", "internal_verifier"]
    again = save(cast, checked(cast, now, file, "staff", by="qn"), now, only_good_rows=True, by="qn")
    assert again.result["made"] == {"staff": 0, "changed": 0, "development": 0}


REGISTER = "name,roles,email,sector,site,started_on"


def test_entries_of_the_staff_register_that_differ_are_changed_and_shown_first(cast, now):
    before = cast.northgate.assessors[0]
    file = lines(
        f"assessor a,assessor iv,{cast['assessor'].email},,Riverside,",
        "Assessor B,assessor,,,,",
        head=REGISTER,
    )
    job = checked(cast, now, file, "staff")
    assert job.result["would"] == {"staff": 0, "changed": 1, "unchanged": 1}
    shown = {p["column"]: p["message"] for p in job.problems if p["level"] == "change"}
    assert shown["roles"] == "assessor a: Assessor becomes Assessor and Internal Verifier."
    assert shown["site"] == "assessor a: Castle Road becomes Riverside."
    before.refresh_from_db()
    assert before.roles == ["assessor"]
    assert save(cast, job, now).result["made"]["changed"] == 1
    before.refresh_from_db()
    assert (before.roles, before.person, before.site.name) == (
        ["assessor", "internal_verifier"], cast["assessor"], "Riverside",
    )  # fmt: skip
    assert checked(cast, now, file, "staff").result["would"] == {"staff": 0, "changed": 0, "unchanged": 2}


def test_of_two_people_of_one_name_a_row_says_which_by_its_site(cast, now):
    here, sites = cast.northgate.centre, cast.northgate.sites
    twin = StaffMember.objects.create(centre=here, name="Assessor A", roles=["assessor"], site=sites[1])
    unclear = checked(cast, now, lines("Assessor A,iv,,,,", head=REGISTER), "staff")
    assert "2 people have this name, at Castle Road and Riverside" in errors(unclear)[2]
    save(cast, checked(cast, now, lines("Assessor A,iv,,,Riverside,", head=REGISTER), "staff"), now)
    twin.refresh_from_db()
    assert twin.roles == ["internal_verifier"]


PEOPLE = "name,email,role,programme,subject_area"


def test_people_with_roles_come_from_a_file(cast, now, qan):
    file = lines(
        f"Hanna Berg,Hanna@Northgate.example,internal verifier,{qan},",
        f"Callum Reid,{cast['assessor'].email},internal_verifier,,",
        f"Assessor of Northgate College,{cast['assessor'].email},Assessor,,",
        head=PEOPLE,
    )
    job = checked(cast, now, file, "people")
    assert job.result["would"] == {"invited": 1, "roles": 1, "unchanged": 1}
    assert "keeps its name" in job.problems[0]["message"]
    assert not Invitation.objects.exists()
    job = save(cast, job, now)
    assert (job.status, job.result["made"]) == ("APPLIED", {"invited": 1, "roles": 1})
    invitation = Invitation.objects.get()
    assert (invitation.email, invitation.role, invitation.programme, invitation.invited_by) == (
        "hanna@northgate.example", "internal_verifier", cast.northgate.programmes[0], cast["qn"],
    )  # fmt: skip
    assert cast["assessor"].grants.filter(role="internal_verifier", granted_by=cast["qn"]).exists()
    assert checked(cast, now, file, "people").result["would"] == {"invited": 0, "roles": 0, "unchanged": 3}


def test_r20_a_file_gives_only_roles_that_its_importer_may_give(cast, now, qan):
    said = errors(checked(cast, now, lines(
        "Hanna Berg,hanna@northgate.example,Examinations Officer,,",
        "Quinn New,quinn@northgate.example,Quality Nominee,,",
        f"Me,{cast['qn'].email},assessor,,",
        "No Role,no@northgate.example,king,,",
        "Sam Verifier,sam@northgate.example,Standards Verifier,,",
        "No Address,hanna,assessor,,",
        "Lee Lead,lee@northgate.example,Lead Internal Verifier,,",
        "Lou Lead,lou@northgate.example,Lead Internal Verifier,,Sport Industry Skills",
        "Far Away,far@northgate.example,assessor,999/9999/9,",
        "Two Times,two@northgate.example,assessor,,",
        f"Two Times,two@northgate.example,assessor,{qan},",
        head=PEOPLE,
    ), "people"))  # fmt: skip
    assert "not one that you may give" in said[2]
    assert "is Quality Nominee, since" in said[3]
    assert "Nobody gives themselves access" in said[4]
    assert "not a role at a centre" in said[5]
    assert "not a role at a centre" in said[6]
    assert "Enter an e-mail address" in said[7]
    assert "Enter the subject area" in said[8]
    assert "is Lead Internal Verifier" in said[9]
    assert "no programme with this qualification number" in said[10]
    assert 11 not in said
    assert "Row 11 gives the same person this role" in said[12]


def test_importing_people_is_for_whoever_may_give_access(cast, now):
    for name in ("leader", "assessor", "head"):
        with pytest.raises(NotPermitted):
            ask(cast, now, import_kinds.PEOPLE.template(), "people", by=name)
    exams = lines("Hanna Berg,hanna@northgate.example,Examinations Officer,,", head=PEOPLE)
    assert not errors(checked(cast, now, exams, "people", by="exams"))


CENTRES = "number,name,approved_on,nation,town,mainly_btec_qa,quality_manager"


def test_r35_centres_come_from_a_file_and_bad_rows_are_told(cast, now):
    file = lines(
        "30303,Quayside Training,01/09/2026,Wales,Cardiff,no,",
        "303,Short Number,01/09/2026,,,,",
        "30303,Twice,01/09/2026,,,,",
        "30304,No Date,soon,Atlantis,,perhaps,nobody@x.example",
        "10101,Northgate College,2019-09-01,,,,",
        head=CENTRES,
    )
    found = centres_import.check(file, at=now)
    assert (len(found.new), found.known, found.total) == (1, 1, 5)
    assert {p["row"] for p in found.problems.found if p["level"] == "error"} == {3, 4, 5}
    with pytest.raises(RuleViolation):
        centres_import.save(text=file, only_good_rows=False, by=cast["planner"], at=now)
    centres_import.save(text=file, only_good_rows=True, by=cast["planner"], at=now)
    assert Centre.objects.get(number="30303").nation == "GB-WLS"
    with pytest.raises(NotPermitted):
        centres_import.save(text=file, only_good_rows=True, by=cast["qn"], at=now)


def test_exports_hold_no_formula():
    assert csv_files.safe_cell("=1+1") == "'=1+1"
    assert csv_files.write(["a"], [["@x"], [None]]) == '\ufeffa\r\n\'@x\r\n""\r\n'
