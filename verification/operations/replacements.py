"""Putting others in the places of somebody who cannot go on, at all their centres, with the fewest changes."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from centres.permissions import Permission
from qa_portal import jobs, mail
from qa_portal.actors import Actor
from qa_portal.errors import NotPermitted, RuleViolation
from qa_portal.tenancy import Side
from qa_portal.wording import joined
from verification.allocation_plan import replan
from verification.models import Allocation, CentreYear
from verification.operations import allocations
from verification.queries import candidates
from verification.queries.places import Place, places

TASK = "verification.replace_at_centre"


@dataclass(frozen=True)
class Successor:
    """A place of the person who leaves, and who would take it; ``why_not`` says why nobody would, or not by itself."""

    place: Place
    verifier_id: int | None
    name: str
    pros: tuple[str, ...] = ()
    cons: tuple[str, ...] = ()
    why_not: str = ""


def successors(*, verifier_id: int, year: int, at: datetime) -> list[Successor]:
    """Who would take each place that a verifier holds in a year, worked out together; changes nothing.

    Read it in the staff scope, because days and years are counted over all centres. Sources: R7, R9, R13, R14, R24.
    """
    today = timezone.localdate(at)
    theirs = Allocation.objects.active().filter(verifier_id=verifier_id, centre_year__year=year)
    here = places(CentreYear.objects.filter(pk__in=theirs.values("centre_year"), year=year))
    ids = set(theirs.values_list("pk", flat=True))
    mine = [place for place in here if place.allocation is not None and place.allocation.pk in ids]
    if not mine:
        return []
    scheme = mine[0].scheme
    people = candidates.register(
        year,
        today,
        cooling_off_years=scheme.allocation.cooling_off_years.value,
        tenures=candidates.all_tenures(year),
        without=sorted(ids),
    )
    others = [person for person in people if person.id != str(verifier_id)]
    plan = replan(
        candidates.demands(mine, today, held=[place for place in here if place not in mine]),
        others,
        on=today,
        current={place.id: str(verifier_id) for place in mine},
        preferences=candidates.preferences(scheme),
    )
    names = {person.id: person.name for person in others}
    found = {each.demand: each for each in plan.allocations}
    reasons = {each.demand: each.reason for each in plan.unmet}
    return [
        Successor(
            place, int(found[place.id].verifier), names[found[place.id].verifier], found[place.id].pros,
            found[place.id].cons, found[place.id].must_record,
        )
        if place.id in found
        else Successor(place, None, "", why_not=reasons.get(place.id, "Nobody can take this."))
        for place in mine
    ]  # fmt: skip


@transaction.atomic
def replace_everywhere(
    *, verifier_id: int, year: int, reason: str, by: Actor, at: datetime
) -> tuple[int, list[Successor]]:
    """Have a verifier replaced at all their centres, in the background; returns how many places, and what is left.

    What nobody can take, or what needs something recorded first (R13), stays for a planner to settle one by one.
    Raises NotPermitted; RuleViolation without a reason or where there is nothing to replace.
    """
    if not by.may(Permission.ALLOCATION_MAKE):
        raise NotPermitted("Allocating verifiers is not part of your role.")
    if not reason.strip():
        raise RuleViolation("Say why they are replaced: illness, a conflict, a move.")
    every = successors(verifier_id=verifier_id, year=year, at=at)
    if not every:
        raise RuleViolation("They have no centres this year.")
    moves: dict[int, list[dict[str, Any]]] = defaultdict(list)
    for each in every:
        if each.verifier_id is not None and not each.why_not:
            assert each.place.allocation is not None
            facts = {"pros": list(each.pros), "cons": list(each.cons), "by_plan": True}
            moves[each.place.centre_year.centre_id].append(
                {"allocation": each.place.allocation.pk, "verifier": each.verifier_id, "facts": facts}
            )
    for centre_id in sorted(moves):
        jobs.enqueue(TASK, centre_id=centre_id, moves=moves[centre_id], reason=reason.strip(), by_id=by.pk)
    left = [each for each in every if each.verifier_id is None or each.why_not]
    return sum(map(len, moves.values())), left


def replace_at_centre(
    *, moves: Sequence[Mapping[str, Any]], reason: str, by: Actor, at: datetime
) -> list[Allocation]:
    """Put the planned successors in somebody's places at one centre; who asked is told of what changed meanwhile."""
    by_successor: dict[int, list[Mapping[str, Any]]] = defaultdict(list)
    for move in moves:
        by_successor[move["verifier"]].append(move)
    made: list[Allocation] = []
    for verifier_id, theirs in sorted(by_successor.items()):
        try:
            with transaction.atomic():
                made += allocations.replace_several(
                    allocation_ids=[move["allocation"] for move in theirs], verifier_id=verifier_id, by=by, at=at,
                    reason=reason, facts=theirs[0]["facts"],
                )  # fmt: skip
        except RuleViolation as refusal:
            _tell_of_left([move["allocation"] for move in theirs], refusal, by, at)
    return made


def _tell_of_left(allocation_ids: list[int], refusal: RuleViolation, by: Actor, at: datetime) -> None:
    """Write to who asked for it which places were left as they are, and why."""
    rows = Allocation.objects.filter(pk__in=allocation_ids).order_by("pk")
    left = list(rows.select_related("centre", "programme__qualification", "verifier__person"))
    if not left or by.pk is None:
        return
    centre = left[0].centre
    places = joined([row.programme.qualification.label if row.programme else "LSV" for row in left])
    mail.write(
        centre_id=centre.pk,
        to_id=by.pk,
        kind="replacement_left",
        key=f"replacement-left-{'-'.join(str(row.pk) for row in left)}-{at.isoformat()}",
        subject=f"{left[0].verifier} was not replaced at {centre.name}",
        body=f"{centre.name}, {centre.number}: {places}.\n\n{refusal.message} The place is left as it is. Settle it by "
        "hand.",
        url=reverse("allocation"),
        at=at,
        kept_to=Side.AO,
    )
