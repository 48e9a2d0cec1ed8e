"""Doing without an LSV visit, or without any sample of a programme, with the reason that the final report states."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from centres import academic_year
from centres.models import Programme
from centres.permissions import Permission, RoleCode
from centres.queries.schemes import in_force
from centres.schemes import Scheme
from qa_portal import audit, deadlines, mail
from qa_portal.actors import Actor
from qa_portal.errors import NotPermitted, RuleViolation
from verification.lifecycle.activities import ACTIVITY
from verification.models import Activity, ActivityKind, ActivityStatus, CentreYear, StageState
from verification.operations import activities, standards_verification
from verification.operations.stages import set_stage
from verification.queries.years import holders, scheme_of_year
from verification.rules.activities import has_a_reason

OF_A_VISIT = ("lsv_visit", "visit_documents", "date_reply", "fact_check", "report")


@transaction.atomic
def waive_visit(*, activity_id: int, reason: str, by: Actor, at: datetime) -> Activity:
    """Do without an LSV visit; its day is free again, and the LSV and the Quality Nominee are told why.

    Raises NotPermitted for the LSV whose visit it is: a quality manager decides; RuleViolation without a reason or when
    it is over. Source: R10.
    """
    has_a_reason(reason, "this visit is waived")
    activity = activities.locked(activity_id)
    ACTIVITY.move(activity, "waive_visit", by=by, at=at, **activities.ended(reason, by))
    activities.release_days(activity)
    deadlines.cancel(OF_A_VISIT, subject=activity, at=at)
    others = Activity.objects.filter(centre_year_id=activity.centre_year_id, kind=ActivityKind.VISIT)
    if not others.filter(status__in=activities.OPEN).exists():
        set_stage(activity.centre_year_id, "visit", StageState.DONE, [f"Waived by {by}"])
    _tell(activity, reason.strip(), by, at)
    return activity


@transaction.atomic
def waive_year_without_visit(*, centre_year_id: int, reason: str, by: Actor, at: datetime) -> Activity:
    """Do without the LSV visit of a year for which none is planned, or whose only one was cancelled (R10).

    Raises as ``waive_visit`` does, and RuleViolation while a visit is planned: that one is waived.
    """
    centre_year = _locked(centre_year_id, by)
    scheme = scheme_of_year(centre_year)
    activity = _stand_in(centre_year, ActivityKind.VISIT, None, scheme, by=by, at=at)
    return waive_visit(activity_id=activity.pk, reason=reason, by=by, at=at)


@transaction.atomic
def waive_programme(
    *, centre_year_id: int, programme_id: int, reason: str, by: Actor, at: datetime
) -> Activity:
    """Do without any sample of a programme this year, also while no SV is allocated to it (R9, R10).

    Raises NotPermitted; RuleViolation without a reason, for a programme that is not of the year, or while a sample is
    planned: that one is waived.
    """
    has_a_reason(reason, "this programme is not sampled")
    centre_year = _locked(centre_year_id, by)
    releases = centre_year.releases.select_related("programme__qualification")
    release = releases.filter(programme_id=programme_id).first()
    if release is None:
        raise RuleViolation("This programme is not part of the year.", rule="R9")
    programme = release.programme
    first, _ = academic_year.bounds(centre_year.year)
    scheme = in_force(programme.qualification.suite, first).scheme
    activity = _stand_in(centre_year, ActivityKind.SAMPLING, programme, scheme, by=by, at=at)
    deadlines.cancel("sv_allocation", subject=programme, at=at)
    return standards_verification.waive(activity_id=activity.pk, reason=reason, by=by, at=at)


def _locked(centre_year_id: int, by: Actor) -> CentreYear:
    rows = CentreYear.objects.select_for_update(of=("self",), no_key=True).select_related(
        "centre", "scheme_version"
    )
    centre_year = rows.get(pk=centre_year_id)
    if not by.may(Permission.SAMPLE_WAIVE, centre_year.centre_id):
        raise NotPermitted("Waiving is not part of your role here.")
    return centre_year


def _stand_in(
    centre_year: CentreYear,
    kind: ActivityKind,
    programme: Programme | None,
    scheme: Scheme,
    *,
    by: Actor,
    at: datetime,
) -> Activity:
    """An activity of nobody, so that what is not done has its place, its reason and its history like all others."""
    there = Activity.objects.filter(centre_year=centre_year, kind=kind, programme=programme)
    if there.exclude(status=ActivityStatus.CANCELLED).exists():
        what = "A visit" if programme is None else f"A sample of {programme.qualification.label}"
        raise RuleViolation(
            f"{what} is on record for this year. Open it in the list of activities.", rule="R10"
        )
    window = "lsv_visit" if kind == ActivityKind.VISIT else "standards_verification"
    first, last = scheme.windows[window].on(centre_year.year)
    activity = Activity.objects.create(
        centre_id=centre_year.centre_id,
        centre_year=centre_year,
        kind=kind,
        programme=programme,
        number=1,
        mode=activities.usual_mode(scheme, kind),
        window_from=first,
        window_until=last,
        window_facts=scheme.basis("R10", window=window),
    )
    audit.record("activity.planned", by=by, target=activity, at=at, kind=str(kind), number=1)
    return activity


def _tell(activity: Activity, reason: str, by: Actor, at: datetime) -> None:
    people = {p.pk for p in holders(activity.centre_id, RoleCode.QUALITY_NOMINEE, timezone.localdate(at))}
    if activity.allocation is not None:
        people.add(activity.allocation.verifier.person_id)
    year = academic_year.label(activity.centre_year.year)
    for person_id in sorted(people):
        mail.write(
            centre_id=activity.centre_id,
            to_id=person_id,
            kind="visit_waived",
            key=f"activity-{activity.pk}-waived-{person_id}",
            subject=f"No LSV visit to {activity.centre.name} in {year}",
            body=f"{by} has waived it: {reason}",
            url=reverse("activity", args=[activity.pk]),
            at=at,
        )
