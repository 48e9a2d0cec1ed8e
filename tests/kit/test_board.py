"""Every part of the kit in a real browser, at both widths: nothing for axe to find, nothing wider than the page."""

from __future__ import annotations

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.template.loader import render_to_string
from django.test import RequestFactory

RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]


def board() -> str:
    return render_to_string("parts/board.html", {}, RequestFactory().get("/help/parts/"))


def violations(page) -> list[str]:
    found = Axe().run(page, options={"runOnly": RULES}).response["violations"]
    return [f"{rule['id']}: {rule['nodes'][0]['html']}" for rule in found]


@pytest.mark.parametrize("width", [320, 700, 1000, 1280])
def test_axe_finds_nothing_and_nothing_is_cut_off(open_page, width):
    page = open_page(board(), width=width)
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert violations(page) == []


@pytest.mark.parametrize(
    "name", ["403.html", "404.html", "409.html", "429.html", "500.html", "403_expired.html"]
)
@pytest.mark.parametrize("width", [320, 1280])
def test_error_pages_are_accessible(open_page, name, width):
    context = {"typed": [("due_date", "3 November")], "back_url": "/"}
    page = open_page(render_to_string(name, context, RequestFactory().get("/")), width=width)
    assert page.locator("h1").count() == 1
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert violations(page) == []


def test_the_page_is_whole_without_scripts(open_page):
    page = open_page(board(), script=False)
    assert page.locator("h1").is_visible()
    assert (
        page.locator("[data-keys]:visible, [data-session]:visible, [data-needs-script]:visible").count() == 0
    )


def test_targets_are_at_least_24_pixels(open_page):
    page = open_page(board(), width=320)
    small = page.evaluate(
        "[...document.querySelectorAll('button, select, input:not([type=hidden])')]"
        ".filter(e => { const box = e.getBoundingClientRect(); return box.width < 24 || box.height < 24 })"
        ".map(e => e.outerHTML)"
    )
    assert small == []
