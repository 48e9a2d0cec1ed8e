"""The database refuses a status that no lifecycle allows, whoever writes it, and lets bulk data in on demand."""

from __future__ import annotations

from datetime import date

import pytest
from django.db import DatabaseError, connection, transaction

from centres.lifecycle.imports import IMPORT
from centres.lifecycle.programmes import PROGRAMME
from centres.lifecycle.registrations import REGISTRATION
from centres.models import Registration
from centres.models.programmes import IMPORT_EDGES, PROGRAMME_EDGES, REGISTRATION_EDGES
from tests.factories.programmes import CohortFactory, RegistrationFactory


@pytest.mark.parametrize(
    ("lifecycle", "edges"),
    [(REGISTRATION, REGISTRATION_EDGES), (PROGRAMME, PROGRAMME_EDGES), (IMPORT, IMPORT_EDGES)],
)
def test_lifecycles_and_database_allow_the_same_changes(lifecycle, edges):
    assert lifecycle.edges() == set(edges)


@pytest.fixture
def registration(cast):
    return RegistrationFactory(
        cohort=CohortFactory(programme=cast.northgate.programmes[0], site=cast.northgate.sites[0])
    )


def test_a_row_starts_at_an_initial_status(registration):
    with pytest.raises(DatabaseError, match="not a status to start at"), transaction.atomic():
        RegistrationFactory(cohort=registration.cohort, status="WITHDRAWN")


def test_a_status_changes_along_an_edge_only(registration):
    rows = Registration.objects.filter(pk=registration.pk)
    rows.update(status="WITHDRAWN")
    with pytest.raises(DatabaseError, match="not an allowed change"), transaction.atomic():
        rows.update(status="ENROLLED")
    rows.update(status="REGISTERED", registered_on=date(2026, 10, 1))
    assert rows.get().status == "REGISTERED"


def test_generated_data_may_start_anywhere(registration):
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL qa.bulk_load = 'on'")
    assert RegistrationFactory(cohort=registration.cohort, status="WITHDRAWN").pk
