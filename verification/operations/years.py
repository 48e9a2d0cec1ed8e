"""Opening a centre's year: its declaration, self-assessment, releases, and what is due from the first day."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from centres import academic_year
from centres.models import Centre, Programme
from centres.permissions import Permission, RoleCode
from centres.queries.schemes import in_force, lead_verifier_scheme
from centres.schemes import Scheme
from qa_portal import audit, deadlines, jobs
from qa_portal.actors import Actor
from qa_portal.deadlines import Duty
from qa_portal.errors import NotPermitted
from qa_portal.tenancy import Side
from qa_portal.wording import date_long
from verification.models import (
    AnnualDeclaration,
    CentreYear,
    ControlMeasure,
    DirectClaimsStatus,
    Release,
    StageState,
)
from verification.operations import allocation_stage, lead_duties, releases, self_assessment_forms
from verification.operations.stages import set_stage
from verification.queries import years as queries

OF_THE_LEAD = ("visit", "final_report")


@transaction.atomic
def open_year(*, centre_id: int, year: int, by: Actor, at: datetime) -> CentreYear:
    """Give a centre its academic year, with everything that is due in it; what is there already stays as it is.

    Run again it only adds what has come since: a programme approved in the meantime gets its section, its release
    row and its verifier's allocation. A centre without a work-based programme gets no self-assessment and no LSV.

    Raises NotPermitted. Sources: R1, R3, R5, R7, R9, R58.
    """
    if not by.may(Permission.YEAR_ROLL_OVER, centre_id):
        raise NotPermitted("Opening a year is not part of your role.")
    centre = Centre.objects.select_for_update(of=("self",), no_key=True).get(pk=centre_id)
    first, _ = academic_year.bounds(year)
    governing = lead_verifier_scheme(first)
    centre_year, created = CentreYear.objects.get_or_create(
        centre=centre, year=year, defaults={"scheme_version": governing.version}
    )
    scheme = queries.scheme_of_year(centre_year)
    programmes = queries.active_programmes(centre_id, year)
    work_based = queries.work_based(programmes, year)
    _declaration(centre_year, scheme)
    added = self_assessment_forms.prepare(centre_year, scheme, work_based, at=at)
    if added:
        _lead_verifier_due(centre_year, scheme)
        lead_duties.final_report_due(centre_year, scheme)
        _needed_after_all(centre_year)
    elif created and not work_based:
        for stage in ("self_assessment", *OF_THE_LEAD):
            set_stage(centre_year.pk, stage, StageState.NOT_NEEDED)
    new_releases = _releases(centre_year, programmes, at=at)
    _claims_status(centre_id, programmes)
    if new_releases and not created:
        allocation_stage.refresh(centre_year, at=at)
        _more_to_verify(centre_year, len(programmes) - new_releases, len(programmes))
    if created or new_releases:
        audit.record("centre_year.opened", by=by, target=centre_year, at=at, year=year, releases=new_releases)
    return queries.with_scheme(CentreYear.objects.all()).get(pk=centre_year.pk)


@transaction.atomic
def catch_up(*, centre_id: int, by: Actor, at: datetime) -> CentreYear | None:
    """Give programmes that were approved since the current year was opened what belongs to them; None without a year.

    Asked for when a programme is approved or reopened, and by the sweep. Raises NotPermitted. Sources: R1, R9.
    """
    year = academic_year.year_of(timezone.localdate(at))
    if not CentreYear.objects.filter(centre_id=centre_id, year=year, closed_at=None).exists():
        return None
    return open_year(centre_id=centre_id, year=year, by=by, at=at)


def catch_up_due(*, at: datetime, batch: int = 500) -> int:
    """Ask for the centres whose open year lacks an approved programme; returns how many were asked for.

    Runs in the staff scope; each is caught up by its own task in the scope of its own centre.
    """
    year = academic_year.year_of(timezone.localdate(at))
    due = list(queries.centres_behind(year)[:batch])
    for centre_id in due:
        jobs.enqueue(queries.CATCH_UP_TASK, centre_id=centre_id)
    return len(due)


def open_due_years(*, at: datetime, batch: int = 500) -> int:
    """Ask for the current academic year of every approved centre that lacks it; returns how many were asked for.

    Runs in the staff scope; each year is opened by its own task in the scope of its own centre.
    """
    year = academic_year.year_of(timezone.localdate(at))
    due = list(queries.centres_without_year(year).order_by("pk").values_list("pk", flat=True)[:batch])
    for centre_id in due:
        jobs.enqueue(queries.OPEN_YEAR_TASK, centre_id=centre_id, year=year)
    return len(due)


def _needed_after_all(centre_year: CentreYear) -> None:
    """Open the stages of the LSV again where a first work-based programme came after the year was opened."""
    for stage in OF_THE_LEAD:
        if getattr(centre_year, f"{stage}_state") == StageState.NOT_NEEDED:
            set_stage(centre_year.pk, stage, StageState.CANNOT_START)


def _more_to_verify(centre_year: CentreYear, verified: int, programmes: int) -> None:
    """Sampling that was done is not any more when another programme comes (R9)."""
    if centre_year.sampling_state == StageState.DONE:
        facts = [f"{verified} of {programmes} programmes verified"]
        set_stage(centre_year.pk, "sampling", StageState.UNDER_WAY, facts)


def _declaration(centre_year: CentreYear, scheme: Scheme) -> None:
    declaration, created = AnnualDeclaration.objects.get_or_create(
        centre_id=centre_year.centre_id, centre_year=centre_year
    )
    if not created:
        return
    due = scheme.windows["annual_declaration"].deadline(centre_year.year)
    duty = Duty(
        title=f"Sign the annual declaration {academic_year.label(centre_year.year)}",
        url=reverse("declaration", args=[centre_year.centre.number]),
        owner_role=RoleCode.HEAD_OF_CENTRE,
        owner_side=Side.CENTRE,
        why=f"Only the Head of Centre can sign it. After {date_long(due)} it needs a reason and is shown as late.",
        source="Year planner",
    )
    deadlines.set_due("annual_declaration", subject=declaration, year=centre_year.year, due_on=due, duty=duty)


def _lead_verifier_due(centre_year: CentreYear, scheme: Scheme) -> None:
    due = scheme.windows["allocation"].deadline(centre_year.year)
    duty = Duty(
        title=f"Allocate an LSV to {centre_year.centre.name}",
        url=reverse("allocation"),
        owner_role=RoleCode.PLANNER,
        owner_side=Side.AO,
        why="A centre with an active work-based programme needs a Lead Standards Verifier.",
        source="Year planner",
    )
    deadlines.set_due("lsv_allocation", subject=centre_year, year=centre_year.year, due_on=due, duty=duty)


def _releases(centre_year: CentreYear, programmes: list[Programme], *, at: datetime) -> int:
    """Add a release row and an SV's allocation for each programme that has none; returns how many were added."""
    there = set(centre_year.releases.values_list("programme_id", flat=True))
    before = _last_year(centre_year)
    added = [programme for programme in programmes if programme.pk not in there]
    for programme in added:
        last = before.get(programme.pk)
        measure, facts = _control_measure(centre_year, programme, last)
        Release.objects.create(
            centre_id=centre_year.centre_id,
            centre_year=centre_year,
            programme=programme,
            control_measure=measure,
            control_facts=facts,
        )
        _verifier_due(centre_year, programme)
        if last is not None:
            releases.hold_over(last, at=at)
    return len(added)


def _last_year(centre_year: CentreYear) -> dict[int, Release]:
    """Releases of the year before, by programme."""
    rows = Release.objects.filter(centre_id=centre_year.centre_id, centre_year__year=centre_year.year - 1)
    return {row.programme_id: row for row in rows.select_related("centre_year")}


def _control_measure(
    centre_year: CentreYear, programme: Programme, before: Release | None
) -> tuple[str, dict[str, object]]:
    """The one control measure of a programme's year: last year's goes on, else the scheme's first one (R58, R59)."""
    suite = programme.qualification.suite
    first, _ = academic_year.bounds(centre_year.year)
    scheme = in_force(suite, first).scheme
    if before is not None:
        return before.control_measure, scheme.basis("R58", taken_from="last_year")
    initial = scheme.sampling.units(suite).initial_control_measure.value
    return ControlMeasure(initial.upper()), scheme.basis("R58", taken_from="scheme", suite=suite)


def _verifier_due(centre_year: CentreYear, programme: Programme) -> None:
    first, _ = academic_year.bounds(centre_year.year)
    window = in_force(programme.qualification.suite, first).scheme.windows["allocation"]
    duty = Duty(
        title=f"Allocate an SV to {programme.qualification.label} at {centre_year.centre.name}",
        url=reverse("allocation"),
        owner_role=RoleCode.PLANNER,
        owner_side=Side.AO,
        why="Every active programme is sampled by a Standards Verifier at least once a year.",
        source="Year planner",
        programme_id=programme.pk,
    )
    due = window.deadline(centre_year.year)
    deadlines.set_due("sv_allocation", subject=programme, year=centre_year.year, due_on=due, duty=duty)


def _claims_status(centre_id: int, programmes: list[Programme]) -> None:
    """Give each programme that has none a direct claims status, not held."""
    rows = [DirectClaimsStatus(centre_id=centre_id, programme=programme) for programme in programmes]
    DirectClaimsStatus.objects.bulk_create(rows, ignore_conflicts=True)
