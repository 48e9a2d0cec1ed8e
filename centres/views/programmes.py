"""Pages of programmes, cohorts and sites."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from centres import pages
from centres.forms.register import ApprovalForm, ApproveForm, LeaderForm
from centres.lifecycle.programmes import PROGRAMME
from centres.models import Centre, Cohort, Person, Programme
from centres.operations import programmes
from centres.permissions import Permission as P
from centres.permissions import RoleCode
from centres.queries import programmes as queries
from centres.queries.history import history_of
from centres.views.register import attempt, confirm_page, crumbs, form_page
from qa_portal import clock, notices
from qa_portal.wording import date_year


@require_safe
@pages.centre_page(P.PROGRAMME_READ)
def programme_list(request: HttpRequest, centre: Centre) -> HttpResponse:
    """A centre's programmes, with learners and approval."""
    today = clock.today()
    rows = [
        {
            "name": programme.qualification.short_title,
            "qan": programme.qualification.qan,
            "suite": programme.qualification.suite,
            "url": reverse("programme", args=[programme.pk]),
            "learners": programme.learners,
            "waiting": programme.waiting,
            "leader": programme.leader.name if programme.leader else "",
            "approval": queries.approval_of(programme, today),
            "model": ""
            if programme.work_based
            else "Assured under BTEC: no self-assessment or LSV visit here",
        }
        for programme in queries.programmes_of(request.user, centre.pk, today)
    ]
    context = {
        "heading": "Programmes",
        "caption": f"{centre.name}, centre {centre.number}",
        "breadcrumbs": [(centre.name, centre.get_absolute_url())],
        "rows": rows,
        "register_url": reverse("register-learners", args=[centre.number])
        if request.user.may(P.REGISTRATION_EDIT, centre.pk)
        else "",
        "approve_url": reverse("programme-approve", args=[centre.number])
        if request.user.may(P.PROGRAMME_APPROVE, centre.pk)
        else "",
        "sites_url": reverse("sites", args=[centre.number]),
    }
    return render(request, "centres/programmes.html", context)


@require_safe
@pages.person_page
def programme_page(request: HttpRequest, pk: int) -> HttpResponse:
    """One programme: approval, leader, cohorts, units, history."""
    programme = _programme(request, pk, P.PROGRAMME_READ)
    today, centre = clock.today(), programme.centre
    units = list(programme.qualification.units.order_by("number"))
    approval = queries.approval_of(programme, today)
    may_add = request.user.may(P.COHORT_EDIT, centre.pk, programme.pk)
    rows = list(queries.cohorts_of(programme))
    context = {
        "heading": programme.qualification.short_title,
        "caption": f"{centre.name}, programme",
        "breadcrumbs": crumbs(centre, "programmes"),
        "programme": programme,
        "approval": approval,
        "facts": _facts(request, programme, approval, today),
        "warnings": queries.number_warnings(programme.qualification, units),
        "work_based": queries.is_work_based(programme.qualification_id, today),
        "cohorts": [_cohort_row(cohort, programme, may_add) for cohort in rows],
        "learners": sum(cohort.learners for cohort in rows),
        "learners_url": reverse("learners", args=[centre.number]) + f"?programme={programme.pk}"
        if request.user.may(P.LEARNER_READ, centre.pk)
        else "",
        "decisions_url": reverse("assessment", args=[centre.number]) + f"?programme={programme.pk}"
        if request.user.may(P.ASSESSMENT_READ, centre.pk)
        else "",
        "add_cohort_url": reverse("cohort-add", args=[programme.pk]) if may_add else "",
        "units": units,
        "offers": [
            {
                "label": transition.label,
                "url": "" if refusal else reverse(f"programme-{transition.name}", args=[programme.pk]),
                "reason": str(refusal) if refusal else "",
            }
            for transition, refusal in PROGRAMME.offered_to(request.user, programme)
        ],
        "events": history_of(centre.pk, [programme, *rows]),
    }
    return render(request, "centres/programme.html", context)


def _facts(
    request: HttpRequest, programme: Programme, approval: queries.Approval, today: date
) -> list[dict[str, Any]]:
    change = reverse("programme-change", args=[programme.pk])
    approves = request.user.may(P.PROGRAMME_APPROVE, programme.centre_id)
    names = request.user.may(P.PROGRAMME_EDIT, programme.centre_id, programme.pk)
    qualification = programme.qualification
    return [
        {"term": "Qualification number", "value": qualification.qan},
        {"term": "Suite and level", "value": f"{qualification.suite}, level {qualification.level}"},
        {
            "term": "Approval",
            "value": f"{approval.word}. {approval.sentence}",
            "url": change if approves else "",
        },
        {
            "term": "Specification version",
            "value": programme.specification_version,
            "url": change if approves else "",
        },
        {
            "term": "Programme leader",
            "value": programme.leader.name if programme.leader else "Nobody named",
            "url": reverse("programme-leader", args=[programme.pk]) if names else "",
            "action": "Change" if programme.leader else "Name one",
        },
        {"term": "Grades", "value": ", ".join(qualification.grades)},
    ]


def _cohort_row(cohort: Cohort, programme: Programme, may_change: bool) -> dict[str, Any]:
    return {
        "name": cohort.name,
        "url": reverse("learners", args=[programme.centre.number]) + f"?cohort={cohort.pk}",
        "site": cohort.site.name,
        "pattern": cohort.get_delivery_pattern_display(),
        "from": date_year(cohort.starts_on),
        "to": date_year(cohort.ends_on),
        "needed_by": date_year(cohort.certification_needed_by),
        "learners": cohort.learners,
        "change_url": reverse("cohort-change", args=[cohort.pk]) if may_change else "",
    }


def _programme(request: HttpRequest, pk: int, *permissions: str) -> Programme:
    rows = Programme.objects.visible_to(request.user).select_related("centre", "qualification", "leader")
    return pages.find(request, rows, pk, *permissions)


@require_http_methods(["GET", "POST"])
@pages.centre_page(P.PROGRAMME_APPROVE)
def approve(request: HttpRequest, centre: Centre) -> HttpResponse:
    """Approve the centre to deliver one more qualification."""
    form = ApproveForm(request.POST or None, centre_id=centre.pk)
    if request.method == "POST" and form.is_valid():
        values = form.cleaned_data
        qualification = values.pop("qualification")
        programme = attempt(
            form,
            lambda: programmes.approve(
                centre_id=centre.pk,
                qualification_id=qualification.pk,
                by=request.user,
                at=clock.now(),
                **values,
            ),
        )
        if programme is not None:
            notices.done(
                request, f"{qualification.short_title} approved", f"{centre.name} can add cohorts to it now."
            )
            return redirect("programme", programme.pk)
    return form_page(
        request, form, "Approve a programme", "Approve", centre, reverse("programmes", args=[centre.number])
    )


@require_http_methods(["GET", "POST"])
@pages.person_page
def change_approval(request: HttpRequest, pk: int) -> HttpResponse:
    """Change the dates of an approval."""
    programme = _programme(request, pk, P.PROGRAMME_APPROVE)
    names = ("approved_from", "approved_to", "specification_version")
    form = ApprovalForm(request.POST or None, initial={name: getattr(programme, name) for name in names})
    if request.method == "POST" and form.is_valid():
        done = attempt(
            form,
            lambda: programmes.change_approval(
                programme_id=programme.pk, by=request.user, at=clock.now(), **form.cleaned_data
            ),
        )
        if done is not None:
            notices.done(request, "Approval changed")
            return redirect("programme", programme.pk)
    title = f"Change the approval of {programme.qualification.short_title}"
    return form_page(
        request, form, title, "Save", programme.centre, reverse("programme", args=[programme.pk])
    )


@require_http_methods(["GET", "POST"])
@pages.person_page
def name_leader(request: HttpRequest, pk: int) -> HttpResponse:
    """Name who leads a programme."""
    programme = _programme(request, pk, P.PROGRAMME_EDIT)
    leaders = Person.objects.filter(
        grants__in=_grants(programme.centre_id, RoleCode.PROGRAMME_LEADER), is_active=True
    ).distinct()
    form = LeaderForm(
        request.POST or None, people=leaders.order_by("name_key"), initial={"leader": programme.leader}
    )
    if request.method == "POST" and form.is_valid():
        leader = form.cleaned_data["leader"]
        if attempt(
            form,
            lambda: programmes.name_leader(
                programme_id=programme.pk,
                leader_id=leader.pk if leader else None,
                by=request.user,
                at=clock.now(),
            ),
        ):
            notices.done(request, "Programme leader named" if leader else "Nobody leads the programme now")
            return redirect("programme", programme.pk)
    title = f"Who leads {programme.qualification.short_title}?"
    return form_page(
        request, form, title, "Save", programme.centre, reverse("programme", args=[programme.pk])
    )


def _grants(centre_id: int, role: str) -> Any:
    from centres.models import AccessGrant

    return AccessGrant.objects.filter(centre_id=centre_id, role=role).active_on(clock.today())


@require_http_methods(["GET", "POST"])
@pages.person_page
def close(request: HttpRequest, pk: int) -> HttpResponse:
    """Ask, then close a programme."""
    programme = _programme(request, pk, P.PROGRAMME_APPROVE)
    PROGRAMME["close"].check(programme, by=request.user)
    if request.method == "POST":
        programmes.close(programme_id=programme.pk, by=request.user, at=clock.now())
        notices.done(
            request, f"{programme.qualification.short_title} closed", "Nobody can be registered on it now."
        )
        return redirect("programme", programme.pk)
    return confirm_page(
        request,
        f"Close {programme.qualification.short_title} at {programme.centre.name}?",
        [
            "From today on nobody can be registered on it.",
            "Learners who are registered can finish and be certificated.",
            "The programme can be reopened.",
        ],
        "Close the programme",
        reverse("programme", args=[programme.pk]),
    )


@require_http_methods(["GET", "POST"])
@pages.person_page
def reopen(request: HttpRequest, pk: int) -> HttpResponse:
    """Ask, then reopen a programme."""
    programme = _programme(request, pk, P.PROGRAMME_APPROVE)
    PROGRAMME["reopen"].check(programme, by=request.user)
    if request.method == "POST":
        programmes.reopen(programme_id=programme.pk, by=request.user, at=clock.now())
        notices.done(request, f"{programme.qualification.short_title} reopened")
        return redirect("programme", programme.pk)
    return confirm_page(
        request,
        f"Reopen {programme.qualification.short_title} at {programme.centre.name}?",
        ["Learners can be registered on it again, without an end date until you set one."],
        "Reopen the programme",
        reverse("programme", args=[programme.pk]),
    )
