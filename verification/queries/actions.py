"""Actions as lists and pages read them, and which essential ones are overdue."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import QuerySet

from centres.models import AccessGrant, EvidenceFile, Person
from centres.permissions import ROLES, Permission, RoleCode
from centres.schemes import Scheme
from qa_portal.wording import date_plain
from verification.models import (
    Action,
    ActionEvidence,
    ActionLevel,
    ActionResponse,
    ActionStatus,
    Activity,
    ActivityKind,
    Allocation,
    AllocationStatus,
    CentreYear,
)
from verification.queries.years import scheme_of_year

UNANSWERED = (ActionStatus.OPEN, ActionStatus.RETURNED)
KINDS = {ActionLevel.ESSENTIAL: "essential_action", ActionLevel.RECOMMENDED: "recommended_action"}


def detailed(actions: QuerySet[Action]) -> QuerySet[Action]:
    """Add what a list or a page names: centre, owner, programme, activity, year."""
    return actions.select_related(
        "centre", "owner", "closed_by", "programme__qualification", "activity", "centre_year__scheme_version"
    ).defer("centre_year__scheme_version__content")


def not_closed(actions: QuerySet[Action]) -> QuerySet[Action]:
    """Only actions that are still to be closed."""
    return actions.exclude(status=ActionStatus.CLOSED)


def overdue_essential(on: date) -> QuerySet[Action]:
    """Essential actions past their due date that the centre has not answered, or was asked for more (R74).

    An action without a programme concerns the whole centre. What waits for the verifier's side is not overdue.
    """
    return Action.objects.filter(level=ActionLevel.ESSENTIAL, status__in=UNANSWERED, due_on__lt=on).order_by(
        "centre_id", "due_on"
    )


def next_number(centre_id: int) -> int:
    """The number that the next action of a centre gets; numbers count through its life."""
    last = Action.objects.filter(centre_id=centre_id).order_by("-number").values_list("number", flat=True)
    return (last.first() or 0) + 1


#: What an action is about that follows from a decision which was not accurate (R65).
DECISIONS, DECISIONS_TITLE = "assessment_decisions", "Assessment decisions"


def criterion_titles(scheme: Scheme) -> dict[str, str]:
    """What each criterion of a scheme is called: those of visits, those of samples, and the decisions themselves."""
    criteria = list(scheme.verification.standards_verification.criteria)
    if scheme.verification.visit is not None:
        criteria += scheme.verification.visit.criteria
    return {DECISIONS: DECISIONS_TITLE} | {criterion.key: criterion.title for criterion in criteria}


def criterion_title(centre_year: CentreYear, key: str) -> str:
    """What one criterion was called in a year."""
    return criterion_titles(scheme_of_year(centre_year)).get(key, key.replace("_", " ").capitalize())


def source_of(action: Action) -> str:
    """Where an action comes from: "LSV report of 1 December 2026"."""
    kind = "LSV visit" if action.activity.kind == ActivityKind.VISIT else "SV"
    return f"{kind} report of {date_plain(action.opened_at)}"


def reviewer_of(action: Action) -> tuple[str, int | None]:
    """Who looks at an answer: the role, and the person allocated now (None where nobody is).

    The LSV for an action from a visit, the SV of the programme for one from a sample; last year's open actions go to
    this year's verifier.
    """
    visit = action.activity.kind == ActivityKind.VISIT
    role = RoleCode.LEAD_STANDARDS_VERIFIER if visit else RoleCode.STANDARDS_VERIFIER
    allocations = Allocation.objects.filter(
        centre_id=action.centre_id, kind="LSV" if visit else "SV", status=AllocationStatus.ACTIVE
    )
    if not visit and action.programme_id is not None:
        allocations = allocations.filter(programme_id=action.programme_id)
    newest = allocations.order_by("-centre_year__year", "-made_at").values_list(
        "verifier__person_id", flat=True
    )
    return role, newest.first()


# Roles whose holders answer actions.
OWNER_ROLES = tuple(role.code for role in ROLES.values() if Permission.ACTION_ANSWER in role.holds)


def role_of_owner(action: Action, on: date) -> str:
    """As what its owner answers an action: the Quality Nominee before any other role that may."""
    grants = AccessGrant.objects.active_on(on).filter(
        centre_id=action.centre_id, person_id=action.owner_id, role__in=OWNER_ROLES
    )
    roles = set(grants.values_list("role", flat=True))
    return next((role for role in OWNER_ROLES if role in roles), RoleCode.QUALITY_NOMINEE)


def possible_owners(centre_id: int, on: date) -> QuerySet[Person]:
    """People at a centre who may answer an action today, so that one can be given to them."""
    grants = AccessGrant.objects.active_on(on).filter(centre_id=centre_id, role__in=OWNER_ROLES)
    return Person.objects.filter(
        pk__in=grants.values("person_id"), is_active=True, is_service=False
    ).order_by("name", "pk")


@dataclass(frozen=True)
class Turn:
    """One thing that happened to an action, newest first in a history."""

    what: str
    by: str
    at: datetime
    text: str = ""
    files: tuple[EvidenceFile, ...] = ()


def history(action: Action) -> list[Turn]:
    """What happened to an action: opened, answered with files, returned, closed; newest first."""
    turns = [Turn(f"Action {action.number} opened", "", action.opened_at, source_of(action))]
    responses = (
        ActionResponse.objects.filter(centre_id=action.centre_id, action=action)
        .select_related("written_by")
        .prefetch_related("evidence__file")
        .order_by("written_at", "pk")
    )
    for response in responses:
        files = tuple(link.file for link in response.evidence.all())
        what = "Evidence sent" if response.from_centre and files else ""
        what = what or ("Answer sent" if response.from_centre else "More asked for")
        turns.append(Turn(what, response.written_by.name, response.written_at, response.text, files))
    if action.closed_at and action.closed_by:
        turns.append(Turn("Closed", action.closed_by.name, action.closed_at, action.closing_note))
    return turns[::-1]


def opened_by(activity: Activity) -> QuerySet[Action]:
    """The actions that came from one activity, by number."""
    return (
        Action.objects.filter(centre_id=activity.centre_id, activity=activity)
        .select_related("owner", "programme__qualification")
        .order_by("number")
    )


def files_seen_by(person: Any, file_ids: Collection[int]) -> set[int]:
    """Evidence sent with answers to actions, for those who may read actions at its centre."""
    links = ActionEvidence.objects.visible_to(person).filter(file_id__in=file_ids)
    return {
        pk
        for pk, centre_id in links.values_list("file_id", "centre_id")
        if person.may(Permission.ACTION_READ, centre_id)
    }


def files_kept(file_ids: Collection[int]) -> set[int]:
    """Evidence that was sent with an answer: it stays."""
    return set(ActionEvidence.objects.filter(file_id__in=file_ids).values_list("file_id", flat=True))
