"""Factories of programmes, cohorts, learners and registrations."""

from __future__ import annotations

from datetime import date

import factory
from factory.django import DjangoModelFactory

from centres.models import Cohort, DeliveryPattern, Learner, Programme, Qualification, Registration
from tests.factories.centres import CentreFactory, SiteFactory


class ProgrammeFactory(DjangoModelFactory):
    class Meta:
        model = Programme

    centre = factory.SubFactory(CentreFactory)
    qualification = factory.LazyFunction(
        lambda: Qualification.objects.filter(suite="Sport Industry Skills").order_by("qan").first()
    )
    approved_from = date(2020, 9, 1)


class CohortFactory(DjangoModelFactory):
    class Meta:
        model = Cohort

    centre = factory.SelfAttribute("programme.centre")
    programme = factory.SubFactory(ProgrammeFactory)
    site = factory.SubFactory(SiteFactory, centre=factory.SelfAttribute("..centre"))
    name = factory.Sequence(lambda n: f"Cohort {n}")
    delivery_pattern = DeliveryPattern.ACADEMIC_YEAR
    starts_on = date(2026, 9, 7)
    ends_on = date(2027, 6, 30)


class LearnerFactory(DjangoModelFactory):
    class Meta:
        model = Learner

    centre = factory.SubFactory(CentreFactory)
    given_name = factory.Sequence(lambda n: f"Given{n}")
    family_name = factory.Sequence(lambda n: f"Family{n}")
    date_of_birth = date(2008, 5, 17)


class RegistrationFactory(DjangoModelFactory):
    """Enrolled, not registered; registering is the operation's."""

    class Meta:
        model = Registration

    cohort = factory.SubFactory(CohortFactory)
    centre = factory.SelfAttribute("cohort.centre")
    programme = factory.SelfAttribute("cohort.programme")
    learner = factory.SubFactory(LearnerFactory, centre=factory.SelfAttribute("..centre"))
    enrolled_on = date(2026, 9, 7)
    certificate_name = factory.LazyAttribute(lambda row: row.learner.name)
    specification_version = "1"
