"""A learner's own data: a copy of everything, and erasure with its limits."""

from __future__ import annotations

import io
import json
import zipfile
from datetime import UTC, datetime

import pytest
from django.urls import reverse

from centres.models import Learner, Registration
from centres.operations import learner_data, registrations
from qa_portal.errors import NotPermitted, RuleViolation
from qa_portal.models import AuditEvent
from tests.cast import teach
from tests.factories.programmes import CohortFactory, RegistrationFactory


@pytest.fixture
def taught(cast) -> Registration:
    from datetime import date

    return teach(cast.northgate, cast.northgate.programmes[0], learners=2, decided=date(2026, 10, 12))[0]


def test_the_export_holds_everything_about_one_learner(cast, taught, now):
    archive = zipfile.ZipFile(
        io.BytesIO(learner_data.export(learner_id=taught.learner_id, by=cast["qn"], at=now))
    )
    content = json.loads(archive.read("learner.json"))
    assert content["learner"]["uln"] == taught.learner.uln
    assert content["registrations"][0]["qualification_number"] == taught.programme.qualification.qan
    assert len(content["decisions"]) == taught.decisions.count() > 0
    assert {"learner.json", "registrations.csv", "decisions.csv"} <= set(archive.namelist())
    assert "Learner1" not in archive.read("learner.json").decode()
    assert AuditEvent.objects.filter(event="learner_data.exported").exists()


def test_the_export_is_for_those_who_may(cast, taught, now, sign_in):
    with pytest.raises(NotPermitted):
        learner_data.export(learner_id=taught.learner_id, by=cast["assessor"], at=now)
    url = reverse("learner-export", args=[taught.learner_id])
    assert sign_in(cast["qn"]).get(url).status_code == 405
    answer = sign_in(cast["qn"]).post(url)
    assert (answer.status_code, answer["Content-Type"]) == (200, "application/zip")
    assert sign_in(cast["outsider"]).post(url).status_code == 404


def test_r96_records_of_a_registration_are_kept_for_the_schemes_time(cast, taught, now, sign_in):
    with pytest.raises(RuleViolation) as refused:
        learner_data.erase(learner_id=taught.learner_id, by=cast["admin"], at=now)
    # Three years after the cohort's last day, 30 June 2027.
    assert "until 30\N{NO-BREAK SPACE}June 2030" in refused.value.reasons[0].what
    page = sign_in(cast["admin"]).get(reverse("learner-erase", args=[taught.learner_id]))
    assert b"cannot be erased yet" in page.content
    assert sign_in(cast["admin"]).post(reverse("learner-erase", args=[taught.learner_id])).status_code == 409
    after = datetime(2030, 6, 30, 12, tzinfo=UTC)
    learner = learner_data.erase(learner_id=taught.learner_id, by=cast["admin"], at=after)
    assert (learner.name, learner.uln, learner.date_of_birth) == ("Erased learner", "", None)
    row = Registration.objects.get(pk=taught.pk)
    assert (row.certificate_name, row.status) == ("Erased learner", "REGISTERED")
    assert row.decisions.exists()
    assert learner_data.erase(learner_id=taught.learner_id, by=cast["admin"], at=after).erased_at == after


def test_somebody_who_was_never_registered_may_be_erased_at_once(cast, now, sign_in):
    row = RegistrationFactory(
        cohort=CohortFactory(programme=cast.northgate.programmes[0], site=cast.northgate.sites[0])
    )
    registrations.withdraw(registration_id=row.pk, by=cast["exams"], at=now)
    client = sign_in(cast["admin"])
    url = reverse("learner-erase", args=[row.learner_id])
    assert b"Erase the details of" in client.get(url).content
    assert client.post(url).status_code == 302
    assert b"were erased on" in client.get(reverse("learner", args=[row.learner_id])).content
    assert Learner.objects.get(pk=row.learner_id).erased_at is not None


def test_erasing_is_an_administrators(cast, taught, now, sign_in):
    with pytest.raises(NotPermitted):
        learner_data.erase(learner_id=taught.learner_id, by=cast["qn"], at=now)
    assert sign_in(cast["qn"]).get(reverse("learner-erase", args=[taught.learner_id])).status_code == 403
