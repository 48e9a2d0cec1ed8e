"""Bank holidays of a nation, for working days."""

from __future__ import annotations

from datetime import date

from centres.models import Holiday


def holidays_of(nation: str, first: date, last: date) -> frozenset[date]:
    """Days between two dates (inclusive) on which nobody works in this nation."""
    return frozenset(
        Holiday.objects.filter(nation=nation, day__gte=first, day__lte=last).values_list("day", flat=True)
    )
