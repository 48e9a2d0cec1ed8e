"""A small server for pages drawn by templates alone, and the browser that looks at them."""

from __future__ import annotations

import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from django.conf import settings

TYPES = {".css": "text/css", ".js": "text/javascript", ".woff2": "font/woff2", ".svg": "image/svg+xml"}


class _Pages(BaseHTTPRequestHandler):
    pages: dict[str, str]
    posts: list[str]

    def do_GET(self):
        if self.path.startswith("/static/"):
            file = Path(settings.ROOT) / self.path.lstrip("/")
            self._send(file.read_bytes(), TYPES[file.suffix])
        else:
            self._send(self.pages[self.path.split("?")[0]].encode(), "text/html; charset=utf-8")

    def do_HEAD(self):
        self.posts.append(f"HEAD {self.path}")
        self._send(b"", "text/html")

    def do_POST(self):
        self.posts.append(f"POST {self.path}")
        self.rfile.read(int(self.headers.get("Content-Length", 0)))
        self.send_response(204)
        self.end_headers()

    def _send(self, body: bytes, kind: str) -> None:
        self.send_response(200)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        # The portal's own policy: what needs more does not work here either.
        self.send_header(
            "Content-Security-Policy", "default-src 'self'; img-src 'self' data:; object-src 'none'"
        )
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *arguments):
        """Nothing: the tests' output stays readable."""


@pytest.fixture
def pages():
    """``pages.pages["/x"] = html`` serves a page; ``pages.address`` is where; ``pages.posts`` what came in."""
    handler = type("Handler", (_Pages,), {"pages": {}, "posts": []})
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    handler.address = f"http://127.0.0.1:{server.server_port}"
    yield handler
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def open_page(chromium, pages):
    """``open_page(html, width=320)`` opens a page; a script error or refused resource fails the test."""
    opened = []
    problems: list[str] = []

    def _open(html: str, *, width: int = 1280, script: bool = True, clock: bool = False):
        pages.pages["/page"] = html
        context = chromium.new_context(
            viewport={"width": width, "height": 900}, java_script_enabled=script, locale="en-GB"
        )
        opened.append(context)
        page = context.new_page()
        page.on("pageerror", lambda error: problems.append(str(error)))
        page.on("console", lambda line: problems.append(line.text) if line.type == "error" else None)
        if clock:
            page.clock.install()
        page.goto(f"{pages.address}/page")
        return page

    yield _open
    for context in opened:
        context.close()
    assert problems == []
