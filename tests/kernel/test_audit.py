"""The audit trail: one chain a centre, nothing to read in it, and every break noticed."""

from __future__ import annotations

import pytest
from django.db import InternalError, transaction

from qa_portal import audit
from qa_portal.actors import SYSTEM
from qa_portal.models import AuditEvent, AuditHead
from tests.factories.centres import CentreFactory


@pytest.fixture
def centre(as_staff):
    return CentreFactory()


def test_r97_events_form_a_chain_that_holds(centre, now):
    for number in range(3):
        audit.record("thing.changed", by=SYSTEM, target=centre, at=now, number=number)
    assert list(audit.breaks_in(centre.pk)) == []
    assert AuditHead.objects.get(chain=centre.pk).seq == 3


def test_r97_an_event_cannot_be_changed_or_removed(centre, now):
    event = audit.record("thing.changed", by=SYSTEM, target=centre, at=now)
    with pytest.raises(InternalError), transaction.atomic():
        AuditEvent.objects.filter(pk=event.pk).update(event="nothing.happened")
    with pytest.raises(InternalError), transaction.atomic():
        AuditEvent.objects.filter(pk=event.pk).delete()


def test_a_changed_content_breaks_its_digest(centre, now):
    event = audit.record("thing.changed", by=SYSTEM, target=centre, at=now, grade="P")
    event.details = {"grade": "D"}
    assert audit.digest(event) != event.hash


def test_a_missing_event_is_noticed(centre, now):
    first = audit.record("thing.changed", by=SYSTEM, target=centre, at=now)
    AuditHead.objects.filter(chain=centre.pk).update(seq=first.seq + 1, hash="f" * 64)
    assert [found.what for found in audit.breaks_in(centre.pk)] == ["events at the end are missing"]


def test_the_trail_keeps_no_text_of_people(centre, now):
    event = audit.record(
        "thing.changed", by=SYSTEM, target=centre, at=now, why="Priya Nair was on leave", status="OPEN"
    )
    assert event.details["why"].startswith("sha256:")
    assert event.details["status"] == "OPEN"


def test_a_centre_reads_its_own_chain_only(centre, now, scope):
    other = CentreFactory()
    audit.record("thing.changed", by=SYSTEM, target=centre, at=now)
    audit.record("thing.changed", by=SYSTEM, target=other, at=now)
    audit.record("signed.in", by=SYSTEM, target=centre, at=now, chain=audit.INSTALLATION)
    scope(centre.pk)
    assert set(AuditEvent.objects.values_list("chain", flat=True)) == {centre.pk}
