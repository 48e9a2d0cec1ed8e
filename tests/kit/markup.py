"""HTML as a tree that can be compared: classes as sets, white space collapsed, the accepted differences removed."""

from __future__ import annotations

import re
from html.parser import HTMLParser

VOID = {"input", "br", "img", "hr", "meta", "link"}
# Ours says more about errors and less about scripts than the kit's own templates.
IGNORED = {"aria-invalid", "data-module", "required", "cols", "placeholder"}
OUR_CLASSES = {"govuk-radios--small", "govuk-checkboxes--small", "qa-inline"}


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.root: list = []
        self.open: list[list] = [self.root]

    def handle_starttag(self, tag, attrs):
        node = [tag, _attributes(attrs), []]
        self.open[-1].append(node)
        if tag not in VOID:
            self.open.append(node[2])

    def handle_endtag(self, tag):
        if tag not in VOID:
            self.open.pop()

    def handle_data(self, data):
        text = re.sub(r"\s+", " ", data).strip()
        if text:
            self.open[-1].append(text)


def _attributes(attrs) -> dict[str, object]:
    found: dict[str, object] = {}
    for name, value in attrs:
        if name in IGNORED:
            continue
        if name == "class":
            found[name] = frozenset((value or "").split()) - OUR_CLASSES
        elif name in ("id", "for", "aria-describedby"):
            found[name] = " ".join(_id(part) for part in (value or "").split())
        else:
            found[name] = value or ""
    return found


def _id(value: str) -> str:
    value = re.sub(r"_helptext$", "-hint", value)
    value = re.sub(r"_error$", "-error", value)
    choice = re.fullmatch(r"(.+)_(\d+)", value)
    if choice:
        return choice[1] if choice[2] == "0" else f"{choice[1]}-{int(choice[2]) + 1}"
    return value


def tree(html: str) -> list:
    """The tree of a fragment."""
    reader = _Reader()
    reader.feed(html)
    reader.close()
    return reader.root
