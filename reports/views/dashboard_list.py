"""The centres behind one number of the dashboard, as a list and as a file."""

from __future__ import annotations

import csv
import io
from typing import Any

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from centres import academic_year
from centres.pages import needs
from centres.permissions import Permission
from qa_portal import clock, wording
from reports.forms import DashboardListFilters
from reports.queries import dashboard as figures
from reports.queries import dashboard_list as queries
from reports.queries.years import STAGE_SHAPES
from reports.views.dashboards import STATES, link, risk_word

PAGE = 50
_HEAD = ("number", "centre", "year", "lsv", "risk")
_TAIL = ("tasks overdue", "first due", "due on", "who must act")


@needs(Permission.DASHBOARD_READ)
def dashboard_list(request: HttpRequest) -> HttpResponse:
    """The centres that were chosen, each with its stages, what is due first and who must act."""
    form, filters, chosen = _asked_for(request)
    today = clock.today()
    rows = queries.centres_for(request.user, filters, chosen, today)
    page = Paginator(rows, PAGE).get_page(request.GET.get("page"))
    context = {
        "heading": _heading(chosen),
        "fact": wording.counted(page.paginator.count, "centre"),
        "dense": True,
        "breadcrumbs": [("Dashboard", link("dashboard", filters)), (_heading(chosen), "")],
        "filter_form": form,
        "clear_url": reverse("dashboard-list"),
        "csv_url": link("dashboard-csv", filters, **vars(chosen)),
        "stages": [label for _, label, _ in figures.STAGES],
        "rows": [_row(row, today) for row in page],
        "page": page,
        "today": today,
    }
    return render(request, "reports/dashboard_list.html", context)


@needs(Permission.DASHBOARD_READ)
def dashboard_csv(request: HttpRequest) -> HttpResponse:
    """All centres that were chosen as a CSV file that a spreadsheet opens safely."""
    _, filters, chosen = _asked_for(request)
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow([*_HEAD, *(label for _, label, _ in figures.STAGES), *_TAIL])
    for row in queries.centres_for(request.user, filters, chosen, clock.today()):
        writer.writerow([_cell(value) for value in _csv_row(row)])
    response = HttpResponse(
        "\N{ZERO WIDTH NO-BREAK SPACE}" + out.getvalue(), content_type="text/csv; charset=utf-8"
    )
    response["Content-Disposition"] = (
        f'attachment; filename="centres-{academic_year.label(filters.year)}.csv"'
    )
    return response


def _asked_for(request: HttpRequest) -> tuple[DashboardListFilters, figures.Filters, queries.Chosen]:
    this_year = academic_year.year_of(clock.today())
    # A link may name the stage alone: what it leaves out is any, and the year is this one.
    asked = request.GET.copy()
    asked.setdefault("year", str(this_year))
    form = DashboardListFilters(asked, this_year=this_year)
    form.is_valid()
    values = {key: value for key, value in form.cleaned_data.items() if value not in (None, "")}
    chosen = {key: values.pop(key) for key in ("stage", "state", "owner") if key in values}
    return form, figures.Filters(**{"year": this_year} | values), queries.Chosen(**chosen)


def _heading(chosen: queries.Chosen) -> str:
    stage = next((label for key, label, _ in figures.STAGES if key == chosen.stage), "")
    state = dict(STATES).get(chosen.state, "")
    what = (
        f"{stage}: {state.lower()}"
        if stage and state
        else stage or (f"Centres: {state.lower()}" if state else "")
    )
    if not chosen.owner:
        return what or "All centres"
    owner = f"waiting for {figures.plural(chosen.owner)}"
    return f"{what}, {owner}" if what else f"Centres {owner}"


def _row(row: Any, today: Any) -> dict[str, Any]:
    due = queries.due_of(row)
    return risk_word(row.risk) | {
        "name": row.centre.name,
        "number": row.centre.number,
        "url": row.centre.get_absolute_url(),
        "stages": [(label, *_stage(row, key)) for key, label, _ in figures.STAGES],
        "due": due,
        "when": wording.days_from(due.on, today) if due else "",
        "late": bool(due and due.on < today),
        "others": max(row.overdue - 1, 0),
        "lsv": row.lsv.name if row.lsv else "",
    }


def _stage(row: Any, key: str) -> tuple[str, str]:
    if queries.is_late(row, key):
        return "overdue", "Overdue"
    return STAGE_SHAPES[getattr(row, f"{key}_state")], getattr(row, f"get_{key}_state_display")()


def _csv_row(row: Any) -> list[str]:
    due = queries.due_of(row)
    return [
        row.centre.number,
        row.centre.name,
        academic_year.label(row.year),
        row.lsv.name if row.lsv else "",
        row.risk.title(),
        *(_stage(row, key)[1] for key, _, _ in figures.STAGES),
        str(row.overdue),
        *((due.title, due.on.isoformat(), due.who) if due else ("", "", "")),
    ]


def _cell(value: str) -> str:
    """A spreadsheet takes a cell that starts with = + - @ for a formula."""
    return "'" + value if value[:1] in ("=", "+", "-", "@", "\t", "\r") else value
