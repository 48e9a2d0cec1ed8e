"""What a PDF may load: the style sheet, our fonts and our shapes; never the network or any other file."""

from __future__ import annotations

from pathlib import Path

from django.conf import settings
from weasyprint.urls import FatalURLFetchingError, URLFetcher, URLFetcherResponse

from qa_portal import shapes

SCHEME = "portal:"
STYLES = Path(__file__).parent / "report.css"
FONTS = settings.ROOT / "static" / "build" / "fonts"


class AddressRefused(FatalURLFetchingError):
    """A document asked for something that is not the portal's own; nothing is printed then."""


class OwnFilesOnly(URLFetcher):
    """Answers addresses that start with ``portal:`` and refuses every other."""

    def fetch(self, url: str, headers: object = None) -> URLFetcherResponse:
        kind, _, name = url.removeprefix(SCHEME).partition("/")
        if not url.startswith(SCHEME):
            raise AddressRefused(f"Reports load nothing from outside: {url[:80]}")
        if kind == "shape":
            return _response(url, shapes.shape_file(name.removesuffix(".svg")).encode(), "image/svg+xml")
        if kind == "style":
            return _response(url, STYLES.read_bytes(), "text/css")
        if kind == "font" and name in fonts():
            return _response(url, (FONTS / name).read_bytes(), "font/woff2")
        raise AddressRefused(f"Reports have no {url[:80]}")


def fonts() -> frozenset[str]:
    """The font files that the asset build has put there."""
    return frozenset(path.name for path in FONTS.glob("*.woff2"))


def _response(url: str, body: bytes, media_type: str) -> URLFetcherResponse:
    return URLFetcherResponse(url, body=body, headers={"Content-Type": media_type})
