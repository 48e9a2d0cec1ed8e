"""The awarding organisation's dashboard: stages, what is overdue and who must act, with charts and their tables."""

from __future__ import annotations

from datetime import date
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
from reports.queries import verifier_load
from verification.eligibility import count_days, days_text
from verification.queries.places import half_days_up

RISKS = {
    "HIGH": ("overdue", "High"),
    "MEDIUM": ("careful", "Medium"),
    "LOW": ("done", "Low"),
    "": ("not-started", "Not rated yet"),
}
STATES = (("done", "Done"), ("moving", "Under way"), ("waiting", "Not started"), ("late", "Overdue"))


@needs(Permission.DASHBOARD_READ)
def dashboard(request: HttpRequest) -> HttpResponse:
    """Where all centres stand."""
    form, filters = filters_of(request)
    person, today = request.user, clock.today()
    standing = figures.standing(person, filters, today)
    number, stages, risks = standing.centres, standing.stages, standing.risks
    owners = figures.overdue_by_owner(person, filters, today)
    claims = figures.direct_claims(person, filters)
    late_centres = link("dashboard-list", filters, state="late")
    context = {
        "heading": f"Where {wording.counted(number, 'centre')} stand{'s' if number == 1 else ''}",
        "fact": wording.date_long(today),
        "dense": True,
        "filter_form": form,
        "clear_url": reverse("dashboard"),
        "csv_url": link("dashboard-csv", filters),
        "figures": _figure_strip(person, filters, owners, claims, standing),
        "stages": [_stage(row, filters) for row in stages],
        "stage_chart": _stage_chart(stages),
        "owners": [
            row | {"url": link("dashboard-list", filters, state="late", owner=row["role"])} for row in owners
        ],
        "owner_chart": _owner_chart(owners),
        "overdue_total": sum(row["number"] for row in owners),
        "claims_rows": _claims(request.user, claims),
        "claims_largest": max(claims.values(), default=0),
        "risk_rows": [_risk(level, count, filters) for level, count in risks.items()],
        "risk_largest": max(risks.values(), default=0),
        "centres": number,
        "late_centres_url": late_centres,
        "claims_second": _claims_second(claims, filters),
        "load": _loads(filters, today),
        "year_label": academic_year.label(filters.year),
        "first": [row | risk_word(row["risk"]) for row in figures.look_first(person, filters, today)],
    }
    return render(request, "reports/dashboard.html", context)


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


def filters_of(request: HttpRequest) -> tuple[DashboardFilters, figures.Filters]:
    """The filters of the address, as the form that shows them and as the queries take them."""
    this_year = academic_year.year_of(clock.today())
    form = DashboardFilters(request.GET or {"year": this_year}, this_year=this_year)
    form.is_valid()
    values: dict[str, Any] = {
        key: value for key, value in form.cleaned_data.items() if value not in (None, "")
    }
    return form, figures.Filters(**{"year": this_year} | values)


def link(name: str, filters: figures.Filters, **more: str) -> str:
    """An address of the dashboard with what it is narrowed to."""
    values = {key: value for key, value in (vars(filters) | more).items() if value}
    return f"{reverse(name)}?{urlencode(values)}"


def _figure_strip(
    person: Any, filters: figures.Filters, owners: list, claims: dict, standing: figures.Standing
) -> list[dict]:
    waiting, oldest = figures.decisions_waiting(person)
    since = f", oldest {wording.counted((clock.today() - oldest.date()).days, 'day')}" if oldest else ""
    late = next(row["late"] for row in standing.stages if row["key"] == "visit")
    tasks = sum(row["number"] for row in owners)
    return [
        {"number": tasks, "text": _noun(tasks, "task", "overdue"), "url": "#owners"},
        {
            "number": late,
            "text": f"{_noun(late, 'LSV visit', 'late')}; {standing.visits_without_a_day} without a date",
            "url": "#stages",
        },
        {
            "number": claims["SUSPENDED"],
            "text": _noun(claims["SUSPENDED"], "programme", "with direct claims suspended"),
            "url": "#claims",
        },
        {
            "number": waiting,
            "text": _noun(waiting, "recommendation", "to decide") + since,
            "url": _decisions_url(person) or "#claims",
        },
    ]


def _decisions_url(person: Any) -> str:
    """The page of decisions, for those whose role opens it."""
    return reverse("decisions") if person.may(Permission.DIRECT_CLAIMS_DECIDE) else ""


def _noun(number: int, noun: str, rest: str) -> str:
    """The words below a number that stands above them."""
    return f"{noun if number == 1 else noun + 's'} {rest}"


def _claims_second(claims: dict[str, int], filters: figures.Filters) -> str:
    number = wording.counted(claims["ACTIVE"] + claims["SUSPENDED"] + claims["NOT_HELD"], "programme")
    this_year = academic_year.year_of(clock.today())
    if filters.year == this_year:
        return number
    return f"{number} of {academic_year.label(filters.year)}, as they stand today"


def _loads(filters: figures.Filters, today: date) -> dict[str, Any]:
    """The fullest verifiers with their numbers as words, and how many are over."""
    loads = verifier_load.fullest(filters.year, today)
    rows = []
    for load in loads.first:
        taken = half_days_up(load.taken)
        over = taken - load.days
        rows.append(
            {
                "name": load.name,
                "url": reverse("verifier", args=[load.pk]),
                "allocations": load.allocations,
                "centres": load.centres,
                "taken": taken,
                "taken_text": days_text(taken),
                "days": load.days,
                "state": ("overdue", f"{count_days(over)} over")
                if over > 0
                else ("done", f"{count_days(-over)} left"),
            }
        )
    over_text = f"{loads.over} of {wording.counted(loads.verifiers, 'verifier')} over their days"
    return {"rows": rows, "second": over_text, "url": reverse("verifiers"), "link": "All verifiers"}


def _stage(row: dict, filters: figures.Filters) -> dict:
    cells = [
        {
            "label": label,
            "number": row[key],
            "url": link("dashboard-list", filters, stage=row["key"], state=key),
        }
        for key, label in STATES
    ]
    return row | {"cells": cells}


def _stage_chart(stages: list[dict]) -> str:
    data = "~".join(f"{row['done']}.{row['moving']}.{row['waiting']}.{row['late']}" for row in stages)
    return reverse("chart", args=["stages"]) + f"?d={data}"


def _owner_chart(owners: list[dict]) -> str:
    data = "~".join(f"{row['role']}.{row['number']}.{row['oldest']}" for row in owners)
    return reverse("chart", args=["owners"]) + f"?d={data}"


def _claims(person: Any, claims: dict[str, int]) -> list[dict]:
    return [
        {"shape": "done", "word": "Active", "number": claims["ACTIVE"]},
        {"shape": "suspended", "word": "Suspended", "number": claims["SUSPENDED"]},
        {
            "shape": "date-set",
            "word": "Recommendation waiting",
            "number": claims["WAITING"],
            "url": _decisions_url(person),
        },
        {"shape": "not-held", "word": "Not held", "number": claims["NOT_HELD"]},
    ]


def _risk(level: str, number: int, filters: figures.Filters) -> dict:
    shape, word = RISKS[level]
    url = link("dashboard-list", figures.Filters(**vars(filters) | {"risk": level or "NONE"}))
    return {"shape": shape, "word": word, "number": number, "url": url}


def risk_word(level: str) -> dict:
    """A rating as shape and word."""
    shape, word = RISKS[level]
    return {"risk_shape": shape, "risk_word": word}
