"""Check and submit, and the confirm pages of every other move of a self-assessment."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from centres.models import Centre
from centres.pages import centre_page
from centres.permissions import Permission as P
from centres.queries.holidays import holidays_of
from centres.working_days import add_working_days
from qa_portal import clock, notices
from qa_portal.errors import RuleViolation
from qa_portal.wording import date_long
from verification.forms.self_assessments import ReasonForm, ReturnForm
from verification.lifecycle.self_assessments import SELF_ASSESSMENT
from verification.models import SelfAssessment, SelfAssessmentKind
from verification.operations import self_assessments
from verification.queries import self_assessments as queries
from verification.questionnaire import NAMES, name_of
from verification.rules.self_assessments import missing_answers
from verification.views import self_assessment_parts as parts

CONFIRM = "verification/self_assessment/confirm.html"
RETURN_WORKING_DAYS = 10


@require_safe
@centre_page(P.SELF_ASSESSMENT_SUBMIT)
def check(request: HttpRequest, centre: Centre) -> HttpResponse:
    """What is missing before it can be submitted, each with its link; or the way to submit it."""
    self_assessment = parts.find_year(request, centre)
    sections = list(queries.sections_of(self_assessment))
    missing = missing_answers(self_assessment)
    context = {
        **parts.frame(centre, self_assessment),
        "heading": "Check and submit",
        "caption": parts.title_of(self_assessment),
        "fact": parts.state_tag(self_assessment, clock.today()),
        "missing": missing,
        "progress": queries.progress_of(sections),
        "due_words": date_long(self_assessment.due_on),
        "offered": self_assessment.status in SELF_ASSESSMENT["submit"].sources,
        "status_words": self_assessment.get_status_display().lower(),
        "submit_url": reverse(
            "self-assessment-submit", args=[centre.number, self_assessment.centre_year.year]
        ),
        "print_url": reverse("self-assessment-print", args=[centre.number, self_assessment.centre_year.year]),
        "groups": parts.section_groups(self_assessment, sections, on_check=True, with_check=True),
        "jump_text": parts.jump_text(sections),
    }
    return render(request, "verification/self_assessment/check.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@centre_page(P.SELF_ASSESSMENT_SUBMIT)
def submit(request: HttpRequest, centre: Centre, year: int) -> HttpResponse:
    """Confirm the submission: it reaches the LSV."""
    found = parts.find_year(request, centre, year)
    lsv = found.centre_year.lsv
    told = (
        f"{lsv.name}, your LSV, is told and reads it."
        if lsv
        else "Your LSV reads it as soon as one is allocated."
    )
    page = Confirm(
        heading=f"Submit the {name_of(found)}?",
        consequences=[
            told,
            "The answers are kept as they are now, with the date and your name.",
            "You can take it back and change it until your LSV has accepted it.",
        ],
        verb="Submit",
        done=("It is submitted", told),
        run=lambda _: self_assessments.submit(self_assessment_id=found.pk, by=request.user, at=clock.now()),
        transition="submit",
        back=reverse("self-assessment-check", args=[centre.number]),
    )
    return page.respond(request, centre, found)


@require_http_methods(["GET", "HEAD", "POST"])
@centre_page(P.SELF_ASSESSMENT_SUBMIT)
def recall(request: HttpRequest, centre: Centre, year: int) -> HttpResponse:
    """Confirm taking it back."""
    found = parts.find_year(request, centre, year)
    page = Confirm(
        heading=f"Take the {name_of(found)} back to change it?",
        consequences=[
            "Your LSV is told, and keeps the version that you submitted.",
            f"It is due again by {date_long(found.due_on)}; until then it counts as not submitted.",
        ],
        verb="Take it back",
        done=("You can change it again", "Submit it when you are ready: your LSV waits for it."),
        run=lambda _: self_assessments.recall(self_assessment_id=found.pk, by=request.user, at=clock.now()),
        transition="recall",
    )
    return page.respond(request, centre, found)


@require_http_methods(["GET", "HEAD", "POST"])
@centre_page(P.SELF_ASSESSMENT_SUBMIT)
def withdraw(request: HttpRequest, centre: Centre, year: int) -> HttpResponse:
    """Confirm withdrawing it, with the reason."""
    found = parts.find_year(request, centre, year)
    page = Confirm(
        heading=f"Withdraw the {name_of(found)}?",
        consequences=[
            "Its deadline ends, and nobody is asked for a section any longer.",
            "Your LSV is told the reason.",
            "Nothing is deleted: you can open it again.",
        ],
        verb="Withdraw it",
        danger=True,
        done=("It is withdrawn", "You can open it again from this page."),
        form=ReasonForm(request.POST or None, label="Why the centre does not send it"),
        run=lambda form: self_assessments.withdraw(
            self_assessment_id=found.pk, reason=form["reason"], by=request.user, at=clock.now()
        ),
        transition="withdraw",
    )
    return page.respond(request, centre, found)


@require_http_methods(["GET", "HEAD", "POST"])
@centre_page(P.SELF_ASSESSMENT_SUBMIT)
def reopen(request: HttpRequest, centre: Centre, year: int) -> HttpResponse:
    """Confirm opening a withdrawn one again."""
    found = parts.find_year(request, centre, year)
    page = Confirm(
        heading=f"Open the {name_of(found)} again?",
        consequences=[
            "Everything that was answered is still there.",
            f"It is due by {date_long(found.due_on)}.",
        ],
        verb="Open it again",
        done=("It is open again", f"It is due by {date_long(found.due_on)}."),
        run=lambda _: self_assessments.reopen(self_assessment_id=found.pk, by=request.user, at=clock.now()),
        transition="reopen",
    )
    return page.respond(request, centre, found)


@require_http_methods(["GET", "HEAD", "POST"])
@centre_page(P.SELF_ASSESSMENT_SUBMIT)
def form(request: HttpRequest, centre: Centre, year: int) -> HttpResponse:
    """Confirm the change between the self-assessment and the annual centre declaration (R6)."""
    found = parts.find_year(request, centre, year)
    to_short = found.kind == SelfAssessmentKind.CSA
    other = SelfAssessmentKind.ACD if to_short else SelfAssessmentKind.CSA
    page = Confirm(
        heading=f"Send the {NAMES[other]} instead?" if to_short else f"Answer the {NAMES[other]} instead?",
        consequences=[
            f"The {NAMES[other]} takes the place of the {name_of(found)}: you never send both.",
            "What you have answered is kept, and comes back when you change your mind.",
            f"It is due by {date_long(found.due_on)} as before.",
        ],
        verb=f"Use the {NAMES[other]}",
        done=(f"You answer the {NAMES[other]} now", f"It is due by {date_long(found.due_on)}."),
        run=lambda _: self_assessments.switch_form(
            self_assessment_id=found.pk, kind=other, by=request.user, at=clock.now()
        ),
    )
    return page.respond(request, centre, found)


@require_http_methods(["GET", "HEAD", "POST"])
@centre_page(P.SELF_ASSESSMENT_REVIEW)
def accept(request: HttpRequest, centre: Centre, year: int) -> HttpResponse:
    """Confirm that the LSV has read it."""
    found = parts.find_year(request, centre, year)
    page = Confirm(
        heading=f"Accept the {name_of(found)} of {centre.name}?",
        consequences=["The Quality Nominee is told.", "The centre cannot change its answers afterwards."],
        verb="Accept it as read",
        done=("It is accepted", "The Quality Nominee has been told."),
        run=lambda _: self_assessments.accept(self_assessment_id=found.pk, by=request.user, at=clock.now()),
        transition="accept",
    )
    return page.respond(request, centre, found)


@require_http_methods(["GET", "HEAD", "POST"])
@centre_page(P.SELF_ASSESSMENT_REVIEW)
def give_back(request: HttpRequest, centre: Centre, year: int) -> HttpResponse:
    """Return it with remarks, and a day by which it comes again."""
    found = parts.find_year(request, centre, year)
    today = clock.today()
    holidays = holidays_of(centre.nation, today, today + timedelta(days=60))
    again = add_working_days(today, RETURN_WORKING_DAYS, holidays)
    page = Confirm(
        heading=f"Return the {name_of(found)} to {centre.name}?",
        consequences=[
            "The Quality Nominee is told, and reads your remarks above the answers.",
            "The centre changes its answers and submits them as a new version.",
        ],
        verb="Return it",
        done=("It is returned", "The Quality Nominee has been told."),
        form=ReturnForm(request.POST or None, initial={"due_on": again}),
        run=lambda form: self_assessments.return_for_amendment(
            self_assessment_id=found.pk, by=request.user, at=clock.now(), **form
        ),
        transition="return",
    )
    return page.respond(request, centre, found)


class Confirm:
    """A page that asks one question and does one thing."""

    def __init__(
        self,
        *,
        heading: str,
        consequences: list[str],
        verb: str,
        done: tuple[str, str],
        run: Callable[[dict[str, Any]], Any],
        transition: str = "",
        form: forms.Form | None = None,
        danger: bool = False,
        back: str = "",
    ) -> None:
        self.heading, self.consequences, self.verb, self.done = heading, consequences, verb, done
        self.run, self.transition, self.form, self.danger, self.back = run, transition, form, danger, back

    def respond(self, request: HttpRequest, centre: Centre, found: SelfAssessment) -> HttpResponse:
        """The question, or after the answer the overview; what a rule says about the form's words stays beside them."""
        if self.transition:
            SELF_ASSESSMENT[self.transition].check(found, by=request.user)
        if request.method == "POST" and self._ran(request):
            notices.done(request, *self.done)
            return redirect(parts.home_of(found))
        context = {
            **parts.frame(centre, found),
            "heading": self.heading,
            "caption": f"{parts.title_of(found)}, {centre.name}",
            "consequences": self.consequences,
            "verb": self.verb,
            "form": self.form,
            "danger": self.danger,
            "back_url": self.back or parts.home_of(found),
        }
        return render(request, CONFIRM, context)

    def _ran(self, request: HttpRequest) -> bool:
        if self.form is None:
            self.run({})
            return True
        if not self.form.is_valid():
            return False
        try:
            self.run(self.form.cleaned_data)
        except RuleViolation as refusal:
            self.form.add_error(None, refusal.message)
            return False
        return True
