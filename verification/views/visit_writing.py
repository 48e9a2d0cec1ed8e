"""The LSV's desk, writing: actions, texts and rating, and the centre's check of the facts."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from centres.pages import needs
from centres.permissions import Permission as P
from qa_portal import clock, notices, wording
from qa_portal.errors import EditConflict, RuleViolation
from verification.forms.visits import DraftActionForm, TextsForm
from verification.lifecycle.activities import ACTIVITY
from verification.models import Activity, ActivityStatus
from verification.operations import fact_checks, findings, visits
from verification.queries import actions as action_queries
from verification.queries import visits as queries
from verification.queries.years import scheme_of_year
from verification.views.visits import closed_fields, either, find_visit, frame


@require_safe
@needs(P.VISIT_CONDUCT)
def actions(request: HttpRequest, pk: int) -> HttpResponse:
    """The actions being written, and what failings still lack one."""
    visit = find_visit(request, pk, P.VISIT_CONDUCT)
    found = queries.findings_of(visit)
    titles = action_queries.criterion_titles(scheme_of_year(visit.centre_year))
    drafts = queries.draft_actions_of(visit)
    covered = {draft.criterion for draft in drafts}
    context = frame(visit, "actions", found) | {
        "heading": "Actions",
        "rows": [(draft, titles.get(draft.criterion, draft.criterion)) for draft in drafts],
        "failings": [
            (key, titles[key])
            for key, row in found.items()
            if row.judgement in ("NOT_MET", "PARTLY") and key not in covered
        ],
        "writable": visits.is_writable(visit),
        "concluded": visit.status == ActivityStatus.CONCLUDED,
    }
    return render(request, "verification/visits/actions.html", context)


@either
@needs(P.VISIT_CONDUCT)
def action(request: HttpRequest, pk: int, draft: int | None = None) -> HttpResponse:
    """Write one action, or change one that is being written."""
    visit = find_visit(request, pk, P.VISIT_CONDUCT)
    before = (
        next((row for row in queries.draft_actions_of(visit) if row.pk == draft), None) if draft else None
    )
    if draft and before is None:
        raise Http404
    form = _action_form(request, visit, before)
    if request.method == "POST" and form.is_valid():
        values = dict(form.cleaned_data)
        values |= {"owner_id": values.pop("owner"), "programme_id": values.pop("programme")}
        try:
            findings.save_draft_action(
                activity_id=visit.pk, draft_id=draft, by=request.user, at=clock.now(), **values
            )
        except EditConflict:
            raise
        except RuleViolation as refusal:
            form.add_error("due_on" if refusal.rule == "R81" else None, refusal.message)
        else:
            notices.done(request, "Action saved", "It starts when the report is issued.")
            return redirect("visit-actions", pk=visit.pk)
    context = frame(visit, "actions") | {
        "heading": "Change an action" if before else "Write an action",
        "form": form,
        "draft": before,
        "writable": visits.is_writable(visit),
    }
    return render(request, "verification/visits/action.html", context)


def _action_form(request: HttpRequest, visit: Activity, before: Any) -> DraftActionForm:
    today = clock.today()
    initial: dict[str, Any]
    if before is not None:
        fields = ("level", "criterion", "text", "due_on", "risk_to_valid_certification")
        initial = {field: getattr(before, field) for field in fields}
        initial |= {
            "owner": before.owner_id,
            "programme": before.programme_id,
            "revision": queries.revision_of(before),
        }
    else:
        initial = {
            "criterion": request.GET.get("criterion", ""),
            "level": request.GET.get("level", "ESSENTIAL"),
            "due_on": queries.default_due(visit, "ESSENTIAL", risk=False, on=today),
        }
    return DraftActionForm(
        request.POST or None,
        initial=initial,
        criteria=queries.visit_of(visit).criteria,
        owners=action_queries.possible_owners(visit.centre_id, today),
        programmes=queries.programmes_of(visit.centre_id, visit.centre_year.year),
    )


@require_POST
@needs(P.VISIT_CONDUCT)
def remove_action(request: HttpRequest, pk: int, draft: int) -> HttpResponse:
    visit = find_visit(request, pk, P.VISIT_CONDUCT)
    findings.remove_draft_action(activity_id=visit.pk, draft_id=draft, by=request.user, at=clock.now())
    notices.done(request, "Action taken out")
    return redirect("visit-actions", pk=visit.pk)


@either
@needs(P.VISIT_CONDUCT)
def texts(request: HttpRequest, pk: int) -> HttpResponse:
    """The written parts, and the initial rating beside the one that the findings suggest."""
    visit = find_visit(request, pk, P.VISIT_CONDUCT)
    found, draft = queries.findings_of(visit), queries.draft_of(visit)
    risk = scheme_of_year(visit.centre_year).verification.risk
    fields = ("summary", "good_practice", "next_steps", "rating", "rating_reasons", "revision")
    initial = {field: getattr(draft, field) for field in fields} if draft else {"revision": 0}
    form = TextsForm(
        request.POST or None, initial=initial | {"people_seen": visit.people_seen}, ratings=risk.ratings
    )
    if request.method == "POST" and form.is_valid():
        values = form.cleaned_data | {"revision": form.cleaned_data["revision"] or 0}
        visits.save_texts(activity_id=visit.pk, by=request.user, at=clock.now(), **values)
        notices.done(request, "Report texts and rating saved")
        return redirect("visit-facts", pk=visit.pk)
    closed_fields(form, visit)
    context = frame(visit, "texts", found) | {
        "heading": "Report and rating",
        "form": form,
        "saved": draft,
        "suggestion": queries.suggest_rating(queries.visit_of(visit).criteria, found, risk),
        "rating_titles": {rating.key: rating.title for rating in risk.ratings},
        "writable": visits.is_writable(visit),
    }
    context["suggested_title"] = context["rating_titles"][context["suggestion"].level]
    return render(request, "verification/visits/texts.html", context)


@require_safe
@needs(P.VISIT_CONDUCT)
def facts(request: HttpRequest, pk: int) -> HttpResponse:
    """Where the centre's check of the facts stands, and what it corrected."""
    visit = find_visit(request, pk, P.VISIT_CONDUCT)
    check = queries.fact_check_of(visit)
    rows = []
    if check is not None:
        seen = [
            {
                "key": "people_seen",
                "title": "Seen at the centre",
                "seen": check.content.get("people_seen", ""),
            }
        ]
        rows = [
            row | {"correction": check.corrections.get(row["key"], "")}
            for row in [*seen, *check.content["criteria"]]
            if row["seen"]
        ]
    form = scheme_of_year(visit.centre_year).verification.reports["lsv_visit"]
    context = frame(visit, "facts") | {
        "heading": "Check of the facts",
        "check": check,
        "rows": rows,
        "days": form.fact_check_working_days.value,
        "overdue": check is not None and check.status == "SENT" and clock.today() > check.due_on,
        "may_send": visit.status == ActivityStatus.UNDER_WAY,
    }
    return render(request, "verification/visits/facts.html", context)


@either
@needs(P.VISIT_CONDUCT)
def send_facts(request: HttpRequest, pk: int) -> HttpResponse:
    """Ask once before the facts go to the centre."""
    visit = find_visit(request, pk, P.VISIT_CONDUCT)
    if request.method == "POST":
        check = fact_checks.send(activity_id=visit.pk, by=request.user, at=clock.now())
        notices.done(
            request,
            "The facts are with the centre",
            f"The Quality Nominee has until {wording.date_long(check.due_on)} to check them.",
        )
        return redirect("visit-facts", pk=visit.pk)
    ACTIVITY["send_for_fact_check"].check(visit, by=request.user)
    days = scheme_of_year(visit.centre_year).verification.reports["lsv_visit"].fact_check_working_days.value
    context = frame(visit, "facts") | {
        "heading": "Send the facts to the centre?",
        "fact": "",
        "below": "",
        "consequences": [
            f"The Quality Nominee gets what you saw for each criterion, and has {days} working days",
            "Judgements, risks, actions and the rating are not sent",
            "Findings cannot be changed until the centre has answered",
        ],
        "verb": "Send the facts",
        "back_url": reverse("visit-facts", args=[visit.pk]),
        "back_text": "Back to the draft",
    }
    return render(request, "verification/visits/confirm.html", context)


@require_POST
@needs(P.VISIT_CONDUCT)
def close_facts(request: HttpRequest, pk: int) -> HttpResponse:
    visit = find_visit(request, pk, P.VISIT_CONDUCT)
    check = queries.fact_check_of(visit)
    if check is None:
        raise Http404
    fact_checks.close(fact_check_id=check.pk, by=request.user, at=clock.now())
    notices.done(request, "You go on without the centre’s answer", "The report will say so.")
    return redirect("visit-facts", pk=visit.pk)
