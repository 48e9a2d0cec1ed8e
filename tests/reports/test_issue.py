"""Issuing a report: frozen, once, with copies; corrections as versions; the PDF printed once."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from django.core.files.storage import default_storage
from django.db import DatabaseError, IntegrityError, transaction

from centres.models import AccessGrant
from qa_portal.audit import breaks_in
from qa_portal.errors import NotPermitted, RuleViolation
from qa_portal.models import Mail, OutboxEntry
from qa_portal.tenancy import Side
from reports import tasks
from reports.content.document import digest
from reports.models import Report, ReportReading
from reports.operations import readings
from reports.operations.corrections import issue_correction
from reports.operations.issue import issue_visit_report
from reports.operations.pdf import prepare_pdf
from tests.story import visits as story
from tests.story.allocations import forget_access
from verification.models import Action, DraftAction, Finding, ReportDraft

LATER = datetime(2026, 12, 4, 15, 0, tzinfo=UTC)


def test_issue_freezes_everything_that_is_printed(cast):
    report = story.visit_report_issued(cast)
    assert (report.number, report.version, report.issued_by) == ("LSV-10101-2026-1", 1, cast["lsv"])
    content = report.content
    assert content["centre"] == {"id": report.centre_id, "number": "10101", "name": "Northgate College"}
    assert [figure["word"] for figure in content["outcome"]["figures"]] == ["No", "Medium", "1 essential"]
    assert [section["key"] for section in content["sections"]] == [
        "rating_reasons", "findings", "good_practice", "actions", "next_steps",
    ]  # fmt: skip
    assert content["closing"].endswith("asked for no correction.")
    stored = Report.objects.get(pk=report.pk)
    assert stored.sha256 == digest(stored.content)


def test_issue_sends_a_copy_to_each_and_asks_for_the_pdf(cast):
    report = story.visit_report_issued(cast)
    receivers = set(Mail.objects.filter(kind="report.issued").values_list("to_id", flat=True))
    assert receivers == {cast[who].pk for who in ("qn", "head", "manager")}
    entry = OutboxEntry.objects.get(task="reports.prepare_pdf")
    assert entry.kwargs == {"report_id": report.pk}
    assert not list(breaks_in(report.centre_id))


def test_a_second_click_on_issue_makes_no_second_report(cast):
    report = story.visit_report_issued(cast)
    with pytest.raises(RuleViolation):
        issue_visit_report(activity_id=report.activity_id, by=cast["lsv"], at=story.ISSUED)
    assert Report.objects.count() == 1
    assert Action.objects.count() == 1


@pytest.mark.parametrize("who", ["qn", "sv", "lsv2", "manager", "planner"])
def test_issue_is_the_allocated_lsvs(cast, who):
    activity = story.visit_written(cast)
    with pytest.raises(NotPermitted):
        issue_visit_report(activity_id=activity.pk, by=cast[who], at=story.ISSUED)


def test_r69_an_issued_report_does_not_change(cast):
    report = story.visit_report_issued(cast)
    for change in ({"content": {}}, {"sha256": "0" * 64}, {"number": "X"}, {"issued_by": cast["qn"]}):
        with pytest.raises((IntegrityError, DatabaseError)), transaction.atomic():
            Report.objects.filter(pk=report.pk).update(**change)
    with pytest.raises((IntegrityError, DatabaseError)), transaction.atomic():
        Report.objects.filter(pk=report.pk).delete()
    assert Report.objects.filter(pk=report.pk).update(pdf_at=LATER) == 1


def test_r69_a_correction_is_a_new_version(cast):
    old = story.visit_report_issued(cast)
    changes = {"outcome": "The systems work.", "findings.standardisation": "Minutes of 15 September."}
    new = issue_correction(
        report_id=old.pk, by=cast["lsv"], at=LATER, reason="A date was wrong.", changes=changes
    )
    assert (new.number, new.version, new.supersedes_id) == (old.number, 2, old.pk)
    assert new.content["outcome"]["text"] == "The systems work."
    assert new.content["correction"] == {
        "replaces": 1,
        "reason": "A date was wrong.",
        "texts": ["findings.standardisation", "outcome"],
    }
    rows = {row["key"]: row for row in new.content["sections"][1]["rows"]}
    assert rows["standardisation"]["cells"][2]["text"] == "Minutes of 15 September."
    assert Report.objects.get(pk=old.pk).content["outcome"]["text"] != "The systems work."
    assert list(Report.objects.current()) == [new]
    with pytest.raises(RuleViolation, match="corrected already"):
        issue_correction(report_id=old.pk, by=cast["lsv"], at=LATER, reason="Again.", changes=changes)


def test_r69_a_correction_says_why_and_changes_something(cast):
    report = story.visit_report_issued(cast)
    with pytest.raises(RuleViolation, match="Say why"):
        issue_correction(
            report_id=report.pk, by=cast["lsv"], at=LATER, reason=" ", changes={"outcome": "New."}
        )
    same = {"outcome": report.content["outcome"]["text"]}
    with pytest.raises(RuleViolation, match="Nothing was changed"):
        issue_correction(report_id=report.pk, by=cast["lsv"], at=LATER, reason="Because.", changes=same)
    with pytest.raises(RuleViolation, match="no text"):
        issue_correction(
            report_id=report.pk, by=cast["lsv"], at=LATER, reason="Because.", changes={"rating": "LOW"}
        )
    with pytest.raises(NotPermitted):
        issue_correction(
            report_id=report.pk, by=cast["sv"], at=LATER, reason="Because.", changes={"outcome": "New."}
        )


def test_the_task_run_twice_gives_one_pdf(cast, files):
    report = story.visit_report_issued(cast)
    entry = OutboxEntry.objects.get(task="reports.prepare_pdf")
    tasks.prepare_pdf(outbox_id=entry.pk)
    printed = Report.objects.get(pk=report.pk)
    assert default_storage.open(printed.pdf_name).read(5) == b"%PDF-"
    tasks.prepare_pdf(outbox_id=entry.pk)
    prepare_pdf(report_id=report.pk, at=LATER)
    assert Report.objects.get(pk=report.pk).pdf_sha256 == printed.pdf_sha256
    assert len(list(files.rglob("*.pdf"))) == 1


def test_a_worker_killed_in_the_middle_loses_and_repeats_nothing(cast, files):
    report = story.visit_report_issued(cast)
    with pytest.raises(KeyboardInterrupt):
        _killed_after_the_file(report)
    assert Report.objects.get(pk=report.pk).pdf_at is None
    prepare_pdf(report_id=report.pk, at=LATER)
    printed = Report.objects.get(pk=report.pk)
    assert [path.name for path in files.rglob("*.pdf")] == [printed.pdf_name.rsplit("/", 1)[1]]
    assert printed.pdf_size == default_storage.size(printed.pdf_name)


@transaction.atomic
def _killed_after_the_file(report: Report) -> None:
    prepare_pdf(report_id=report.pk, at=story.ISSUED)
    raise KeyboardInterrupt  # the file is there, the row is not


def test_the_pdf_is_tagged_titled_and_says_what_was_issued(cast, files):
    from pypdf import PdfReader

    report = story.visit_report_issued(cast)
    prepare_pdf(report_id=report.pk, at=LATER)
    pdf = PdfReader(default_storage.open(Report.objects.get(pk=report.pk).pdf_name))
    assert pdf.trailer["/Root"]["/MarkInfo"]["/Marked"]
    assert pdf.trailer["/Root"]["/Lang"] == "en-GB"
    assert pdf.metadata.title == "Lead standards verifier: visit report, Northgate College, 2026-27"
    text = " ".join(page.extract_text() for page in pdf.pages)
    for words in ("Northgate College", "LSV-10101-2026-1", "Not met", f"Page 1 of {len(pdf.pages)}"):
        assert words in text
    fonts = {str(font) for page in pdf.pages for font in page["/Resources"]["/Font"].values()}
    assert fonts


def test_a_centre_sees_no_draft_report_rating_or_action(cast, scope):
    activity = story.visit_written(cast)
    scope(activity.centre_id, side=Side.CENTRE, person_id=cast["qn"].pk)
    for model in (Finding, ReportDraft, DraftAction):
        assert not model.objects.exists()
        assert model.objects.filter(centre_id=activity.centre_id).update(centre_id=activity.centre_id) == 0
    scope(activity.centre_id, side=Side.VERIFIER, person_id=cast["lsv"].pk)
    assert Finding.objects.count() == 7
    assert ReportDraft.objects.get().rating == "MEDIUM"


def test_r23_a_verifier_whose_allocation_ended_reads_what_they_issued_and_nothing_else(cast, scope):
    report = story.visit_report_issued(cast)
    lsv = cast["lsv"]
    AccessGrant.objects.filter(person=lsv).update(ends_on=date(2026, 10, 20))
    forget_access(lsv)
    scope()
    from dataclasses import replace

    from qa_portal.tenancy import NO_SCOPE, enter

    enter(replace(NO_SCOPE, person_id=lsv.pk))
    assert list(Report.objects.visible_to(lsv)) == [report]
    assert not Action.objects.exists()
    assert not Finding.objects.exists()
    # Reading is all: the row is not theirs to change.
    assert Report.objects.filter(pk=report.pk).update(pdf_at=LATER) == 0
    enter(replace(NO_SCOPE, person_id=cast["sv"].pk))
    assert not Report.objects.filter(pk=report.pk).exists()


def test_opening_a_report_leaves_a_receipt(cast):
    report = story.visit_report_issued(cast)
    readings.note(report=report, by=cast["qn"], at=story.ISSUED)
    readings.note(report=report, by=cast["qn"], at=LATER)
    reading = ReportReading.objects.get()
    assert (reading.first_at, reading.last_at) == (story.ISSUED, LATER)
