"""What every template promises: it compiles, trusts no data, and needs no inline script or style."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from django.conf import settings
from django.template.loader import get_template

FOLDER = Path(settings.ROOT) / "templates"
TEMPLATES = sorted(str(path.relative_to(FOLDER)) for path in FOLDER.rglob("*.html"))


@pytest.mark.parametrize("name", TEMPLATES)
def test_a_template_compiles(name):
    get_template(name)


@pytest.mark.parametrize("name", TEMPLATES)
def test_a_template_trusts_no_data_and_needs_no_inline_script_or_style(name):
    source = (FOLDER / name).read_text()
    assert not re.search(r"\|\s*safe\b|autoescape off|safeseq", source)
    assert not re.search(r"\sstyle\s*=", source)
    assert not re.search(r"\son[a-z]+\s*=\s*[\"']", source)
    for script in re.findall(r"<script\b[^>]*>", source):
        assert "src=" in script or "application/json" in script, script


@pytest.mark.parametrize("name", TEMPLATES)
def test_words_that_the_portal_does_not_use(name):
    words = re.sub(r"{[{%#].*?[}%#]}|<[^>]*>", " ", (FOLDER / name).read_text(), flags=re.S)
    assert not re.search(r"successfully|click here|please note|welcome to", words, re.I)
    assert not re.search(r"[A-Za-z]!(\s|$)", words)
