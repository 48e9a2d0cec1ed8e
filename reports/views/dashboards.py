"""The awarding organisation's dashboard: stages, what is overdue and who must act, with charts and their tables."""

from __future__ import annotations

import csv
import io
from typing import Any
from urllib.parse import urlencode

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.cache import cache_control

from centres import academic_year
from centres.pages import needs
from centres.permissions import Permission
from qa_portal import clock, wording
from reports import charts
from reports.forms import DashboardFilters
from reports.queries import dashboard as figures

_RISK = {
    "HIGH": ("overdue", "High"),
    "MEDIUM": ("careful", "Medium"),
    "LOW": ("done", "Low"),
    "": ("not-started", "Not rated yet"),
}
_STATES = (("done", "Done"), ("moving", "Under way"), ("waiting", "Not started"), ("late", "Overdue"))


@needs(Permission.DASHBOARD_READ)
def dashboard(request: HttpRequest) -> HttpResponse:
    """Where all centres stand."""
    form, filters = _filters(request)
    person, today = request.user, clock.today()
    number, stages, risks = figures.stage_rows(person, filters, today)
    owners = figures.overdue_by_owner(person, filters, today)
    claims = figures.direct_claims(person, filters)
    context = {
        "heading": f"Where {wording.counted(number, 'centre')} stand{'s' if number == 1 else ''}",
        "fact": wording.date_long(today),
        "dense": True,
        "filter_form": form,
        "clear_url": reverse("dashboard"),
        "csv_url": _link("dashboard-csv", filters),
        "figures": _figure_strip(person, filters, owners, claims, stages),
        "stages": [_stage(row, filters) for row in stages],
        "stage_chart": _stage_chart(stages),
        "owners": owners,
        "owner_chart": _owner_chart(owners),
        "overdue_total": sum(row["number"] for row in owners),
        "claims_rows": _claims(claims),
        "claims_total": claims["ACTIVE"] + claims["SUSPENDED"] + claims["NOT_HELD"],
        "claims_largest": max(claims.values(), default=0),
        "risk_rows": [_risk(level, count, filters) for level, count in risks.items()],
        "risk_largest": max(risks.values(), default=0),
        "centres": number,
        "first": [row | _risk_word(row["risk"]) for row in figures.look_first(person, filters, today)],
    }
    return render(request, "reports/dashboard.html", context)


@needs(Permission.DASHBOARD_READ)
def dashboard_csv(request: HttpRequest) -> HttpResponse:
    """The centres behind the dashboard as a CSV file that a spreadsheet opens safely."""
    _, filters = _filters(request)
    stage, state = request.GET.get("stage", ""), request.GET.get("state", "")
    rows = figures.centres_for(request.user, filters, clock.today(), stage=stage, state=state)
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(
        [
            "number",
            "centre",
            "year",
            "lsv",
            "risk",
            *(label for _, label, _ in figures.STAGES),
            "overdue since",
        ]
    )
    for row in rows:
        writer.writerow([_cell(value) for value in _csv_row(row)])
    response = HttpResponse(
        "\N{ZERO WIDTH NO-BREAK SPACE}" + out.getvalue(), content_type="text/csv; charset=utf-8"
    )
    response["Content-Disposition"] = (
        f'attachment; filename="centres-{academic_year.label(filters.year)}.csv"'
    )
    return response


@needs(Permission.DASHBOARD_READ)
def dashboard_list(request: HttpRequest) -> HttpResponse:
    """The centres behind one number of the dashboard."""
    form, filters = _filters(request)
    stage, state = request.GET.get("stage", ""), request.GET.get("state", "")
    rows = figures.centres_for(request.user, filters, clock.today(), stage=stage, state=state)
    label = next((label for key, label, _ in figures.STAGES if key == stage), "All stages")
    page = list(rows[:501])
    context = {
        "heading": f"{label}: {dict(_STATES).get(state, 'every state').lower()}",
        "dense": True,
        "breadcrumbs": [("Dashboard", _link("dashboard", filters)), (label, "")],
        "rows": [{"row": row, **_risk_word(row.risk)} for row in page[:500]],
        "more": len(page) > 500,
        "csv_url": _link("dashboard-csv", filters, stage=stage, state=state),
        "today": clock.today(),
        "filter_form": form,
    }
    return render(request, "reports/dashboard_list.html", context)


@cache_control(private=True, max_age=86400)
@needs(Permission.DASHBOARD_READ)
def chart(request: HttpRequest, name: str) -> HttpResponse:
    """A chart of the numbers in the address; it reads nothing else, so a browser may keep it."""
    try:
        if name == "stages":
            values = [[int(n) for n in part.split(".")] for part in request.GET["d"].split("~")]
            names = [label for _, label, _ in figures.STAGES]
            svg = charts.stacked([charts.Stack(names[i], *four) for i, four in enumerate(values)])
        elif name == "owners":
            rows = [part.split(".") for part in request.GET["d"].split("~")][:20]
            svg = charts.bars(
                [(figures.plural(role), int(n), f"{int(days)} days") for role, n, days in rows],
                "Overdue tasks",
                "Oldest",
            )
        else:
            raise Http404
    except (KeyError, ValueError, TypeError, IndexError) as problem:
        raise Http404 from problem
    return HttpResponse(svg, content_type="image/svg+xml")


def _filters(request: HttpRequest) -> tuple[DashboardFilters, figures.Filters]:
    this_year = academic_year.year_of(clock.today())
    form = DashboardFilters(request.GET or {"year": this_year}, this_year=this_year)
    form.is_valid()
    values: dict[str, Any] = {
        key: value for key, value in form.cleaned_data.items() if value not in (None, "")
    }
    return form, figures.Filters(**{"year": this_year} | values)


def _link(name: str, filters: figures.Filters, **more: str) -> str:
    values = {key: value for key, value in (vars(filters) | more).items() if value}
    return f"{reverse(name)}?{urlencode(values)}"


def _figure_strip(
    person: Any, filters: figures.Filters, owners: list, claims: dict, stages: list
) -> list[dict]:
    waiting, oldest = figures.decisions_waiting(person)
    days = f", oldest {(clock.today() - oldest.date()).days} days" if oldest else ""
    without = figures.visits_without_a_day(person, filters)
    late = next(row["late"] for row in stages if row["key"] == "visit")
    return [
        {"number": sum(row["number"] for row in owners), "text": "tasks overdue", "url": "#owners"},
        {"number": late, "text": f"LSV visits late; {without} without a date", "url": "#stages"},
        {"number": claims["SUSPENDED"], "text": "programmes with direct claims suspended", "url": "#claims"},
        {"number": waiting, "text": f"recommendations to decide{days}", "url": "/staff/decisions/"},
    ]


def _stage(row: dict, filters: figures.Filters) -> dict:
    cells = [
        {
            "label": label,
            "number": row[key],
            "url": _link("dashboard-list", filters, stage=row["key"], state=key),
        }
        for key, label in _STATES
    ]
    return row | {"cells": cells}


def _stage_chart(stages: list[dict]) -> str:
    data = "~".join(f"{row['done']}.{row['moving']}.{row['waiting']}.{row['late']}" for row in stages)
    return reverse("chart", args=["stages"]) + f"?d={data}"


def _owner_chart(owners: list[dict]) -> str:
    data = "~".join(f"{row['role']}.{row['number']}.{row['oldest']}" for row in owners)
    return reverse("chart", args=["owners"]) + f"?d={data}"


def _claims(claims: dict[str, int]) -> list[dict]:
    return [
        {"shape": "done", "word": "Active", "number": claims["ACTIVE"]},
        {"shape": "suspended", "word": "Suspended", "number": claims["SUSPENDED"]},
        {
            "shape": "date-set",
            "word": "Recommendation waiting",
            "number": claims["WAITING"],
            "url": "/staff/decisions/",
        },
        {"shape": "not-held", "word": "Not held", "number": claims["NOT_HELD"]},
    ]


def _risk(level: str, number: int, filters: figures.Filters) -> dict:
    shape, word = _RISK[level]
    url = _link("dashboard-list", figures.Filters(**vars(filters) | {"risk": level or "NONE"}))
    return {"shape": shape, "word": word, "number": number, "url": url}


def _risk_word(level: str) -> dict:
    shape, word = _RISK[level]
    return {"risk_shape": shape, "risk_word": word}


def _csv_row(row: Any) -> list[str]:
    states = [getattr(row, f"get_{key}_state_display")() for key, _, _ in figures.STAGES]
    since = row.overdue_since.isoformat() if row.overdue_since else ""
    lsv = row.lsv.name if row.lsv else ""
    return [
        row.centre.number,
        row.centre.name,
        academic_year.label(row.year),
        lsv,
        row.risk.title(),
        *states,
        since,
    ]


def _cell(value: str) -> str:
    """A spreadsheet takes a cell that starts with = + - @ for a formula."""
    return "'" + value if value[:1] in "=+-@\t\r" else value
