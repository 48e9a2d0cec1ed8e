"""Who may hold and give which role, what passes with it, and what makes an account or a link unusable (R17-R22)."""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING

from django.db.models import F, Q, QuerySet
from django.utils import timezone

from centres.models import AccessGrant, Invitation, Person
from centres.permissions import ONE_PER_CENTRE, ONE_PER_SUBJECT_AREA, ROLES, RoleCode
from qa_portal.errors import NotPermitted, Reason, RuleViolation
from qa_portal.tenancy import Side
from qa_portal.wording import date_plain

if TYPE_CHECKING:
    from qa_portal.actors import Actor

_OWN = "Nobody gives themselves access. Ask somebody else who may give this role."


def may_give(by: Actor, role: str, centre_id: int | None, to_id: int | None = None) -> None:
    """A role is given only by whose may-grant column lists it, and never to oneself.

    Raises NotPermitted (R20).
    """
    if by.pk is None:
        return
    if to_id is not None and by.pk == to_id:
        raise NotPermitted(_OWN, rule="R20")
    access = getattr(by, "access", None)
    if access is None or not access.may_grant(role, centre_id):
        raise NotPermitted(
            f"The role {RoleCode(role).label} is not one that you may give or end here. {who_gives(role)}",
            rule="R20",
        )


def who_gives(role: str) -> str:
    """Name the roles whose holders may give a role: "The Head of Centre or an administrator can." (R20)."""
    givers = [ROLES[code].code.label for code in ROLES if role in ROLES[code].may_grant]
    return f"Who can: {', '.join(givers)}." if givers else "Nobody gives this role by hand."


def still_gives(person_id: int, role: str, centre_id: int | None, on: date) -> bool:
    """Say whether a person may give a role on a day, whichever context they work in (R20)."""
    grants = AccessGrant.objects.filter(person_id=person_id, person__is_active=True, delegated_by=None)
    grants = grants.active_on(on).filter(Q(centre_id=centre_id) | Q(centre=None))
    return any(role in ROLES[grant.role].may_grant for grant in grants)


def role_fits(role: str, centre_id: int | None, programme_id: int | None, person: Person) -> None:
    """Centre and verifier roles belong to a centre, the awarding organisation's to none; machines have a role of
    their own.

    Raises RuleViolation.
    """
    side = ROLES[role].side
    if (side == Side.AO) != (centre_id is None):
        raise RuleViolation(
            f"{RoleCode(role).label} is a role "
            + ("of the awarding organisation, not of a centre." if side == Side.AO else "at one centre.")
        )
    if programme_id is not None and role in ONE_PER_CENTRE:
        raise RuleViolation(f"A centre has one {RoleCode(role).label} for all its programmes.", rule="R17")
    if person.is_service != (role == RoleCode.SYSTEM_CLIENT):
        raise RuleViolation("A management information system has its own account and its own role.")
    if not person.is_active:
        raise RuleViolation(
            f"{person.name}’s account is deactivated. An administrator can bring it back.", rule="R22"
        )


def not_held_already(grant: AccessGrant) -> None:
    """The same person does not hold the same role for the same thing twice at a time. Raises RuleViolation."""
    same = _at_the_same_time(grant).filter(
        person_id=grant.person_id, role=grant.role, programme_id=grant.programme_id,
        subject_area=grant.subject_area, delegated_by_id=grant.delegated_by_id,
    )  # fmt: skip
    held = same.first()
    if held:
        raise RuleViolation(
            f"{grant.person.name} is {RoleCode(grant.role).label} here already, since {date_plain(held.starts_on)}."
        )


def one_at_a_time(grant: AccessGrant) -> None:
    """A centre has one Quality Nominee and one Head of Centre, and one Lead IV per principal subject area.

    Raises RuleViolation (R17, R18); an exclusion constraint refuses the same in the database.
    """
    if grant.delegated_by_id is not None or grant.role not in (*ONE_PER_CENTRE, *ONE_PER_SUBJECT_AREA):
        return
    others = _at_the_same_time(grant).filter(role=grant.role, delegated_by=None)
    if grant.role in ONE_PER_SUBJECT_AREA:
        others = others.filter(subject_area=grant.subject_area)
    other = others.select_related("person").first()
    if other:
        raise role_is_taken(grant.role, other, grant.subject_area)


def role_is_taken(role: str, other: AccessGrant | None, subject_area: str = "") -> RuleViolation:
    """The refusal for a role that one person holds at a time, naming who holds it (R17, R18)."""
    label, rule = RoleCode(role).label, "R17" if role in ONE_PER_CENTRE else "R18"
    area = f" for {subject_area}" if subject_area else ""
    who = f"{other.person.name} is {label}{area}, since {date_plain(other.starts_on)}" if other else ""
    what = who or f"This centre has a {label}{area} already"
    mend = (
        "Appoint the successor as Quality Nominee instead: that ends the previous role on the same day."
        if role == RoleCode.QUALITY_NOMINEE
        else "End the other role first; the new one may start on the day on which it ends."
    )
    return RuleViolation(f"{what}. {mend}", rule=rule, reasons=[Reason(what, mend=mend, rule=rule)])


def _at_the_same_time(grant: AccessGrant) -> QuerySet[AccessGrant]:
    others = AccessGrant.objects.filter(centre_id=grant.centre_id).exclude(pk=grant.pk)
    # A role that was given and ended before it began has no day at all.
    others = others.exclude(ends_on=F("starts_on")).filter(Q(ends_on=None) | Q(ends_on__gt=grant.starts_on))
    return others if grant.ends_on is None else others.filter(starts_on__lt=grant.ends_on)


def warnings(person_id: int, role: str, centre_id: int | None, on: date) -> list[str]:
    """What is allowed but usually not right, to be shown before and after a role is given (R19)."""
    pair = {RoleCode.QUALITY_NOMINEE, RoleCode.EXAMINATIONS_OFFICER}
    if role not in pair:
        return []
    (other,) = pair - {RoleCode(role)}
    grants = AccessGrant.objects.filter(person_id=person_id, centre_id=centre_id, role=other)
    if not grants.filter(Q(ends_on=None) | Q(ends_on__gt=on)).exists():
        return []
    return [
        "The same person would be Quality Nominee and Examinations Officer. The first is a curriculum role and the "
        "second an administrative one, so different people usually hold them (R19)."
    ]


def may_delegate(grant_role: str, by: Actor, centre_id: int, on: date) -> None:
    """Only what a person holds in their own right passes to somebody else for a time; a deputy has no deputy.

    Raises NotPermitted (R20).
    """
    own = AccessGrant.objects.filter(person_id=by.pk, centre_id=centre_id, delegated_by=None).active_on(on)
    roles = set(own.values_list("role", flat=True))
    allowed = set(roles).union(*(ROLES[role].may_grant for role in roles)) if roles else set()
    if grant_role not in allowed or grant_role == RoleCode.HEAD_OF_CENTRE:
        raise NotPermitted(
            f"You can pass on your own role or one that you may give; {RoleCode(grant_role).label} is neither.",
            rule="R20",
        )


def can_still_be_used(invitation: Invitation, at: datetime) -> None:
    """A link works once, for two weeks, while whoever sent it may still give the role.

    Raises RuleViolation with what to do.
    """
    ask = f"Ask {invitation.invited_by.name} for a new invitation."
    if invitation.status == "ACCEPTED":
        raise RuleViolation("This invitation has been used already. Sign in with your e-mail address.")
    if invitation.status == "WITHDRAWN":
        raise RuleViolation(f"This invitation was withdrawn. {ask}")
    if invitation.expires_at <= at:
        raise RuleViolation(f"This invitation ended on {date_plain(invitation.expires_at)}. {ask}")
    if not still_gives(
        invitation.invited_by_id, invitation.role, invitation.centre_id, timezone.localdate(at)
    ):
        raise RuleViolation(
            f"{invitation.invited_by.name} no longer gives this role, so the invitation no longer holds. Ask the "
            "centre’s Quality Nominee or the awarding organisation for a new one.",
            rule="R20",
        )


def not_oneself(by: Actor, person_id: int, what: str) -> None:
    """An administrator does not change their own account in these ways. Raises NotPermitted (R20)."""
    if by.pk == person_id:
        raise NotPermitted(f"{what} of your own account is done by another administrator.", rule="R20")


def an_administrator_remains(person_id: int, on: date) -> None:
    """The installation keeps at least one administrator who can sign in. Raises RuleViolation."""
    administrators = AccessGrant.objects.filter(
        role=RoleCode.ADMINISTRATOR, person__is_active=True
    ).active_on(on)
    if (
        administrators.filter(person_id=person_id).exists()
        and not administrators.exclude(person_id=person_id).exists()
    ):
        raise RuleViolation("This is the only administrator. Give another person the role first.")
