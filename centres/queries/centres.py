"""The register of centres and of qualifications as lists need them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import BooleanField, Count, Exists, OuterRef, Q, QuerySet, Subquery
from django.db.models.expressions import RawSQL
from django.db.models.functions import Coalesce

from centres.models import Centre, Programme, QaModelPeriod, Qualification, Unit
from centres.queries.learners import name_begins

PAGE = 50


@dataclass(frozen=True)
class CentreFilter:
    """What the register of centres is narrowed to; empty values narrow nothing."""

    text: str = ""
    status: str = ""
    nation: str = ""
    programmes: str = ""


def centres_of(person: Any, wanted: CentreFilter, on: date, *, after: str = "") -> Any:
    """Centres by name, narrowed, each with its quality manager and count of open ``programmes``; one query."""
    rows = Centre.objects.visible_to(person)
    text = wanted.text.strip()
    if text:
        rows = rows.filter(
            Q(number__gte=text, number__lt=text + "~") if text.isdigit() else name_begins(text)
        )
    rows = rows.filter(**{f: v for f, v in (("status", wanted.status), ("nation", wanted.nation)) if v})
    open_ = Programme.objects.filter(centre_id=OuterRef("pk"), status="APPROVED").filter(
        Q(approved_to=None) | Q(approved_to__gte=on)
    )
    if wanted.programmes == "none":
        rows = rows.filter(~Exists(open_))
    elif wanted.programmes == "wbl":
        rows = rows.filter(Exists(open_.filter(qualification_id__in=_work_based(on))))
    if after.isdigit():
        rows = rows.filter(
            RawSQL(  # noqa: S611  (values are parameters; the ORM has no comparison of rows)
                "(centres_centre.name_key, centres_centre.id) >"
                " ((SELECT last.name_key FROM centres_centre last WHERE last.id = %s), %s)",
                [int(after), int(after)],
                output_field=BooleanField(),
            )
        )
    count = open_.order_by().values("centre_id").annotate(number=Count("pk")).values("number")
    return (
        rows.select_related("quality_manager")
        .annotate(programmes=Coalesce(Subquery(count), 0))
        .order_by("name_key", "pk")
    )


def one_page(rows: QuerySet[Centre], size: int = PAGE) -> tuple[list[Centre], str]:
    """The first centres of a list, and the mark for the page after them (empty at the end)."""
    found = list(rows[: size + 1])
    return found[:size], (str(found[size - 1].pk) if len(found) > size else "")


def qualifications(on: date) -> QuerySet[Qualification]:
    """All qualifications by suite, with ``qa_model`` on a day, ``unit_count`` and ``centre_count``; one query."""
    model = (
        QaModelPeriod.objects.filter(qualification_id=OuterRef("pk"), starts_on__lte=on)
        .filter(Q(ends_on=None) | Q(ends_on__gte=on))
        .order_by("-starts_on")
    )
    units = Unit.objects.filter(qualification_id=OuterRef("pk")).order_by().values("qualification_id")
    centres = (
        Programme.objects.filter(qualification_id=OuterRef("pk"), status="APPROVED")
        .order_by()
        .values("qualification_id")
    )
    return Qualification.objects.annotate(
        qa_model=Subquery(model.values("model")[:1]),
        unit_count=Coalesce(Subquery(units.annotate(n=Count("pk")).values("n")), 0),
        centre_count=Coalesce(Subquery(centres.annotate(n=Count("pk")).values("n")), 0),
    ).order_by("suite", "short_title")


def _work_based(on: date) -> QuerySet:
    return (
        QaModelPeriod.objects.filter(model="WBL", starts_on__lte=on)
        .filter(Q(ends_on=None) | Q(ends_on__gte=on))
        .values("qualification_id")
    )
