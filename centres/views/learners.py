"""Pages of learners: the list, one learner, adding, changing, and their data."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from centres import pages
from centres.forms.register import LearnerFilterForm, LearnerForm, SamePersonForm
from centres.import_kinds import LEARNERS
from centres.lifecycle.registrations import REGISTRATION
from centres.models import AssessmentDecision, Centre, Cohort, Learner, Registration
from centres.operations import learner_data, learners
from centres.permissions import Permission as P
from centres.queries import learners as queries
from centres.queries import registrations as fees
from centres.queries.history import history_of
from centres.views.register import attempt, confirm_page, crumbs, form_page
from qa_portal import clock, notices
from qa_portal.errors import EditConflict
from qa_portal.wording import date_plain, date_year

STATES = {
    "ENROLLED": ("careful", "Enrolled, not registered"),
    "REGISTERED": ("done", "Registered"),
    "WITHDRAWN": ("not-held", "Withdrawn"),
}
_MOST_COHORTS = 200


@require_safe
@pages.centre_page(P.LEARNER_READ)
def learner_list(request: HttpRequest, centre: Centre) -> HttpResponse:
    """A centre's learners, found by the beginning of a name, a ULN, a cohort or a state."""
    cohorts = list(
        Cohort.objects.visible_to(request.user)
        .filter(centre_id=centre.pk)
        .select_related("programme__qualification")
        .order_by("-starts_on", "name")[:_MOST_COHORTS]
    )
    form = LearnerFilterForm(request.GET, cohorts=cohorts)
    wanted = _wanted(form)
    rows = queries.learners_of(request.user, centre.pk, wanted, after=request.GET.get("after", ""))
    found, after = queries.one_page(rows)
    context = {
        "heading": "Learners",
        "caption": f"{centre.name}, centre {centre.number}",
        "breadcrumbs": [(centre.name, centre.get_absolute_url())],
        "filter_form": form,
        "filtered": wanted != queries.LearnerFilter(),
        "list_url": request.path,
        "rows": [_row(learner) for learner in found],
        "next_url": _next_url(request, after),
        "first_url": _next_url(request, "", always=True) if request.GET.get("after") else "",
        "add_url": _if(request, P.LEARNER_EDIT, centre, "learner-add"),
        "import_url": reverse("imports", args=[centre.number])
        if LEARNERS.may_be_imported(request.user, centre.pk)
        else "",
        "register_url": _if(request, P.REGISTRATION_EDIT, centre, "register-learners"),
    }
    return render(request, "centres/learners.html", context)


def _wanted(form: LearnerFilterForm) -> queries.LearnerFilter:
    form.is_valid()
    values = form.cleaned_data
    return queries.LearnerFilter(
        text=values.get("q", ""),
        programme_id=int(values.get("programme") or 0) or None,
        cohort_id=int(values.get("cohort") or 0) or None,
        status=values.get("status", ""),
    )


def _if(request: HttpRequest, permission: str, centre: Centre, name: str) -> str:
    return reverse(name, args=[centre.number]) if request.user.may(permission, centre.pk) else ""


def _next_url(request: HttpRequest, after: str, *, always: bool = False) -> str:
    if not (after or always):
        return ""
    query = request.GET.copy()
    query.pop("after", None)
    if after:
        query["after"] = after
    return f"{request.path}?{query.urlencode()}"


def _row(learner: Learner) -> dict[str, Any]:
    return {
        "name": f"{learner.family_name}, {learner.given_name}",
        "url": reverse("learner", args=[learner.pk]),
        "uln": learner.uln,
        "born": date_year(learner.date_of_birth),
        "reference": learner.reference,
        "programmes": [
            {
                "what": f"{each['programme']}, {each['cohort']}",
                "shape": STATES[each["status"]][0],
                "state": STATES[each["status"]][1],
            }
            for each in learner.on_programmes  # type: ignore[attr-defined]
        ],
    }


@require_safe
@pages.person_page
def learner_page(request: HttpRequest, pk: int) -> HttpResponse:
    """One learner: details, registrations with their fees, decisions, history."""
    learner = _learner(request, pk, P.LEARNER_READ)
    centre = learner.centre
    registrations = list(
        Registration.objects.visible_to(request.user)
        .filter(centre_id=centre.pk, learner_id=learner.pk)
        .select_related("programme__qualification", "cohort")
        .order_by("enrolled_on", "pk")
    )
    may_edit = request.user.may(P.LEARNER_EDIT, centre.pk) and learner.erased_at is None
    context = {
        "heading": learner.name,
        "caption": f"{centre.name}, learner",
        "breadcrumbs": crumbs(centre, "learners"),
        "learner": learner,
        "facts": _facts(learner),
        "change_url": reverse("learner-change", args=[learner.pk]) if may_edit else "",
        "registrations": [_registration(request, row) for row in registrations],
        "decisions": _decisions(request, learner, registrations),
        "enrol_url": reverse("enrol", args=[learner.pk])
        if request.user.may(P.REGISTRATION_EDIT, centre.pk) and learner.erased_at is None
        else "",
        "export_url": reverse("learner-export", args=[learner.pk])
        if request.user.may(P.LEARNER_DATA_EXPORT, centre.pk)
        else "",
        "erase_url": reverse("learner-erase", args=[learner.pk])
        if request.user.may(P.LEARNER_DATA_ERASE, centre.pk) and learner.erased_at is None
        else "",
        "events": history_of(centre.pk, [learner, *registrations]),
    }
    return render(request, "centres/learner.html", context)


def _facts(learner: Learner) -> list[dict[str, Any]]:
    rows = [
        ("Given name", learner.given_name),
        ("Family name", learner.family_name),
        ("Date of birth", date_plain(learner.date_of_birth)),
        ("Unique Learner Number", learner.uln),
        ("Your own number", learner.reference),
    ]
    return [{"term": term, "value": value} for term, value in rows]


def _registration(request: HttpRequest, row: Registration) -> dict[str, Any]:
    shape, word = STATES[row.status]
    may_decide = request.user.may(P.ASSESSMENT_DECIDE, row.centre_id, row.programme_id)
    return {
        "programme": row.programme.qualification.short_title,
        "programme_url": reverse("programme", args=[row.programme_id]),
        "cohort": row.cohort.name,
        "shape": shape,
        "state": word,
        "certificate_name": row.certificate_name,
        "name_url": reverse("certificate-name", args=[row.pk])
        if request.user.may(P.REGISTRATION_EDIT, row.centre_id, row.programme_id)
        else "",
        "enrolled": date_plain(row.enrolled_on),
        "registered": date_plain(row.registered_on),
        "withdrawn": date_plain(row.withdrawn_on),
        "version": row.specification_version,
        "fee": fees.in_words(row.fee_multiplier) if row.fee_multiplier is not None else "",
        "why": fees.explanation(row.fee_facts),
        "decide_url": reverse("decide", args=[row.pk]) if may_decide and row.status != "WITHDRAWN" else "",
        "offers": [
            {
                "label": transition.label,
                "url": "" if refusal else reverse(f"registration-{transition.name}", args=[row.pk]),
                "reason": str(refusal) if refusal else "",
            }
            for transition, refusal in REGISTRATION.offered_to(request.user, row)
        ],
    }


def _decisions(
    request: HttpRequest, learner: Learner, registrations: list[Registration]
) -> list[dict[str, Any]]:
    if not request.user.may(P.ASSESSMENT_READ, learner.centre_id):
        return []
    rows = (
        AssessmentDecision.objects.visible_to(request.user)
        .filter(centre_id=learner.centre_id, registration_id__in=[row.pk for row in registrations])
        .select_related("assignment__unit", "assessor", "internal_verifier", "programme__qualification")
        .order_by("programme_id", "assignment__unit__number", "assignment__number", "pk")
    )
    return [
        {
            "unit": f"Unit {row.assignment.unit.number}, assignment {row.assignment.number}",
            "programme": row.programme.qualification.label,
            "attempt": row.get_attempt_display(),
            "grade": row.grade,
            "assessor": row.assessor.name,
            "on": date_year(row.decided_on),
            "verified": f"{row.get_verification_outcome_display()} by {row.internal_verifier.name}"
            if row.internal_verifier
            else "Not verified",
        }
        for row in rows
    ]


def _learner(request: HttpRequest, pk: int, *permissions: str) -> Learner:
    return pages.find(
        request, Learner.objects.visible_to(request.user).select_related("centre"), pk, *permissions
    )


@require_http_methods(["GET", "POST"])
@pages.centre_page(P.LEARNER_EDIT)
def add(request: HttpRequest, centre: Centre) -> HttpResponse:
    """Add a learner; somebody of the same name and date of birth is asked about first (R31)."""
    form = LearnerForm(request.POST or None)
    like: list[Learner] = []
    asked = SamePersonForm(request.POST if "asked" in request.POST else None)
    if request.method == "POST" and form.is_valid():
        values = {name: value for name, value in form.cleaned_data.items() if name != "revision"}
        like = queries.same_person(
            centre.pk,
            given_name=values["given_name"],
            family_name=values["family_name"],
            born=values["date_of_birth"],
        )
        if not like or asked.is_valid():
            learner = attempt(
                form,
                lambda: learners.add(centre_id=centre.pk, by=request.user, at=clock.now(), **values),
            )
            if learner is not None:
                notices.done(request, f"{learner.name} added", "Enrol them on a programme next.")
                return redirect("learner", learner.pk)
    context = {
        "heading": "Add a learner",
        "caption": centre.name,
        "breadcrumbs": crumbs(centre, "learners"),
        "form": form,
        "asked": asked,
        "like": [(person, reverse("learner", args=[person.pk])) for person in like],
        "back_url": reverse("learners", args=[centre.number]),
    }
    wrong = form.errors or (like and not asked.is_valid())
    return render(request, "centres/learner_add.html", context, status=422 if wrong else 200)


@require_http_methods(["GET", "POST"])
@pages.person_page
def change(request: HttpRequest, pk: int) -> HttpResponse:
    """Change a learner's details; when somebody else did meanwhile, both are shown and nothing is lost."""
    learner = _learner(request, pk, P.LEARNER_EDIT)
    there = LearnerForm.values_of(learner)
    form = LearnerForm(request.POST or None, initial=there | {"revision": learners.revision_of(learner)})
    conflict: list[dict[str, Any]] = []
    if request.method == "POST" and form.is_valid():
        try:
            changed = attempt(
                form,
                lambda: learners.change(
                    learner_id=learner.pk, by=request.user, at=clock.now(), **form.cleaned_data
                ),
            )
        except EditConflict:
            changed = None
        if changed is not None:
            notices.done(request, f"{changed.name} changed")
            return redirect("learner", learner.pk)
        if form.cleaned_data.get("revision") != learners.revision_of(learner):
            conflict = _facts(learner)
            # The next save is made knowing both, so it carries the revision that is there now.
            form.data = form.data.copy()
            form.data["revision"] = learners.revision_of(learner)
    back = reverse("learner", args=[learner.pk])
    return form_page(request, form, f"Change {learner.name}", "Save", learner.centre, back, conflict=conflict)


@require_POST
@pages.person_page
def export(request: HttpRequest, pk: int) -> HttpResponse:
    """Everything about one learner, as an archive of JSON and CSV files."""
    learner = _learner(request, pk, P.LEARNER_DATA_EXPORT)
    archive = learner_data.export(learner_id=learner.pk, by=request.user, at=clock.now())
    response = HttpResponse(archive, content_type="application/zip")
    response["Content-Disposition"] = f'attachment; filename="learner-{learner.pk}.zip"'
    response["Cache-Control"] = "private, no-store"
    return response


@require_http_methods(["GET", "POST"])
@pages.person_page
def erase(request: HttpRequest, pk: int) -> HttpResponse:
    """Say what erasing a learner's details changes and what is kept, then do it."""
    learner = _learner(request, pk, P.LEARNER_DATA_ERASE)
    limits = learner_data.limits_of(learner.pk, clock.today())
    if request.method == "POST":
        learner_data.erase(learner_id=learner.pk, by=request.user, at=clock.now())
        notices.done(
            request, "The learner’s details are erased", "Registrations and decisions stay, without a name."
        )
        return redirect("learner", learner.pk)
    if limits.reasons:
        context = {
            "heading": f"{learner.name} cannot be erased yet",
            "breadcrumbs": crumbs(learner.centre, "learners"),
            "reasons": limits.reasons,
            "erases": learner_data.ERASED,
            "keeps": learner_data.KEPT,
            "back_url": reverse("learner", args=[learner.pk]),
        }
        return render(request, "centres/learner_kept.html", context)
    return confirm_page(
        request,
        f"Erase the details of {learner.name}?",
        [
            *(f"Erased: {what}" for what in learner_data.ERASED),
            *(f"Kept: {what}" for what in learner_data.KEPT),
        ],
        "Erase the details",
        reverse("learner", args=[learner.pk]),
        danger=True,
        after="This cannot be undone.",
    )
