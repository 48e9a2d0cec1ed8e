"""Direct claims status: recommended by the SV, decided by somebody else, suspended by rule (R26, R71 to R76)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from centres.models import Person, Programme
from centres.permissions import Permission, RoleCode
from centres.queries.schemes import due_within, in_force
from centres.schemes import Scheme
from qa_portal import audit, deadlines, mail
from qa_portal.actors import Actor, person_or_none
from qa_portal.deadlines import Duty
from qa_portal.errors import NotPermitted, RuleViolation
from qa_portal.tenancy import Side
from qa_portal.wording import date_long, date_plain, joined
from verification.lifecycle.direct_claims import DIRECT_CLAIMS, RECOMMENDATION
from verification.models import (
    Action,
    Activity,
    DirectClaimsRecommendation,
    DirectClaimsState,
    DirectClaimsStatus,
    RecommendationKind,
    RecommendationStatus,
)
from verification.operations.standards_verification import programme_of
from verification.queries import direct_claims as queries
from verification.queries import years
from verification.rules import direct_claims as rules
from verification.rules.direct_claims import Precondition, Review

K = RecommendationKind
DECISION = "direct_claims_decision"
TOLD = (
    RoleCode.QUALITY_NOMINEE,
    RoleCode.HEAD_OF_CENTRE,
    RoleCode.EXAMINATIONS_OFFICER,
    RoleCode.LEAD_STANDARDS_VERIFIER,
)


@transaction.atomic
def recommend(
    *, activity_id: int, kind: str, reasons: str, reviews: Sequence[Review], by: Actor, at: datetime
) -> DirectClaimsRecommendation:
    """Recommend what becomes of a programme's direct claims status; a quality manager is asked to decide.

    ``reviews`` are the programme's concluded samples, this one included. A newer recommendation takes the place of one
    that still waits. Raises NotPermitted, or RuleViolation where the kind does not fit the status, or a grant lacks a
    precondition. Sources: R26, R71, R72, R75, R76.
    """
    activity = Activity.objects.select_related("centre", "centre_year", "programme__qualification").get(
        pk=activity_id
    )
    programme = programme_of(activity)
    if not by.may(Permission.DIRECT_CLAIMS_RECOMMEND, activity.centre_id, programme.pk):
        raise NotPermitted("Recommending direct claims status is not part of your role here.")
    if not reasons.strip():
        raise RuleViolation("Say why you recommend this.", rule="R71")
    status = _status(activity.centre_id, programme.pk)
    rules.is_possible_now(status, kind)
    scheme = _scheme(programme, at)
    preconditions = assess(status, scheme=scheme, reviews=reviews)
    if kind == K.GRANT:
        rules.meets_the_preconditions(preconditions)
    facts = scheme.basis(
        "R72",
        status=str(status.status),
        preconditions=[each.as_fact() for each in preconditions],
        reviews=[[review.concluded_on.isoformat(), review.satisfactory] for review in reviews],
    )
    row = _save_recommendation(activity, kind, reasons.strip(), facts, by=by, at=at)
    _ask_for_a_decision(row, activity, at=at)
    audit.record("direct_claims.recommended", by=by, target=row, at=at, kind=str(kind))
    return row


@transaction.atomic
def accept(*, recommendation_id: int, reasons: str, by: Actor, at: datetime) -> DirectClaimsRecommendation:
    """Accept a recommendation: the status changes at once, with its basis and next review.

    Raises NotPermitted for the recommender (R26), RuleViolation where it no longer fits.
    """
    row, status = _locked(recommendation_id)
    RECOMMENDATION.move(row, "accept", by=by, at=at, **_decided(row, reasons, by, at))
    _apply(row, status, by=by, at=at)
    _close_decision(row, status, at=at, accepted=True)
    return row


@transaction.atomic
def decline(*, recommendation_id: int, reasons: str, by: Actor, at: datetime) -> DirectClaimsRecommendation:
    """Decline a recommendation, with the reasons; the status stays as it is.

    Raises NotPermitted for the recommender (R26), RuleViolation without reasons.
    """
    if not reasons.strip():
        raise RuleViolation("Say why you decline this recommendation.", rule="R26")
    row, status = _locked(recommendation_id)
    RECOMMENDATION.move(row, "decline", by=by, at=at, **_decided(row, reasons, by, at))
    _close_decision(row, status, at=at, accepted=False)
    return row


def suspend_by_rule(
    status: DirectClaimsStatus, late: Sequence[Action], *, scheme: Scheme, by: Actor, at: datetime
) -> None:
    """Suspend a status because essential actions are overdue; it comes back when they are closed (R74).

    ``status`` is locked by the caller and active; ``late`` is oldest first and names at least one.
    """
    action = late[0]
    note = f"Essential action {action.number} overdue since {date_plain(action.due_on)}"
    facts = {"action": action.pk, "action_number": action.number, "due_on": action.due_on.isoformat()}
    facts["actions"] = [each.pk for each in late]
    basis = scheme.basis("R74", **facts) | {"note": note, "before": status.basis}
    DIRECT_CLAIMS.move(
        status, "suspend", by=by, at=at, basis=basis, changed_at=at, facts={"rule": "R74", **facts}
    )
    _tell(
        status, "Direct claims status is suspended", f"{note}. It returns when the action is closed.", at=at
    )


def restore_by_rule(status: DirectClaimsStatus, *, by: Actor, at: datetime) -> None:
    """Give back a status that only an overdue action had suspended, as it was before (R74, R75)."""
    before = dict(status.basis.get("before") or {})
    DIRECT_CLAIMS.move(status, "regain", by=by, at=at, basis=before, changed_at=at, facts={"rule": "R75"})
    _tell(status, "Direct claims status is active again", "The overdue essential action is closed.", at=at)


def assess(
    status: DirectClaimsStatus, *, scheme: Scheme, reviews: Sequence[Review]
) -> tuple[Precondition, ...]:
    """The preconditions of a grant as they stand now (R72, R75, R76)."""
    lost = status.status == DirectClaimsState.SUSPENDED and status.basis.get("rule") != "R74"
    return rules.preconditions(
        scheme.direct_claims,
        reviews=reviews,
        outstanding=queries.outstanding_actions(status.centre_id, status.programme_id).count(),
        moderated=status.programme.qualification.moderated,
        suspended_on=timezone.localdate(status.changed_at) if lost and status.changed_at else None,
    )


def _status(centre_id: int, programme_id: int) -> DirectClaimsStatus:
    DirectClaimsStatus.objects.get_or_create(centre_id=centre_id, programme_id=programme_id)
    return (
        DirectClaimsStatus.objects.select_for_update(of=("self",))
        .select_related("centre", "programme__qualification")
        .get(centre_id=centre_id, programme_id=programme_id)
    )


def _scheme(programme: Programme, at: datetime) -> Scheme:
    return in_force(programme.qualification.suite, timezone.localdate(at)).scheme


def _save_recommendation(
    activity: Activity, kind: str, reasons: str, facts: dict[str, Any], *, by: Actor, at: datetime
) -> DirectClaimsRecommendation:
    values = {
        "activity": activity,
        "kind": kind,
        "reasons": reasons,
        "facts": facts,
        "recommended_at": at,
        "recommended_by": person_or_none(by),
    }
    row, _ = DirectClaimsRecommendation.objects.update_or_create(
        centre_id=activity.centre_id,
        programme=activity.programme,
        status=RecommendationStatus.WAITING,
        defaults=values,
    )
    return row


def _ask_for_a_decision(row: DirectClaimsRecommendation, activity: Activity, *, at: datetime) -> None:
    programme, centre = programme_of(activity), activity.centre
    label = K(row.kind).label.lower()
    url = reverse("decision", args=[row.pk])
    due_on = due_within(DECISION, nation=centre.nation, on=timezone.localdate(at))
    duty = Duty(
        title=f"Decide direct claims status: {programme.qualification.label}, {centre.name}",
        url=url,
        owner_role=RoleCode.QUALITY_MANAGER,
        owner_side=Side.AO,
        owner_id=centre.quality_manager_id,
        why=f"The SV recommends: {label}. Somebody other than the SV decides.",
        source="SV report",
        programme_id=programme.pk,
        # The centre reads the recommendation when it is decided.
        kept_to=Side.VERIFIER,
    )
    deadlines.set_due(DECISION, subject=row, year=activity.centre_year.year, due_on=due_on, duty=duty)
    for manager in _managers(activity.centre_id, at):
        mail.write(
            centre_id=row.centre_id,
            to_id=manager.pk,
            kind="direct_claims_recommended",
            key=f"direct-claims-recommended-{row.pk}-{at.timestamp():.0f}-{manager.pk}",
            subject=duty.title,
            body=f"{duty.why} Please decide by {date_long(due_on)}.",
            url=url,
            at=at,
            kept_to=Side.VERIFIER,
        )


def _managers(centre_id: int, at: datetime) -> list[Person]:
    return years.holders(centre_id, RoleCode.QUALITY_MANAGER, timezone.localdate(at))


def _locked(recommendation_id: int) -> tuple[DirectClaimsRecommendation, DirectClaimsStatus]:
    row = (
        DirectClaimsRecommendation.objects.select_for_update(of=("self",))
        .select_related("centre", "programme__qualification", "activity__centre_year")
        .get(pk=recommendation_id)
    )
    return row, _status(row.centre_id, row.programme_id)


def _decided(row: DirectClaimsRecommendation, reasons: str, by: Actor, at: datetime) -> dict[str, Any]:
    return {"decided_at": at, "decided_by": person_or_none(by), "decision_reasons": reasons.strip()}


def _apply(row: DirectClaimsRecommendation, status: DirectClaimsStatus, *, by: Actor, at: datetime) -> None:
    """Carry out an accepted recommendation on the status it is about."""
    scheme = _scheme(row.programme, at)
    today = timezone.localdate(at)
    basis = scheme.basis("R71", recommendation=row.pk, activity=row.activity_id, kind=str(row.kind))
    review = rules.add_months(today, scheme.direct_claims.review_months.value)
    if row.kind == K.NOT_YET:
        return
    if row.kind == K.GRANT:
        _recheck(row, status)
        name = "regain" if status.status == DirectClaimsState.SUSPENDED else "grant"
        changes = {"basis": basis, "since": today, "review_due": review}
    elif row.kind == K.KEEP:
        name, changes = "keep", {"basis": basis, "review_due": review}
    elif row.kind == K.SUSPEND and status.status == DirectClaimsState.SUSPENDED:
        # An overdue action suspended it meanwhile: from now on it is the decision that holds it.
        status.basis, status.changed_at = basis | {"note": "Suspended by decision"}, at
        status.save(update_fields=["basis", "changed_at"])
        return
    elif row.kind == K.SUSPEND:
        name, changes = "suspend", {"basis": basis | {"note": "Suspended by decision"}}
    else:
        name, changes = "remove", {"basis": basis, "since": None, "review_due": None}
    DIRECT_CLAIMS.move(status, name, by=by, at=at, changed_at=at, facts={"rule": "R71"}, **changes)
    _review_due(row, status, at=at)


def _recheck(row: DirectClaimsRecommendation, status: DirectClaimsStatus) -> None:
    """Refuse a grant when more is outstanding than when it was recommended. Raises RuleViolation (R72)."""
    found = {each["key"]: each["met"] for each in row.facts["facts"]["preconditions"]}
    numbers = [
        str(action.number) for action in queries.outstanding_actions(status.centre_id, status.programme_id)
    ]
    routes = _scheme(row.programme, row.recommended_at).direct_claims.grant_routes.values()
    most = max((route.outstanding_actions for route in routes), default=0)
    if not all(found.values()) or len(numbers) > most:
        raise RuleViolation(
            f"Essential action {joined(numbers)} is outstanding, so the status cannot be granted now."
            if numbers
            else "Direct claims status cannot be granted: a precondition is not met.",
            rule="R72",
        )


def _review_due(row: DirectClaimsRecommendation, status: DirectClaimsStatus, *, at: datetime) -> None:
    if status.status != DirectClaimsState.ACTIVE or status.review_due is None:
        deadlines.cancel("direct_claims_review", subject=status, at=at)
        return
    duty = Duty(
        title=f"Review direct claims status of {row.programme.qualification.label}",
        url=reverse("samples"),
        owner_role=RoleCode.STANDARDS_VERIFIER,
        owner_side=Side.VERIFIER,
        why="It is reviewed with a sample every year.",
        source="Direct claims status",
        programme_id=row.programme_id,
    )
    year = row.activity.centre_year.year + 1
    deadlines.set_due("direct_claims_review", subject=status, year=year, due_on=status.review_due, duty=duty)


def _close_decision(
    row: DirectClaimsRecommendation, status: DirectClaimsStatus, *, at: datetime, accepted: bool
) -> None:
    deadlines.meet(DECISION, subject=row, at=at)
    words = K(row.kind).label.lower()
    if accepted and row.kind not in (K.NOT_YET,):
        text = f"Direct claims status: {status.get_status_display().lower()}"  # type: ignore[attr-defined]
        review = f" Its next review is due on {date_long(status.review_due)}." if status.review_due else ""
        _tell(status, text, f"Decided by the awarding organisation.{review}", at=at)
    verdict = "accepted" if accepted else "declined"
    mail.write(
        centre_id=row.centre_id,
        to_id=row.recommended_by_id,
        kind="direct_claims_decided",
        key=f"direct-claims-decided-{row.pk}",
        subject=f"Your recommendation was {verdict}: {row.programme.qualification.label}",
        body=f"You recommended: {words}. {row.decision_reasons}".strip(),
        url=reverse("decision", args=[row.pk]),
        at=at,
    )


def _tell(status: DirectClaimsStatus, subject: str, body: str, *, at: datetime) -> None:
    """Write to the centre's people who act on direct claims status, and to its LSV."""
    today: date = timezone.localdate(at)
    centre = status.centre
    people = {p.pk for role in TOLD for p in years.holders(status.centre_id, role, today)}
    for person_id in sorted(people):
        mail.write(
            centre_id=status.centre_id,
            to_id=person_id,
            kind="direct_claims_changed",
            key=f"direct-claims-{status.pk}-{at.timestamp():.0f}-{person_id}",
            subject=f"{subject}: {status.programme.qualification.label}, {centre.name}",
            body=body,
            url=reverse("centre", args=[centre.number]),
            at=at,
        )
