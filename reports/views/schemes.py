"""The published schemes: what each version says, for staff to read."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render

from centres import academic_year
from centres.models import SchemeVersion
from centres.pages import needs
from centres.permissions import Permission, RoleCode
from centres.queries.schemes import scheme_of
from centres.schemes import Scheme
from qa_portal import clock, wording


@needs(Permission.SCHEME_READ)
def schemes(request: HttpRequest) -> HttpResponse:
    """All published versions, the newest of each first."""
    rows = SchemeVersion.objects.defer("content").order_by("code", "-version")
    context = {
        "heading": "Schemes",
        "dense": True,
        "rows": [
            {
                "row": row,
                "suites": wording.joined(row.suites) if row.suites else "every other suite",
                "from": wording.date_plain(row.effective_from),
                "published": wording.date_plain(row.published_at),
            }
            for row in rows
        ],
    }
    return render(request, "reports/schemes.html", context)


@needs(Permission.SCHEME_READ)
def scheme(request: HttpRequest, pk: int) -> HttpResponse:
    """One version: its windows this year, its reminders, its sizes of samples, each with the rule it rests on."""
    version = get_object_or_404(SchemeVersion, pk=pk)
    content = scheme_of(version)
    year = academic_year.year_of(clock.today())
    context = {
        "heading": version.name,
        "caption": f"Scheme {version.code}, version {version.version}",
        "dense": True,
        "breadcrumbs": [("Schemes", "/staff/schemes/"), (version.name, "")],
        "version": version,
        "year": academic_year.label(year),
        "windows": _windows(content, year),
        "ladders": _ladders(content),
        "tables": _tables(content),
        "cycles": content.verification.cycles,
    }
    return render(request, "reports/scheme.html", context)


def _windows(content: Scheme, year: int) -> list[dict[str, Any]]:
    rows = []
    for window in content.windows.values():
        first, last = window.on(year)
        rows.append(
            {
                "title": window.title,
                "first": wording.date_short(first),
                "last": wording.date_short(last),
                "who": RoleCode(window.who).label,
                "late": window.late.replace("_", " "),
                "rule": window.rule,
            }
        )
    return rows


def _ladders(content: Scheme) -> list[dict[str, Any]]:
    return [
        {
            "title": ladder.title,
            "before": wording.joined([str(days) for days in ladder.remind_days_before]),
            "after": "; ".join(
                f"{wording.counted(step.days_after, 'day')}: {wording.joined([_role(role) for role in step.to])}"
                for step in ladder.escalate
            ),
            "rule": ladder.rule,
        }
        for ladder in content.deadlines.values()
    ]


def _role(code: str) -> str:
    return RoleCode(code).label if code in RoleCode.values else code.replace("_", " ")


def _tables(content: Scheme) -> list[dict[str, Any]]:
    table = content.sampling.tables[content.sampling.table]
    return [
        {"measure": row.control_measure, "learners": row.as_text(), "items": _items(row)}
        for row in table.rows
    ]


def _items(row: Any) -> str:
    if row.items is None:
        return "every learner"
    more = row.extra_items_per_further_100
    return f"{row.items}, and {more} for each further 100 learners" if more else str(row.items)
