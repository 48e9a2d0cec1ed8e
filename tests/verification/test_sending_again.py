"""Pages that take files and forms: what is refused keeps what was typed; a form sent again says where things stand."""

from __future__ import annotations

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from centres.models import EvidenceFile
from tests.conftest import NOW
from tests.story.allocations import allocated
from tests.story.self_assessments import answered_self_assessment
from verification.models import Message

TEXT = "Minutes of the autumn standardisation, as you asked."


@pytest.fixture
def conversation(cast, sign_in, clock_at, files):
    """The Quality Nominee before the conversation with the LSV."""
    clock_at(NOW)
    allocated(cast)
    return sign_in(cast["qn"]), reverse("messages", args=[cast.northgate.centre.number])


def _sent(conversation, content: bytes):
    client, address = conversation
    return client.post(address, {"text": TEXT, "file": SimpleUploadedFile("minutes.pdf", content)})


def test_a_file_over_the_limit_is_refused_with_the_limit_and_the_text_stays(conversation, settings):
    settings.EVIDENCE_MAX_BYTES = 1_000_000
    answer = _sent(conversation, b"%PDF-1.7" + b" " * 1_000_001)
    page = answer.content.decode()
    assert answer.status_code in (200, 422)
    assert TEXT in page
    assert "minutes.pdf" in page
    assert "MB" in page
    assert not Message.objects.exists()
    assert not EvidenceFile.objects.exists()


def test_a_program_named_pdf_is_refused_on_the_page_and_the_text_stays(conversation, files):
    answer = _sent(conversation, b"MZ\x90\x00" + b"\x00" * 400)
    page = answer.content.decode()
    assert answer.status_code in (200, 422)
    assert TEXT in page
    assert "program" in page
    assert not Message.objects.exists()
    assert not [path for path in files.rglob("*") if path.is_file()]


def test_the_form_of_a_page_that_was_left_by_the_back_button_gives_409_with_a_way_on(
    cast,
    sign_in,
    clock_at,
    files,
):
    """The step was taken already: nothing happens twice, the page says so and links on."""
    clock_at(NOW)
    row = answered_self_assessment(cast)
    client = sign_in(cast["qn"])
    number, year = cast.northgate.centre.number, row.centre_year.year
    submit = reverse("self-assessment-submit", args=[number, year])
    referer = f"http://testserver{reverse('self-assessment', args=[number])}"
    assert client.post(submit).status_code == 302
    again = client.post(submit, headers={"referer": referer})
    assert again.status_code == 409
    page = again.content.decode()
    assert "not possible while" in page or "submitted" in page
    assert f'href="{reverse("self-assessment", args=[number])}"' in page
