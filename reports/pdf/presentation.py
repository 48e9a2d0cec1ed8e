"""How the parts of a document are worded and shaped where it is shown, on pages and on paper alike."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from qa_portal import shapes
from qa_portal.wording import date_plain, moment

_GROUP = 4
_SHOWN = 24


def presented(content: dict[str, Any], *, sha256: str = "", draft: bool = False) -> dict[str, Any]:
    """Context of the templates that show a document: its parts with colours, dates in words, the foot's line."""
    at = datetime.fromisoformat(content["issued"]["at"])
    return {
        "document": content,
        "outcome": [_figure(figure) for figure in content["outcome"]["figures"]],
        "sections": [_section(section) for section in content["sections"]],
        "issued_at": at,
        "issued_words": moment(at),
        "draft": draft,
        "foot": foot(content, draft=draft),
        "digest": grouped(sha256),
        "address": f"/reports/{content['number']}/",
        "keywords": content["number"],
    }


def foot(content: dict[str, Any], *, draft: bool) -> str:
    """The line at the foot of every page: title, centre, version and date."""
    centre = content["centre"]
    line = f"{content['short_title']}, {centre['name']} ({centre['number']})"
    if draft:
        return f"{line}. Draft, not issued"
    return f"{line}, version {content['version']}, issued {date_plain(datetime.fromisoformat(content['issued']['at']))}"


def grouped(sha256: str, *, whole: bool = False) -> str:
    """The beginning of a digest, or all of it, in groups of four, as people compare it."""
    if not sha256:
        return ""
    shown = sha256 if whole else sha256[:_SHOWN]
    groups = " ".join(shown[i : i + _GROUP] for i in range(0, len(shown), _GROUP))
    return groups if whole else f"{groups} …"


def _figure(figure: dict[str, Any]) -> dict[str, Any]:
    return figure | {"function": shapes.function_of(figure["shape"]) if figure.get("shape") else ""}


def _section(section: dict[str, Any]) -> dict[str, Any]:
    if section["kind"] != "table":
        return section
    titles = [column["title"] for column in section["columns"]]
    rows = [
        {"cells": [_cell(cell, title) for cell, title in zip(row["cells"], titles, strict=True)]}
        for row in section["rows"]
    ]
    return section | {"rows": rows}


def _cell(cell: dict[str, Any], title: str) -> dict[str, Any]:
    function = shapes.function_of(cell["shape"]) if cell.get("shape") else ""
    return cell | {"column": title, "function": function}
