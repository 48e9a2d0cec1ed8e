"""A report as tagged PDF against WeasyPrint alone with the same page and style sheet."""

from __future__ import annotations

import hashlib
from datetime import UTC, date, datetime
from io import BytesIO
from types import SimpleNamespace
from typing import Any

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.template.loader import render_to_string
from pypdf import PdfReader
from weasyprint import CSS, HTML
from weasyprint.text.fonts import FontConfiguration

from benchmarks.measuring import ROUNDS, Rounds, Work
from benchmarks.results import Result, verdict
from reports.content.document import (
    ActionLine,
    Issuing,
    actions_section,
    cell,
    digest,
    document,
    figure,
    table_section,
    text_section,
)
from reports.pdf import render
from reports.pdf.fetcher import SCHEME, OwnFilesOnly
from reports.pdf.presentation import presented
from reports.pdf.render import _own_styles

_SEEN = (
    "Records for three programmes were read with the lead internal verifier. Assessment plans cover all units of the "
    "year, decisions are dated and signed, and samples of internal verification cover every assessor and both sites."
)
_SYSTEMS = (
    "Management and communication", "Resources and staff", "Learner induction", "Assessment planning",
    "Assessment records", "Internal verification", "Standardisation", "Appeals and malpractice", "Certification claims",
    "Learner support", "Safe working", "Quality improvement",
)  # fmt: skip


def content() -> dict[str, Any]:
    """A visit report of the usual length, frozen as issued reports are."""
    findings = table_section(
        "findings",
        "Findings",
        (("System", 25), ("What was seen", 60), ("Judgement", 15)),
        [
            (
                f"s{n}",
                [
                    cell(name, strong=True),
                    cell(f"{_SEEN} {_SEEN}", correctable=True),
                    cell("Sound", shape="done"),
                ],
            )
            for n, name in enumerate(_SYSTEMS)
        ],
    )
    programmes = table_section(
        "programmes",
        "Programmes",
        (("Programme", 40), ("Learners", 20), ("Assessors", 20), ("Lead IV", 20)),
        [
            (
                f"p{n}",
                [cell(f"Level 3 Diploma {n}", strong=True), cell(str(20 + n)), cell("4"), cell("Hanna Berg")],
            )
            for n in range(20)
        ],
    )
    lines = [
        ActionLine(n, "ESSENTIAL", f"Standardise decisions of unit {n} across both sites.", "Standardisation",
                   "Sophie Lindqvist", date(2026, 12, 18))
        for n in range(1, 7)
    ]  # fmt: skip
    at = datetime(2026, 12, 1, 11, tzinfo=UTC)
    return document(
        kind="VISIT",
        title="Visit report",
        short_title="LSV visit report",
        centre=SimpleNamespace(pk=1, number="10101", name="Northgate College"),
        year=2026,
        scheme=SimpleNamespace(code="wbl", version=1),
        cover=[(("Centre", "Northgate College"), ("Visit", "Wednesday 25 November 2026"))],
        outcome={"figures": [figure("Risk", "Low", shape="done")], "text": _SEEN},
        sections=[
            text_section("summary", "Summary", "\n\n".join([_SEEN] * 4)),
            findings,
            programmes,
            actions_section(lines),
            text_section("next", "What happens next", _SEEN),
        ],
        issuing=Issuing("LSV-1", 1, 5, "Ruth Osei", "LSV", at, ("Priya Nair",)),
    )


def measure(databases: dict[str, str]) -> list[Result]:
    """Printing alone, then printing with digest and private storage."""
    made = content()
    sha256 = digest(made)
    widths = {column["width"] for section in made["sections"] for column in section.get("columns", [])}
    page = render_to_string("reports/print/report.html", presented(made, sha256=sha256))

    def plain(**options: Any) -> bytes:
        fetcher, fonts = OwnFilesOnly(), FontConfiguration()
        sheet = CSS(url=f"{SCHEME}style/report.css", url_fetcher=fetcher, font_config=fonts)
        own = CSS(string=_own_styles(widths), url_fetcher=fetcher)
        paper = HTML(string=page, base_url=f"{SCHEME}report", url_fetcher=fetcher)
        return paper.write_pdf(stylesheets=[sheet, own], font_config=fonts, **options)

    def kept() -> None:
        body = render(made, sha256=sha256)
        name = f"benchmarks/{hashlib.sha256(body).hexdigest()}.pdf"
        default_storage.delete(default_storage.save(name, ContentFile(body)))

    pages = len(PdfReader(BytesIO(render(made, sha256=sha256))).pages)
    rounds = Rounds(
        {
            "WeasyPrint alone, untagged": Work(plain, times=2),
            "render, tagged, pdf/ua-1": Work(lambda: render(made, sha256=sha256), times=2),
            "render, digest and storage": Work(kept, times=2),
        }
    )
    floor, tagged, stored = rounds.taken
    rows = [[floor, f"{rounds.cpu(floor):.2f}", "1", "", ""]]
    for name, most in ((tagged, 1.2), (stored, 1.3)):
        more = rounds.times_cpu(name, floor)
        rows.append(
            [name, f"{rounds.cpu(name):.2f}", f"{more:.2f} times", f"≤ {most} times", verdict(more <= most)]
        )
    return [
        Result(
            "Reports as PDF",
            f"A visit report of {pages} pages, two a round, {ROUNDS} alternated rounds, CPU seconds of this process. "
            "The floor is WeasyPrint with the finished page and the same style sheet and fonts, as a plain PDF.",
            ["work", "CPU s", "against the floor", "goal", "verdict"],
            rows,
        )
    ]
