"""A centre's year as its tracker and its table of programmes show it."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

from django.db.models import Count, F, IntegerField, OuterRef, Subquery
from django.db.models.functions import Coalesce
from django.urls import NoReverseMatch, reverse

from centres import academic_year
from centres.models import Centre, Person, Programme, Registration
from centres.queries.schemes import scheme_of
from qa_portal import wording
from verification.models import CentreYear, DirectClaimsStatus, SelfAssessmentSection

STAGE_SHAPES = {
    "CANNOT_START": "cannot-start",
    "NOT_STARTED": "not-started",
    "DATED": "date-set",
    "UNDER_WAY": "under-way",
    "DONE": "done",
    "NOT_NEEDED": "not-held",
}
_STAGES = (
    ("self_assessment", "Self-assessment", "self-assessment"),
    ("allocation", "LSV allocated", "messages"),
    ("visit", "LSV visit", "activities"),
    ("sampling", "Standards verification", "activities"),
    ("final_report", "Final annual report", "reports"),
)


def current_year(person: Person, centre: Centre, today: date) -> CentreYear | None:
    """The centre's year that today lies in, or the newest before it."""
    return (
        CentreYear.objects.visible_to(person)
        .filter(centre_id=centre.pk, year__lte=academic_year.year_of(today))
        .select_related("lsv", "scheme_version")
        .order_by("-year")
        .first()
    )


def tracker(centre: Centre, year: CentreYear) -> list[dict[str, Any]]:
    """The stages of the year for the tracker; reads only the year's own row."""
    stages = []
    for key, label, page in _STAGES:
        state = getattr(year, f"{key}_state")
        stages.append(
            {
                "shape": STAGE_SHAPES[state],
                "label": label,
                "state": getattr(year, f"get_{key}_state_display")(),
                "facts": year.stage_facts.get(key, []),
                "url": _url(page, centre.number),
            }
        )
    return stages


def _url(name: str, number: str) -> str:
    try:
        return reverse(name, args=[number])
    except NoReverseMatch:
        return ""


def programmes(person: Person, centre: Centre, year: CentreYear) -> list[dict[str, Any]]:
    """One row a programme: learners, self-assessment, direct claims, review due, next sample; one query."""
    first, last = academic_year.bounds(year.year)
    window = scheme_of(year.scheme_version).windows["standards_verification"].on(year.year)
    sampling = f"{window[0]:%b} to {window[1]:%b}"
    return [_programme(row, sampling) for row in _rows(person, centre, year, first, last)]


def _rows(person: Person, centre: Centre, year: CentreYear, first: date, last: date) -> Any:
    sections = SelfAssessmentSection.objects.filter(
        centre_id=centre.pk, self_assessment__centre_year=year.pk, programme=OuterRef("pk")
    )
    claims = DirectClaimsStatus.objects.filter(centre_id=centre.pk, programme=OuterRef("pk"))
    learners = (
        Registration.objects.filter(centre_id=centre.pk, programme=OuterRef("pk"))
        .exclude(status="WITHDRAWN")
        .filter(cohort__ends_on__gte=first, cohort__starts_on__lte=last)
        .order_by()
        .values("programme")
        .annotate(number=Count("pk"))
        .values("number")
    )
    return (
        Programme.objects.visible_to(person)
        .filter(centre_id=centre.pk)
        .active_in(first, last)
        .select_related("qualification")
        .annotate(
            learner_count=Coalesce(Subquery(learners, output_field=IntegerField()), 0),
            answered=Subquery(sections.values("answered")[:1]),
            questions=Subquery(sections.values("questions")[:1]),
            claims_status=Subquery(claims.values("status")[:1]),
            claims_basis=Subquery(claims.values("basis")[:1]),
            review_due=Subquery(claims.values("review_due")[:1]),
        )
        .order_by("qualification__short_title")
    )


_CLAIMS = {
    "ACTIVE": ("good", "Active", "done"),
    "SUSPENDED": ("stop", "Suspended", "suspended"),
    "NOT_HELD": ("idle", "Not held", "not-held"),
}


def _programme(row: Any, sampling: str) -> dict[str, Any]:
    answered, questions = row.answered or 0, row.questions
    function, word, shape = _CLAIMS[row.claims_status or "NOT_HELD"]
    shape_of_answers = "done" if answered == questions else "under-way" if answered else "not-started"
    return {
        "name": row.qualification.short_title,
        "suite": row.qualification.suite,
        "qan": row.qualification.qan,
        "url": _programme_url(row.pk),
        "learners": row.learner_count,
        "answers": f"{answered} of {questions}" if questions else "",
        "answers_shape": shape_of_answers,
        "claims": {"function": function, "word": word, "shape": shape},
        "claims_note": _note(row),
        "review_due": wording.date_year(row.review_due),
        "sampling": sampling,
    }


def _note(row: Any) -> str:
    if (row.claims_status or "NOT_HELD") == "NOT_HELD":
        return "claims need a release"
    return str((row.claims_basis or {}).get("note", ""))


def _programme_url(pk: int) -> str:
    try:
        return reverse("programme", args=[pk])
    except NoReverseMatch:
        return ""


def suites(rows: Iterable[dict[str, Any]]) -> str:
    """The head of the first column: the one suite, or just "Programme"."""
    names = {row["suite"] for row in rows}
    return names.pop() if len(names) == 1 else "Programme"


def waiting_for(person: Person, centre: Centre, year: CentreYear) -> list[dict[str, Any]]:
    """Sections of the self-assessment that others of the centre still have, one row a person."""
    sections = (
        SelfAssessmentSection.objects.visible_to(person)
        .filter(centre_id=centre.pk, self_assessment__centre_year=year.pk, delegated_to__isnull=False)
        .filter(self_assessment__status__in=["OPEN", "RETURNED"])
        .exclude(delegated_to=person.pk)
        .filter(answered__lt=F("questions"))
        .select_related("delegated_to")
    )
    waiting: dict[int, dict[str, Any]] = {}
    for section in sections:
        left = section.questions - section.answered
        assert section.delegated_to is not None
        entry = waiting.setdefault(
            section.delegated_to.pk, {"name": section.delegated_to.name, "sections": 0, "left": 0, "by": None}
        )
        entry["sections"] += 1
        entry["left"] += left
        entry["by"] = min(filter(None, [entry["by"], section.asked_by_date]), default=None)
    return list(waiting.values())
