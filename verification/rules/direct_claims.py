"""What must hold before direct claims status is recommended, granted or kept (R26, R72, R75, R76)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

from centres.schemes import Scheme
from centres.schemes.awarding import DirectClaims, GrantRoute
from qa_portal.actors import Actor
from qa_portal.errors import NotPermitted, Reason, RuleViolation
from qa_portal.wording import counted, date_plain
from verification.models import (
    Action,
    ActionLevel,
    DirectClaimsRecommendation,
    DirectClaimsState,
    DirectClaimsStatus,
    DraftAction,
    RecommendationKind,
)

K = RecommendationKind

#: What may be recommended while a status stands where it does.
POSSIBLE: Mapping[str, tuple[str, ...]] = {
    DirectClaimsState.NOT_HELD: (K.NOT_YET, K.GRANT),
    DirectClaimsState.ACTIVE: (K.KEEP, K.SUSPEND, K.REMOVE),
    DirectClaimsState.SUSPENDED: (K.NOT_YET, K.GRANT, K.REMOVE),
}


@dataclass(frozen=True)
class Review:
    """A concluded sample as direct claims status sees it; learners are those complete in it, by registration."""

    concluded_on: date
    satisfactory: bool
    complete_learners: frozenset[int] = frozenset()


@dataclass(frozen=True)
class Precondition:
    """One thing that a grant rests on: what is asked, what was found, and whether it is met."""

    key: str
    asked: str
    found: str
    met: bool
    rule: str

    def as_fact(self) -> dict[str, Any]:
        """The precondition as it is recorded."""
        return asdict(self)


def suspends_when_overdue(action: Action | DraftAction, scheme: Scheme) -> bool:
    """Whether an action suspends direct claims status once it is overdue, in the scheme that governs the programme.

    Essential ones of a programme do; one of the whole centre only where it is a risk to valid certification, because
    the rule speaks of "that programme" (R74).
    """
    return (
        action.level == ActionLevel.ESSENTIAL
        and (action.programme_id is not None or action.risk_to_valid_certification)
        and scheme.direct_claims.suspended_by_overdue_essential_action.value
        and scheme.verification.actions.essential.overdue_suspends_direct_claims.value
    )


def is_decided_by_somebody_else(recommendation: DirectClaimsRecommendation, by: Actor) -> None:
    """Nobody decides what they recommended. Raises NotPermitted (R26)."""
    if by.pk is not None and by.pk == recommendation.recommended_by_id:
        raise NotPermitted(
            "You recommended this, so somebody else decides it. Ask another quality manager.", rule="R26"
        )


def is_not_moderated(status: DirectClaimsStatus, by: Actor) -> None:
    """A moderated qualification never holds direct claims status. Raises RuleViolation (R76)."""
    qualification = status.programme.qualification
    if qualification.moderated:
        raise RuleViolation(
            f"{qualification.short_title} is moderated, and a moderated qualification cannot hold direct claims "
            "status.",
            rule="R76",
        )


def is_possible_now(status: DirectClaimsStatus, kind: str) -> None:
    """Only an active status can be kept or suspended, only one not active granted. Raises RuleViolation (R71)."""
    if kind not in POSSIBLE[status.status]:
        words = status.get_status_display().lower()  # type: ignore[attr-defined]
        raise RuleViolation(
            f"Direct claims status is {words}, so “{K(kind).label.lower()}” does not fit. Choose another "
            "recommendation.",
            rule="R71",
        )


def meets_the_preconditions(preconditions: Iterable[Precondition]) -> None:
    """A grant has all its preconditions. Raises RuleViolation with one reason for each that fails (R72, R75, R76)."""
    missing = [each for each in preconditions if not each.met]
    if missing:
        raise RuleViolation(
            "Direct claims status cannot be granted yet.",
            rule=missing[0].rule,
            reasons=[Reason(each.asked, each.found, each.rule) for each in missing],
        )


def preconditions(
    policy: DirectClaims,
    *,
    reviews: Sequence[Review],
    outstanding: int,
    moderated: bool,
    suspended_on: date | None = None,
) -> tuple[Precondition, ...]:
    """Hold what a grant needs against what there is; of several routes the one with fewest gaps.

    ``reviews`` in any order, ``outstanding`` the number of open essential actions; ``suspended_on`` for a status that
    was lost, which needs satisfactory reviews since then (R75). Sources: R72, R75, R76.
    """
    found = [_not_moderated(moderated, policy)]
    if suspended_on is not None:
        found.append(_regained(policy, reviews, suspended_on))
    routes = [_route(route, reviews, outstanding) for route in policy.grant_routes.values()]
    best = min(routes, key=lambda each: sum(not one.met for one in each), default=())
    return (*found, *best)


def _not_moderated(moderated: bool, policy: DirectClaims) -> Precondition:
    met = policy.moderated_may_hold.value or not moderated
    text = "It is moderated." if moderated else "It is not moderated."
    return Precondition("not_moderated", "The qualification is not moderated", text, met, "R76")


def _regained(policy: DirectClaims, reviews: Sequence[Review], suspended_on: date) -> Precondition:
    needed = policy.regain_reviews.value
    since = sorted((r for r in reviews if r.concluded_on >= suspended_on), key=lambda r: r.concluded_on)
    in_a_row = 0
    for review in since:
        in_a_row = in_a_row + 1 if review.satisfactory else 0
    return Precondition(
        "regained",
        f"{counted(needed, 'satisfactory review')} in a row since it was suspended",
        f"{in_a_row} since {date_plain(suspended_on)}.",
        in_a_row >= needed,
        "R75",
    )


def _route(route: GrantRoute, reviews: Sequence[Review], outstanding: int) -> tuple[Precondition, ...]:
    last = sorted(reviews, key=lambda review: review.concluded_on)[-route.reviews :]
    enough = len(last) >= route.reviews
    clean = [review for review in last if review.satisfactory]
    learners = frozenset[int]().union(*(review.complete_learners for review in last))
    return (
        Precondition(
            "reviews",
            f"The last {counted(route.reviews, 'review')} found every decision accurate",
            f"{len(clean)} of {counted(len(last), 'review')} did.",
            enough and len(clean) == len(last),
            route.rule,
        ),
        _apart(route, last, enough),
        Precondition(
            "complete_learners",
            f"At least {counted(route.complete_learners, 'complete learner')} over these reviews",
            f"{counted(len(learners), 'complete learner')}.",
            len(learners) >= route.complete_learners,
            route.rule,
        ),
        Precondition(
            "outstanding_actions",
            "No essential action is outstanding"
            if not route.outstanding_actions
            else f"At most {counted(route.outstanding_actions, 'essential action')} outstanding",
            f"{outstanding} outstanding." if outstanding else "None is.",
            outstanding <= route.outstanding_actions,
            route.rule,
        ),
    )


def _apart(route: GrantRoute, last: Sequence[Review], enough: bool) -> Precondition:
    asked = f"These reviews lie {route.months_apart_least} to {route.months_apart_most} months apart"
    if not enough or len(last) < 2:
        return Precondition(
            "months_apart", asked, "There are not enough reviews yet.", route.reviews < 2, route.rule
        )
    first, newest = last[0].concluded_on, last[-1].concluded_on
    months = whole_months(first, newest)
    met = route.months_apart_least <= months and newest <= add_months(first, route.months_apart_most)
    return Precondition(
        "months_apart", asked, f"{date_plain(first)} and {date_plain(newest)}.", met, route.rule
    )


def whole_months(first: date, last: date) -> int:
    """Complete months from one day to another."""
    months = (last.year - first.year) * 12 + last.month - first.month
    return months - (add_months(first, months) > last)


def add_months(day: date, months: int) -> date:
    """The same day so many months on; the last day of a shorter month."""
    year, month = divmod(day.month - 1 + months, 12)
    year += day.year
    for last in range(day.day, 27, -1):
        try:
            return date(year, month + 1, last)
        except ValueError:
            continue
    return date(year, month + 1, min(day.day, 28))
