"""Tokens and learners that the API's tests start from."""

from __future__ import annotations

from datetime import timedelta

import pytest

from centres.operations import imports
from tests.api.callers import machine
from tests.cast import teach
from tests.conftest import NOW
from tests.story.allocations import allocated
from tests.story.samples import sample_concluded, work
from tests.story.visits import VISIT, visit_report_issued
from verification.models import Activity, Escalation, SelfAssessment
from verification.operations import extensions


@pytest.fixture
def northgate(cast):
    """Northgate's system, with every scope."""
    return machine(cast.northgate)


@pytest.fixture
def harbour(cast):
    """Harbour's system, with every scope."""
    return machine(cast.harbour)


@pytest.fixture
def taught(cast):
    """Learners at both centres: eight of Northgate's first programme, three of Harbour's."""
    teach(cast.northgate, cast.northgate.programmes[0], learners=8)
    teach(cast.harbour, cast.harbour.programmes[0], learners=3, first_uln=100)
    return cast


@pytest.fixture
def whole_year(taught, files):
    """Northgate's year with something of every kind: a visit's report, a concluded sample, an action, an import."""
    visit_report_issued(taught)
    sample_concluded(taught, taught.northgate.programmes[1], disagree=1)
    allocated(taught, taught.harbour)
    _asked_and_raised(taught)
    for house in (taught.northgate, taught.harbour):
        imports.ask(
            centre_id=house.centre.pk, kind="learners", upload=work("learners.csv"), by=house["exams"], at=NOW
        )
    return taught


def _asked_and_raised(cast) -> None:
    """More time asked for by Northgate, and a failing that its LSV brought to the quality manager."""
    own = SelfAssessment.objects.get(centre=cast.northgate.centre)
    until = own.due_on + timedelta(days=3)
    extensions.ask(self_assessment_id=own.pk, wanted_until=until, reason="Illness.", by=cast["qn"], at=NOW)
    # A row, not a step: the visit is concluded by now.
    visit = Activity.objects.get(centre=cast.northgate.centre, kind="VISIT")
    Escalation.objects.create(
        centre=cast.northgate.centre, activity=visit, text="Seen.", raised_at=VISIT, raised_by=cast["lsv"]
    )
