"""The centres behind a number of the dashboard, each with its stages, what is due first and who must act."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Count, Exists, IntegerField, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce, JSONObject

from centres.models import Person
from qa_portal.models import Deadline
from reports.queries.dashboard import STAGES, Filters, centre_years, tasks_of, who_must_act
from verification.models import CentreYear


@dataclass(frozen=True)
class Chosen:
    """Which of the centres: those whose ``stage`` is in ``state``, those where the role ``owner`` is late."""

    stage: str = ""
    state: str = ""
    owner: str = ""


@dataclass(frozen=True)
class Due:
    """The first open task of a centre among those asked about."""

    title: str
    on: date
    who: str


def centres_for(person: Person, filters: Filters, chosen: Chosen, today: date) -> QuerySet[CentreYear]:
    """The centre-years by number, with ``first_due`` (``due_of``), ``overdue`` (a number), ``late_kinds``.

    One query. Tasks are those of the chosen stage in the year, or of the chosen owner; all where neither is chosen.
    """
    tasks = Deadline.objects.filter(tasks_of(filters, today), centre=OuterRef("centre_id"), state="OPEN")
    stage = next((each for each in STAGES if each[0] == chosen.stage), None)
    if stage is not None:
        tasks = tasks.filter(kind__in=stage[2], year=filters.year)
    if chosen.owner:
        tasks = tasks.filter(owner_role=chosen.owner)
    all_late = Deadline.objects.filter(
        centre=OuterRef("centre_id"), year=filters.year, state="OPEN", due_on__lt=today
    )
    late = tasks.filter(due_on__lt=today)
    rows = centre_years(person, filters).filter(_condition(stage, chosen, late))
    number = late.order_by().values("centre").annotate(number=Count("pk")).values("number")
    first = tasks.order_by("due_on", "pk").values(
        found=JSONObject(title="title", on="due_on", who="owner__name", role="owner_role")
    )
    return (
        rows.select_related("centre", "lsv")
        .annotate(
            overdue=Coalesce(Subquery(number, output_field=IntegerField()), 0),
            first_due=Subquery(first[:1]),
            late_kinds=ArraySubquery(all_late.order_by().values("kind").distinct()),
        )
        .order_by("centre__number")
    )


def _condition(stage: tuple[str, str, Any] | None, chosen: Chosen, late: QuerySet[Deadline]) -> Q:
    behind = Q(Exists(late))
    if stage is None:
        return behind if chosen.state == "late" or chosen.owner else Q()
    finished = Q(**{f"{stage[0]}_state__in": ["DONE", "NOT_NEEDED"]})
    moving = Q(**{f"{stage[0]}_state__in": ["UNDER_WAY", "DATED"]})
    wanted: dict[str, Q] = {
        "done": finished,
        "late": ~finished & behind,
        "moving": moving & ~behind,
        "waiting": ~finished & ~moving & ~behind,
    }
    condition = wanted.get(chosen.state, Q())
    return condition & behind if chosen.owner else condition


def is_late(row: Any, stage: str) -> bool:
    """Whether a stage of a row is not done and something of it is overdue, as the dashboard counts."""
    kinds = next(kinds for key, _, kinds in STAGES if key == stage)
    return getattr(row, f"{stage}_state") not in ("DONE", "NOT_NEEDED") and bool(
        set(kinds) & set(row.late_kinds)
    )


def due_of(row: Any) -> Due | None:
    """What is due first at the centre of a row of ``centres_for``, or None where nothing is open."""
    found = row.first_due
    if not found:
        return None
    return Due(found["title"], date.fromisoformat(found["on"]), who_must_act(found["who"], found["role"]))
