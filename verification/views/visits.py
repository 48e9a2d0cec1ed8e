"""The LSV's desk: preparation, findings, actions, texts and rating, the centre's check of the facts."""

from __future__ import annotations

from typing import Any

from django import forms
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from centres.pages import find, needs
from centres.permissions import Permission as P
from qa_portal import clock, notices, wording
from qa_portal.templatetags.portal import tag
from verification.forms.visits import BeginForm, FindingForm
from verification.lifecycle.activities import ACTIVITY
from verification.models import Action, Activity, ActivityStatus, Finding, FindingJudgement
from verification.operations import findings, visits
from verification.queries import actions as action_queries
from verification.queries import visit_reading
from verification.queries import visits as queries
from verification.queries.years import scheme_of_year
from verification.rules import visits as rules

JUDGED = {
    FindingJudgement.MET: "done",
    FindingJudgement.PARTLY: "careful",
    FindingJudgement.NOT_MET: "disagreed",
}
STATUS = {
    ActivityStatus.AGREED: "date-set",
    ActivityStatus.UNDER_WAY: "under-way",
    ActivityStatus.FACT_CHECK: "under-way",
    ActivityStatus.CONCLUDED: "done",
}
either = require_http_methods(["GET", "POST"])


def find_visit(request: HttpRequest, pk: int, *permissions: str) -> Activity:
    """The visit this person may see, narrowed to its centre."""
    return find(request, queries.for_desk(Activity.objects.visible_to(request.user)), pk, *permissions)


@require_safe
@needs(P.VISIT_CONDUCT)
def preparation(request: HttpRequest, pk: int) -> HttpResponse:
    """What the LSV reads before the visit: answers, open actions, documents, and what is missing."""
    visit = find_visit(request, pk, P.VISIT_CONDUCT)
    today = clock.today()
    reading = visit_reading.reading_of(visit)
    open_actions = action_queries.not_closed(Action.objects.filter(centre_id=visit.centre_id))
    documents = queries.documents_of(visit)
    context = frame(visit, "preparation") | {
        "reading": reading,
        "self_assessment": reading.self_assessment,
        "submitted": reading.submitted,
        "open_actions": action_queries.detailed(open_actions).order_by("due_on", "number")[:20],
        "documents": documents,
        "missing": [document for document in documents if document.file_id is None],
        "today": today,
        "agenda": queries.visit_of(visit).agenda,
        "agreed": visit.status == ActivityStatus.AGREED,
        "may_begin": visit.day is not None and today >= visit.day,
    }
    return render(request, "verification/visits/preparation.html", context)


@either
@needs(P.VISIT_CONDUCT)
def begin(request: HttpRequest, pk: int) -> HttpResponse:
    """Ask once before the visit begins; a late one says why."""
    visit = find_visit(request, pk, P.VISIT_CONDUCT)
    late = clock.today() > visit.window_until and not visit.late_reason
    form = BeginForm(request.POST or None) if late else None
    if request.method == "POST" and (form is None or form.is_valid()):
        reason = form.cleaned_data["late_reason"] if form else ""
        visits.begin(activity_id=visit.pk, by=request.user, at=clock.now(), late_reason=reason)
        notices.done(request, "The visit has begun", "Your findings stay yours until you issue the report.")
        return redirect("visit", pk=visit.pk)
    ACTIVITY["begin_visit"].check(visit, by=request.user)
    rules.the_day_has_come(visit, clock.today())
    context = frame(visit, "preparation") | {
        "heading": "Begin this visit?",
        "fact": "",
        "below": "",
        "form": form,
        "consequences": [
            "Findings, actions and the rating can be written from now on",
            "The centre sees that the visit is under way, and nothing of what you write",
            "The report falls due 10 working days after the visit",
        ],
        "verb": "Begin the visit",
        "back_url": reverse("visit", args=[visit.pk]),
        "back_text": "Back to the preparation",
    }
    form_of = scheme_of_year(visit.centre_year).verification.reports["lsv_visit"]
    context["consequences"][-1] = (
        f"The report falls due {form_of.due_working_days.value} working days after the visit"
    )
    return render(request, "verification/visits/confirm.html", context)


@either
@needs(P.VISIT_CONDUCT)
def finding(request: HttpRequest, pk: int, criterion: str) -> HttpResponse:
    """One criterion: what was seen, how it is judged, whether certificates are at risk."""
    visit = find_visit(request, pk, P.VISIT_CONDUCT)
    criteria = list(queries.visit_of(visit).criteria)
    keys = [each.key for each in criteria]
    if criterion not in keys:
        raise Http404
    found = queries.findings_of(visit)
    form = FindingForm(request.POST or None, initial=_finding_as_initial(found.get(criterion)))
    if request.method == "POST" and form.is_valid():
        values = dict(form.cleaned_data)
        findings.save_finding(
            activity_id=visit.pk, criterion=criterion, by=request.user, at=clock.now(), **values
        )
        after = keys.index(criterion) + 1
        notices.done(request, f"{criteria[after - 1].title} saved")
        if after < len(keys):
            return redirect("visit-finding", pk=visit.pk, criterion=keys[after])
        return redirect("visit-actions", pk=visit.pk)
    closed_fields(form, visit, facts=True)
    check = queries.fact_check_of(visit) if visit.check_status else None
    context = frame(visit, criterion, found) | {
        "criterion": criteria[keys.index(criterion)],
        "heading": criteria[keys.index(criterion)].title,
        "form": form,
        "saved": found.get(criterion),
        "correction": (check.corrections.get(criterion) if check else "") or "",
        "writable": visit.status == ActivityStatus.UNDER_WAY,
    }
    return render(request, "verification/visits/finding.html", context)


def _finding_as_initial(found: Finding | None) -> dict[str, Any]:
    if found is None:
        return {}
    return {
        "judgement": found.judgement,
        "seen": found.seen,
        "risk_to_valid_certification": found.risk_to_valid_certification,
        "revision": findings.finding_revision(found),
    }


def closed_fields(form: forms.Form, visit: Activity, *, facts: bool = False) -> None:
    """Show a form without a way to change it where the draft is closed; the page says why."""
    open_now = visit.status == ActivityStatus.UNDER_WAY if facts else visits.is_writable(visit)
    if not open_now:
        for field in form.fields.values():
            field.disabled = True


def frame(visit: Activity, current: str, found: dict[str, Finding] | None = None) -> dict[str, Any]:
    """What every page of the desk shows around its content: title, breadcrumbs, sections with how far they are."""
    found = queries.findings_of(visit) if found is None else found
    centre = visit.centre
    day = wording.date_short(visit.day)
    return {
        "visit": visit,
        "heading": "LSV visit",
        "caption": f"{centre.name}, centre {centre.number}",
        "fact": tag(
            "moving", visit.get_status_display(), shape=STATUS.get(ActivityStatus(visit.status), "date-set")
        ),
        "below": f"{day}, {visit.get_mode_display().lower()}" if day else "",
        "breadcrumbs": [
            (centre.name, centre.get_absolute_url()),
            ("Activities", reverse("activities", args=[centre.number])),
            ("LSV visit", reverse("visit", args=[visit.pk])),
        ],
        "jump_text": "All parts of the visit",
        "groups": _sections(visit, current, found),
    }


def _sections(visit: Activity, current: str, found: dict[str, Finding]) -> list[dict[str, Any]]:
    criteria = queries.visit_of(visit).criteria
    judged = sum(bool(row.judgement and row.seen) for row in found.values())
    prepared = "not-started" if visit.status == ActivityStatus.AGREED else "done"
    return [
        {
            "heading": "Before",
            "items": [_item(visit, "preparation", "visit", "Preparation", current, prepared)],
        },
        {
            "heading": f"Findings, {judged} of {len(criteria)}",
            "items": [
                _finding_item(visit, criterion, found.get(criterion.key), current) for criterion in criteria
            ],
        },
        {"heading": "Report", "items": _report_items(visit, current)},
    ]


def _finding_item(visit: Activity, criterion: Any, found: Finding | None, current: str) -> dict[str, Any]:
    judged = FindingJudgement(found.judgement) if found and found.judgement else None
    return {
        "shape": JUDGED[judged] if judged else "not-started",
        "state": judged.label if judged else "not judged",
        "name": criterion.title,
        "second": "Risk to valid certification" if found and found.risk_to_valid_certification else "",
        "url": reverse("visit-finding", args=[visit.pk, criterion.key]),
        "current": criterion.key == current,
    }


def _report_items(visit: Any, current: str) -> list[dict[str, Any]]:
    checked = {
        "SENT": ("under-way", "With the centre"),
        "ANSWERED": ("done", "Answered"),
        "CLOSED": ("done", "No answer"),
    }
    shape, word = checked.get(visit.check_status, ("not-started", "Not sent"))
    done = visit.status == ActivityStatus.CONCLUDED
    actions = _item(
        visit,
        "actions",
        "visit-actions",
        "Actions",
        current,
        "done" if visit.actions_written else "not-started",
    )
    actions["count"] = str(visit.actions_written) if visit.actions_written else ""
    written = bool(visit.rating_written and visit.summary_written)
    texts = _item(
        visit, "texts", "visit-texts", "Report and rating", current, "done" if written else "not-started"
    )
    facts = _item(visit, "facts", "visit-facts", "Check of the facts", current, shape) | {"second": word}
    issue = _item(
        visit, "issue", "visit-issue", "Issue the report", current, "done" if done else "not-started"
    )
    return [actions, texts, facts, issue]


def _item(visit: Activity, key: str, url: str, name: str, current: str, shape: str) -> dict[str, Any]:
    return {
        "shape": shape,
        "state": "",
        "name": name,
        "url": reverse(url, args=[visit.pk]),
        "current": key == current,
    }
