"""Prints a document as PDF: the same bytes of text whether it is a draft, an issued report or a correction."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.conf import settings
from django.template.loader import render_to_string
from weasyprint import CSS, HTML
from weasyprint.text.fonts import FontConfiguration

from qa_portal import shapes
from reports.pdf.fetcher import SCHEME, OwnFilesOnly, fonts
from reports.pdf.presentation import presented

_NEEDED_FONTS = 4


class FontsMissing(RuntimeError):
    """The fonts of the interface kit have not been built, so no report can be printed."""


def render(content: dict[str, Any], *, sha256: str = "", draft: bool = False) -> bytes:
    """Print a document as tagged PDF on A4.

    ``content`` is what ``reports.content.document`` makes; ``sha256`` is printed as its digest; a draft says in the
    band and in the foot that it is not issued. Raises FontsMissing when the asset build was not run.
    """
    widths = {column["width"] for section in content["sections"] for column in section.get("columns", [])}
    context = presented(content, sha256=sha256, draft=draft)
    return render_page("reports/print/report.html", context, widths=widths)


def render_page(template: str, context: dict[str, Any], *, widths: Iterable[int] = ()) -> bytes:
    """Print a template of the portal's own as tagged PDF on A4; ``widths`` are those of its columns, in per cent.

    Raises FontsMissing when the asset build was not run.
    """
    if len(fonts()) < _NEEDED_FONTS:
        raise FontsMissing("The fonts of the reports are missing. Run “npm ci && npm run build” first.")
    fetcher = OwnFilesOnly()
    page = render_to_string(template, context)
    font_files = FontConfiguration()
    sheet = CSS(url=f"{SCHEME}style/report.css", url_fetcher=fetcher, font_config=font_files)
    own = CSS(string=_own_styles(widths), url_fetcher=fetcher)
    document = HTML(string=page, base_url=f"{SCHEME}report", url_fetcher=fetcher)
    return document.write_pdf(
        stylesheets=[sheet, own],
        font_config=font_files,
        pdf_variant="pdf/ua-1",
        pdf_tags=True,
        custom_metadata=False,
    )


def _own_styles(widths: Iterable[int]) -> str:
    """What differs between installations and documents: the colour of the house, the widths of columns; the shapes.

    Shapes are backgrounds: an image without words would have to be described, and the word stands beside it.
    """
    columns = "".join(f" .w{int(width)} {{ width: {int(width)}% }}" for width in sorted(set(widths)))
    drawn = "".join(
        f' .shape-{name} {{ background: url("{SCHEME}shape/{name}.svg") no-repeat }}'
        for name in shapes.SHAPES
    )
    return f":root {{ --brand: {settings.PORTAL['brand_colour']} }}{columns}{drawn}"
