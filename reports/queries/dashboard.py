"""Where all centres stand: figures for the awarding organisation, each one query whatever the number of centres."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Count, Exists, Min, OuterRef, Q, QuerySet, Subquery

from centres import academic_year
from centres.models import Person, Programme
from centres.permissions import RoleCode
from qa_portal.models import Deadline
from verification.models import Activity, CentreYear, DirectClaimsRecommendation, DirectClaimsStatus

STAGES = (
    ("self_assessment", "Self-assessment", ("self_assessment", "self_assessment_section", "annual_declaration")),
    ("allocation", "LSV allocated", ("lsv_allocation",)),
    ("visit", "LSV visit", ("lsv_visit", "date_reply", "visit_documents", "fact_check")),
    ("sampling", "Standards verification", ("sv_allocation", "sample_plan", "sample_evidence",
                                            "standards_verification", "second_sample")),
    ("final_report", "Final annual report", ("final_report", "final_annual_report")),
)  # fmt: skip


@dataclass(frozen=True)
class Filters:
    """What the reader narrowed the dashboard to; empty means all."""

    year: int
    sector: str = ""
    nation: str = ""
    lsv: str = ""
    risk: str = ""


def centre_years(person: Person, filters: Filters) -> QuerySet[CentreYear]:
    """The centre-years that the filters leave."""
    rows = CentreYear.objects.visible_to(person).filter(year=filters.year)
    if filters.nation:
        rows = rows.filter(centre__nation=filters.nation)
    if filters.lsv:
        rows = rows.filter(lsv=int(filters.lsv))
    if filters.risk:
        rows = rows.filter(risk="" if filters.risk == "NONE" else filters.risk)
    if filters.sector:
        taught = Programme.objects.filter(
            centre=OuterRef("centre_id"), qualification__sector__code=filters.sector
        )
        rows = rows.filter(Exists(taught))
    return rows


@dataclass(frozen=True)
class Standing:
    """Centre-years counted: how many, by stage and state, by risk, and those whose visit has no day yet."""

    centres: int
    stages: list[dict[str, Any]]
    risks: dict[str, int]
    visits_without_a_day: int


def standing(person: Person, filters: Filters, today: date) -> Standing:
    """Where the centres stand that the filters leave: done, under way, not started, overdue by stage; one query."""
    undated = Activity.objects.filter(
        centre=OuterRef("centre_id"), centre_year=OuterRef("pk"), kind="VISIT", status="PLANNED", day=None
    )
    counts: dict[str, Any] = {"centres": Count("pk"), "undated": Count("pk", filter=Exists(undated))}
    for key, _, kinds in STAGES:
        late: Any = Exists(
            Deadline.objects.filter(
                centre=OuterRef("centre_id"),
                year=OuterRef("year"),
                state="OPEN",
                due_on__lt=today,
                kind__in=kinds,
            )
        )
        counts[f"{key}_done"] = Count("pk", filter=Q(**{f"{key}_state__in": ["DONE", "NOT_NEEDED"]}))
        counts[f"{key}_late"] = Count("pk", filter=~Q(**{f"{key}_state__in": ["DONE", "NOT_NEEDED"]}) & late)
        counts[f"{key}_moving"] = Count(
            "pk", filter=Q(**{f"{key}_state__in": ["UNDER_WAY", "DATED"]}) & ~late
        )
    for level in ("HIGH", "MEDIUM", "LOW", ""):
        counts[f"risk_{level}"] = Count("pk", filter=Q(risk=level))
    got = centre_years(person, filters).aggregate(**counts)
    rows = []
    for key, label, _ in STAGES:
        done, moving, late = got[f"{key}_done"], got[f"{key}_moving"], got[f"{key}_late"]
        row = {"key": key, "label": label, "done": done, "moving": moving, "late": late}
        rows.append(row | {"waiting": got["centres"] - done - moving - late})
    risks = {level: got[f"risk_{level}"] for level in ("HIGH", "MEDIUM", "LOW", "")}
    return Standing(got["centres"], rows, risks, got["undated"])


def tasks_of(filters: Filters, today: date) -> Q:
    """Which tasks belong to the chosen year; what years before left open counts in the year under way."""
    if filters.year == academic_year.year_of(today):
        return Q(year__lte=filters.year)
    return Q(year=filters.year)


def overdue(person: Person, filters: Filters, today: date) -> QuerySet[Deadline]:
    """Overdue tasks (``tasks_of``) at the centres that the filters leave."""
    rows = Deadline.objects.visible_to(person).open().filter(tasks_of(filters, today), due_on__lt=today)
    return rows.filter(centre__in=centre_years(person, filters).values("centre_id"))


def overdue_by_owner(person: Person, filters: Filters, today: date) -> list[dict[str, Any]]:
    """Overdue tasks by the role that must act, most first; one query."""
    groups = overdue(person, filters, today).values("owner_role")
    rows = groups.annotate(number=Count("pk"), oldest=Min("due_on"), centres=Count("centre", distinct=True))
    return [
        {
            "role": row["owner_role"],
            "label": plural(row["owner_role"]),
            "number": row["number"],
            "centres": row["centres"],
            "oldest": (today - row["oldest"]).days,
        }
        for row in rows.order_by("-number", "owner_role")
    ]


def plural(role: str) -> str:
    """The holders of a role, as the dashboard names them."""
    label = RoleCode(role).label if role in RoleCode.values else role
    return {"Head of Centre": "Heads of Centre"}.get(label, f"{label}s")


def direct_claims(person: Person, filters: Filters) -> dict[str, int]:
    """Programmes by direct claims status as it is today, and those with a recommendation waiting; one query.

    Of the centres that the filters leave in the chosen year, and of the programmes that ran in it.
    """
    first, last = academic_year.bounds(filters.year)
    running = Programme.objects.filter(centre=OuterRef("centre_id"), pk=OuterRef("programme_id"))
    waiting = DirectClaimsRecommendation.objects.filter(
        centre=OuterRef("centre_id"), programme=OuterRef("programme_id"), status="WAITING"
    )
    rows = DirectClaimsStatus.objects.visible_to(person).filter(
        Exists(running.active_in(first, last)),
        centre__in=centre_years(person, filters).values("centre_id"),
    )
    return rows.aggregate(
        ACTIVE=Count("pk", filter=Q(status="ACTIVE")),
        SUSPENDED=Count("pk", filter=Q(status="SUSPENDED")),
        NOT_HELD=Count("pk", filter=Q(status="NOT_HELD")),
        WAITING=Count("pk", filter=Exists(waiting)),
    )


def decisions_waiting(person: Person) -> tuple[int, Any]:
    """Recommendations that wait for a decision, and since when the oldest waits; one query."""
    got = DirectClaimsRecommendation.objects.visible_to(person).filter(status="WAITING").aggregate(
        number=Count("pk"), oldest=Min("recommended_at")
    )  # fmt: skip
    return got["number"], got["oldest"]


def look_first(person: Person, filters: Filters, today: date, *, most: int = 10) -> list[dict[str, Any]]:
    """Centres with the longest overdue task (``tasks_of``); one query."""
    late = Deadline.objects.filter(
        tasks_of(filters, today), centre=OuterRef("centre_id"), state="OPEN", due_on__lt=today
    ).order_by("due_on", "pk")
    rows = (
        centre_years(person, filters)
        .annotate(
            what=Subquery(late.values("title")[:1]),
            due_on=Subquery(late.values("due_on")[:1]),
            who=Subquery(late.values("owner__name")[:1]),
            who_role=Subquery(late.values("owner_role")[:1]),
        )
        .filter(due_on__isnull=False)
        .select_related("centre", "lsv")
        .order_by("due_on", "centre_id")[:most]
    )
    return [
        {
            "name": row.centre.name,
            "number": row.centre.number,
            "url": row.centre.get_absolute_url(),
            "risk": row.risk,
            "what": row.what,
            "days": (today - row.due_on).days,
            "who": who_must_act(row.who, row.who_role),
            "lsv": row.lsv.name if row.lsv else "",
        }
        for row in rows
    ]


def who_must_act(name: str | None, role_code: str) -> str:
    """The person with their role, or the role where nobody is named."""
    role = RoleCode(role_code).label if role_code in RoleCode.values else role_code
    return f"{name}, {role}" if name else str(role)
