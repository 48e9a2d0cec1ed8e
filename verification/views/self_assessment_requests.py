"""Asking somebody for a section, files that support it, and more time."""

from __future__ import annotations

from datetime import timedelta

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from centres.models import Centre
from centres.operations import evidence
from centres.pages import centre_page
from centres.permissions import Permission as P
from centres.views.evidence import file_rows
from qa_portal import clock, notices
from qa_portal.errors import RuleViolation
from qa_portal.wording import date_long
from verification.forms.self_assessments import (
    BtecReviewForm,
    DelegateForm,
    EvidenceForm,
    ExtensionForm,
    ReasonForm,
)
from verification.models import Extension, SectionEvidence, SelfAssessment, SelfAssessmentSection
from verification.operations import btec_reviews, extensions, section_evidence, self_assessment_sections
from verification.queries import self_assessments as queries
from verification.queries.section_evidence import evidence_of
from verification.questionnaire import form_of, name_of
from verification.rules import self_assessments as rules
from verification.views import self_assessment_parts as parts

DAYS_BEFORE_THE_FORM_IS_DUE = 7


def _find_section(request: HttpRequest, centre: Centre, pk: int) -> SelfAssessmentSection:
    """A section of this centre with its form; 404 otherwise."""
    rows = SelfAssessmentSection.objects.visible_to(request.user).filter(centre=centre)
    section = rows.select_related("programme__qualification", "delegated_to").filter(pk=pk).first()
    if section is None:
        raise Http404
    forms = queries.with_year(SelfAssessment.objects.visible_to(request.user))
    section.self_assessment = forms.get(pk=section.self_assessment_id)
    if section.key not in form_of(section.self_assessment):
        raise Http404
    return section


def _title(section: SelfAssessmentSection) -> str:
    return queries.title_of(section, form_of(section.self_assessment))


@require_http_methods(["GET", "HEAD", "POST"])
@centre_page(P.SELF_ASSESSMENT_DELEGATE)
def delegate(request: HttpRequest, centre: Centre, pk: int) -> HttpResponse:
    """Ask somebody of the centre to answer a section by a day."""
    section = _find_section(request, centre, pk)
    rules.can_still_be_edited(section.self_assessment)
    today, due = clock.today(), section.self_assessment.due_on
    form = DelegateForm(
        request.POST or None,
        people=queries.people_to_ask(centre.pk, section.programme_id, today),
        initial={
            "person": section.delegated_to_id or getattr(section.programme, "leader_id", None),
            "asked_by": section.asked_by_date
            or max(today, due - timedelta(days=DAYS_BEFORE_THE_FORM_IS_DUE)),
        },
    )
    url = queries.url_of(section, centre.number)
    if request.method == "POST" and form.is_valid():
        try:
            asked = self_assessment_sections.delegate(
                section_id=section.pk,
                person_id=int(form.cleaned_data["person"]),
                asked_by=form.cleaned_data["asked_by"],
                by=request.user,
                at=clock.now(),
            )
        except RuleViolation as refusal:
            form.add_error("asked_by", refusal.message)
        else:
            name = asked.delegated_to.name if asked.delegated_to else ""
            notices.done(
                request,
                f"{name} is asked for “{_title(section)}”",
                f"They have been told by e-mail: by {date_long(asked.asked_by_date)}.",
            )
            return redirect(url)
    context = {
        **parts.frame(centre, section.self_assessment, (_title(section), url)),
        "heading": "Who answers this section?",
        "caption": f"{_title(section)}, {parts.title_of(section.self_assessment)}",
        "form": form,
        "section": section,
        "back_url": url,
        "take_back_url": reverse("self-assessment-take-back", args=[centre.number, section.pk]),
    }
    return render(request, "verification/self_assessment/delegate.html", context)


@require_POST
@centre_page(P.SELF_ASSESSMENT_DELEGATE)
def take_back(request: HttpRequest, centre: Centre, pk: int) -> HttpResponse:
    """Ask nobody for a section any longer."""
    section = _find_section(request, centre, pk)
    self_assessment_sections.take_back(section_id=section.pk, by=request.user, at=clock.now())
    notices.done(request, "Nobody is asked for this section now", "What was answered is kept.")
    return redirect(queries.url_of(section, centre.number))


@require_http_methods(["GET", "HEAD", "POST"])
@centre_page(P.SELF_ASSESSMENT_READ)
def files(request: HttpRequest, centre: Centre, pk: int) -> HttpResponse:
    """The files that support a section; add some, or take one off."""
    section = _find_section(request, centre, pk)
    rules.answered_by_whom_it_was_given_to(section, request.user)
    rules.can_still_be_edited(section.self_assessment)
    asked = form_of(section.self_assessment)[section.key]
    form = EvidenceForm(
        request.POST or None,
        request.FILES or None,
        questions=asked.questions,
        initial={"question": request.GET.get("question", "")},
    )
    if request.method == "POST" and form.is_valid():
        now = clock.now()
        stored = [
            evidence.store(centre_id=centre.pk, upload=upload, by=request.user, at=now)
            for upload in form.cleaned_data["files"]
        ]
        section_evidence.attach(
            section_id=section.pk,
            file_ids=[file.pk for file in stored],
            question=form.cleaned_data["question"],
            by=request.user,
            at=now,
        )
        notices.done(request, "The files are attached", "Your LSV can open them.")
        return redirect(request.path)
    numbers = {question.key: question.number for question in asked.questions}
    links = list(evidence_of([section.pk], centre.pk))
    rows = [
        {**row, "link": link, "supports": numbers.get(link.question, "The whole section")}
        for row, link in zip(file_rows(link.file for link in links), links, strict=True)
    ]
    context = {
        **parts.frame(
            centre, section.self_assessment, (_title(section), queries.url_of(section, centre.number))
        ),
        "heading": "Files that support the answers",
        "caption": f"{_title(section)}, {parts.title_of(section.self_assessment)}",
        "form": form,
        "rows": rows,
        "may_add": request.user.may(P.EVIDENCE_ADD, centre.pk),
        "back_url": queries.url_of(section, centre.number),
    }
    return render(request, "verification/self_assessment/files.html", context)


@require_POST
@centre_page(P.SELF_ASSESSMENT_READ)
def take_file_off(request: HttpRequest, centre: Centre, pk: int) -> HttpResponse:
    """Take a file off its section."""
    links = SectionEvidence.objects.visible_to(request.user).filter(centre=centre)
    link = links.select_related("file").filter(pk=pk).first()
    if link is None:
        raise Http404
    section_evidence.detach(link_id=link.pk, by=request.user, at=clock.now())
    notices.done(request, f"“{link.file.name}” no longer supports this section")
    return redirect("self-assessment-evidence", centre.number, link.section_id)


@require_http_methods(["GET", "HEAD", "POST"])
@centre_page(P.SELF_ASSESSMENT_SUBMIT)
def ask_for_time(request: HttpRequest, centre: Centre, year: int) -> HttpResponse:
    """Ask for more time."""
    found = parts.find_year(request, centre, year)
    rules.can_still_be_edited(found)
    form = ExtensionForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            extensions.ask(self_assessment_id=found.pk, by=request.user, at=clock.now(), **form.cleaned_data)
        except RuleViolation as refusal:
            form.add_error("wanted_until", refusal.message)
        else:
            notices.done(
                request,
                "You have asked for more time",
                f"Your LSV and the quality manager are told. Until one of them answers it stays due by"
                f" {date_long(found.due_on)}.",
            )
            return redirect(parts.home_of(found))
    context = {
        **parts.frame(centre, found),
        "heading": f"Ask for more time for the {name_of(found)}",
        "caption": centre.name,
        "consequences": [
            f"It is due by {date_long(found.due_on)}.",
            "Your LSV or the quality manager gives or refuses the time, and you are told.",
        ],
        "verb": "Ask for more time",
        "form": form,
        "back_url": parts.home_of(found),
    }
    return render(request, "verification/self_assessment/confirm.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@centre_page(P.EXTENSION_DECIDE)
def decide_time(request: HttpRequest, centre: Centre, year: int, pk: int) -> HttpResponse:
    """Give or refuse more time."""
    found = parts.find_year(request, centre, year)
    asked = Extension.objects.visible_to(request.user).filter(centre=centre, self_assessment=found)
    extension = asked.select_related("asked_by").filter(pk=pk).first()
    if extension is None:
        raise Http404
    refusing = "refuse" in request.POST
    form = ReasonForm(
        request.POST or None, label="Your words to the centre (needed when you refuse)", required=refusing
    )
    if request.method == "POST" and form.is_valid():
        move = extensions.refuse if refusing else extensions.grant
        move(
            extension_id=extension.pk,
            decision_reason=form.cleaned_data["reason"],
            by=request.user,
            at=clock.now(),
        )
        done = (
            f"It stays due by {date_long(found.due_on)}"
            if refusing
            else (f"{centre.name} has until {date_long(extension.wanted_until)}")
        )
        notices.done(request, done, f"{extension.asked_by.name} has been told.")
        return redirect(parts.home_of(found))
    context = {
        **parts.frame(centre, found),
        "heading": f"Give {centre.name} more time?",
        "caption": parts.title_of(found),
        "form": form,
        "extension": extension,
        "self_assessment": found,
        "today": clock.today(),
        "back_url": parts.home_of(found),
    }
    return render(request, "verification/self_assessment/decide_time.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@centre_page(P.CENTRE_EDIT)
def btec_review(request: HttpRequest, centre: Centre, year: int) -> HttpResponse:
    """Note the day of the year's BTEC review, which opens the short form to the centre (R6)."""
    found = parts.find_year(request, centre, year)
    form = BtecReviewForm(request.POST or None, initial={"on": found.centre_year.btec_review_on})
    if request.method == "POST" and form.is_valid():
        try:
            btec_reviews.note(
                centre_year_id=found.centre_year_id, by=request.user, at=clock.now(), **form.cleaned_data
            )
        except RuleViolation as refusal:
            form.add_error("on", refusal.message)
        else:
            notices.done(request, "The BTEC review is noted", "The centre may send the short form this year.")
            return redirect(parts.home_of(found))
    context = {
        **parts.frame(centre, found),
        "heading": f"When was the BTEC review of {centre.name} done?",
        "caption": parts.title_of(found),
        "form": form,
        "consequences": ["The centre may send the annual centre declaration instead of the self-assessment"],
        "verb": "Note the review",
        "back_url": parts.home_of(found),
    }
    return render(
        request, "verification/self_assessment/confirm.html", context, status=422 if form.errors else 200
    )
