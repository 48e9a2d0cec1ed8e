"""Centre-years as other parts ask for them: the year itself, its scheme, and who holds a role at its centre."""

from __future__ import annotations

from datetime import date

from django.db.models import Exists, OuterRef, QuerySet

from centres import academic_year
from centres.models import AccessGrant, Centre, CentreStatus, Person, Programme, ProgrammeStatus
from centres.queries.schemes import scheme_of, work_based_qualification_ids
from centres.schemes import Scheme
from centres.schemes.questions import Statement
from qa_portal.models import OutboxEntry
from verification.models import CentreYear, Release

OPEN_YEAR_TASK = "verification.open_year"
CATCH_UP_TASK = "verification.catch_up_year"


def with_scheme(centre_years: QuerySet[CentreYear]) -> QuerySet[CentreYear]:
    """Add centre and scheme version to centre-years, without the scheme's long content."""
    return centre_years.select_related("centre", "scheme_version", "lsv").defer("scheme_version__content")


def scheme_of_year(centre_year: CentreYear) -> Scheme:
    """The scheme that governs a centre's year: the one in force when it was opened."""
    return scheme_of(centre_year.scheme_version)


def active_programmes(centre_id: int, year: int) -> list[Programme]:
    """Programmes approved at some time of the year and not closed, by the name lists give them."""
    programmes = Programme.objects.filter(centre_id=centre_id, status=ProgrammeStatus.APPROVED)
    active = programmes.active_in(*academic_year.bounds(year)).select_related("qualification")
    return list(active.order_by("qualification__label", "pk"))


def work_based(programmes: list[Programme], year: int) -> list[Programme]:
    """Those of the programmes that are assured under the work-based learning model in this year."""
    first, _ = academic_year.bounds(year)
    ids = work_based_qualification_ids(first)
    return [programme for programme in programmes if programme.qualification_id in ids]


def has_work_based_programme(centre_id: int, year: int) -> bool:
    """Whether the centre delivers under the work-based learning model this year (R4, R7)."""
    return bool(work_based(active_programmes(centre_id, year), year))


def required_statements(centre_year: CentreYear) -> tuple[Statement, ...]:
    """The statements the Head of Centre accepts; the work-based one where such a programme is active (R4)."""
    active = has_work_based_programme(centre_year.centre_id, centre_year.year)
    return scheme_of_year(centre_year).annual_declaration.required(has_active_wbl_programme=active)


def holders(centre_id: int, role: str, on: date) -> list[Person]:
    """People who hold a role at a centre, or everywhere, on a day; active accounts only."""
    grants = AccessGrant.objects.active_on(on).filter(role=role, person=OuterRef("pk"))
    here = Exists(grants.filter(centre_id=centre_id)) | Exists(grants.filter(centre_id=None))
    return list(Person.objects.filter(here, is_active=True, is_service=False).order_by("name", "pk"))


def centres_without_year(year: int) -> QuerySet[Centre]:
    """Approved centres whose year is neither open nor already asked for."""
    asked = OutboxEntry.objects.filter(
        task=OPEN_YEAR_TASK, done_at=None, centre_id=OuterRef("pk"), kwargs__year=year
    )
    opened = CentreYear.objects.filter(year=year, centre=OuterRef("pk"))
    return Centre.objects.filter(~Exists(opened), ~Exists(asked), status=CentreStatus.APPROVED)


def centres_behind(year: int) -> QuerySet[CentreYear, int]:
    """Centres whose open year lacks a release row of an approved programme, and which no task is seeing to."""
    there = Release.objects.filter(
        centre_id=OuterRef("centre_id"), programme=OuterRef("pk"), centre_year__year=year
    )
    active = Programme.objects.active_in(*academic_year.bounds(year)).filter(
        ~Exists(there), centre_id=OuterRef("centre_id"), status=ProgrammeStatus.APPROVED
    )
    asked = OutboxEntry.objects.filter(task=CATCH_UP_TASK, done_at=None, centre_id=OuterRef("centre_id"))
    behind = CentreYear.objects.filter(Exists(active), ~Exists(asked), year=year, closed_at=None)
    return behind.order_by("centre_id").values_list("centre_id", flat=True)
