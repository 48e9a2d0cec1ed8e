"""A self-assessment saved as a PDF file: filled in, as it was submitted, and blank."""

from __future__ import annotations

from io import BytesIO

import pytest
from django.urls import reverse
from pypdf import PdfReader

from tests.story.allocations import allocated
from tests.story.self_assessments import answer_section, on, sections_of, submitted_self_assessment
from tests.story.years import open_year


@pytest.fixture(autouse=True)
def _now(clock_at):
    clock_at(on(22))


def read(response) -> tuple[PdfReader, str]:
    assert response["Content-Type"] == "application/pdf"
    assert response["Cache-Control"] == "private, no-store"
    reader = PdfReader(BytesIO(response.content))
    return reader, " ".join("".join(page.extract_text() for page in reader.pages).split())


def address(query=""):
    return reverse("self-assessment-pdf", args=["10101", 2026]) + query


def test_what_is_answered_is_saved_as_a_tagged_pdf(cast, sign_in):
    year = open_year(cast)
    answer_section(sections_of(year)[0], by=cast["qn"], value=False, comment="Łódź & <b>Ŵyn</b>")
    client = sign_in(cast["qn"])
    assert address() in client.get(reverse("self-assessment-print", args=["10101", 2026])).content.decode()
    reader, text = read(client.get(address()))
    assert "Łódź & <b>Ŵyn</b>" in text
    assert reader.trailer["/Root"]["/MarkInfo"]["/Marked"]
    assert reader.trailer["/Root"]["/Lang"] == "en-GB"


def test_a_blank_form_holds_no_answers(cast, sign_in):
    year = open_year(cast)
    answer_section(sections_of(year)[0], by=cast["qn"], value=False, comment="Not on the blank form")
    response = sign_in(cast["qn"]).get(address("?blank=1"))
    _, text = read(response)
    assert "Blank form" in text
    assert "Not on the blank form" not in text
    assert "-blank.pdf" in response["Content-Disposition"]


def test_a_verifier_gets_what_was_submitted_and_nothing_before(cast, sign_in):
    allocated(cast)
    client = sign_in(cast["lsv"])
    assert client.get(address()).status_code == 404
    form = submitted_self_assessment(cast)
    _, text = read(client.get(address()))
    version = form.versions.get()
    assert version.sha256[:20] in text.replace(" ", "")
    assert "Version 1, submitted" in text
    assert sign_in(cast["outsider"]).get(address()).status_code == 404
