"""Opening the year of a centre."""

from __future__ import annotations

from datetime import UTC, datetime

from qa_portal.actors import SYSTEM
from verification.models import CentreYear
from verification.operations import years


def first_day(year: int = 2026) -> datetime:
    """The morning of 1 September."""
    return datetime(year, 9, 1, 7, 0, tzinfo=UTC)


def open_year(cast, year: int = 2026, *, house=None) -> CentreYear:
    """Northgate's (or another house's) year, opened on 1 September."""
    centre = (house or cast.northgate).centre
    return years.open_year(centre_id=centre.pk, year=year, by=SYSTEM, at=first_day(year))
