"""What several pages of a self-assessment share: finding it, its section list, its state in words."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from django.http import Http404, HttpRequest
from django.urls import reverse
from django.utils.safestring import SafeString

from centres import academic_year
from centres.models import Centre
from centres.permissions import Permission as P
from qa_portal import clock
from qa_portal.templatetags.portal import tag
from qa_portal.wording import counted, date_plain, date_short, days_from
from verification.models import SelfAssessment, SelfAssessmentSection, SelfAssessmentStatus
from verification.queries import self_assessments as queries
from verification.questionnaire import EDITABLE, form_of, name_of

Sections = Sequence[SelfAssessmentSection]


def find_year(request: HttpRequest, centre: Centre, year: int | None = None) -> SelfAssessment:
    """The centre's self-assessment of a year (the current one by default); 404 where there is none."""
    found = look_for(request, centre, year)
    if found is None:
        raise Http404
    return found


def look_for(request: HttpRequest, centre: Centre, year: int | None = None) -> SelfAssessment | None:
    """The same, or None."""
    year = academic_year.year_of(clock.today()) if year is None else year
    rows = queries.with_year(SelfAssessment.objects.visible_to(request.user))
    return rows.filter(centre=centre, centre_year__year=year).first()


def frame(centre: Centre, self_assessment: SelfAssessment, *more: tuple[str, str]) -> dict[str, Any]:
    """Breadcrumbs of a page below the self-assessment."""
    label = title_of(self_assessment)
    return {"breadcrumbs": [("Home", reverse("home")), (label, home_of(self_assessment)), *more]}


def title_of(self_assessment: SelfAssessment) -> str:
    """ "Self-assessment 2026-27"."""
    return f"{name_of(self_assessment).capitalize()} {academic_year.label(self_assessment.centre_year.year)}"


def home_of(self_assessment: SelfAssessment) -> str:
    """The overview of this year's, or of an earlier, self-assessment."""
    year = self_assessment.centre_year.year
    if year == academic_year.year_of(clock.today()):
        return reverse("self-assessment", args=[self_assessment.centre.number])
    return reverse("self-assessment-year", args=[self_assessment.centre.number, year])


def state_tag(self_assessment: SelfAssessment, today: date) -> SafeString:
    """Where it stands, with the date that counts."""
    status = self_assessment.status
    if status in EDITABLE:
        due = self_assessment.due_on
        if due < today:
            return tag("stop", f"Due {date_plain(due)}, {days_from(due, today)}", shape="overdue")
        return tag("moving", f"Due by {date_plain(due)}, {days_from(due, today)}", shape="date-set")
    if status == SelfAssessmentStatus.WITHDRAWN:
        return tag("idle", "Withdrawn", shape="not-held")
    when = (
        self_assessment.reviewed_at
        if status == SelfAssessmentStatus.ACCEPTED
        else self_assessment.submitted_at
    )
    word = "Accepted" if status == SelfAssessmentStatus.ACCEPTED else "Submitted"
    return tag("good", f"{word} {date_plain(when)}", shape="done")


def may_change(request: HttpRequest, self_assessment: SelfAssessment) -> bool:
    """Whether this person submits it, delegates its sections and asks for more time."""
    return request.user.may(P.SELF_ASSESSMENT_SUBMIT, self_assessment.centre_id)


def section_groups(
    self_assessment: SelfAssessment,
    sections: Sections,
    *,
    current: int | None = None,
    errors: int = 0,
    on_check: bool = False,
    with_check: bool = False,
    linked: bool = True,
) -> list[dict[str, Any]]:
    """The section list of every page of the form, as ``parts/section_list.html`` draws it.

    Without links for those who read only what was submitted.
    """
    form = form_of(self_assessment)
    number = self_assessment.centre.number
    whole, by_programme = [], []
    for section in sections:
        item = _item(section, queries.title_of(section, form), number, current, errors)
        item["url"] = item["url"] if linked else ""
        (by_programme if section.programme_id else whole).append(item)
    groups = [{"heading": "Whole centre", "items": whole}]
    if by_programme:
        groups.append({"heading": "By programme", "items": by_programme})
    if with_check:
        groups.append({"heading": "At the end", "items": [_check(sections, number, on_check)]})
    return groups


def _item(
    section: SelfAssessmentSection, title: str, number: str, current: int | None, errors: int
) -> dict[str, Any]:
    here = section.pk == current
    complete = section.answered == section.questions
    if here and errors:
        shape, state = "overdue", "needs attention"
    elif complete:
        shape, state = "done", "complete"
    elif section.answered or section.saved_at:
        shape, state = "under-way", "under way"
    else:
        shape, state = "not-started", "not started"
    return {
        "shape": shape,
        "state": state,
        "name": title,
        "count": f"{section.answered} of {section.questions}",
        "second": _second(section, complete, errors if here else 0),
        "url": queries.url_of(section, number),
        "current": here,
    }


def _second(section: SelfAssessmentSection, complete: bool, errors: int) -> str:
    who = section.delegated_to.name if section.delegated_to else ""
    if errors:
        return ", ".join(filter(None, [who, counted(errors, "error")]))
    if who and not complete and section.asked_by_date:
        return f"{who}, asked by {date_short(section.asked_by_date).split(chr(160), 1)[1]}"
    if who:
        return who
    return "Nobody yet" if section.programme_id and not section.answered else ""


def _check(sections: Sections, number: str, here: bool) -> dict[str, Any]:
    progress = queries.progress_of(sections)
    return {
        "shape": "not-started" if progress.complete else "cannot-start",
        "state": "ready" if progress.complete else "not complete yet",
        "name": "Check and submit",
        "count": "",
        "second": "Everything is answered"
        if progress.complete
        else f"When all {progress.questions} are answered",
        "url": reverse("self-assessment-check", args=[number]),
        "current": here,
    }


def jump_text(sections: Sections) -> str:
    """ "All 6 sections and what is left"."""
    return (
        f"All {len(sections)} sections and what is left"
        if len(sections) > 1
        else "The section and what is left"
    )
