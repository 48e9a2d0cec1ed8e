"""Pages of registrations: enrolling, registering one or several, withdrawing, reopening, deleting."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from centres import pages
from centres.forms.register import CertificateNameForm, EnrolForm
from centres.lifecycle.registrations import REGISTRATION
from centres.models import Centre, Cohort, Learner, Registration
from centres.operations import registrations
from centres.permissions import Permission as P
from centres.queries import registrations as fees
from centres.queries.programmes import waiting_for_registration
from centres.views.register import attempt, confirm_page, crumbs, form_page
from qa_portal import clock, notices
from qa_portal.errors import RuleViolation
from qa_portal.wording import counted, date_plain, date_short, date_year

_MOST_COHORTS = 200
_MOST_WAITING = 500


@require_http_methods(["GET", "POST"])
@pages.person_page
def enrol(request: HttpRequest, pk: int) -> HttpResponse:
    """Enrol a learner in a cohort, and register them in the same step where that is wanted."""
    rows = Learner.objects.visible_to(request.user).select_related("centre")
    learner = pages.find(request, rows, pk, P.REGISTRATION_EDIT)
    today = clock.today()
    cohorts = Cohort.objects.filter(
        pk__in=Cohort.objects.filter(
            centre_id=learner.centre_id, ends_on__gte=today, programme__status="APPROVED"
        ).order_by("-starts_on")[:_MOST_COHORTS]
    ).select_related("programme__qualification")
    initial = {"certificate_name": learner.name, "enrolled_on": today}
    form = EnrolForm(
        request.POST or None, cohorts=cohorts.order_by("programme_id", "-starts_on"), initial=initial
    )
    back = reverse("learner", args=[learner.pk])
    if request.method == "POST" and form.is_valid():
        row = attempt(form, lambda: _enrol(request, learner, form.cleaned_data))
        if row is not None:
            _say(request, row)
            return redirect(back)
    return form_page(request, form, f"Enrol {learner.name}", "Enrol", learner.centre, back)


def _enrol(request: HttpRequest, learner: Learner, values: dict[str, Any]) -> Registration:
    at = clock.now()
    row = registrations.enrol(
        learner_id=learner.pk,
        cohort_id=values["cohort"].pk,
        enrolled_on=values["enrolled_on"],
        certificate_name=values["certificate_name"],
        by=request.user,
        at=at,
    )
    if values["register_now"]:
        row = registrations.register(registration_id=row.pk, by=request.user, at=at)
    return row


def _say(request: HttpRequest, row: Registration) -> None:
    if row.fee_multiplier is None:
        notices.done(request, "Enrolled", "Register the learner before the fee rises.")
    else:
        notices.done(request, "Registered", f"The fee is {fees.in_words(row.fee_multiplier)}.")


@require_http_methods(["GET", "POST"])
@pages.centre_page(P.REGISTRATION_EDIT)
def register_several(request: HttpRequest, centre: Centre) -> HttpResponse:
    """Everybody who is enrolled and not registered, with the fee today; those who are ticked are registered."""
    programme_id = int(request.GET["programme"]) if request.GET.get("programme", "").isdigit() else None
    errors: list[tuple[str, str]] = []
    if request.method == "POST":
        chosen = [int(pk) for pk in request.POST.getlist("registration") if pk.isdigit()]
        try:
            done = registrations.register_several(
                centre_id=centre.pk, registration_ids=chosen, by=request.user, at=clock.now()
            )
        except RuleViolation as refusal:
            errors = [("", refusal.message)]
        else:
            if done:
                notices.done(request, f"{counted(len(done), 'learner')} registered")
                return redirect("learners", centre.number)
            errors = [("registrations", "Tick the learners to register")]
    today = clock.today()
    rows = list(waiting_for_registration(request.user, centre.pk, programme_id)[:_MOST_WAITING])
    context = {
        "heading": "Register learners",
        "caption": centre.name,
        "breadcrumbs": crumbs(centre, "learners"),
        "page_errors": errors,
        "rows": _waiting(rows, today),
        "back_url": reverse("learners", args=[centre.number]),
    }
    return render(request, "centres/register_learners.html", context, status=422 if errors else 200)


def _waiting(rows: list[Registration], today: Any) -> list[dict[str, Any]]:
    known: dict[tuple, fees.FeeNow] = {}
    found = []
    for row in rows:
        key = (row.programme.qualification.suite, row.cohort.delivery_pattern, row.enrolled_on)
        if key not in known:
            known[key] = fees.fee(key[0], key[1], enrolled_on=key[2], on=today)
        fee = known[key]
        found.append(
            {
                "pk": row.pk,
                "name": f"{row.learner.family_name}, {row.learner.given_name}",
                "url": reverse("learner", args=[row.learner_id]),
                "programme": row.programme.qualification.label,
                "cohort": row.cohort.name,
                "enrolled": date_year(row.enrolled_on),
                "certificate_name": row.certificate_name,
                "fee": fees.in_words(fee.multiplier),
                "until": date_short(fee.last_day),
                "then": fees.in_words(fee.next_multiplier) if fee.next_multiplier else "",
            }
        )
    return found


def _registration(request: HttpRequest, pk: int) -> Registration:
    rows = Registration.objects.visible_to(request.user).select_related(
        "centre", "learner", "cohort", "programme__qualification"
    )
    return pages.find(request, rows, pk, P.REGISTRATION_EDIT)


@require_http_methods(["GET", "POST"])
@pages.person_page
def register(request: HttpRequest, pk: int) -> HttpResponse:
    """Show the fee of registering today and the name for certificates, then register."""
    row = _registration(request, pk)
    REGISTRATION["register"].check(row, by=request.user)
    today = clock.today()
    fee = fees.fee(
        row.programme.qualification.suite, row.cohort.delivery_pattern, enrolled_on=row.enrolled_on, on=today
    )
    form = CertificateNameForm(request.POST or None, initial={"certificate_name": row.certificate_name})
    if request.method == "POST" and form.is_valid():
        done = attempt(
            form,
            lambda: registrations.register(
                registration_id=row.pk,
                certificate_name=form.cleaned_data["certificate_name"],
                by=request.user,
                at=clock.now(),
            ),
        )
        if done is not None:
            _say(request, done)
            return redirect("learner", row.learner_id)
    rises = (
        f"The fee stays so until {date_plain(fee.last_day)}, then it is {fees.in_words(fee.next_multiplier)}."
        if fee.last_day and fee.next_multiplier
        else "The fee rises no further."
    )
    return confirm_page(
        request,
        f"Register {row.learner.name} on {row.programme.qualification.short_title}?",
        [f"The fee today is {fees.in_words(fee.multiplier)}.", rises, *fees.explanation(fee.facts)[:2]],
        "Register",
        reverse("learner", args=[row.learner_id]),
        form=form,
    )


@require_http_methods(["GET", "POST"])
@pages.person_page
def withdraw(request: HttpRequest, pk: int) -> HttpResponse:
    """Ask, then withdraw a learner from a programme."""
    row = _registration(request, pk)
    REGISTRATION["withdraw"].check(row, by=request.user)
    if request.method == "POST":
        registrations.withdraw(registration_id=row.pk, by=request.user, at=clock.now())
        notices.done(request, f"{row.learner.name} withdrawn", "The registration can be reopened.")
        return redirect("learner", row.learner_id)
    return confirm_page(
        request,
        f"Withdraw {row.learner.name} from {row.programme.qualification.short_title}?",
        [
            "No certificate can be claimed while the learner is withdrawn.",
            "The registration can be reopened.",
        ],
        "Withdraw",
        reverse("learner", args=[row.learner_id]),
        second={
            "url": reverse("registration-delete", args=[row.pk]),
            "text": "It was made by mistake: delete it",
        },
    )


@require_http_methods(["GET", "POST"])
@pages.person_page
def reopen(request: HttpRequest, pk: int) -> HttpResponse:
    """Ask, then reopen a withdrawn registration."""
    row = _registration(request, pk)
    REGISTRATION["reopen"].check(row, by=request.user)
    if request.method == "POST":
        registrations.reopen(registration_id=row.pk, by=request.user, at=clock.now())
        notices.done(request, f"{row.learner.name} is registered again")
        return redirect("learner", row.learner_id)
    fee = (
        "The fee stays what it was."
        if row.registered_on
        else "The learner was never registered: they are registered today, at today’s fee."
    )
    return confirm_page(
        request,
        f"Reopen the registration of {row.learner.name} on {row.programme.qualification.short_title}?",
        ["The learner is registered again and certificates can be claimed.", fee],
        "Reopen",
        reverse("learner", args=[row.learner_id]),
    )


@require_http_methods(["GET", "POST"])
@pages.person_page
def delete(request: HttpRequest, pk: int) -> HttpResponse:
    """Ask, then delete a registration that was a mistake."""
    row = _registration(request, pk)
    if request.method == "POST":
        registrations.delete(registration_id=row.pk, by=request.user, at=clock.now())
        notices.done(
            request, "Registration deleted", f"{row.learner.name} stays on the register of learners."
        )
        return redirect("learner", row.learner_id)
    return confirm_page(
        request,
        f"Delete the registration of {row.learner.name} on {row.programme.qualification.short_title}?",
        ["It is gone for good, and its fee is not charged.", "A learner who leaves is withdrawn instead."],
        "Delete the registration",
        reverse("learner", args=[row.learner_id]),
        danger=True,
    )


@require_http_methods(["GET", "POST"])
@pages.person_page
def certificate_name(request: HttpRequest, pk: int) -> HttpResponse:
    """Correct the name that certificates will say."""
    row = _registration(request, pk)
    form = CertificateNameForm(request.POST or None, initial={"certificate_name": row.certificate_name})
    back = reverse("learner", args=[row.learner_id])
    if request.method == "POST" and form.is_valid():
        done = attempt(
            form,
            lambda: registrations.correct_certificate_name(
                registration_id=row.pk,
                certificate_name=form.cleaned_data["certificate_name"],
                by=request.user,
                at=clock.now(),
            ),
        )
        if done is not None:
            notices.done(request, "Name for certificates saved")
            return redirect(back)
    title = f"What do certificates of {row.programme.qualification.label} say?"
    return form_page(request, form, title, "Save", row.centre, back)
