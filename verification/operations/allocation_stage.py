"""The allocation stage of a centre's year, rolled up from its allocations, and the stages that it opens."""

from __future__ import annotations

from datetime import datetime

from qa_portal.wording import date_short
from verification.models import (
    Allocation,
    AllocationKind,
    CentreYear,
    StageState,
)
from verification.operations.stages import set_stage
from verification.queries import years
from verification.rules.allocations import years_in_a_row_before

_ORDINALS = ("first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth")


def refresh(centre_year: CentreYear, *, at: datetime) -> None:
    """Show how far the allocation is, and let visit and sampling begin where somebody is there for them."""
    active = list(
        Allocation.objects.active()
        .filter(centre_id=centre_year.centre_id, centre_year_id=centre_year.pk)
        .select_related("verifier__person", "centre_year")
    )
    lead = next((a for a in active if a.kind == AllocationKind.LSV), None)
    served = {a.programme_id for a in active if a.kind == AllocationKind.SV}
    programmes = years.active_programmes(centre_year.centre_id, centre_year.year)
    wants_lead = bool(years.work_based(programmes, centre_year.year))
    with_one = sum(programme.pk in served for programme in programmes)
    _allocation(centre_year, lead, wants_lead, with_one, len(programmes))
    fresh = CentreYear.objects.get(pk=centre_year.pk)
    scheme = years.scheme_of_year(years.with_scheme(CentreYear.objects.all()).get(pk=centre_year.pk))
    if lead and fresh.visit_state == StageState.CANNOT_START:
        due = scheme.windows["lsv_visit"].deadline(centre_year.year)
        set_stage(
            centre_year.pk, "visit", StageState.NOT_STARTED, ["No date yet", f"Due by {date_short(due)}"]
        )
    if served and fresh.sampling_state == StageState.CANNOT_START:
        first, last = scheme.windows["standards_verification"].on(centre_year.year)
        facts = [
            f"0 of {len(programmes)} programmes verified",
            f"Window {date_short(first)} to {date_short(last)}",
        ]
        set_stage(centre_year.pk, "sampling", StageState.NOT_STARTED, facts)


def _allocation(
    centre_year: CentreYear, lead: Allocation | None, wants_lead: bool, with_one: int, programmes: int
) -> None:
    facts = []
    if lead:
        nth = min(years_in_a_row_before(lead), len(_ORDINALS) - 1)
        facts.append(f"{lead.verifier.person.name}, {_ORDINALS[nth]} year here")
    elif wants_lead:
        facts.append("No LSV yet")
    done = with_one >= programmes and (lead is not None or not wants_lead)
    facts.append("Every programme has an SV" if done else f"{with_one} of {programmes} programmes have an SV")
    state = StageState.DONE if done else StageState.UNDER_WAY
    if not lead and not with_one:
        state = StageState.NOT_STARTED
    set_stage(centre_year.pk, "allocation", state, facts)
