"""The built style sheet and script: ours, and never the look of being GOV.UK."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from django.conf import settings

BUILD = Path(settings.ROOT) / "static" / "build"
# Colours that are theirs alone: blue, yellow, green, purple, their black, and the tints of their tags and buttons.
GOVUK = re.compile(
    r"GDS Transport|crown|govuk-logotype|fonts/light-|#1d70b8|#1a65a6|#0f385c|#16548a|#fd0\b|#ffdd00|#00703c|#0f7a52"
    r"|#0b5c3e|#083d29|#0b0c0c|#54319f|#4c2c92|#d2e2f1|#cfe4dc|#bbd4ea|#ca3535|#d4351c",
    re.I,
)


def read(name: str) -> str:
    path = BUILD / name
    assert path.exists(), f"{path} is missing: run npm ci && npm run build"
    return path.read_text()


def test_nothing_of_the_governments_identity_is_shipped():
    for path in BUILD.rglob("*"):
        if path.suffix in {".css", ".js", ".svg"}:
            assert not GOVUK.search(path.read_text()), path.name


def test_the_portals_own_colours_and_typeface_are_there():
    css = read("portal.css")
    assert "--brand-700:#0d5868" in css.replace(" ", "")
    assert "Source Sans 3" in css


def test_every_font_that_the_style_sheet_names_is_there_and_nothing_else_is_fetched():
    css = read("portal.css")
    urls = set(re.findall(r"url\([\"']?([^)\"']+)", css))
    assert {url for url in urls if not url.startswith("fonts/")} == set()
    assert len(urls) == 4
    assert all((BUILD / url).exists() for url in urls)


def test_only_two_weights_and_no_italics():
    css = read("portal.css")
    assert set(re.findall(r"font-weight:\s*(\d+)", css)) <= {"400", "600"}
    assert "italic" not in css


def test_the_scripts_need_no_eval_and_name_no_other_host():
    script = read("portal.js")
    assert not re.search(r"\beval\(|new Function|https?://", script)


@pytest.mark.parametrize(("name", "most"), [("portal.css", 110_000), ("portal.js", 10_000)])
def test_the_files_stay_small(name, most):
    assert len(read(name)) < most


def test_the_lock_file_names_no_download_host():
    assert "resolved" not in (Path(settings.ROOT) / "package-lock.json").read_text()
