"""How places, candidates and obstacles are worded for the pages of allocation."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from itertools import groupby
from typing import Any

from django.urls import reverse

from qa_portal import wording
from qa_portal.templatetags.portal import state
from verification.candidates import Candidate, Ineligible
from verification.eligibility import count_days, days_text
from verification.models import Allocation, AllocationKind, AllocationStatus
from verification.queries.candidates import Considered
from verification.queries.places import Place

SHOWN = 10
_CAREFUL = ("capacity", "absence")
_RISK = {"LOW": ("done", "Low"), "MEDIUM": ("careful", "Medium"), "HIGH": ("overdue", "High")}


def by_centre(places: Sequence[Place], today: date) -> list[dict[str, Any]]:
    """One row a centre: its LSV and its programmes' SVs, each with who it is or the way to allocate."""
    rows = []
    for _, group in groupby(places, key=lambda place: place.centre_year.pk):
        mine = list(group)
        cells = [_cell(place) for place in mine]
        open_ones = [
            place for place in mine if place.allocation is None or place.allocation.status != "ACTIVE"
        ]
        rows.append(
            {
                "centre": mine[0].centre_year.centre,
                "lead": next((cell for cell in cells if cell["lead"]), None),
                "others": [cell for cell in cells if not cell["lead"]],
                "due": wording.date_short(mine[0].due_on),
                "days": wording.days_from(mine[0].due_on, today),
                "late": bool(open_ones) and mine[0].due_on < today,
                "open": len(open_ones),
            }
        )
    return rows


def _cell(place: Place) -> dict[str, Any]:
    allocation = place.allocation
    proposed = allocation is not None and allocation.status == AllocationStatus.PROPOSED
    name = "allocate-lsv" if place.programme is None else "allocate-sv"
    number = place.centre_year.centre.number
    return {
        "lead": place.programme is None,
        "what": "LSV" if place.programme is None else place.programme.qualification.label,
        "who": allocation.verifier.person.name if allocation else "",
        "proposed": proposed,
        "url": reverse(name, args=[number] if place.programme is None else [number, place.programme.pk]),
    }


def also(place: Place, everything: Sequence[Place]) -> list[tuple[str, str]]:
    """Other programmes of the same sector at the centre that have no SV yet."""
    if place.programme is None:
        return []
    sector = place.programme.qualification.sector_id
    return [
        (str(other.programme.pk), other.programme.qualification.label)
        for other in everything
        if other.programme is not None
        and other.id != place.id
        and other.programme.qualification.sector_id == sector
        and (other.allocation is None or other.allocation.status == AllocationStatus.PROPOSED)
    ]


def others_of(current: Allocation | None, everything: Sequence[Place]) -> list[tuple[str, str]]:
    """The other places that somebody who is replaced holds at the centre."""
    if current is None:
        return []
    return [
        (str(place.allocation.pk), place.programme.qualification.label if place.programme else "LSV")
        for place in everything
        if place.allocation is not None
        and place.allocation.pk != current.pk
        and place.allocation.status == AllocationStatus.ACTIVE
        and place.allocation.verifier_id == current.verifier_id
    ]


def proposed_id(place: Place, candidates: Sequence[Candidate]) -> str:
    """Who is preselected: the plan's proposal where there is one, else the best candidate."""
    ids = [candidate.verifier for candidate in candidates]
    if place.allocation is not None and str(place.allocation.verifier_id) in ids:
        return str(place.allocation.verifier_id)
    return ids[0] if ids else ""


def place_context(
    place: Place, considered: Considered, candidates: Sequence[Candidate], *, show_all: bool, on: date
) -> dict[str, Any]:
    """Everything that the page of one place shows besides its form."""
    centre = place.centre_year.centre
    lead = place.programme is None
    plan = place.allocation if place.allocation and place.allocation.facts.get("by_plan") else None
    proposed = str(plan.verifier_id) if plan else ""
    listed = list(candidates) if show_all else list(candidates)[:SHOWN]
    others = _most_telling(considered.shortlist.ineligible)
    return {
        "heading": "Allocate a lead standards verifier" if lead else "Allocate a standards verifier",
        "caption": f"{centre.name}, centre {centre.number}" + (f", {centre.town}" if centre.town else ""),
        "facts": _facts(place, considered),
        "candidates": [_candidate(c, considered, proposed, lead) for c in listed],
        "number": len(candidates),
        "hidden_candidates": len(candidates) - len(listed),
        "others": [_other(other) for other in (others if show_all else others[:SHOWN])],
        "others_text": wording.counted(len(others), "person", "people"),
        "more": not show_all and (len(others) > SHOWN or len(candidates) > SHOWN),
        "lead": lead,
    }


def _facts(place: Place, considered: Considered) -> list[tuple[str, Any]]:
    programmes = place.programmes
    learners = sum(p.learners for p in programmes) if place.programme is None else place.programme.learners  # type: ignore[attr-defined]
    suites = wording.joined(sorted({p.qualification.suite for p in programmes}))
    key = "lsv_visit" if place.programme is None else "standards_verification"
    last = place.scheme.windows[key].deadline(place.centre_year.year)
    work = "visit by" if place.programme is None else "sample by"
    risk = _RISK.get(place.centre_year.risk_before or "")  # type: ignore[attr-defined]
    return [
        ("Programmes", f"{len(programmes)}, {suites}")
        if place.programme is None
        else ("Programme", place.programme.qualification.label),
        (
            "Learners, sites",
            f"{wording.counted(learners, 'learner')}, {wording.counted(place.sites, 'site')}",
        ),
        ("Work needed", f"{count_days(place.days)}, {work} {wording.date_short(last)}"),
        ("Risk last year", state(*risk) if risk else None),
        (f"{place.kind} last year", _last_year(place, considered)),
    ]


def _last_year(place: Place, considered: Considered) -> str | None:
    """Who held the place last year, and for how many years in a row they have been at the centre."""
    if place.before is None:
        return None
    verifier = place.before.verifier
    person = considered.people.get(str(verifier.pk))
    years = person.tenures[0].years_in_a_row if person and person.tenures else 1
    return f"{verifier.person.name}, {wording.counted(years, 'year')}"


def _candidate(candidate: Candidate, considered: Considered, proposed: str, lead: bool) -> dict[str, Any]:
    left = f"{count_days(candidate.days_left)} left" if candidate.days_left else "none left"
    return {
        "id": candidate.verifier,
        "name": candidate.name,
        "who": _who(candidate.verifier, candidate.base, considered),
        "proposed": candidate.verifier == proposed,
        "pros": candidate.pros,
        "cons": candidate.cons,
        "taken": days_text(candidate.days_taken),
        "extra": days_text(candidate.days_with_this - candidate.days_taken),
        "total": days_text(candidate.days_per_year),
        "after": f"{days_text(candidate.days_with_this)} with this {'centre' if lead else 'programme'}, {left}",
    }


def _who(verifier: str, base: str, considered: Considered) -> str:
    person = considered.people[verifier]
    roles = [AllocationKind.LSV.value] if person.lsv_qualified else []
    roles += [AllocationKind.SV.value] if person.sectors else []
    return ", ".join(part for part in (" and ".join(roles), base) if part)


def _most_telling(others: Sequence[Ineligible]) -> list[Ineligible]:
    """Those who would do but for one thing come before those whose field is another."""
    return sorted(
        others, key=lambda other: any(o.code in ("sector", "not_lsv_qualified") for o in other.obstacles)
    )


def _other(other: Ineligible) -> dict[str, Any]:
    return {
        "id": other.verifier,
        "name": other.name,
        "obstacles": [
            {
                "text": f"{o.text} ({o.rule})" if o.rule else o.text,
                "shape": "careful" if o.code in _CAREFUL else "suspended",
                "change": o.change,
            }
            for o in other.obstacles
        ],
        "only_conflict": all(o.code in ("conflict", "cooling_off") for o in other.obstacles),
        "taken": f"{days_text(other.days_taken)} of {days_text(other.days_per_year)}",
    }
