"""What the overview of a self-assessment shows: state, offers, who is waited for, requests, versions, answers."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.urls import reverse

from centres import academic_year
from centres.models import Centre
from centres.permissions import Permission as P
from qa_portal import clock
from qa_portal.tenancy import Side
from qa_portal.wording import date_long, moment
from verification.lifecycle.self_assessments import SELF_ASSESSMENT
from verification.models import (
    Extension,
    ExtensionStatus,
    SelfAssessment,
    SelfAssessmentKind,
    SelfAssessmentStatus,
    SelfAssessmentVersion,
)
from verification.queries import self_assessments as queries
from verification.questionnaire import EDITABLE, form_of
from verification.rules.self_assessments import may_answer, may_use_short_form, year_still_runs
from verification.views import self_assessment_parts as parts
from verification.views.self_assessment_reading import sections_to_read, to_look_at

PAGES = {"submit": "check", "recall": "recall", "return": "return", "accept": "accept", "withdraw": "withdraw",
         "reopen": "reopen"}  # fmt: skip
PAST_THE_YEAR = ("recall", "reopen", "return")


def context_of(request: HttpRequest, centre: Centre, self_assessment: SelfAssessment) -> dict[str, Any]:
    """Everything the page needs, in five queries."""
    today = clock.today()
    sections = list(queries.sections_of(self_assessment))
    versions = _versions(request, centre)
    mine = [row for row in versions if row["self_assessment_id"] == self_assessment.pk]
    read, look = _answers(request, self_assessment, versions, mine)
    editable = self_assessment.status in EDITABLE
    at_the_centre = request.user.access.side == Side.CENTRE
    return {
        **parts.frame(centre, self_assessment),
        "heading": parts.title_of(self_assessment),
        "caption": "" if at_the_centre else centre.name,
        "fact": parts.state_tag(self_assessment, today),
        "today": today,
        "self_assessment": self_assessment,
        "editable": editable,
        "progress": queries.progress_of(sections),
        "due_words": date_long(self_assessment.due_on),
        "btec_review": _btec_review(self_assessment),
        "returned_by": self_assessment.reviewed_by,
        "groups": parts.section_groups(
            self_assessment,
            sections,
            with_check=editable and parts.may_change(request, self_assessment),
            linked=at_the_centre,
        ),
        "jump_text": parts.jump_text(sections),
        "next": _next(request, self_assessment, sections),
        "offers": _offers(request, self_assessment, sections),
        "waiting": _waiting(self_assessment, sections) if at_the_centre else [],
        "extensions": _extensions(request, self_assessment),
        "history": _history(self_assessment, mine),
        "earlier_years": _earlier_years(self_assessment, versions),
        "register_url": reverse(
            "self-assessment-register", args=[centre.number, self_assessment.centre_year.year]
        ),
        "read": read,
        "look": look,
    }


def _versions(request: HttpRequest, centre: Centre) -> list[dict[str, Any]]:
    """All versions of all years of the centre, newest first, without their content."""
    rows = SelfAssessmentVersion.objects.visible_to(request.user).filter(centre=centre)
    return list(
        rows.order_by("-submitted_at").values(
            "pk", "number", "self_assessment_id", "self_assessment__centre_year__year", "submitted_at",
            "submitted_by__name",
        )
    )  # fmt: skip


def _answers(
    request: HttpRequest, self_assessment: SelfAssessment, versions: list, mine: list
) -> tuple[list, list]:
    """What was submitted, beside what was submitted the year before; nothing while the centre still writes."""
    centre_side = request.user.access.side == Side.CENTRE
    if not mine or (centre_side and self_assessment.status in EDITABLE):
        return [], []
    year = self_assessment.centre_year.year
    before = [row for row in versions if row["self_assessment__centre_year__year"] == year - 1]
    wanted = [row["pk"] for row in (mine[:1] + before[:1])]
    contents = dict(
        SelfAssessmentVersion.objects.filter(centre_id=self_assessment.centre_id, pk__in=wanted).values_list(
            "pk", "content"
        )
    )
    read = sections_to_read(contents[wanted[0]], contents[wanted[1]] if len(wanted) > 1 else None)
    return read, to_look_at(read)


def _btec_review(self_assessment: SelfAssessment) -> str:
    """What is known of the review that opens the short form; nothing for other centres (R6)."""
    if not self_assessment.centre.mainly_btec_qa:
        return ""
    on = self_assessment.centre_year.btec_review_on
    if on is None:
        return "The BTEC review of this year is not noted yet. After it the centre may send the short form instead."
    return f"The BTEC review of this year was done on {date_long(on)}."


def _offers(request: HttpRequest, self_assessment: SelfAssessment, sections: list) -> list[dict[str, str]]:
    """What this person may do here, as links; what must come first, as a reason."""
    number, person = self_assessment.centre.number, request.user
    offers: list[dict[str, str]] = []
    last: list[dict[str, str]] = []
    progress = queries.progress_of(sections)
    for transition in SELF_ASSESSMENT:
        if self_assessment.status not in transition.sources:
            continue
        if not person.may(transition.permission, self_assessment.centre_id):
            continue
        if transition.name in PAST_THE_YEAR and not year_still_runs(self_assessment, clock.now()):
            continue
        offer = {
            "label": transition.label,
            "url": _page(PAGES[transition.name], self_assessment),
            "reason": "",
        }
        if transition.name == "submit":
            offer["label"] = "Check and submit"
            if not progress.complete:
                offer["reason"] = f"{progress.words}."
        (last if transition.name == "withdraw" else offers).append(offer)
    if parts.may_change(request, self_assessment):
        if self_assessment.status in EDITABLE:
            offers.append(
                {"label": "Ask for more time", "url": _page("extension", self_assessment), "reason": ""}
            )
        if self_assessment.status == SelfAssessmentStatus.OPEN and may_use_short_form(self_assessment):
            short = self_assessment.kind == SelfAssessmentKind.CSA
            label = (
                "Send the annual centre declaration instead"
                if short
                else "Answer the self-assessment instead"
            )
            offers.append({"label": label, "url": _page("form", self_assessment), "reason": ""})
    year = self_assessment.centre_year.year
    if self_assessment.centre.mainly_btec_qa and person.may(P.CENTRE_EDIT, self_assessment.centre_id):
        offers.append(
            {"label": "Note its BTEC review", "url": _page("btec-review", self_assessment), "reason": ""}
        )
    printed = reverse("self-assessment-print", args=[number, year])
    if person.access.side == Side.CENTRE or self_assessment.status not in EDITABLE:
        offers.append({"label": "Print it or save it as PDF", "url": printed, "reason": ""})
    offers.append({"label": "Print the blank form", "url": f"{printed}?blank=1", "reason": ""})
    declared = reverse("declaration-year", args=[number, year])
    offers.append(
        {"label": f"Open the annual declaration {academic_year.label(year)}", "url": declared, "reason": ""}
    )
    return offers + last


def _next(request: HttpRequest, self_assessment: SelfAssessment, sections: list) -> dict[str, str] | None:
    """The one thing to do first: the next section of this person's that is not complete, or the end of the form."""
    if self_assessment.status not in EDITABLE:
        return None
    form = form_of(self_assessment)
    for row in sections:
        if row.answered < row.questions and may_answer(row, request.user):
            verb = "Continue with" if row.saved_at else "Answer"
            title = queries.title_of(row, form)
            return {"label": f"{verb} “{title}”", "url": queries.url_of(row, self_assessment.centre.number)}
    if parts.may_change(request, self_assessment) and queries.progress_of(sections).complete:
        return {"label": "Check and submit", "url": _page("check", self_assessment)}
    return None


def _page(name: str, self_assessment: SelfAssessment) -> str:
    number, year = self_assessment.centre.number, self_assessment.centre_year.year
    return reverse(f"self-assessment-{name}", args=[number] if name == "check" else [number, year])


def _waiting(self_assessment: SelfAssessment, sections: list) -> list[dict[str, Any]]:
    if self_assessment.status not in EDITABLE:
        return []
    form = form_of(self_assessment)
    rows = [
        {
            "name": row.delegated_to.name,
            "section": queries.title_of(row, form),
            "url": queries.url_of(row, self_assessment.centre.number),
            "count": f"{row.answered} of {row.questions}",
            "asked_by": row.asked_by_date,
        }
        for row in sections
        if row.delegated_to is not None and row.answered < row.questions
    ]
    return sorted(rows, key=lambda row: (row["asked_by"], row["section"]))


def _extensions(request: HttpRequest, self_assessment: SelfAssessment) -> list[dict[str, Any]]:
    decides = request.user.may(P.EXTENSION_DECIDE, self_assessment.centre_id)
    rows = Extension.objects.filter(centre_id=self_assessment.centre_id, self_assessment=self_assessment)
    number, year = self_assessment.centre.number, self_assessment.centre_year.year
    shapes = {"ASKED": "under-way", "GRANTED": "done", "REFUSED": "disagreed", "CLOSED": "not-held"}
    return [
        {
            "extension": row,
            "shape": shapes[row.status],
            "state": row.get_status_display(),
            "decide_url": (
                reverse("self-assessment-extension-decide", args=[number, year, row.pk])
                if decides and row.status == ExtensionStatus.ASKED
                else ""
            ),
        }
        for row in rows.select_related("asked_by", "decided_by").order_by("-asked_at")
    ]


def _history(self_assessment: SelfAssessment, mine: list[dict[str, Any]]) -> list[dict[str, str]]:
    number, year = self_assessment.centre.number, self_assessment.centre_year.year
    return [
        {
            "what": f"Version {row['number']} submitted",
            "by": f"by {row['submitted_by__name']}",
            "when": moment(row["submitted_at"]),
            "url": reverse("self-assessment-version", args=[number, year, row["number"]]),
            "link_text": "Read it",
        }
        for row in mine
    ]


def _earlier_years(self_assessment: SelfAssessment, versions: list[dict[str, Any]]) -> list[dict[str, str]]:
    here = self_assessment.centre_year.year
    years = sorted({row["self_assessment__centre_year__year"] for row in versions} - {here}, reverse=True)
    return [
        {
            "label": academic_year.label(year),
            "url": reverse("self-assessment-year", args=[self_assessment.centre.number, year]),
        }
        for year in years
    ]
