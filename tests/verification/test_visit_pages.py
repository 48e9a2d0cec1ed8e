"""The pages of a visit and of actions: who reaches them, what they save, what they cost, what the centre never sees."""

from __future__ import annotations

from contextlib import contextmanager
from datetime import UTC, date, datetime

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from qa_portal.tenancy import ALL_CENTRES, scoped_to
from tests.story import visits as story
from tests.story.allocations import visit_agreed
from tests.story.self_assessments import answer_section, on, sections_of, self_assessment_of
from verification.models import (
    Action,
    ActionEvidence,
    Activity,
    DraftAction,
    Escalation,
    FactCheck,
    Finding,
    ReportDraft,
    RequestedDocument,
)
from verification.operations import fact_checks, self_assessments

MOST_QUERIES = 12
PDF = b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n1 0 obj\n<<>>\nendobj\n"


@pytest.fixture(autouse=True)
def files(settings, tmp_path):
    settings.STORAGES = settings.STORAGES | {
        "default": {
            "BACKEND": "django.core.files.storage.FileSystemStorage",
            "OPTIONS": {"location": str(tmp_path)},
        }
    }


@pytest.fixture
def visit_day(clock_at):
    clock_at(datetime(2026, 11, 18, 14, 0, tzinfo=UTC))


@pytest.fixture
def visit(cast, visit_day) -> Activity:
    return story.visit_under_way(cast)


@contextmanager
def few_queries():
    """No more statements than a page may make; BEGIN, COMMIT and SAVEPOINT do not count."""
    with CaptureQueriesContext(connection) as made:
        yield
    counted = [query["sql"] for query in made if "SAVEPOINT" not in query["sql"]]
    assert len(counted) <= MOST_QUERIES, "\n".join(sql[:200] for sql in counted)


@contextmanager
def everything():
    """Look at rows from no side in particular."""
    with scoped_to(ALL_CENTRES):
        yield


DESK = [
    "visit",
    "visit-actions",
    "visit-action-add",
    "visit-texts",
    "visit-facts",
    "visit-escalate",
    "visit-facts-send",
]


@pytest.mark.parametrize("name", DESK)
def test_the_desk_opens_for_the_lsv_in_few_queries(cast, visit, sign_in, name):
    story.write_findings(cast, visit, not_met=("standardisation",))
    client = sign_in(cast["lsv"])
    with few_queries():
        response = client.get(reverse(name, args=[visit.pk]))
    assert response.status_code == 200


def test_preparation_warns_of_what_is_missing(cast, visit, sign_in):
    page = sign_in(cast["lsv"]).get(reverse("visit", args=[visit.pk])).content.decode()
    assert "The self-assessment is not submitted" in page
    assert "not received" in page


def test_preparation_tells_only_numbers_of_what_the_centre_has_not_submitted(cast, visit, sign_in):
    [section, *_] = sections_of(visit.centre_year)
    answer_section(section, by=cast["qn"], value=False, comment="The handbook is from 2019.", only=1)
    client, url = sign_in(cast["lsv"]), reverse("visit", args=[visit.pk])
    page = client.get(url).content.decode()
    assert "The handbook is from 2019." not in page
    assert "1 of" in page
    assert "Not submitted yet" in page
    with everything():
        for each in sections_of(visit.centre_year):
            answer_section(each, by=cast["qn"], value=False, comment="We are at it.")
        form = self_assessment_of(visit.centre_year)
        self_assessments.submit(self_assessment_id=form.pk, by=cast["qn"], at=on(21))
    page = client.get(url).content.decode()
    assert "We are at it." in page
    assert "version 1" in page


@pytest.mark.parametrize(
    ("who", "status"), [("qn", 403), ("sv", 404), ("outsider", 403), ("manager", 403), ("lsv2", 403)]
)
@pytest.mark.parametrize("name", ["visit", "visit-texts"])
def test_nobody_else_sees_the_desk(cast, visit, sign_in, who, status, name):
    response = sign_in(cast[who]).get(reverse(name, args=[visit.pk]))
    assert response.status_code in {403, status}


def test_a_visit_begins_after_one_question(cast, visit_day, sign_in):
    activity = visit_agreed(cast, day=story.VISIT_DAY)
    client = sign_in(cast["lsv"])
    url = reverse("visit-begin", args=[activity.pk])
    assert "Begin this visit?" in client.get(url).content.decode()
    assert client.post(url).status_code == 302
    assert client.post(url).status_code == 409
    with everything():
        assert Activity.objects.get(pk=activity.pk).status == "UNDER_WAY"


def test_a_finding_is_saved_and_the_next_one_opens(cast, visit, sign_in):
    client = sign_in(cast["lsv"])
    url = reverse("visit-finding", args=[visit.pk, "standardisation"])
    with few_queries():
        assert client.get(url).status_code == 200
    response = client.post(
        url, {"judgement": "NOT_MET", "seen": "Minutes.", "risk_to_valid_certification": "on"}
    )
    assert response.url == reverse("visit-finding", args=[visit.pk, "internal_verification"])
    with everything():
        assert Finding.objects.get().risk_to_valid_certification
    second_tab = client.post(url, {"judgement": "MET", "seen": "Other words", "revision": ""})
    assert second_tab.status_code == 409
    assert "Other words" in second_tab.content.decode()


def test_r81_a_date_too_late_is_said_beside_the_field(cast, visit, sign_in):
    client = sign_in(cast["lsv"])
    url = reverse("visit-action-add", args=[visit.pk])
    values = {
        "level": "ESSENTIAL", "criterion": "standardisation", "text": "Standardise.", "owner": cast["leader"].pk,
        "due_on": "2027-01-20", "risk_to_valid_certification": "on",
    }  # fmt: skip
    page = client.post(url, values)
    assert page.status_code == 200
    assert "14\N{NO-BREAK SPACE}January 2027" in page.content.decode()
    assert client.post(url, values | {"due_on": "2027-01-14"}).status_code == 302
    with everything():
        draft = DraftAction.objects.get()
    edit = reverse("visit-action-edit", args=[visit.pk, draft.pk])
    assert client.get(edit).status_code == 200
    assert client.post(reverse("visit-action-remove", args=[visit.pk, draft.pk])).status_code == 302
    with everything():
        assert not DraftAction.objects.exists()


def test_two_tabs_on_the_texts_lose_nothing(cast, visit, sign_in):
    client = sign_in(cast["lsv"])
    url = reverse("visit-texts", args=[visit.pk])
    values = {"summary": "First.", "rating": "LOW", "rating_reasons": "Because.", "revision": 0}
    assert client.post(url, values).status_code == 302
    second = client.post(url, values | {"summary": "Second words."})
    assert second.status_code == 409
    assert "Second words." in second.content.decode()
    with everything():
        assert ReportDraft.objects.get().summary == "First."


def test_the_centre_checks_facts_and_never_sees_the_rest(cast, visit, sign_in):
    story.write_findings(cast, visit, not_met=("standardisation",), risk=True)
    story.write_texts(cast, visit, rating="HIGH")
    fact_checks.send(activity_id=visit.pk, by=cast["lsv"], at=story.VISIT)
    client = sign_in(cast["qn"])
    url = reverse("fact-check", args=[visit.pk])
    with few_queries():
        page = client.get(url).content.decode()
    assert "What was seen of standardisation." in page
    for hidden in ("Not met", "valid certification", "High", "Learners film"):
        assert hidden not in page
    assert client.post(url, {"c_standardisation": "It was on 22 September."}).status_code == 302
    with everything():
        assert FactCheck.objects.get().corrections == {"standardisation": "It was on 22 September."}
    desk = (
        sign_in(cast["lsv"])
        .get(reverse("visit-finding", args=[visit.pk, "standardisation"]))
        .content.decode()
    )
    assert "It was on 22 September." in desk


def test_documents_are_uploaded_by_the_centre_and_opened_by_the_lsv(cast, visit, sign_in):
    client = sign_in(cast["qn"])
    url = reverse("visit-documents", args=[visit.pk])
    with few_queries():
        assert client.get(url).status_code == 200
    upload = SimpleUploadedFile("policies.pdf", PDF)
    assert client.post(url, {"document": "policies", "file": upload}).status_code == 302
    with everything():
        document = RequestedDocument.objects.get(key="policies")
    assert document.received_at
    assert sign_in(cast["lsv"]).get(reverse("evidence-file", args=[document.file_id])).status_code == 200
    assert sign_in(cast["outsider"]).get(reverse("evidence-file", args=[document.file_id])).status_code == 404


def test_an_exe_named_pdf_is_refused_beside_its_field(cast, visit, sign_in):
    client = sign_in(cast["qn"])
    program = SimpleUploadedFile("policies.pdf", b"MZ" + b"\0" * 300)
    page = client.post(reverse("visit-documents", args=[visit.pk]), {"document": "policies", "file": program})
    assert page.status_code == 200
    assert "govuk-error-summary" in page.content.decode()


def test_an_escalation_is_answered_by_the_quality_manager_and_hidden_from_the_centre(cast, visit, sign_in):
    client = sign_in(cast["lsv"])
    assert (
        client.post(reverse("visit-escalate", args=[visit.pk]), {"text": "Claims unconfirmed."}).status_code
        == 302
    )
    with everything():
        url = reverse("escalation", args=[Escalation.objects.get().pk])
    assert sign_in(cast["qn"]).get(url).status_code in {403, 404}
    assert sign_in(cast["manager"]).post(url, {"answer": "Stop claims."}).status_code == 302
    assert "Stop claims." in sign_in(cast["lsv"]).get(url).content.decode()


def test_a_centre_answers_an_action_with_evidence_and_the_lsv_closes_it(cast, visit_day, sign_in, clock_at):
    story.visit_report_issued(cast)
    clock_at(datetime(2026, 12, 10, 9, 0, tzinfo=UTC))
    with everything():
        action = Action.objects.get()
    url = reverse("action", args=[action.pk])
    client = sign_in(cast["qn"])
    with few_queries():
        assert "Answer this action" in client.get(url).content.decode()
    empty = client.post(reverse("action-answer", args=[action.pk]), {"text": ""})
    assert "Say what was done" in empty.content.decode()
    minutes = SimpleUploadedFile("minutes.pdf", PDF)
    assert client.post(reverse("action-answer", args=[action.pk]), {"files": [minutes]}).status_code == 302
    assert client.post(reverse("action-close", args=[action.pk])).status_code == 403
    with everything():
        file_id = ActionEvidence.objects.get().file_id
    client = sign_in(cast["lsv"])
    with few_queries():
        page = client.get(url).content.decode()
    assert "minutes.pdf" in page
    assert client.get(reverse("evidence-file", args=[file_id])).status_code == 200
    more = {"remark": "The names.", "due_on": "2026-12-01"}
    assert "in the past" in client.post(reverse("action-return", args=[action.pk]), more).content.decode()
    assert (
        client.post(reverse("action-return", args=[action.pk]), more | {"due_on": "2027-01-08"}).status_code
        == 302
    )
    assert client.post(reverse("action-close", args=[action.pk])).status_code == 409
    assert client.post(reverse("action-close", args=[action.pk]), {"note": "Seen."}).status_code == 302
    with everything():
        assert Action.objects.get().status == "CLOSED"


@pytest.mark.parametrize("who", ["qn", "lsv", "sv", "manager"])
def test_lists_of_actions_cost_the_same_whatever_their_length(cast, visit_day, sign_in, who):
    story.visit_report_issued(cast)
    name, args = ("caseload-actions", []) if who in ("lsv", "sv") else ("actions", ["10101"])
    client = sign_in(cast[who])
    with few_queries():
        page = client.get(reverse(name, args=args)).content.decode()
    assert "1. Standardisation" in page
    assert client.get(reverse(name, args=args), {"show": "closed"}).status_code == 200


def test_another_centres_action_does_not_exist(cast, visit_day, sign_in):
    story.visit_report_issued(cast)
    with everything():
        action = Action.objects.get()
    assert sign_in(cast["outsider"]).get(reverse("action", args=[action.pk])).status_code == 404
    assert sign_in(cast["outsider"]).get(reverse("actions", args=["10101"])).status_code == 404


def test_due_dates_of_actions_are_shown_as_overdue(cast, visit_day, sign_in, clock_at):
    story.visit_report_issued(cast)
    clock_at(datetime(2026, 12, 29, 9, 0, tzinfo=UTC))
    page = sign_in(cast["qn"]).get(reverse("actions", args=["10101"])).content.decode()
    assert "11\N{NO-BREAK SPACE}days overdue" in page
    assert date(2026, 12, 29) > date(2026, 12, 18)
