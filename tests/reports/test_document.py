"""The document model: what freezes, what a correction reaches, and what a PDF may load."""

from __future__ import annotations

from datetime import UTC, date, datetime
from types import SimpleNamespace

import pytest

from reports.content.document import (
    ActionLine,
    Issuing,
    actions_section,
    cell,
    correctable,
    corrected,
    counted_actions,
    digest,
    document,
    figure,
    table_section,
    text_section,
)
from reports.pdf import render
from reports.pdf.fetcher import AddressRefused, OwnFilesOnly

LINES = [
    ActionLine(4, "ESSENTIAL", "Standardise.", "Standardisation", "Sophie Lindqvist", date(2026, 12, 18)),
    ActionLine(5, "RECOMMENDED", "Verify twice.", "Internal verification", "Priya Nair", date(2027, 1, 29)),
]


def make(**more):
    table = table_section(
        "findings",
        "Findings",
        (("System", 40), ("Seen", 60)),
        [("records", [cell("Records", strong=True), cell("One tracker.", correctable=True)])],
    )
    parts = {
        "kind": "VISIT",
        "title": "Visit report",
        "short_title": "LSV visit report",
        "centre": SimpleNamespace(pk=1, number="10101", name="Łódź & <b>Ŵyn</b> College"),
        "year": 2026,
        "scheme": SimpleNamespace(code="wbl", version=1),
        "cover": [(("Centre", "Northgate"), ("Visit", "Wednesday"))],
        "outcome": {"figures": [figure("Risk", "No", shape="done")], "text": "All is well."},
        "sections": [table, text_section("next", "What happens next", "Sampling."), actions_section(LINES)],
        "issuing": Issuing("LSV-1", 1, 5, "Ruth", "LSV", datetime(2026, 12, 1, 11, tzinfo=UTC), ("QN",)),
    }
    return document(**(parts | more))


def test_digest_depends_on_content_and_not_on_order():
    content = make()
    assert digest(content) == digest(dict(reversed(content.items())))
    assert digest(content) != digest(content | {"title": "Other"})


def test_actions_are_counted_by_level():
    assert counted_actions(LINES) == "1 essential, 1 recommended"
    assert counted_actions([]) == "None"


def test_columns_fill_the_width():
    with pytest.raises(ValueError, match="add up"):
        table_section("t", "T", (("One", 40), ("Two", 50)), [])


def test_a_correction_reaches_texts_and_nothing_else():
    content = make()
    assert [text.key for text in correctable(content)] == ["outcome", "findings.records", "next"]
    new = corrected(content, {"findings.records": "Two trackers.", "next": "Later."})
    assert new["sections"][0]["rows"][0]["cells"][1]["text"] == "Two trackers."
    assert new["sections"][1]["text"] == "Later."
    assert content["sections"][1]["text"] == "Sampling."


def test_empty_texts_are_left_out():
    content = make(sections=[text_section("good_practice", "Good practice", "  ")])
    assert content["sections"] == []


def test_a_pdf_prints_names_with_marks_and_escapes_the_rest():
    from io import BytesIO

    from pypdf import PdfReader

    text = "".join(page.extract_text() for page in PdfReader(BytesIO(render(make()))).pages)
    assert "Łódź & <b>Ŵyn</b> College" in text


def test_a_draft_says_so():
    from io import BytesIO

    from pypdf import PdfReader

    pages = PdfReader(BytesIO(render(make(), draft=True))).pages
    assert all("Draft, not issued" in page.extract_text() for page in pages)


@pytest.mark.parametrize(
    "address",
    [
        "https://example.test/a.png",
        "file:///etc/passwd",
        "portal:font/../settings.py",
        "portal:other/x",
        "data:,x",
    ],
)
def test_a_pdf_loads_nothing_from_outside(address):
    with pytest.raises(AddressRefused):
        OwnFilesOnly().fetch(address)
