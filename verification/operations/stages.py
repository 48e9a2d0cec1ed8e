"""The stage roll-up of a centre's year, kept by the operations that change it."""

from __future__ import annotations

from collections.abc import Sequence

from verification.models import CentreYear, StageState

STAGES = ("self_assessment", "allocation", "visit", "sampling", "final_report")
MOST_FACTS = 2


def set_stage(centre_year_id: int, stage: str, state: str, facts: Sequence[str] = ()) -> CentreYear:
    """Move one stage of a centre's year and the facts that trackers print beside it.

    ``stage`` is one of ``STAGES``; ``facts`` are at most two short strings. The row is locked, because all five
    stages share one column of facts. Call it inside the operation's transaction.
    """
    if stage not in STAGES:
        raise ValueError(f"{stage} is not a stage")
    centre_year = CentreYear.objects.select_for_update(of=("self",), no_key=True).get(pk=centre_year_id)
    setattr(centre_year, f"{stage}_state", StageState(state))
    centre_year.stage_facts = {**centre_year.stage_facts, stage: list(facts)[:MOST_FACTS]}
    centre_year.save(update_fields=[f"{stage}_state", "stage_facts"])
    return centre_year
