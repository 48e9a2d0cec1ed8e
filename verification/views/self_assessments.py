"""The overview of a self-assessment, and the page of one section."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.views.decorators.http import require_http_methods, require_safe

from centres import academic_year
from centres.models import Centre
from centres.pages import centre_page
from centres.permissions import Permission as P
from centres.schemes.questions import Section
from qa_portal import clock, notices
from qa_portal.errors import EditConflict
from qa_portal.tenancy import Side
from qa_portal.wording import clock_time, date_plain, date_year, moment
from verification.forms.self_assessments import SectionForm, answer_field, comment_field, saved
from verification.models import CentreYear, SelfAssessment, SelfAssessmentAnswer, SelfAssessmentSection
from verification.operations import self_assessment_sections
from verification.operations.self_assessment_sections import Answer
from verification.queries import self_assessments as queries
from verification.queries.section_evidence import evidence_of
from verification.questionnaire import EDITABLE, comment_needed_for, form_of
from verification.rules.self_assessments import may_answer
from verification.views import self_assessment_parts as parts
from verification.views.self_assessment_overview import context_of

YES_NO = {True: "Yes", False: "No", None: "Not answered"}


@require_http_methods(["GET", "HEAD", "POST"])
@centre_page(P.SELF_ASSESSMENT_READ)
def section(request: HttpRequest, centre: Centre, pk: int) -> HttpResponse:
    """Answer a section, or read it where one may not answer it. Verifiers and staff read what was submitted."""
    page = _SectionPage(request, centre, pk)
    if request.user.access.side != Side.CENTRE:
        return redirect(parts.home_of(page.self_assessment))
    if request.method == "POST":
        return page.save()
    return page.show()


class _SectionPage:
    """One request for one section: what is saved, what was entered, what stands beside it."""

    def __init__(self, request: HttpRequest, centre: Centre, pk: int) -> None:
        self.request, self.centre = request, centre
        self.self_assessment, self.sections = _with_sections(request, centre, pk)
        self.section = next(row for row in self.sections if row.pk == pk)
        self.section.self_assessment = self.self_assessment
        self.asked: Section = form_of(self.self_assessment)[self.section.key]
        self.rows = _rows(self.section)
        self.needed_for = comment_needed_for(self.self_assessment)
        self.editable = self.self_assessment.status in EDITABLE and may_answer(self.section, request.user)

    def form(self, data: Any = None) -> SectionForm:
        initial = saved(self.rows, self.section.revision)
        return SectionForm(data, questions=self.asked.questions, initial=initial)

    def show(self) -> HttpResponse:
        if not self.editable:
            return self.render(None)
        if "check" not in self.request.GET:
            return self.render(self.form())
        form = self.form(saved(self.rows, self.section.revision))
        form.is_valid()
        form.mark_missing(self.needed_for)
        return self.render(form)

    def save(self) -> HttpResponse:
        form = self.form(self.request.POST)
        if not form.is_valid():
            return self.render(form)
        given = {key: Answer(*answer) for key, answer in form.answers().items()}
        try:
            section = self_assessment_sections.save_section(
                section_id=self.section.pk,
                answers=given,
                revision=form.cleaned_data["revision"],
                by=self.request.user,
                at=clock.now(),
            )
        except EditConflict:
            return self.both_texts(form)
        if "later" in self.request.POST:
            notices.done(
                self.request,
                "Your answers are saved",
                f"{section.answered} of {section.questions} in this section are complete. You can come back at any"
                " time until it is submitted.",
            )
            return redirect(parts.home_of(self.self_assessment))
        if section.answered < section.questions:
            return redirect(f"{queries.url_of(section, self.centre.number)}?check=1")
        return redirect(self.next_url(section))

    def next_url(self, done: SelfAssessmentSection) -> str:
        """The next section that this person answers and that is not complete, else the end of the form."""
        at = [row.pk for row in self.sections].index(done.pk)
        for row in [*self.sections[at + 1 :], *self.sections[:at]]:
            if row.answered < row.questions and may_answer(row, self.request.user):
                return queries.url_of(row, self.centre.number)
        if parts.may_change(self.request, self.self_assessment):
            return reverse("self-assessment-check", args=[self.centre.number])
        notices.done(
            self.request, "Your section is complete", "The Quality Nominee sees it and submits the form."
        )
        return parts.home_of(self.self_assessment)

    def both_texts(self, form: SectionForm) -> HttpResponse:
        """Somebody else saved first: keep what this person entered, take the other's where this person changed nothing,
        and show both where they differ."""
        untouched = form.untouched()
        data = self.request.POST.copy()
        fresh = saved(self.rows, self.section.revision)
        differing = []
        for question in self.asked.questions:
            key, row = question.key, self.rows[question.key]
            mine = form.answers()[key]
            if key in untouched or mine == (row.value, row.comment):
                for name in (answer_field(key), comment_field(key)):
                    data[name] = fresh[name]
                continue
            differing.append({"number": question.number, "text": question.text, "theirs": _words(row),
                              "mine": _words(SelfAssessmentAnswer(value=mine[0], comment=mine[1])),
                              "url": f"#id_{answer_field(key)}_0"})  # fmt: skip
        data["revision"], data["base"] = fresh["revision"], fresh["base"]
        conflict = {"by": self.section.saved_by, "at": self.section.saved_at, "differing": differing}
        return self.render(self.form(data), conflict=conflict, status=409)

    def render(self, form: SectionForm | None, *, status: int = 200, conflict: Any = None) -> HttpResponse:
        problems = form.problems() if form is not None and form.is_bound and conflict is None else []
        bad = len({message.split()[0] for _, message in problems})
        context = {
            **parts.frame(self.centre, self.self_assessment),
            **_heading(self.section, self.asked, self._may_delegate(), self.centre.number),
            "section": self.section,
            "asked": self.asked,
            "answers": form,
            "rows": self._rows_shown(form),
            "page_errors": problems,
            "conflict": conflict,
            "remarks": self.self_assessment.remarks if self.self_assessment.status == "RETURNED" else "",
            "saved_words": _saved_words(self.section),
            "evidence": self._evidence(),
            "evidence_url": reverse("self-assessment-evidence", args=[self.centre.number, self.section.pk]),
            "why_reading": self._why_reading(),
            "groups": parts.section_groups(
                self.self_assessment,
                self.sections,
                current=self.section.pk,
                errors=bad,
                with_check=parts.may_change(self.request, self.self_assessment),
            ),
            "jump_text": parts.jump_text(self.sections),
        }
        return render(self.request, "verification/self_assessment/section.html", context, status=status)

    def _may_delegate(self) -> bool:
        return self.self_assessment.status in EDITABLE and self.request.user.may(
            P.SELF_ASSESSMENT_DELEGATE, self.centre.pk
        )

    def _why_reading(self) -> str:
        if self.editable:
            return ""
        if self.self_assessment.status not in EDITABLE:
            return f"The answers cannot be changed: this is “{self.self_assessment.get_status_display().lower()}”."
        if self.section.delegated_to is not None:
            return f"{self.section.delegated_to.name} and the Quality Nominee answer this section."
        return "The Quality Nominee answers this section, or asks somebody to."

    def _evidence(self) -> list[dict[str, Any]]:
        numbers = {question.key: question.number for question in self.asked.questions}
        return [
            {
                "name": link.file.name,
                "url": reverse("evidence-file", args=[link.file_id]),
                "what": f"For {numbers[link.question]}"
                if link.question in numbers
                else "For the whole section",
                "size": link.file.size,
            }
            for link in evidence_of([self.section.pk], self.centre.pk)
        ]

    def _rows_shown(self, form: SectionForm | None) -> list[dict[str, Any]]:
        earlier = queries.answers_of_last_year(self.centre.pk, self.self_assessment.centre_year.year)
        shown = []
        for question in self.asked.questions:
            row = self.rows[question.key]
            before = earlier.get((self.section.key, self.section.programme_id, question.key))
            shown.append(
                {
                    "question": question,
                    "answer": form[answer_field(question.key)] if form else None,
                    "comment": form[comment_field(question.key)] if form else None,
                    "value": YES_NO[row.value],
                    "words": row.comment,
                    "last_year": _last_year(before, row.value) if before else None,
                }
            )
        return shown


def _with_sections(request: HttpRequest, centre: Centre, pk: int) -> tuple[Any, list[SelfAssessmentSection]]:
    forms = queries.with_year(SelfAssessment.objects.visible_to(request.user))
    self_assessment = forms.filter(centre=centre, sections=pk).first()
    sections = list(queries.sections_of(self_assessment)) if self_assessment else []
    if self_assessment is None or pk not in {row.pk for row in sections}:
        raise Http404
    return self_assessment, sections


def _rows(section: SelfAssessmentSection) -> dict[str, SelfAssessmentAnswer]:
    rows = SelfAssessmentAnswer.objects.filter(centre_id=section.centre_id, section=section)
    return {row.question: row for row in rows}


def _words(row: SelfAssessmentAnswer) -> str:
    return f"{YES_NO[row.value]}. {row.comment}" if row.comment else YES_NO[row.value]


def _heading(
    section: SelfAssessmentSection, asked: Section, may_delegate: bool, number: str
) -> dict[str, Any]:
    programme = section.programme
    if programme is not None:
        caption = f"Section {asked.number}: {asked.title[0].lower()}{asked.title[1:]}"
        heading, lead = programme.qualification.short_title, f"{programme.qualification.qan}. "
    else:
        caption, heading, lead = f"Section {asked.number}", asked.title, ""
    change = ""
    if may_delegate:
        url = reverse("self-assessment-delegate", args=[number, section.pk])
        word = "Change" if section.delegated_to else "Ask somebody to answer it"
        change = format_html(' <a href="{}">{}</a>', url, word)
    if section.delegated_to is not None and section.delegated_by is not None and section.delegated_at:
        below = format_html(
            "{}Delegated to <strong>{}</strong> by {} on {}.{}",
            lead,
            section.delegated_to.name,
            section.delegated_by.name,
            date_plain(section.delegated_at),
            change,
        )
    else:
        below = format_html("{}Answered by the Quality Nominee.{}", lead, change)
    return {"caption": caption, "heading": heading, "below": below}


def _saved_words(section: SelfAssessmentSection) -> str:
    if section.saved_at is None:
        return "Not saved yet"
    today = timezone.localdate(section.saved_at) == clock.today()
    when = clock_time(section.saved_at) if today else moment(section.saved_at)
    return f"Last saved {when} by {section.saved_by.name if section.saved_by else 'the portal'}"


def _last_year(before: queries.EarlierAnswer, now: bool | None) -> dict[str, str]:
    changed = now is not None and before.value is not None and now != before.value
    when = date_year(before.on) if before.on else ""
    return {
        "answer": YES_NO[before.value],
        "words": before.comment,
        "who": ", ".join(filter(None, [before.name, when])),
        "changed": "Your answer changed. Your LSV will see both." if changed else "",
    }


@require_safe
@centre_page(P.SELF_ASSESSMENT_READ)
def overview(request: HttpRequest, centre: Centre, year: int | None = None) -> HttpResponse:
    """Where the self-assessment of a year stands and what can be done; the answers as they were submitted."""
    self_assessment = parts.look_for(request, centre, year)
    year = academic_year.year_of(clock.today()) if year is None else year
    if self_assessment is None:
        return _nothing(request, centre, year)
    context = context_of(request, centre, self_assessment)
    request.found = self_assessment  # type: ignore[attr-defined]
    return render(request, "verification/self_assessment/overview.html", context)


def _nothing(request: HttpRequest, centre: Centre, year: int) -> HttpResponse:
    centre_year = CentreYear.objects.visible_to(request.user).filter(centre=centre, year=year).first()
    if centre_year is None and year != academic_year.year_of(clock.today()):
        raise Http404
    label = academic_year.label(year)
    if centre_year is None:
        how = "It is opened by the portal at the beginning of September, with a section for each programme."
    else:
        how = "Centres without an active work-based programme are not asked for one."
    context = {
        "heading": f"Self-assessment {label}",
        "breadcrumbs": [("Home", reverse("home")), (f"Self-assessment {label}", "")],
        "missing": f"There is no self-assessment for {label}",
        "how": how,
    }
    return render(request, "verification/self_assessment/nothing.html", context)
