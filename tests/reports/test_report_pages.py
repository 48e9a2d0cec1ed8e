"""The pages of reports: issuing, reading, downloading, checking, correcting; and what costs what."""

from __future__ import annotations

import re
from contextlib import contextmanager
from datetime import UTC, date, datetime

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from centres.models import AccessGrant
from qa_portal import jobs
from qa_portal.models import AuditEvent, OutboxEntry
from qa_portal.tenancy import ALL_CENTRES, scoped_to
from reports.content.visit import action_lines
from reports.models import Report, ReportReading
from reports.operations.pdf import prepare_pdf
from tests.story import visits as story

MOST_QUERIES = 12


@pytest.fixture(autouse=True)
def files(settings, tmp_path):
    settings.STORAGES = settings.STORAGES | {
        "default": {
            "BACKEND": "django.core.files.storage.FileSystemStorage",
            "OPTIONS": {"location": str(tmp_path)},
        }
    }


@pytest.fixture(autouse=True)
def december(clock_at):
    clock_at(datetime(2026, 12, 1, 12, 0, tzinfo=UTC))


@pytest.fixture
def report(cast) -> Report:
    return story.visit_report_issued(cast)


@contextmanager
def few_queries():
    """No more statements than a page may make; BEGIN, COMMIT and SAVEPOINT do not count."""
    with CaptureQueriesContext(connection) as made:
        yield
    counted = [query["sql"] for query in made if "SAVEPOINT" not in query["sql"]]
    assert len(counted) <= MOST_QUERIES, "\n".join(sql[:200] for sql in counted)


def test_issue_asks_once_then_issues_once(cast, sign_in):
    visit = story.visit_written(cast)
    client = sign_in(cast["lsv"])
    url = reverse("visit-issue", args=[visit.pk])
    page = client.get(url).content.decode()
    assert "Issue this report?" in page
    assert "Action 1 starts: due Friday 18" in page
    issued = client.post(url)
    assert issued.status_code == 302
    assert client.post(url).status_code == 409
    with scoped_to(ALL_CENTRES):
        assert Report.objects.count() == 1
    assert client.get(url).url == issued.url


def test_issue_says_what_stands_in_the_way(cast, sign_in):
    visit = story.visit_under_way(cast)
    page = sign_in(cast["lsv"]).get(reverse("visit-issue", args=[visit.pk])).content.decode()
    assert "12 things stand" in page
    assert "Standardisation is not judged" in page
    assert "Issue this report?" not in page


def test_a_draft_prints_for_the_lsv_only(cast, sign_in):
    visit = story.visit_written(cast)
    url = reverse("visit-draft", args=[visit.pk])
    assert sign_in(cast["lsv"]).get(url).content[:5] == b"%PDF-"
    assert sign_in(cast["qn"]).get(url).status_code == 403
    assert sign_in(cast["manager"]).get(url).status_code == 403


@pytest.mark.parametrize("who", ["qn", "head", "lsv", "sv", "manager", "assessor"])
def test_a_report_reads_like_its_pdf(cast, report, sign_in, who):
    client = sign_in(cast[who])
    with few_queries():
        response = client.get(reverse("report", args=[report.pk]))
    page = response.content.decode()
    headings = [
        "Outcome",
        "Why this rating",
        "Findings",
        "Good practice",
        "Actions",
        "What happens next",
        "Issued",
    ]
    positions = [re.search(rf">{heading}</h2>", page).start() for heading in headings]
    assert positions == sorted(positions)
    assert response["Refresh"] == "5"
    assert "PDF: being prepared" in page


@pytest.fixture
def given_up(report) -> OutboxEntry:
    """The work on the report's PDF, failed on every attempt."""
    entry = OutboxEntry.objects.get(task="reports.prepare_pdf", kwargs__report_id=report.pk)
    entry.attempts, entry.error = jobs.MOST_ATTEMPTS, "OSError: the disk is full"
    entry.save(update_fields=["attempts", "error"])
    return entry


def test_a_pdf_that_failed_says_so_and_the_page_stops_reloading(cast, report, given_up, sign_in):
    url = reverse("report", args=[report.pk])
    centre = sign_in(cast["qn"]).get(url)
    assert "Refresh" not in centre
    assert "The PDF could not be prepared" in centre.content.decode()
    assert "Try again" not in centre.content.decode()
    client = sign_in(cast["lsv"])
    with few_queries():
        issuer = client.get(url)
    assert "Try again" in issuer.content.decode()


def test_a_list_says_that_a_report_could_not_be_printed(cast, report, sign_in, request):
    url = reverse("reports", args=[cast.northgate.centre.number])
    client = sign_in(cast["qn"])
    assert "Being prepared" in client.get(url).content.decode()
    request.getfixturevalue("given_up")
    page = client.get(url).content.decode()
    assert "Could not be printed" in page
    assert "Being prepared" not in page


@pytest.mark.parametrize("who", ["lsv", "manager", "admin"])
def test_a_pdf_that_failed_is_tried_again_by_its_issuer_or_staff(cast, report, given_up, sign_in, who):
    client = sign_in(cast[who])
    again = reverse("report-pdf-again", args=[report.pk])
    assert client.post(again).status_code == 302
    given_up.refresh_from_db()
    assert given_up.attempts == 0
    assert client.get(reverse("report", args=[report.pk]))["Refresh"] == "5"
    assert AuditEvent.objects.filter(event="job.tried_again", chain=report.centre_id).count() == 1
    assert client.post(again).status_code == 409


def test_a_centre_does_not_ask_for_the_pdf_again(cast, report, given_up, sign_in):
    assert sign_in(cast["qn"]).post(reverse("report-pdf-again", args=[report.pk])).status_code == 403


def test_failed_work_alerts_staff_who_try_it_again(cast, given_up, sign_in):
    client = sign_in(cast["admin"])
    assert "Work in the background failed" in client.get("/").content.decode()
    page = client.get(reverse("failed-jobs")).content.decode()
    assert "Prepare the PDF of a report" in page
    assert "the disk is full" in page
    client.post(reverse("job-again", args=[given_up.pk]))
    given_up.refresh_from_db()
    assert given_up.attempts == 0
    assert "No failed work" in client.get(reverse("failed-jobs")).content.decode()
    assert "Work in the background failed" not in client.get("/").content.decode()
    assert client.post(reverse("job-again", args=[given_up.pk])).status_code == 409


@pytest.mark.parametrize("who", ["qn", "lsv", "viewer"])
def test_failed_work_is_only_for_those_who_may_try_it_again(cast, given_up, sign_in, who):
    client = sign_in(cast[who])
    assert client.get(reverse("failed-jobs")).status_code == 403
    assert client.post(reverse("job-again", args=[given_up.pk])).status_code == 403
    assert "Work in the background failed" not in client.get("/").content.decode()


def test_the_pdf_is_offered_when_it_is_there(cast, report, sign_in):
    prepare_pdf(report_id=report.pk, at=story.ISSUED)
    client = sign_in(cast["qn"])
    page = client.get(reverse("report", args=[report.pk]))
    assert "Refresh" not in page
    assert "Download the PDF" in page.content.decode()
    pdf = client.get(reverse("report-pdf", args=[report.pk]))
    assert b"".join(pdf.streaming_content)[:5] == b"%PDF-"
    assert "attachment" in pdf["Content-Disposition"]


def test_opening_leaves_a_receipt_that_the_verifier_sees(cast, report, sign_in):
    sign_in(cast["qn"]).get(reverse("report", args=[report.pk]))
    with scoped_to(ALL_CENTRES):
        assert [reading.person for reading in ReportReading.objects.all()] == [cast["qn"]]
    page = sign_in(cast["lsv"]).get(reverse("report", args=[report.pk])).content.decode()
    assert "Opened by" in page
    assert cast["qn"].name in page
    assert "Opened by" not in sign_in(cast["head"]).get(reverse("report", args=[report.pk])).content.decode()


def test_another_centre_knows_nothing_of_it(cast, report, sign_in):
    client = sign_in(cast["outsider"])
    for name in ("report", "report-pdf", "report-check", "report-correct"):
        assert client.get(reverse(name, args=[report.pk])).status_code in {403, 404}
    assert client.get(reverse("report", args=[report.pk])).status_code == 404
    assert client.get(reverse("report-by-number", args=[report.number])).status_code == 404


def test_the_printed_address_leads_to_the_newest_version(cast, report, sign_in):
    assert sign_in(cast["qn"]).get(f"/reports/{report.number}/").url == reverse("report", args=[report.pk])


def test_a_copy_is_compared(cast, report, sign_in):
    printed = prepare_pdf(report_id=report.pk, at=story.ISSUED)
    client = sign_in(cast["qn"])
    url = reverse("report-check", args=[report.pk])
    same, other = "This is the report that was issued", "This is not this version"
    shown = f"{report.sha256[:4]} {report.sha256[4:8]} …"
    assert same in client.post(url, {"digest": shown}).content.decode()
    assert other in client.post(url, {"digest": "0000 0000"}).content.decode()
    from django.core.files.storage import default_storage

    body = default_storage.open(printed.pdf_name).read()
    assert same in client.post(url, {"file": SimpleUploadedFile("a.pdf", body)}).content.decode()
    assert other in client.post(url, {"file": SimpleUploadedFile("a.pdf", body + b" ")}).content.decode()
    assert "Enter the digest" in client.post(url, {}).content.decode()


def test_r69_a_correction_from_the_page(cast, report, sign_in):
    client = sign_in(cast["lsv"])
    url = reverse("report-correct", args=[report.pk])
    assert "What happens next" in client.get(url).content.decode()
    texts = {"t_outcome": "Other words.", "t_next_steps": report.content["sections"][4]["text"]}
    for text in ("good_practice", "rating_reasons"):
        texts[f"t_{text}"] = next(s["text"] for s in report.content["sections"] if s["key"] == text)
    for row in report.content["sections"][1]["rows"]:
        texts[f"t_findings.{row['key']}"] = row["cells"][2]["text"]
    response = client.post(url, texts | {"reason": "A word was wrong."})
    assert response.status_code == 302
    page = client.get(response.url).content.decode()
    assert "Version 2 replaces version 1." in page
    old = client.get(reverse("report", args=[report.pk])).content.decode()
    assert "A newer version has been issued" in old
    assert sign_in(cast["qn"]).get(url).status_code == 403


@pytest.mark.parametrize(
    ("who", "name"), [("qn", "reports"), ("manager", "reports"), ("lsv", "caseload-reports")]
)
def test_lists_of_reports(cast, report, sign_in, who, name):
    client = sign_in(cast[who])
    with few_queries():
        page = client.get(reverse(name, args=["10101"] if name == "reports" else [])).content.decode()
    assert "LSV visit report 2026-27" in page


def test_r23_after_the_allocation_ended_only_their_own_reports_open(cast, report, sign_in):
    prepare_pdf(report_id=report.pk, at=story.ISSUED)
    AccessGrant.objects.filter(person=cast["lsv"]).update(ends_on=date(2026, 11, 30))
    client = sign_in(cast["lsv"])
    assert "LSV visit report 2026-27" in client.get(reverse("caseload-reports")).content.decode()
    page = client.get(reverse("report", args=[report.pk]))
    assert page.status_code == 200
    assert "Opened by" not in page.content.decode()
    assert client.get(reverse("report-pdf", args=[report.pk])).status_code == 200
    assert client.get(reverse("actions", args=["10101"])).status_code == 404
    assert client.get(reverse("reports", args=["10101"])).status_code == 404
    assert client.get(reverse("report-correct", args=[report.pk])).status_code == 403
    AccessGrant.objects.filter(person=cast["sv"]).update(ends_on=date(2026, 11, 30))
    assert sign_in(cast["sv"]).get(reverse("report", args=[report.pk])).status_code == 404


@pytest.mark.parametrize(("risk", "said"), [(False, False), (True, True)])
def test_r74_a_visit_report_says_what_an_overdue_action_of_the_whole_centre_does(cast, risk, said):
    visit = story.visit_under_way(cast)
    story.write_action(cast, visit, risk=risk)
    (line,) = action_lines(visit, None)
    assert bool(line.consequence) is said
