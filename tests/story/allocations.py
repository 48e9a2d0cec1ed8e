"""Steps of stage 2 that other tests start from: verifiers allocated, dates agreed."""

from __future__ import annotations

from datetime import date, datetime

from tests.cast import Cast, House
from tests.conftest import NOW
from verification.models import Activity, Allocation, CentreYear, Verifier
from verification.operations import allocations, schedule, years


def opened(cast: Cast, house: House | None = None, *, at: datetime = NOW, year: int = 2026) -> CentreYear:
    """The centre's year, opened if it is not yet."""
    house = house or cast.northgate
    return years.open_year(centre_id=house.centre.pk, year=year, by=cast["planner"], at=at)


def allocated(
    cast: Cast, house: House | None = None, *, at: datetime = NOW, lsv: str = "lsv", sv: str = "sv"
) -> CentreYear:
    """``cast["lsv"]`` is the centre's LSV and ``cast["sv"]`` the SV of all its programmes, with access from now."""
    house = house or cast.northgate
    centre_year = opened(cast, house, at=at)
    _allocate(cast, centre_year, "LSV", None, lsv, at)
    for programme in house.programmes:
        _allocate(cast, centre_year, "SV", programme.pk, sv, at)
    return CentreYear.objects.get(pk=centre_year.pk)


def _allocate(
    cast: Cast, centre_year: CentreYear, kind: str, programme_id: int | None, who: str, at: datetime
) -> Allocation:
    verifier = Verifier.objects.get(person=cast[who])
    forget_access(cast[who])
    return allocations.allocate(
        centre_year_id=centre_year.pk, kind=kind, programme_id=programme_id, verifier_id=verifier.pk,
        by=cast["planner"], at=at,
    )  # fmt: skip


def forget_access(person) -> None:
    """Have a person's grants read again: a request would do it by itself."""
    person.__dict__.pop("_access", None)


def visit_agreed(
    cast: Cast,
    house: House | None = None,
    *,
    day: date = date(2026, 11, 18),
    at: datetime = NOW,
    year: int = 2026,
) -> Activity:
    """The LSV visit with a date that LSV and Quality Nominee have agreed; allocates first if nobody is."""
    house = house or cast.northgate
    visits = Activity.objects.filter(centre=house.centre, kind="VISIT", number=1, centre_year__year=year)
    if not visits.exists():
        allocated(cast, house, at=at)
    return agreed(cast, visits.get(), "lsv", house, day=day, at=at)


def sampling_agreed(
    cast: Cast,
    programme=None,
    house: House | None = None,
    *,
    day: date = date(2027, 1, 27),
    at: datetime = NOW,
    year: int = 2026,
) -> Activity:
    """The first standards verification of a programme (the first one by default) with an agreed day."""
    house = house or cast.northgate
    programme = programme or house.programmes[0]
    samples = Activity.objects.filter(
        centre=house.centre, kind="SAMPLING", programme=programme, number=1, centre_year__year=year
    )
    if not samples.exists():
        allocated(cast, house, at=at)
    return agreed(cast, samples.get(), "sv", house, day=day, at=at)


def agreed(cast: Cast, activity: Activity, who: str, house: House, *, day: date, at: datetime) -> Activity:
    """Have the verifier propose a day (with a reason where it lies outside the window) and the centre accept it."""
    forget_access(cast[who])
    late = day > activity.window_until or day < activity.window_from
    schedule.propose_date(
        activity_id=activity.pk,
        day=day,
        by=cast[who],
        at=at,
        late_reason="Agreed by telephone" if late else "",
    )
    return schedule.accept(activity_id=activity.pk, by=house["qn"], at=at)
