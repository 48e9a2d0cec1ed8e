"""The pages of self-assessment and declaration: who reaches them, what they save, what they cost."""

from __future__ import annotations

import re
from contextlib import contextmanager
from datetime import UTC, date, datetime

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from qa_portal.models import Deadline
from qa_portal.tenancy import ALL_CENTRES, scoped_to
from tests.cast import teach
from tests.factories.centres import AccessGrantFactory
from tests.story.self_assessments import (
    answer_section,
    answered_self_assessment,
    on,
    sections_of,
    self_assessment_of,
    signed_declaration,
    submitted_self_assessment,
)
from tests.story.years import open_year
from verification.models import (
    AnnualDeclaration,
    CentreYear,
    Extension,
    SectionEvidence,
    SelfAssessment,
    SelfAssessmentSection,
)
from verification.operations import extensions, self_assessment_sections, self_assessments

NUMBER = "10101"
MOST_QUERIES = 12


@pytest.fixture
def autumn(clock_at):
    clock_at(datetime(2026, 10, 20, 9, 42, tzinfo=UTC))


@contextmanager
def few_queries():
    """No more statements than a page may make; BEGIN, COMMIT and SAVEPOINT do not count."""
    with CaptureQueriesContext(connection) as made:
        yield
    counted = [query["sql"] for query in made if "SAVEPOINT" not in query["sql"]]
    assert len(counted) <= MOST_QUERIES, "\n".join(sql[:160] for sql in counted)


@pytest.fixture
def year(cast, autumn):
    return open_year(cast)


@pytest.fixture
def section(year):
    return sections_of(year)[2]


@pytest.fixture
def lsv(cast, year):
    AccessGrantFactory(person=cast["lsv"], role="lead_standards_verifier", centre=cast.northgate.centre)
    CentreYear.objects.filter(pk=year.pk).update(lsv=cast["lsv"])
    return cast["lsv"]


def url(name, *more):
    return reverse(f"self-assessment-{name}" if name else "self-assessment", args=[NUMBER, *more])


def filled(section, client, **changes):
    """What the browser would send of a section's form, with changes."""
    page = client.get(url("section", section.pk))
    text = page.content.decode()
    data = dict(re.findall(r'<input type="hidden" name="(revision|base)" value="([^"]*)"', text))
    form = page.context["answers"]
    for name in form.fields:
        if name not in data:
            data[name] = form[name].value() or ""
    return {**data, **changes}


def test_the_section_page_costs_twelve_queries_with_last_year_and_files(cast, year, section, sign_in):
    submitted_self_assessment(cast, year=2025)
    client = sign_in(cast["qn"])
    client.get(url("section", section.pk))
    with few_queries():
        page = client.get(url("section", section.pk))
    assert page.status_code == 200
    assert "Last year: <strong>Yes</strong>" in page.content.decode()


@pytest.mark.parametrize("person", ["qn", "lsv", "manager"])
def test_the_overview_costs_twelve_queries(cast, year, lsv, sign_in, person):
    submitted_self_assessment(cast, year=2025)
    submitted_self_assessment(cast)
    client = sign_in(cast[person])
    client.get(url(""))
    with few_queries():
        page = client.get(url(""))
    assert "Answers as they were submitted" in page.content.decode()


@pytest.mark.parametrize(
    "name",
    [
        "",
        "check",
        "print",
        "version",
        "extension",
        "withdraw",
        "evidence",
        "delegate",
        "declaration",
        "register",
    ],
)
def test_every_page_stays_within_its_queries(cast, year, section, sign_in, name):
    if name == "version":
        submitted_self_assessment(cast)
    addresses = {
        "": url(""), "check": url("check"), "print": url("print", 2026), "version": url("version", 2026, 1),
        "extension": url("extension", 2026), "withdraw": url("withdraw", 2026),
        "evidence": url("evidence", section.pk), "delegate": url("delegate", section.pk),
        "declaration": reverse("declaration", args=[NUMBER]), "register": url("register", 2026),
    }  # fmt: skip
    client = sign_in(cast["qn"])
    client.get(addresses[name])
    with few_queries():
        assert client.get(addresses[name]).status_code == 200


def test_assessors_are_refused_and_other_centres_do_not_know_it_exists(cast, year, section, sign_in):
    for address in (url(""), url("section", section.pk), url("check"), url("print", 2026)):
        assert sign_in(cast["assessor"]).get(address).status_code == 403
        assert sign_in(cast["outsider"]).get(address).status_code == 404
    other = reverse("self-assessment-section", args=["20202", section.pk])
    assert sign_in(cast["outsider"]).get(other).status_code == 404
    assert sign_in(cast["outsider"]).post(other, {}).status_code == 404


def test_save_and_continue_keeps_the_answers_and_names_what_needs_attention(cast, section, sign_in):
    client = sign_in(cast["qn"])
    data = filled(section, client, a_standardisation="yes", a_briefs_verified="no", **{"continue": ""})
    reply = client.post(url("section", section.pk), data, follow=True)
    text = reply.content.decode()
    assert "Nothing is lost, but 5 answers need attention" in text
    assert "5.2 Enter what you will do about it. A No needs a comment" in text
    assert "<title>Error:" in text
    assert "What you will do about it" in text
    section.refresh_from_db()
    assert (section.answered, section.revision) == (1, 1)
    assert f"by {cast['qn'].name}" in text


def test_save_and_come_back_later_shows_no_errors(cast, section, sign_in):
    client = sign_in(cast["qn"])
    data = filled(section, client, a_standardisation="no", later="")
    reply = client.post(url("section", section.pk), data, follow=True)
    assert "Your answers are saved" in reply.content.decode()
    assert "Nothing is lost" not in reply.content.decode()


def test_a_complete_section_leads_to_the_next_one_and_at_last_to_the_check(cast, year, sign_in):
    client = sign_in(cast["qn"])
    sections = sections_of(year)
    for section in sections:
        answers = {name: "yes" for name in filled(section, client) if name.startswith("a_")}
        reply = client.post(url("section", section.pk), filled(section, client, **answers))
    assert reply.url == url("check")
    assert "Every question is answered" in client.get(reply.url).content.decode()


def test_r2_the_check_page_links_to_every_gap_and_submitting_is_refused_with_them(
    cast, year, section, sign_in
):
    answer_section(section, by=cast["qn"], value=False, only=1)
    client = sign_in(cast["qn"])
    text = client.get(url("check")).content.decode()
    assert f"{url('section', section.pk)}?check=1#id_c_standardisation" in text
    for reply in (client.get(url("submit", 2026)), client.post(url("submit", 2026))):
        assert reply.status_code == 409
        assert "id_c_standardisation" in reply.content.decode()


def test_submitting_and_a_second_click(cast, year, sign_in):
    with scoped_to(ALL_CENTRES):
        answered_self_assessment(cast)
    client = sign_in(cast["qn"])
    assert "Submit the self-assessment?" in client.get(url("submit", 2026)).content.decode()
    assert client.post(url("submit", 2026), follow=True).status_code == 200
    assert client.post(url("submit", 2026)).status_code == 409
    assert "It is submitted" not in client.get(url("submit", 2026)).content.decode()


def test_two_people_editing_one_section_see_both_texts_and_choose(cast, year, section, sign_in):
    self_assessment_sections.delegate(
        section_id=section.pk,
        person_id=cast["leader"].pk,
        asked_by=date(2026, 10, 27),
        by=cast["qn"],
        at=on(20),
    )
    client = sign_in(cast["qn"])
    mine = filled(section, client, a_standardisation="no", c_standardisation="Mine", a_briefs_verified="yes")
    client = sign_in(cast["leader"])
    theirs = filled(
        section, client, a_standardisation="yes", c_standardisation="Theirs", a_authenticity="yes",
        c_authenticity="Also theirs",
    )  # fmt: skip
    theirs = {k: v for k, v in theirs.items() if k in SectionKeys.of(section) or k in ("revision", "base")}
    assert client.post(url("section", section.pk), theirs).status_code == 302
    client = sign_in(cast["qn"])
    reply = client.post(url("section", section.pk), mine)
    text = reply.content.decode()
    assert reply.status_code == 409
    assert "Theirs" in text
    assert "Mine" in text
    row = section.answers.get(question="standardisation")
    assert (row.value, row.comment) == (True, "Theirs")
    form = reply.context["answers"]
    assert form["c_standardisation"].value() == "Mine"
    data = {name: form[name].value() or "" for name in form.fields}
    assert client.post(url("section", section.pk), data).status_code == 302
    row.refresh_from_db()
    assert (row.value, row.comment) == (False, "Mine")


class SectionKeys:
    """The fields of a section's form."""

    @staticmethod
    def of(section):
        return {f"{kind}_{row.question}" for row in section.answers.all() for kind in "ac"}


def test_r1_a_delegate_answers_their_section_and_reads_the_others(cast, year, section, sign_in):
    client = sign_in(cast["qn"])
    page = client.get(url("delegate", section.pk)).content.decode()
    assert cast["leader"].name in page
    assert cast["assessor"].name not in page
    reply = client.post(url("delegate", section.pk), {"person": cast["leader"].pk, "asked_by": "27/10/2026"})
    assert reply.status_code == 302
    other = sections_of(year)[3]
    client = sign_in(cast["leader"])
    assert "Save and continue" in client.get(url("section", section.pk)).content.decode()
    assert "Save and continue" not in client.get(url("section", other.pk)).content.decode()
    assert (
        client.post(url("section", other.pk), {"revision": 0, "a_standardisation": "yes"}).status_code == 403
    )
    assert client.get(url("check")).status_code == 403


def test_a_day_that_does_not_fit_stays_beside_the_field(cast, section, sign_in):
    reply = sign_in(cast["qn"]).post(
        url("delegate", section.pk), {"person": cast["leader"].pk, "asked_by": "2026-12-24"}
    )
    assert reply.status_code == 200
    assert "when the whole form is due" in reply.content.decode()


def test_taking_back_is_a_post(cast, section, sign_in):
    self_assessment_sections.delegate(
        section_id=section.pk,
        person_id=cast["leader"].pk,
        asked_by=date(2026, 10, 27),
        by=cast["qn"],
        at=on(20),
    )
    client = sign_in(cast["qn"])
    assert client.get(url("take-back", section.pk)).status_code == 405
    assert client.post(url("take-back", section.pk)).status_code == 302
    assert SelfAssessmentSection.objects.get(pk=section.pk).delegated_to is None
    assert client.post(url("take-back", section.pk)).status_code == 409


def test_the_lsv_reads_returns_with_remarks_and_accepts(cast, year, lsv, sign_in):
    submitted_self_assessment(cast, year=2025)
    for section in sections_of(year):
        answer_section(section, by=cast["qn"], value=section.position != 200, comment="Because")
    with scoped_to(ALL_CENTRES):
        self_assessments.submit(self_assessment_id=self_assessment_of(year).pk, by=cast["qn"], at=on(20))
    client = sign_in(lsv)
    text = client.get(url("")).content.decode()
    assert "To look at first" in text
    assert ", changed" in text
    bad = client.post(url("return", 2026), {"remarks": "More on 2.1", "due_on": "2026-10-01"})
    assert (bad.status_code, "has not passed" in bad.content.decode()) == (200, True)
    assert (
        client.post(url("return", 2026), {"remarks": "More on 2.1", "due_on": "2026-11-10"}).status_code
        == 302
    )
    client = sign_in(cast["qn"])
    assert "More on 2.1" in client.get(url("")).content.decode()
    assert "More on 2.1" in client.get(url("section", sections_of(year)[0].pk)).content.decode()
    assert client.post(url("submit", 2026)).status_code == 302
    assert sign_in(lsv).post(url("accept", 2026)).status_code == 302
    assert self_assessment_of(year).status == "ACCEPTED"
    assert sign_in(cast["qn"]).post(url("recall", 2026)).status_code == 409


def test_withdrawing_and_opening_again(cast, year, sign_in):
    client = sign_in(cast["qn"])
    assert "Write the reason" in client.post(url("withdraw", 2026), {"reason": ""}).content.decode()
    assert client.post(url("withdraw", 2026), {"reason": "No learners"}).status_code == 302
    assert "No learners" in client.get(url("")).content.decode()
    assert client.post(url("reopen", 2026)).status_code == 302
    assert self_assessment_of(year).status == "OPEN"


def test_r6_the_short_form_is_offered_to_such_centres_only(cast, year, sign_in):
    client = sign_in(cast["qn"])
    assert "Send the annual centre declaration instead" not in client.get(url("")).content.decode()
    assert client.post(url("form", 2026)).status_code == 409
    cast.northgate.centre.mainly_btec_qa = True
    cast.northgate.centre.save(update_fields=["mainly_btec_qa"])
    assert "is not noted yet" in client.get(url("")).content.decode()
    assert client.get(url("btec-review", 2026)).status_code == 403
    staff = sign_in(cast["planner"])
    assert staff.post(url("btec-review", 2026), {"on": "2027-08-01"}).status_code == 422
    assert staff.post(url("btec-review", 2026), {"on": "2026-09-14"}).status_code == 302
    client = sign_in(cast["qn"])
    assert "14\N{NO-BREAK SPACE}September 2026" in client.get(url("")).content.decode()
    assert "Send the annual centre declaration instead" in client.get(url("")).content.decode()
    assert client.post(url("form", 2026)).status_code == 302
    assert "Annual centre declaration 2026-27" in client.get(url("")).content.decode()


def test_more_time_is_asked_for_and_given_on_pages(cast, year, sign_in):
    client = sign_in(cast["qn"])
    bad = client.post(url("extension", 2026), {"wanted_until": "2026-11-01", "reason": "Ill"})
    assert "Choose a date after" in bad.content.decode()
    assert (
        client.post(url("extension", 2026), {"wanted_until": "17/11/2026", "reason": "Ill"}).status_code
        == 302
    )
    request = Extension.objects.get()
    assert client.get(url("extension-decide", 2026, request.pk)).status_code == 403
    client = sign_in(cast["manager"])
    assert "Give or refuse the time" in client.get(url("")).content.decode()
    refused = client.post(url("extension-decide", 2026, request.pk), {"refuse": "", "reason": ""})
    assert "Write the reason" in refused.content.decode()
    assert (
        client.post(url("extension-decide", 2026, request.pk), {"grant": "", "reason": ""}).status_code == 302
    )
    assert SelfAssessment.objects.get().due_on == date(2026, 11, 17)


def test_evidence_is_attached_to_a_question_opened_by_readers_and_kept_once_submitted(
    cast, year, section, lsv, sign_in
):
    client = sign_in(cast["qn"])
    upload = SimpleUploadedFile("minutes.txt", b"Two sessions, 15 and 22 September.")
    reply = client.post(url("evidence", section.pk), {"question": "standardisation", "files": [upload]})
    assert reply.status_code == 302
    link = SectionEvidence.objects.get()
    assert "minutes.txt" in client.get(url("section", section.pk)).content.decode()
    file = reverse("evidence-file", args=[link.file_id])
    assert sign_in(lsv).get(file).status_code == 200
    assert sign_in(cast["assessor"]).get(file).status_code == 404
    assert sign_in(cast["outsider"]).get(file).status_code == 404
    with scoped_to(ALL_CENTRES):
        submitted_self_assessment(cast)
    assert sign_in(cast["qn"]).post(url("evidence-off", link.pk)).status_code == 409
    with scoped_to(ALL_CENTRES):
        self_assessments.recall(self_assessment_id=self_assessment_of(year).pk, by=cast["qn"], at=on(21))
    assert sign_in(cast["qn"]).post(url("evidence-off", link.pk)).status_code == 302
    assert sign_in(lsv).get(file).status_code == 200


def test_the_form_prints_blank_and_filled_in(cast, year, section, sign_in):
    answer_section(section, by=cast["qn"], comment="Two sessions")
    client = sign_in(cast["qn"])
    filled_in = client.get(url("print", 2026)).content.decode()
    blank = client.get(url("print", 2026) + "?blank=1").content.decode()
    assert "Two sessions" in filled_in
    assert "Two sessions" not in blank
    assert blank.count("qa-paper-box") == 76


def test_last_years_self_assessment_stays_readable(cast, year, sign_in):
    submitted_self_assessment(cast, year=2025)
    client = sign_in(cast["qn"])
    text = client.get(url("year", 2025)).content.decode()
    assert "Self-assessment 2025-26" in text
    assert "Answers as they were submitted" in text
    assert client.get(url("version", 2025, 1)).status_code == 200
    assert client.get(url("version", 2025, 2)).status_code == 404
    assert client.get(url("year", 2019)).status_code == 404


def test_a_centre_whose_year_is_not_open_reads_when_it_will_be(cast, autumn, sign_in):
    assert "There is no self-assessment for 2026-27" in sign_in(cast["qn"]).get(url("")).content.decode()


def declaration():
    return reverse("declaration", args=[NUMBER])


def test_r4_the_head_of_centre_confirms_each_statement_and_signs(cast, year, sign_in, clock_at):
    clock_at(on(21, 9))
    client = sign_in(cast["head"])
    page = client.get(declaration())
    names = [name for name in page.context["form"].fields if name.startswith("s_")]
    assert len(names) == 6
    short = client.post(declaration(), dict.fromkeys(names[1:], "on"))
    assert "Confirm “Terms and conditions of approval”" in short.content.decode()
    assert client.post(declaration(), dict.fromkeys(names, "on")).status_code == 302
    signed = client.get(declaration()).content.decode()
    assert AnnualDeclaration.objects.get().signed_sha256 in signed
    assert client.post(declaration(), dict.fromkeys(names, "on")).status_code == 409


def test_r3_a_late_declaration_asks_for_the_reason(cast, year, sign_in):
    client = sign_in(cast["head"])
    page = client.get(declaration())
    names = [name for name in page.context["form"].fields if name.startswith("s_")]
    data = dict.fromkeys(names, "on")
    assert "Write why the declaration is late" in client.post(declaration(), data).content.decode()
    assert client.post(declaration(), {**data, "late_reason": "Illness"}).status_code == 302
    assert "Signed late" in client.get(declaration()).content.decode()


def test_only_the_head_signs_and_others_read(cast, year, sign_in):
    client = sign_in(cast["qn"])
    assert cast["head"].name in client.get(declaration()).content.decode()
    assert client.post(declaration(), {}).status_code == 403
    assert sign_in(cast["outsider"]).get(declaration()).status_code == 404
    assert sign_in(cast["assessor"]).get(declaration()).status_code == 403


def test_the_signed_words_of_last_year_stay_readable(cast, year, sign_in):
    signed_declaration(cast, year=2025)
    address = reverse("declaration-year", args=[NUMBER, 2025])
    assert "SHA-256 of the signed words" in sign_in(cast["qn"]).get(address).content.decode()


def test_r5_an_overdue_form_says_so(cast, year, sign_in, clock_at):
    clock_at(on(14, 11))
    assert "11\xa0days overdue" in sign_in(cast["qn"]).get(url("")).content.decode()
    assert Deadline.objects.get(kind="self_assessment").state == "OPEN"


def test_the_sections_of_a_withdrawn_request_stay_with_their_centre(cast, year):
    extension = extensions.ask(
        self_assessment_id=self_assessment_of(year).pk, wanted_until=date(2026, 11, 17), reason="Ill",
        by=cast["qn"], at=on(20),
    )  # fmt: skip
    assert extension.centre_id == cast.northgate.centre.pk


def test_what_is_not_submitted_yet_is_the_centres_own(cast, year, section, lsv, sign_in):
    answer_section(section, by=cast["qn"], comment="A draft thought")
    client = sign_in(lsv)
    overview = client.get(url("")).content.decode()
    assert "6 of 38 answered" in overview
    assert url("section", section.pk) not in overview
    assert client.get(url("section", section.pk), follow=True).redirect_chain[-1][0] == url("")
    assert client.get(url("print", 2026)).status_code == 404
    assert client.get(url("print", 2026) + "?blank=1").status_code == 200


def test_last_years_form_is_not_opened_again(cast, year, sign_in):
    submitted_self_assessment(cast, year=2025)
    client = sign_in(cast["qn"])
    assert "Take it back" not in client.get(url("year", 2025)).content.decode()
    assert client.post(url("recall", 2025)).status_code == 409


def test_what_the_register_holds_is_shown_and_kept_with_the_version(cast, year, sign_in):
    teach(cast.northgate, cast.northgate.programmes[0], learners=3)
    form = submitted_self_assessment(cast)
    kept = form.versions.get().content["register"]
    assert sorted(row["learners"] for row in kept["programmes"]) == [0, 0, 0, 3]
    assert kept["staff"][0]["standardised_on"] == "2026-09-15"
    text = sign_in(cast["qn"]).get(url("register", 2026)).content.decode()
    assert "Castle Road" in text
    assert "15\xa0Sep\xa02026" in text
