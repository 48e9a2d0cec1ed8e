"""Learners as lists and pages need them: found by the beginning of a name, by ULN, by programme, cohort and state."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import BooleanField, Exists, OuterRef, Q, QuerySet
from django.db.models.expressions import RawSQL
from django.db.models.functions import JSONObject

from centres import identifiers
from centres.models import Learner, Registration

PAGE = 50
_LAST = "\U0010ffff"


def name_begins(text: str, field: str = "name_key") -> Q:
    """Names that begin with ``text``, as a range that the index serves under row-level security (LIKE is not)."""
    key = " ".join(text.lower().split())
    return Q(**{f"{field}__gte": key, f"{field}__lt": key + _LAST})


def learner_matches(text: str) -> Q:
    """Learners whose family name, or given then family name, begins so; a number finds a ULN or the own reference."""
    words = text.split()
    number = identifiers.squeeze(text)
    if number.isdigit() and len(number) == 10:
        return Q(uln=number)
    found = name_begins(text)
    if len(words) > 1:
        # People write "Jo Okafor" as often as "Okafor Jo"; the key holds the family name first.
        found |= name_begins(words[-1]) & Q(given_name__istartswith=" ".join(words[:-1]))
    if any(character.isdigit() for character in text):
        found |= Q(reference=text.strip())
    return found


@dataclass(frozen=True)
class LearnerFilter:
    """What a list of learners is narrowed to; empty values narrow nothing."""

    text: str = ""
    programme_id: int | None = None
    cohort_id: int | None = None
    status: str = ""


def learners_of(person: Any, centre_id: int, wanted: LearnerFilter, *, after: str = "") -> Any:
    """A centre's learners in the order of their names, narrowed, each with ``on_programmes``; one query.

    ``on_programmes`` is a list of {programme, cohort, status} that this person may see. ``after`` is the id of the last
    learner of the page before.
    """
    rows = Learner.objects.visible_to(person).filter(centre_id=centre_id)
    if wanted.text.strip():
        rows = rows.filter(learner_matches(wanted.text))
    where: dict[str, Any] = {
        "programme_id": wanted.programme_id,
        "cohort_id": wanted.cohort_id,
        "status": wanted.status,
    }
    where = {field: value for field, value in where.items() if value}
    if where:
        rows = rows.filter(
            Exists(Registration.objects.filter(centre_id=centre_id, learner_id=OuterRef("pk"), **where))
        )
    if after.isdigit():
        rows = rows.filter(_behind(int(after)))
    theirs = (
        Registration.objects.visible_to(person)
        .filter(centre_id=centre_id, learner_id=OuterRef("pk"))
        .order_by("enrolled_on", "pk")
        .values(
            row=JSONObject(
                programme="programme__qualification__label", cohort="cohort__name", status="status"
            )
        )
    )
    return rows.annotate(on_programmes=ArraySubquery(theirs)).order_by("name_key", "id")


def _behind(learner_id: int) -> RawSQL:
    """Learners behind one of them: row values are compared, because an OR over two columns loses the index.

    The name is looked up by the database, so that no address of a page holds it.
    """
    return RawSQL(  # noqa: S611  (values are parameters; the ORM has no comparison of rows)
        "(centres_learner.name_key, centres_learner.id) >"
        " ((SELECT last.name_key FROM centres_learner last WHERE last.id = %s), %s)",
        [learner_id, learner_id],
        output_field=BooleanField(),
    )


def one_page(rows: QuerySet[Learner], size: int = PAGE) -> tuple[list[Learner], str]:
    """The first learners of a list, and the mark for the page after them (empty at the end)."""
    found = list(rows[: size + 1])
    return found[:size], (str(found[size - 1].pk) if len(found) > size else "")


def same_person(
    centre_id: int, *, given_name: str, family_name: str, born: date | None, without: int | None = None
) -> list[Learner]:
    """Learners of this centre with the same name and date of birth: probably the same person (R31, a warning)."""
    key = " ".join(f"{family_name} {given_name}".lower().split())
    rows = Learner.objects.filter(centre_id=centre_id, name_key=key, date_of_birth=born)
    return list(rows.exclude(pk=without)[:5]) if without else list(rows[:5])
