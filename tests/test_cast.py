"""The cast itself: it can be made, taught, and signed in."""

from __future__ import annotations

from datetime import date

from centres.models import AssessmentDecision
from tests.cast import teach


def test_cast_has_a_college_that_teaches(cast):
    registrations = teach(cast.northgate, cast.northgate.programmes[0], learners=8, decided=date(2027, 1, 20))
    assert len(registrations) == 8
    assert AssessmentDecision.objects.count() == 32
    assert cast["qn"].may("self_assessment.submit", cast.northgate.centre.pk)
    assert not cast["outsider"].may("self_assessment.submit", cast.northgate.centre.pk)
