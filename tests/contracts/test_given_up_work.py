"""A page that waits for background work says when the work was given up, and looks again no more."""

from __future__ import annotations

import pytest
from django.urls import reverse

from qa_portal import jobs
from qa_portal.models import OutboxEntry
from tests.centres.test_imports import ask

pytestmark = pytest.mark.usefixtures("as_staff")


def _given_up(task: str, centre_id: int | None = None, **kwargs) -> None:
    OutboxEntry.objects.create(task=task, centre_id=centre_id, kwargs=kwargs, attempts=jobs.MOST_ATTEMPTS)


def _says(page, heading: str) -> bool:
    return "Refresh" not in page and heading in page.content.decode()


def test_an_import_that_was_given_up(cast, sign_in, now):
    job = ask(cast, now, "given_name,family_name\nAnn,Lee\n")
    url = reverse("import", args=[job.pk])
    client = sign_in(cast["exams"])
    assert "Refresh" in client.get(url)
    OutboxEntry.objects.filter(task="centres.run_import").update(attempts=jobs.MOST_ATTEMPTS)
    assert _says(client.get(url), "The file could not be worked through")


def test_a_plan_that_was_given_up(cast, sign_in):
    _given_up("verification.plan_allocations", key="none")
    page = sign_in(cast["planner"]).get(reverse("allocation-plan"))
    assert _says(page, "The plan could not be worked out")


def test_confirmations_that_were_given_up(cast, sign_in):
    _given_up("verification.confirm_allocations", cast.northgate.centre.pk)
    page = sign_in(cast["planner"]).get(reverse("allocation-plan"))
    assert _says(page, "Some allocations could not be confirmed")
    assert "at 1\xa0centre." in page.content.decode() or "at 1 centre." in page.content.decode()


def test_dates_that_were_given_up(cast, sign_in):
    _given_up("verification.propose_dates", cast.northgate.centre.pk)
    page = sign_in(cast["planner"]).get(reverse("schedule"))
    assert _says(page, "Some dates could not be proposed")
