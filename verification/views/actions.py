"""Pages of actions: a centre's list, a verifier's list, one action with its answers, and what may be done with it."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from centres.models import Centre
from centres.operations import evidence
from centres.pages import centre_page, find, needs
from centres.permissions import Permission as P
from qa_portal import clock, notices, wording
from qa_portal.errors import RuleViolation
from qa_portal.templatetags.portal import state, tag
from verification.forms.actions import AnswerForm, CloseForm, ReturnForm
from verification.lifecycle.actions import ACTION
from verification.models import Action, ActionLevel, ActionStatus
from verification.operations import actions as operations
from verification.queries import actions as queries
from verification.queries.years import scheme_of_year

PAGE = 50
LEVEL = {ActionLevel.ESSENTIAL: "suspended", ActionLevel.RECOMMENDED: "careful"}
STATUS = {
    ActionStatus.OPEN: "not-started",
    ActionStatus.ANSWERED: "under-way",
    ActionStatus.RETURNED: "careful",
    ActionStatus.CLOSED: "done",
}


@require_safe
@centre_page(P.ACTION_READ)
def of_centre(request: HttpRequest, centre: Centre) -> HttpResponse:
    actions = Action.objects.visible_to(request.user).filter(centre=centre)
    context = _listed(request, actions, show_centre=False)
    context |= {
        "heading": "Actions",
        "caption": f"{centre.name}, centre {centre.number}",
        "breadcrumbs": [(centre.name, centre.get_absolute_url()), ("Actions", None)],
    }
    return render(request, "verification/actions/list.html", context)


@require_safe
@needs(P.ACTION_READ)
def of_caseload(request: HttpRequest) -> HttpResponse:
    context = _listed(request, Action.objects.visible_to(request.user), show_centre=True)
    context |= {"heading": "Actions", "caption": "Your centres"}
    return render(request, "verification/actions/list.html", context)


def _listed(request: HttpRequest, actions: QuerySet[Action], *, show_centre: bool) -> dict[str, Any]:
    today = clock.today()
    closed = request.GET.get("show") == "closed"
    chosen = actions.filter(status=ActionStatus.CLOSED) if closed else queries.not_closed(actions)
    order = ("-closed_at", "-pk") if closed else ("due_on", "centre_id", "number")
    page = Paginator(queries.detailed(chosen).order_by(*order), PAGE).get_page(request.GET.get("page"))
    return {
        "rows": [_row(action, today) for action in page],
        "page": page,
        "show_centre": show_centre,
        "closed": closed,
        "today": today,
    }


def _row(action: Action, today: date) -> dict[str, Any]:
    waits = action.status in queries.UNANSWERED
    return {
        "action": action,
        "url": reverse("action", args=[action.pk]),
        "level": (LEVEL[ActionLevel(action.level)], action.get_level_display()),
        "status": _status_word(action, today),
        "late": waits and action.due_on < today,
        "criterion": queries.criterion_titles(scheme_of_year(action.centre_year)).get(action.criterion, ""),
        "due": wording.date_short(action.due_on),
        "days": wording.days_from(action.due_on, today) if waits else "",
    }


def _status_word(action: Action, today: date) -> tuple[str, str]:
    if action.status in queries.UNANSWERED and action.due_on < today:
        return "overdue", "Overdue"
    return STATUS[ActionStatus(action.status)], action.get_status_display()


@require_safe
@needs(P.ACTION_READ)
def one(request: HttpRequest, pk: int) -> HttpResponse:
    action = _find(request, pk, P.ACTION_READ)
    return render(request, "verification/actions/action.html", _page(request, action))


@require_POST
@needs(P.ACTION_ANSWER)
def answer(request: HttpRequest, pk: int) -> HttpResponse:
    action = _find(request, pk, P.ACTION_ANSWER)
    form = AnswerForm(request.POST, request.FILES)
    if not form.is_valid():
        return render(request, "verification/actions/action.html", _page(request, action, answer_form=form))
    at = clock.now()
    # A refused answer keeps no file: the transaction of a page that answers 400 or above is rolled back.
    ACTION["answer"].check(action, by=request.user)
    files = [
        evidence.store(centre_id=action.centre_id, upload=upload, by=request.user, at=at)
        for upload in form.cleaned_data["files"]
    ]
    operations.answer(
        action_id=action.pk,
        by=request.user,
        at=at,
        text=form.cleaned_data["text"],
        file_ids=[f.pk for f in files],
    )
    notices.done(
        request,
        f"Action {action.number} answered",
        "Your verifier has been told, and closes it or asks for more.",
    )
    return redirect("action", pk=action.pk)


@require_POST
@needs(P.ACTION_CLOSE)
def return_for_more(request: HttpRequest, pk: int) -> HttpResponse:
    action = _find(request, pk, P.ACTION_CLOSE)
    form = ReturnForm(request.POST)
    if form.is_valid():
        try:
            operations.return_for_more(
                action_id=action.pk, by=request.user, at=clock.now(), **form.cleaned_data
            )
        except RuleViolation as refusal:
            if action.status != ActionStatus.ANSWERED:
                raise
            form.add_error("due_on", refusal.message)
        else:
            notices.done(
                request, f"More asked for: action {action.number}", f"{action.owner.name} has been told."
            )
            return redirect("action", pk=action.pk)
    return render(request, "verification/actions/action.html", _page(request, action, return_form=form))


@require_POST
@needs(P.ACTION_CLOSE)
def close(request: HttpRequest, pk: int) -> HttpResponse:
    action = _find(request, pk, P.ACTION_CLOSE)
    form = CloseForm(request.POST)
    if form.is_valid():
        operations.close(action_id=action.pk, by=request.user, at=clock.now(), note=form.cleaned_data["note"])
        notices.done(request, f"Action {action.number} closed", f"{action.owner.name} has been told.")
    return redirect("action", pk=action.pk)


def _find(request: HttpRequest, pk: int, *permissions: str) -> Action:
    return find(request, queries.detailed(Action.objects.visible_to(request.user)), pk, *permissions)


def _page(request: HttpRequest, action: Action, **forms: Any) -> dict[str, Any]:
    person, today = request.user, clock.today()
    offered = {transition.name: refusal for transition, refusal in ACTION.offered_to(person, action)}
    criterion = queries.criterion_titles(scheme_of_year(action.centre_year)).get(
        action.criterion, action.criterion
    )
    shape, word = _status_word(action, today)
    new_date = max(action.due_on, today + timedelta(days=14))
    used = forms.get("answer_form") or forms.get("return_form")
    return {
        "action": action,
        "heading": f"Action {action.number}: {criterion}",
        "caption": f"{action.centre.name}, centre {action.centre.number}",
        "fact": tag({"done": "good", "overdue": "stop"}.get(shape, "moving"), word, shape=shape),
        "breadcrumbs": [
            (action.centre.name, action.centre.get_absolute_url()),
            ("Actions", reverse("actions", args=[action.centre.number])),
            (f"Action {action.number}", None),
        ],
        "facts": [
            ("Level", state(LEVEL[ActionLevel(action.level)], action.get_level_display())),
            ("Due", _due(action, today)),
            ("Who", action.owner.name),
            ("From", queries.source_of(action)),
            ("Programme", action.programme.qualification.label if action.programme else "The whole centre"),
        ],
        "events": [_event(turn) for turn in queries.history(action)],
        "form": used,
        "answer_form": forms.get("answer_form") or (AnswerForm() if "answer" in offered else None),
        "return_form": forms.get("return_form")
        or (ReturnForm(initial={"due_on": new_date}) if "return_for_more" in offered else None),
        "close_form": CloseForm() if "close" in offered else None,
        "centre_side": person.may(P.ACTION_ANSWER, action.centre_id),
    }


def _due(action: Action, today: date) -> str:
    words = wording.date_long(action.due_on)
    if action.status in queries.UNANSWERED:
        words += f", {wording.days_from(action.due_on, today)}"
    return words


def _event(turn: queries.Turn) -> dict[str, Any]:
    return {
        "what": turn.what,
        "by": f"by {turn.by}" if turn.by else "",
        "when": wording.moment(turn.at),
        "text": turn.text,
        "files": [(file.name, reverse("evidence-file", args=[file.pk])) for file in turn.files],
    }
