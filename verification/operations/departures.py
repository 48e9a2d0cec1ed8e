"""What happens to actions and sections that were given to somebody by name who no longer does them (R17)."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, datetime

from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.urls import reverse
from django.utils import timezone

from centres.models import AccessGrant, Person
from centres.permissions import RoleCode
from qa_portal import audit, mail
from qa_portal.actors import Actor
from qa_portal.models import Deadline
from qa_portal.tenancy import Side
from qa_portal.wording import counted, joined
from verification.models import Action, ActionStatus, SelfAssessmentSection
from verification.queries import actions as action_queries
from verification.queries import years
from verification.questionnaire import EDITABLE, ROLES_TO_ASK


@transaction.atomic
def hand_over(*, centre_id: int, from_ids: Collection[int], by: Actor, at: datetime) -> None:
    """Give the Quality Nominee the open actions and sections of ``from_ids``, and those that nobody there can do.

    The deadlines keep their dates. The new owner is told once; nothing happens while the centre has none (R17).
    """
    nominee = next(iter(years.holders(centre_id, RoleCode.QUALITY_NOMINEE, timezone.localdate(at))), None)
    if nominee is None:
        return
    left = set(from_ids) - {nominee.pk}
    moved = _actions(centre_id, left, at)
    for action in moved:
        before, action.owner = action.owner_id, nominee
        action.save(update_fields=["owner"])
        _move_duty(action, nominee)
        audit.record("action.handed_over", by=by, target=action, at=at, before=before, after=nominee.pk)
    asked = _sections(centre_id, left, at)
    for section in asked:
        asked_before, section.delegated_to = section.delegated_to_id, nominee
        section.save(update_fields=["delegated_to"])
        _move_duty(section, nominee)
        audit.record(
            "self_assessment.section_handed_over",
            by=by,
            target=section,
            at=at,
            before=asked_before,
            after=nominee.pk,
        )
    if moved or asked:
        _tell(nominee, centre_id, len(moved), len(asked), at)


def waiting_centres(today: date) -> list[int]:
    """Centres with duties of somebody who left, or where a Quality Nominee begins today; over all centres."""
    here = AccessGrant.objects.active_on(today).filter(
        centre_id=OuterRef("centre_id"), person__is_active=True
    )
    orphaned = (
        Action.objects.exclude(status=ActionStatus.CLOSED).filter(
            ~Exists(here.filter(person_id=OuterRef("owner_id"), role__in=action_queries.OWNER_ROLES))
        ),
        SelfAssessmentSection.objects.filter(self_assessment__status__in=EDITABLE)
        .exclude(delegated_to=None)
        .filter(~Exists(here.filter(person_id=OuterRef("delegated_to_id"), role__in=ROLES_TO_ASK))),
        _nominees().filter(starts_on=today),
    )
    return sorted(
        {pk for rows in orphaned for pk in rows.values_list("centre_id", flat=True).distinct() if pk}
    )


def just_ended(centre_id: int, today: date) -> list[int]:
    """Who stopped being Quality Nominee of a centre today, because a successor appointed before begins."""
    return list(_nominees().filter(centre_id=centre_id, ends_on=today).values_list("person_id", flat=True))


def _nominees() -> QuerySet[AccessGrant]:
    return AccessGrant.objects.filter(role=RoleCode.QUALITY_NOMINEE, delegated_by=None)


def _move_duty(subject: Action | SelfAssessmentSection, nominee: Person) -> None:
    """Give the open deadline to its new owner; the date, and what is met, stay as they are."""
    Deadline.objects.open().filter(
        centre_id=subject.centre_id,
        subject_type=subject._meta.label_lower,
        subject_id=subject.pk,
        owner_side=Side.CENTRE,
    ).update(owner=nominee)


def _actions(centre_id: int, left: Collection[int], at: datetime) -> list[Action]:
    can = action_queries.possible_owners(centre_id, timezone.localdate(at)).order_by()
    rows = (
        Action.objects.select_for_update(of=("self",), no_key=True)
        .filter(centre_id=centre_id)
        .exclude(status=ActionStatus.CLOSED)
    )
    return list(rows.filter(_gone("owner", left, can)).order_by("pk"))


def _sections(centre_id: int, left: Collection[int], at: datetime) -> list[SelfAssessmentSection]:
    """Sections of forms that can still be edited; the person who was asked has gone, or has no role that reads them."""
    grants = AccessGrant.objects.active_on(timezone.localdate(at)).filter(
        centre_id=centre_id, role__in=ROLES_TO_ASK, person__is_active=True
    )
    rows = SelfAssessmentSection.objects.select_for_update(of=("self",), no_key=True)
    rows = rows.filter(centre_id=centre_id, self_assessment__status__in=EDITABLE).exclude(delegated_to=None)
    people = Person.objects.filter(pk__in=grants.values("person_id"))
    return list(rows.filter(_gone("delegated_to", left, people)).order_by("pk"))


def _gone(field: str, left: Collection[int], can: QuerySet[Person]) -> Q:
    return Q(**{f"{field}__in": list(left)}) | ~Q(**{f"{field}__in": can.values("pk")})


def _tell(nominee: Person, centre_id: int, moved: int, asked: int, at: datetime) -> None:
    what = [
        words
        for number, words in (
            (moved, counted(moved, "action")),
            (asked, counted(asked, "section of the self-assessment", "sections of the self-assessment")),
        )
        if number
    ]
    mail.write(
        centre_id=centre_id,
        to_id=nominee.pk,
        kind="duties.handed_over",
        key=f"handed-over-{nominee.pk}-{at:%Y%m%d%H%M%S%f}",
        subject=f"Yours now: {joined(what)}",
        body="They were given by name to somebody who no longer has the role to do them. The dates stay as they were; "
        "what was written so far is kept.",
        url=reverse("home"),
        at=at,
    )
