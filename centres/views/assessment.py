"""Pages of assessment decisions: the list of a centre, recording one, and its internal verification."""

from __future__ import annotations

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from centres import pages
from centres.forms.register import DecisionFilterForm, DecisionForm, VerificationForm
from centres.import_kinds import DECISIONS
from centres.models import AssessmentDecision, Centre, Programme, Registration, Unit
from centres.operations import decisions
from centres.operations.decisions import Decision
from centres.permissions import Permission as P
from centres.queries import decisions as queries
from centres.views.register import attempt, crumbs, form_page
from qa_portal import clock, notices
from qa_portal.wording import date_year


@require_safe
@pages.centre_page(P.ASSESSMENT_READ)
def assessment(request: HttpRequest, centre: Centre) -> HttpResponse:
    """The decisions of a centre, or of one of its programmes, latest first."""
    programmes = list(
        Programme.objects.visible_to(request.user)
        .filter(centre_id=centre.pk)
        .select_related("qualification")
        .order_by("qualification__short_title")
    )
    asked = request.GET.get("programme", "")
    chosen = next((programme for programme in programmes if str(programme.pk) == asked), None)
    rows = queries.decisions_of(
        request.user, centre.pk, queries.DecisionFilter(programme_id=chosen.pk if chosen else None)
    )
    page = _Uncounted(rows, 50).get_page(request.GET.get("page"))
    context = {
        "heading": "Assessment decisions",
        "caption": chosen.qualification.short_title if chosen else centre.name,
        "breadcrumbs": crumbs(centre),
        "filter_form": DecisionFilterForm(request.GET, programmes=programmes),
        "all_url": request.path,
        "chosen": chosen,
        "rows": [_row(request, row) for row in page],
        "page": page,
        "learners_url": reverse("learners", args=[centre.number]),
        "may_decide": request.user.may(P.ASSESSMENT_DECIDE, centre.pk),
        "import_url": reverse("imports", args=[centre.number])
        if DECISIONS.may_be_imported(request.user, centre.pk)
        else "",
    }
    return render(request, "centres/assessment.html", context)


class _Uncounted(Paginator):
    """Pages of a list that nobody needs to count: there is a next page while rows come."""

    count = 10_000_000

    def page(self, number):
        page = super().page(number)
        start = (page.number - 1) * self.per_page
        found = list(self.object_list[start : start + self.per_page + 1])
        page.object_list = found[: self.per_page]
        page.has_next = lambda: len(found) > self.per_page
        return page


def _row(request: HttpRequest, row: AssessmentDecision) -> dict:
    may_verify = (
        row.internal_verifier is None
        and row.assessor.person_id != request.user.pk
        and request.user.may(P.INTERNAL_VERIFICATION_RECORD, row.centre_id, row.programme_id)
    )
    return {
        "learner": row.registration.learner.name,
        "url": reverse("learner", args=[row.registration.learner_id]),
        "unit": f"Unit {row.assignment.unit.number}, assignment {row.assignment.number}",
        "programme": row.programme.qualification.label,
        "attempt": row.get_attempt_display(),
        "grade": row.grade,
        "assessor": row.assessor.name,
        "on": date_year(row.decided_on),
        "verified": f"{row.get_verification_outcome_display()} by {row.internal_verifier.name}"
        if row.internal_verifier
        else "",
        "verify_url": reverse("decision-verify", args=[row.pk]) if may_verify else "",
    }


@require_http_methods(["GET", "POST"])
@pages.person_page
def decide(request: HttpRequest, pk: int) -> HttpResponse:
    """Record a decision on a learner's work: first the unit, then grade and criteria."""
    rows = Registration.objects.visible_to(request.user).select_related(
        "centre", "learner", "programme__qualification", "cohort"
    )
    registration = pages.find(request, rows, pk, P.ASSESSMENT_DECIDE)
    programme, today = registration.programme, clock.today()
    units = Unit.objects.filter(qualification_id=programme.qualification_id).order_by("number")
    if not request.GET.get("unit", "").isdigit():
        context = {
            "heading": f"Which unit did {registration.learner.name} do?",
            "caption": programme.qualification.short_title,
            "breadcrumbs": crumbs(registration.centre, "learners"),
            "units": [(unit, f"{request.path}?unit={unit.pk}") for unit in units],
            "back_url": reverse("learner", args=[registration.learner_id]),
        }
        return render(request, "centres/choose_unit.html", context)
    unit = get_object_or_404(units, pk=int(request.GET["unit"]))
    form = DecisionForm(
        request.POST or None,
        programme=programme,
        unit=unit,
        on=today,
        initial={"site": registration.cohort.site_id, "decided_on": today},
    )
    if request.method == "POST" and form.is_valid():
        row = attempt(form, lambda: _record(request, registration, unit, form))
        if row is not None:
            _say(request, row, programme)
            return redirect("learner", registration.learner_id)
    return form_page(
        request,
        form,
        f"{registration.learner.name}, unit {unit.number}",
        "Record the decision",
        registration.centre,
        reverse("learner", args=[registration.learner_id]),
        below=unit.title,
    )


def _record(
    request: HttpRequest, registration: Registration, unit: Unit, form: DecisionForm
) -> AssessmentDecision:
    values = form.cleaned_data
    met = set(values["criteria"])
    return decisions.record(
        registration_id=registration.pk,
        decision=Decision(
            unit_id=unit.pk,
            assessor_id=values["assessor"].pk,
            site_id=values["site"].pk,
            decided_on=values["decided_on"],
            grade=values["grade"],
            assignment_number=values["assignment_number"],
            attempt=values["attempt"],
            criteria={criterion["code"]: criterion["code"] in met for criterion in unit.criteria},
            reference=values["reference"],
        ),
        by=request.user,
        at=clock.now(),
    )


def _say(request: HttpRequest, row: AssessmentDecision, programme: Programme) -> None:
    missing = queries.not_standardised(
        row.centre_id, [row.assessor_id], row.decided_on, programme.qualification.suite
    )
    if missing:
        notices.warn(
            request,
            "Decision recorded, with a warning",
            f"The staff register shows no standardisation of {row.assessor.name} this academic year before "
            f"{date_year(row.decided_on)}. Your verifier will ask for it.",
        )
    else:
        notices.done(request, "Decision recorded")


@require_http_methods(["GET", "POST"])
@pages.person_page
def verify(request: HttpRequest, pk: int) -> HttpResponse:
    """Record the internal verification of a decision."""
    rows = AssessmentDecision.objects.visible_to(request.user).select_related(
        "centre", "registration__learner", "assessor", "assignment__unit"
    )
    row = pages.find(request, rows, pk, P.INTERNAL_VERIFICATION_RECORD)
    today = clock.today()
    form = VerificationForm(
        request.POST or None, centre_id=row.centre_id, on=today, initial={"verified_on": today}
    )
    back = reverse("assessment", args=[row.centre.number]) + f"?programme={row.programme_id}"
    if request.method == "POST" and form.is_valid():
        done = attempt(
            form,
            lambda: decisions.verify(
                decision_id=row.pk,
                internal_verifier_id=form.cleaned_data["internal_verifier"].pk,
                outcome=form.cleaned_data["outcome"],
                verified_on=form.cleaned_data["verified_on"],
                by=request.user,
                at=clock.now(),
            ),
        )
        if done is not None:
            notices.done(request, "Internal verification recorded")
            return redirect(back)
    return form_page(
        request,
        form,
        f"Verify the decision on {row.registration.learner.name}, unit {row.assignment.unit.number}",
        "Record the verification",
        row.centre,
        back,
        below=f"Grade {row.grade} by {row.assessor.name} on {date_year(row.decided_on)}",
    )
