"""A self-assessment to read: frozen content as rows, with the year before beside it."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django.urls import reverse

from qa_portal.wording import date_year

YES_NO = {True: "Yes", False: "No", None: "Not answered"}
Content = dict[str, Any]


def sections_to_read(content: Content, earlier: Content | None = None) -> list[dict[str, Any]]:
    """The sections of a frozen version in order; each answer with last year's, and whether it changed."""
    before = _by_question(earlier) if earlier else {}
    return [
        {
            "heading": _heading(section),
            "id": f"s{place}",
            "guidance": section["guidance"],
            "files": _files(section.get("files", [])),
            "rows": [
                _row(question, before.get(_key(section, question))) for question in section["questions"]
            ],
        }
        for place, section in enumerate(content["sections"], start=1)
    ]


def register_to_read(register: Content | None) -> Content | None:
    """What the register held, with its dates as dates."""
    if not register:
        return None
    staff = [
        {
            **row,
            "standardised_day": date.fromisoformat(row["standardised_on"])
            if row["standardised_on"]
            else None,
        }
        for row in register["staff"]
    ]
    return {**register, "staff": staff}


def to_look_at(sections: list[dict[str, Any]]) -> list[dict[str, str]]:
    """Every No and every changed answer, with a link to it: what a verifier reads first."""
    return [
        {
            "number": row["number"],
            "section": section["heading"],
            "text": row["text"],
            "what": "No" if row["value"] == "No" else "Changed since last year",
            "url": f"#{section['id']}-{row['key']}",
        }
        for section in sections
        for row in section["rows"]
        if row["value"] == "No" or row["changed"]
    ]


def _heading(section: Content) -> str:
    programme = section["programme"]
    return f"{section['number']} {section['title']}" + (f": {programme['title']}" if programme else "")


def _key(section: Content, question: Content) -> tuple[str, int | None, str]:
    return section["key"], (section["programme"] or {}).get("id"), question["key"]


def _by_question(content: Content) -> dict[tuple[str, int | None, str], Content]:
    return {_key(s, question): question for s in content["sections"] for question in s["questions"]}


def _row(question: Content, before: Content | None) -> dict[str, Any]:
    changed = (
        before is not None
        and None not in (before["value"], question["value"])
        and (before["value"] != question["value"])
    )
    return {
        "key": question["key"],
        "number": question["number"],
        "text": question["text"],
        "value": YES_NO[question["value"]],
        "shape": {True: "done", False: "careful", None: "not-started"}[question["value"]],
        "comment": question["comment"],
        "who": _who(question),
        "files": _files(question.get("files", [])),
        "changed": changed,
        "last_year": (
            {"answer": YES_NO[before["value"]], "words": before["comment"], "who": _who(before)}
            if before
            else None
        ),
    }


def _who(question: Content) -> str:
    on = question.get("answered_at")
    when = date_year(datetime.fromisoformat(on)) if on else ""
    return ", ".join(filter(None, [question.get("answered_by", ""), when]))


def _files(files: list[Content]) -> list[dict[str, str]]:
    return [{"name": file["name"], "url": reverse("evidence-file", args=[file["id"]])} for file in files]
