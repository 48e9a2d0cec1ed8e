"""The invented data of the page that shows every part of the interface kit."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import forms, template

from qa_portal import pack
from qa_portal.errors import Reason
from qa_portal.templatetags.portal import state

register = template.Library()
TODAY = date(2026, 10, 20)

INKS = [
    ("ink", "#16222B"),
    ("ink-2", "#4C5A63"),
    ("edge", "#66747D"),
    ("line", "#CFD7DA"),
    ("mist", "#F4F7F7"),
    ("brand-900", "#0B3640"),
    ("brand-700", "#0D5868"),
    ("brand-100", "#D9EAED"),
    ("brand-50", "#EEF6F7"),
    ("focus", "#FFB766"),
]


class BoardForm(forms.Form):
    """One field of each kind, two of them wrong."""

    uln = forms.CharField(
        label="ULN", help_text="10 digits.", error_messages={"required": "Enter all 10 digits"}
    )
    site = forms.ChoiceField(label="Site", choices=[("1", "Castle Road"), ("2", "Riverside Leisure Centre")])
    start = pack.DateField(label="Start date", required=False, help_text="For example, 3 November 2026.")
    done = pack.yes_no(label="Every assessor took part in standardisation this year")
    roles = forms.MultipleChoiceField(
        label="Roles",
        choices=[("a", "Assessor"), ("iv", "Internal verifier")],
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )
    comment = forms.CharField(label="Comment", required=False, widget=forms.Textarea(attrs={"rows": 2}))
    file = forms.FileField(
        label="Evidence", required=False, help_text="PDF, picture or video, at most 50 MB."
    )
    agreed = forms.BooleanField(label="I have read the terms", required=False)


def _duties() -> list[dict[str, Any]]:
    return [
        {
            "due": date(2026, 10, 9),
            "text": "Send evidence for essential action 3",
            "url": "#main",
            "why": "Show that Callum Reid took part in standardisation. Direct claims for Leading Childrens Sports"
            " Activities are suspended until your verifier closes it.",
            "source": "From the SV report, 12 June",
        },
        {
            "due": date(2026, 10, 23),
            "text": "Accept the date of the LSV visit",
            "url": "#main",
            "why": "Ruth Adeyemi proposes Wednesday 18 November, 9.30am, Castle Road campus.",
            "source": "LSV visit",
        },
    ]


def _stages() -> list[dict[str, Any]]:
    rows = [
        ("under-way", "Self-assessment", "Under way", ["21 of 38 answered", "Due Tue 3 Nov"]),
        ("done", "LSV allocated", "Done, 6 Oct", ["Ruth Adeyemi", "Third year with you"]),
        ("date-set", "LSV visit", "Date proposed", ["Wed 18 Nov, Castle Road", "Due by Mon 30 Nov"]),
        ("not-started", "Standards verification", "Not started", ["0 of 4 programmes verified"]),
        ("cannot-start", "Final annual report", "Cannot start yet", ["After all 4 programmes are verified"]),
    ]
    return [
        {"shape": shape, "label": label, "url": "#main", "state": word, "facts": facts}
        for shape, label, word, facts in rows
    ]


def _coverage_row(name: str, second: str, cells: str, shape: str, word: str) -> dict[str, Any]:
    kinds = {"s": "sampled", "p": "planned", "!": "overdue", "-": "absent", "0": "none"}
    return {
        "name": name,
        "second": second,
        "shape": shape,
        "state": word,
        "cells": [
            {"kind": kinds[cell[0]], "count": cell[1:] or "0", "current": place == 2}
            for place, cell in enumerate(cells.split())
        ],
    }


def _coverage() -> dict[str, Any]:
    years = ["2024-25", "2025-26", "2026-27", "2027-28"]
    people = [
        _coverage_row("Mei Tanaka", "joined 2024", "- s4 p5 p3", "date-set", "Planned 2026-27"),
        _coverage_row("Joanna Pike", "", "0 0 ! p4", "overdue", "Overdue: never sampled"),
    ]
    return {
        "years": [{"label": year, "current": year == "2026-27"} for year in years],
        "kinds": [{"heading": "Assessors", "rows": people}],
    }


def _reading() -> dict[str, Any]:
    return {
        "consequences": [
            "Northgate College and its Head of Centre get it now",
            "Action 4 starts: due Friday 18 December 2026",
            "It cannot be changed. A correction is a new version",
        ],
        "events": [
            {
                "what": "Evidence sent",
                "by": "by Priya Nair",
                "when": "21 October 2026, 9.12am",
                "detail": "standardisation-minutes.pdf",
            },
            {
                "what": "Direct claims suspended",
                "by": "automatically (R74)",
                "when": "10 October 2026, 12.05am",
                "detail": "Action 3 was due on 9 October",
            },
            {"what": "Action 3 agreed", "by": "by Marcus Feld", "when": "12 June 2026, 2.40pm"},
        ],
        "offers": [
            {"label": "Send evidence for action 3", "url": "#main"},
            {"label": "Submit the self-assessment", "reason": "17 questions have no answer", "rule": "R2"},
            {
                "label": "Close action 3",
                "reason": "only your verifier can close an essential action",
                "rule": "R82",
            },
        ],
        "reasons": [
            Reason(
                "The sample for Childrens Activities is not concluded",
                "6 of 16 items are to judge",
                "R10",
                "#main",
            ),
            Reason("Essential action 3 is open", "Northgate sent evidence on 6 May", "R81", "#main"),
        ],
        "entries": [
            {
                "who": "Ruth Adeyemi",
                "role": "LSV",
                "when": "19 October 2026, 4.10pm",
                "text": "Could we meet at Castle Road first?\nI would like to see the gym.",
            },
            {
                "who": "Priya Nair",
                "role": "Quality Nominee",
                "when": "20 October 2026, 8.55am",
                "text": "Yes. The site map is attached.",
                "files": [{"name": "site-map.pdf", "url": "#main"}],
                "new": True,
            },
        ],
    }


def _lists() -> dict[str, Any]:
    visit = {"text": "LSV visit, Northgate College", "url": "#main", "time": "9.30am", "shape": "date-set"}
    return {
        "months": [
            {
                "name": "November 2026",
                "days": [
                    {"date": date(2026, 11, 3), "events": [{"text": "Self-assessment due", "url": "#main"}]},
                    {
                        "date": date(2026, 11, 18),
                        "today": True,
                        "events": [visit | {"state": "Date proposed"}],
                    },
                ],
            }
        ],
        "files": [
            {
                "name": "session-plan-jordan-ellis.pdf",
                "url": "#main",
                "what": "Assignment, resubmission",
                "size": 1_200_000,
                "shape": "done",
                "state": "Opened",
            }
        ],
        "counts": [
            {"shape": "done", "word": "Active", "number": 541, "url": "#main"},
            {"shape": "suspended", "word": "Suspended", "number": 38, "url": "#main"},
            {"shape": "not-held", "word": "Not held", "number": 0},
        ],
        "figures": [
            {"number": 71, "text": "tasks overdue, at 48 centres", "url": "#main"},
            {"number": 7, "text": "LSV reports late", "url": "#main"},
            {"number": 38, "text": "programmes with direct claims suspended", "url": "#main"},
        ],
        "facts": [
            ("Programmes", "4, Sport Industry Skills"),
            ("Work needed", "2 days, visit by 30 November"),
            ("Risk last year", state("done", "Low")),
            ("LSV last year", None),
        ],
    }


@register.simple_tag
def parts_board() -> dict[str, Any]:
    """Everything that the board shows."""
    form = BoardForm({"site": "1", "uln": "", "comment": "Two sessions, 15 and 22 September."})
    form.is_valid()
    return {
        "inks": INKS,
        "form": form,
        "today": TODAY,
        "duties": _duties(),
        "stages": _stages(),
        **_coverage(),
        **_reading(),
        **_lists(),
    }
