"""Row-level security: what exists in a transaction's scope, from which side, and what a reference may point to."""

from __future__ import annotations

from datetime import date

import pytest
from django.db import IntegrityError, connection, transaction
from django.db.utils import ProgrammingError

from centres.models import Centre, Site
from qa_portal.tenancy import ALL_CENTRES, Side, scoped_to
from tests.factories.centres import CentreFactory, SiteFactory


@pytest.fixture
def two_centres(as_staff):
    return CentreFactory(number="10101"), CentreFactory(number="20202")


def test_no_scope_shows_no_row(two_centres, scope):
    scope()
    assert list(Centre.objects.all()) == []


def test_a_scope_shows_its_centre_and_no_other(two_centres, scope):
    northgate, _ = two_centres
    scope(northgate.pk)
    assert list(Centre.objects.all()) == [northgate]


def test_insert_into_another_centre_is_refused(two_centres, scope):
    northgate, harbour = two_centres
    scope(northgate.pk)
    with pytest.raises(ProgrammingError, match="row-level security"), transaction.atomic():
        Site.objects.create(centre=harbour, name="Elsewhere")


def test_update_reaches_no_row_of_another_centre(two_centres, scope):
    northgate, harbour = two_centres
    scope(northgate.pk)
    assert Centre.objects.filter(pk=harbour.pk).update(town="Hull") == 0


def test_a_reference_into_another_centre_is_refused(two_centres):
    northgate, harbour = two_centres
    site = SiteFactory(centre=harbour)
    from centres.models import StaffMember

    StaffMember.objects.create(centre=northgate, site=site, name="Astray")
    with pytest.raises(IntegrityError), transaction.atomic():
        connection.check_constraints()
    StaffMember.objects.all().delete()


def test_scope_is_restored_after_a_nested_block(two_centres, scope):
    northgate, harbour = two_centres
    with scoped_to([northgate.pk], side=Side.CENTRE):
        with scoped_to([harbour.pk], side=Side.CENTRE):
            assert [c.pk for c in Centre.objects.all()] == [harbour.pk]
        assert [c.pk for c in Centre.objects.all()] == [northgate.pk]


def test_staff_role_sees_every_centre_and_goes_away(two_centres, scope):
    scope()
    with scoped_to(ALL_CENTRES):
        assert Centre.objects.count() == 2
    assert Centre.objects.count() == 0


def test_login_role_cannot_bypass(db):
    from qa_portal.checks import refuse_an_unsafe_database

    with connection.cursor() as cursor:
        cursor.execute("SELECT current_user, session_user")
        assert cursor.fetchone() == ("qa_portal", "qa_portal")
    assert date.today()
    assert refuse_an_unsafe_database
