"""Synthetic data: the size asked for, with all constraints, and never in production."""

from __future__ import annotations

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.db.models import Count, Sum

from centres import identifiers
from centres.models import Centre, Learner, Registration
from qa_portal.models import Deadline
from reports import synthetic
from reports.models import Report
from sampling.models import SampledItem
from verification.models import (
    Action,
    Activity,
    Allocation,
    CentreYear,
    SelfAssessment,
    SelfAssessmentAnswer,
    SelfAssessmentSection,
)


def test_the_newest_centre_is_as_big_as_asked(as_staff):
    size = synthetic.Size(centres=3, learners=200, newest=100, year=2026, seed=7)
    synthetic.generate(size, say=lambda line: None)
    connection.check_constraints()
    assert (Centre.objects.count(), Learner.objects.count(), Registration.objects.count()) == (3, 200, 200)
    newest = Centre.objects.order_by("-number").first()
    assert Learner.objects.filter(centre=newest).count() == 100


def test_generated_learner_numbers_are_valid(as_staff):
    synthetic.generate(synthetic.Size(2, 60, 0, 2026, 1), say=lambda line: None)
    numbers = Learner.objects.exclude(uln="").values_list("uln", flat=True)
    assert numbers
    assert all(identifiers.check_uln(number) is None for number in numbers)


def test_every_generated_centre_has_its_year(as_staff):
    synthetic.generate(synthetic.Size(10, 400, 0, 2026, 1), say=lambda line: None)
    connection.check_constraints()
    assert (CentreYear.objects.count(), SelfAssessment.objects.count()) == (10, 10)
    assert (
        Allocation.objects.filter(kind="LSV").count() == Activity.objects.filter(kind="VISIT").count() == 10
    )
    issued = Activity.objects.filter(kind="VISIT", status="CONCLUDED").count()
    assert Report.objects.count() == Action.objects.count() == issued == 5
    assert SampledItem.objects.filter(sample__status="JUDGING").exists()
    asked = SelfAssessmentSection.objects.aggregate(asked=Sum("questions"))["asked"]
    assert SelfAssessmentAnswer.objects.count() == asked
    assert {10, 5} <= set(
        Deadline.objects.values("kind").annotate(number=Count("pk")).values_list("number", flat=True)
    )


def test_generate_data_is_refused_in_production(settings):
    settings.PRODUCTION = True
    with pytest.raises(CommandError, match="production"):
        call_command("generate_data")
