"""The machine's Chromium, for the tests that look at pages."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from playwright.sync_api import Browser, sync_playwright

from scripts.system_libraries import browser

FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


@contextmanager
def chromium_running() -> Iterator[Browser]:
    """Start Chromium and end it, with the loop that Playwright leaves in the thread while it runs.

    Django refuses the database to a thread with a running loop: a browser that outlived its module would fail every
    database test after it in the same process.
    """
    program = browser()
    assert program, "Pages are looked at in Chromium: apt-get install chromium"
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=program, args=FLAGS)
        yield started
        started.close()
