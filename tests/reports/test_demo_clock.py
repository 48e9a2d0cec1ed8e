"""The demo's clock goes where the schemes and the bank holidays are known, and nowhere else."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from centres.queries.schemes import lead_verifier_scheme, years_covered
from reports.forms import DemoClockForm


def entered(day: date) -> DemoClockForm:
    names = {"day_0": day.day, "day_1": day.month, "day_2": day.year, "day": day.isoformat()}
    return DemoClockForm(names)


def test_the_first_and_the_last_day_are_taken_and_have_a_scheme(db):
    for day in years_covered():
        form = entered(day)
        assert form.is_valid(), form.errors
        assert lead_verifier_scheme(day).version.qa_model == "WBL"


@pytest.mark.parametrize("which", [0, 1])
def test_a_day_without_a_scheme_is_refused_with_the_days_there_are(db, which):
    first, last = years_covered()
    form = entered((first - timedelta(days=1), last + timedelta(days=1))[which])
    assert not form.is_valid()
    assert "no scheme" in form.errors["day"][0]
    assert str(first.year) in form.errors["day"][0]
    assert str(last.year) in form.errors["day"][0]
