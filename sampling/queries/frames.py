"""The frame of a sample as the register holds it now, what earlier samples covered, and how its values are called."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.db.models import QuerySet

from centres import academic_year
from centres.models import AssessmentDecision, Registration, RegistrationStatus
from centres.schemes import Scheme
from sampling import frame as frames
from sampling.frame import Item, Ledger, Rules
from sampling.models import ItemStatus, Sample, SampledItem, SampleStatus

#: A grade that was transferred from elsewhere was not decided by an assessor here.
NOT_DECIDED_HERE = ("T",)
ATTEMPTS = ("FIRST", "RESUBMISSION", "RETAKE")


@dataclass(frozen=True)
class Frame:
    """Eligible work of a programme with the units in scope; ``names`` calls attribute values by their names."""

    items: tuple[Item, ...]
    scope: frames.Scope
    rules: Rules
    ledger: Ledger
    registered_learners: int
    excluded: int
    names: Mapping[tuple[str, str], str] = field(default_factory=dict)

    def name(self, attribute: str, value: str) -> str:
        """Call an attribute value as a reader knows it: "assessor Callum Reid", "unit 4"."""
        return self.names.get((attribute, value)) or frames.plain_name(attribute, value)


def frame_for(
    *,
    programme: Any,
    year: int,
    until: date,
    scheme: Scheme,
    keep_units: Sequence[str] = (),
    leave_out: Iterable[int] = (),
    urgent: bool = False,
) -> Frame:
    """Assessed work of a programme that can be sampled now, on the units in scope (R60, R64).

    ``urgent`` takes in the work of the year before as well, whose claims cannot wait (R10).
    ``until`` is the last day a decision may carry; ``keep_units`` puts those rotating units in scope again, where a
    second sample looks at what failed (R66); ``leave_out`` are decisions that were judged accurate already.
    """
    decisions = latest_attempts(
        decisions_of(programme.centre_id, programme.pk, year, until, urgent=urgent).exclude(
            pk__in=list(leave_out)
        )
    )
    used = used_last_year(programme.centre_id, programme.pk, year)
    eligible = [d for d in decisions if (d.registration.cohort_id, d.assignment.unit.number) not in used]
    items = [as_item(decision) for decision in eligible]
    rules = rules_of(scheme, programme.qualification.suite, keep_units)
    ledger = ledger_of(programme.centre_id, programme.pk)
    names = names_in(eligible)

    def name(attribute: str, value: str) -> str:
        return names.get((attribute, value)) or frames.plain_name(attribute, value)

    scope = frames.units_in_scope(items, rules=rules, ledger=ledger, name=name)
    return Frame(
        frames.frame_of(items, scope),
        scope,
        rules,
        ledger,
        registered_learners(programme.centre_id, programme.pk, year, urgent=urgent),
        len(decisions) - len(eligible),
        names,
    )


def decisions_of(
    centre_id: int, programme_id: int, year: int, until: date, *, urgent: bool = False
) -> QuerySet[AssessmentDecision]:
    """Decisions of an academic year on learners who are registered, up to a day, with what an item names.

    ``urgent`` takes in those of the year before (R10).
    """
    first, last = _span(year, urgent)
    return (
        AssessmentDecision.objects.filter(
            centre_id=centre_id,
            programme_id=programme_id,
            decided_on__gte=first,
            decided_on__lte=min(until, last),
            registration__status=RegistrationStatus.REGISTERED,
        )
        .exclude(grade__in=NOT_DECIDED_HERE)
        .select_related(
            "registration__cohort",
            "registration__learner",
            "assignment__unit",
            "assessor",
            "internal_verifier",
            "site",
        )
        .order_by("pk")
    )


def _span(year: int, urgent: bool) -> tuple[date, date]:
    first, last = academic_year.bounds(year)
    return (academic_year.bounds(year - 1)[0], last) if urgent else (first, last)


def latest_attempts(decisions: Iterable[AssessmentDecision]) -> list[AssessmentDecision]:
    """Only the newest attempt of each learner at each assignment: that is the decision that stands."""
    newest: dict[tuple[int, int], AssessmentDecision] = {}
    for decision in decisions:
        key = (decision.registration_id, decision.assignment_id)
        if key not in newest or _attempt(decision) > _attempt(newest[key]):
            newest[key] = decision
    return sorted(newest.values(), key=lambda decision: decision.pk)


def registered_learners(centre_id: int, programme_id: int, year: int, *, urgent: bool = False) -> int:
    """Learners registered on the programme in a cohort of this year: what the size table is read with (R55)."""
    first, last = _span(year, urgent)
    return Registration.objects.filter(
        centre_id=centre_id,
        programme_id=programme_id,
        status=RegistrationStatus.REGISTERED,
        cohort__starts_on__lte=last,
        cohort__ends_on__gte=first,
    ).count()


def used_last_year(centre_id: int, programme_id: int, year: int) -> set[tuple[int, int]]:
    """Cohorts with the unit that was sampled of them last year: not used again (R64)."""
    items = _concluded_items(centre_id, programme_id).filter(sample__year=year - 1)
    return {
        (int(cohort), int(unit))
        for cohort, unit in items.values_list("facts__cohort__id", "facts__unit__number")
    }


def ledger_of(centre_id: int, programme_id: int) -> Ledger:
    """When each assessor, site, unit and cohort was last sampled, from all concluded samples (R62)."""
    years: dict[str, dict[str, int]] = {name: {} for name in ("assessor", "site", "unit", "cohort")}
    rows = _concluded_items(centre_id, programme_id).values_list(
        "sample__year", "facts__assessor__id", "facts__site__id", "facts__unit__number", "facts__cohort__id"
    )
    for year, *values in rows:
        for attribute, value in zip(years, values, strict=True):
            key = str(value)
            years[attribute][key] = max(year, years[attribute].get(key, frames.NEVER))
    return Ledger(years, _last_rotating_unit(centre_id, programme_id))


def rules_of(scheme: Scheme, suite: str, keep_units: Sequence[str] = ()) -> Rules:
    """What the scheme says about choosing, for a suite (R60, R62); units kept for a second sample have no rival."""
    units = scheme.sampling.units(suite)
    rotating = tuple(units.rotating_units.value)
    kept = tuple(unit for unit in rotating if unit in keep_units)
    return Rules(
        mandatory_units=tuple(units.mandatory_units.value),
        rotating_units=kept or rotating,
        random_share=scheme.sampling.random_share.value,
        horizon_years=scheme.sampling.horizon_years.value,
    )


def as_item(decision: AssessmentDecision) -> Item:
    """A decision as an item of the frame: ids only, so that its lines can be published."""
    return Item(
        id=str(decision.pk),
        learner=str(decision.registration_id),
        unit=str(decision.assignment.unit.number),
        assessor=str(decision.assessor_id),
        internal_verifier=str(decision.internal_verifier_id or ""),
        site=str(decision.site_id),
        cohort=str(decision.registration.cohort_id),
        grade=decision.grade,
        attempt=decision.attempt,
        decided_on=decision.decided_on,
    )


def published_record(item: Item) -> dict[str, str]:
    """An item as it is committed to and published: without the internal verifier, who must not be seen yet."""
    record = item.as_record()
    del record["internal_verifier"]
    return record


def names_in(decisions: Iterable[AssessmentDecision]) -> dict[tuple[str, str], str]:
    """What readers call the assessors, sites, cohorts, grades and units of these decisions."""
    names: dict[tuple[str, str], str] = {}
    for decision in decisions:
        cohort = decision.registration.cohort
        names["assessor", str(decision.assessor_id)] = decision.assessor.name
        names["site", str(decision.site_id)] = decision.site.name
        names["cohort", str(cohort.pk)] = f"cohort {cohort.name}"
        names["grade", decision.grade] = f"grade {decision.grade}"
        names["unit", str(decision.assignment.unit.number)] = f"unit {decision.assignment.unit.number}"
    return names


def _attempt(decision: AssessmentDecision) -> tuple[int, date]:
    return ATTEMPTS.index(decision.attempt), decision.decided_on


def _concluded_items(centre_id: int, programme_id: int) -> QuerySet[SampledItem]:
    return SampledItem.objects.filter(
        centre_id=centre_id,
        programme_id=programme_id,
        sample__status=SampleStatus.CONCLUDED,
        status=ItemStatus.JUDGED,
    )


def _last_rotating_unit(centre_id: int, programme_id: int) -> str:
    scope = (
        Sample.objects.filter(centre_id=centre_id, programme_id=programme_id, status=SampleStatus.CONCLUDED)
        .order_by("-year", "-round")
        .values_list("units_in_scope", flat=True)
        .first()
    )
    return next((str(unit["unit"]) for unit in scope or [] if unit.get("rotating")), "")
