"""Tokens and learners that the API's tests start from."""

from __future__ import annotations

import pytest

from centres.operations import imports
from tests.api.callers import machine
from tests.cast import teach
from tests.conftest import NOW
from tests.story.allocations import allocated
from tests.story.samples import sample_concluded, work
from tests.story.visits import visit_report_issued


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
def files(settings, tmp_path):
    """Evidence and PDFs of this test, in a folder of its own."""
    settings.STORAGES = settings.STORAGES | {
        "default": {
            "BACKEND": "django.core.files.storage.FileSystemStorage",
            "OPTIONS": {"location": str(tmp_path)},
        }
    }
    return tmp_path


@pytest.fixture
def whole_year(taught, files):
    """Northgate's year with something of every kind: a visit's report, a concluded sample, an action, an import."""
    visit_report_issued(taught)
    sample_concluded(taught, taught.northgate.programmes[1], disagree=1)
    allocated(taught, taught.harbour)
    for house in (taught.northgate, taught.harbour):
        imports.ask(
            centre_id=house.centre.pk, kind="learners", upload=work("learners.csv"), by=house["exams"], at=NOW
        )
    return taught
