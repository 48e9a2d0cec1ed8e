"""Factories of the centre's own side."""

from __future__ import annotations

from datetime import date

import factory
from factory.django import DjangoModelFactory

from centres.models import AccessGrant, Centre, Person, Site, StaffMember


class PersonFactory(DjangoModelFactory):
    class Meta:
        model = Person

    name = factory.Sequence(lambda n: f"Person {n}")
    email = factory.Sequence(lambda n: f"person{n}@example.test")


class CentreFactory(DjangoModelFactory):
    class Meta:
        model = Centre

    number = factory.Sequence(lambda n: f"{30000 + n}")
    name = factory.Sequence(lambda n: f"Centre {n}")
    approved_on = date(2019, 9, 1)


class SiteFactory(DjangoModelFactory):
    class Meta:
        model = Site

    centre = factory.SubFactory(CentreFactory)
    name = factory.Sequence(lambda n: f"Site {n}")


class StaffMemberFactory(DjangoModelFactory):
    class Meta:
        model = StaffMember

    centre = factory.SubFactory(CentreFactory)
    name = factory.Sequence(lambda n: f"Assessor {n}")


class AccessGrantFactory(DjangoModelFactory):
    class Meta:
        model = AccessGrant

    person = factory.SubFactory(PersonFactory)
    starts_on = date(2020, 9, 1)
