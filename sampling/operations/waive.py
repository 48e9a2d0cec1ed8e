"""Doing without a sample, with the reason, which the final report states (R10)."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from centres.permissions import RoleCode
from qa_portal import mail
from qa_portal.actors import Actor
from sampling.lifecycle import SAMPLE
from sampling.models import Sample
from sampling.operations.request import end_deadlines
from verification.models import Activity
from verification.operations import standards_verification, waivers
from verification.queries.years import holders


@transaction.atomic
def waive(*, activity_id: int, reason: str, by: Actor, at: datetime) -> Activity:
    """Waive the sample of an activity, planned or not; the SV and the Quality Nominee are told why.

    The programme's release stays as it is: a waived sample releases nothing. Raises NotPermitted for anybody but the
    LSV or a quality manager, RuleViolation without a reason or when it is concluded. Source: R10.
    """
    # The sample is locked before its activity, as judging and concluding do.
    sample = (
        Sample.objects.select_for_update(of=("self",))
        .select_related("activity", "programme__qualification")
        .filter(activity_id=activity_id)
        .first()
    )
    activity = standards_verification.waive(activity_id=activity_id, reason=reason, by=by, at=at)
    if sample is not None:
        SAMPLE.move(sample, "waive", by=by, at=at, waived_reason=reason.strip())
        end_deadlines(sample, at=at, met=False)
    _tell(activity, reason.strip(), at)
    return activity


@transaction.atomic
def waive_programme(
    *, centre_year_id: int, programme_id: int, reason: str, by: Actor, at: datetime
) -> Activity:
    """Do without any sample of a programme this year, also where no SV is allocated; the Quality Nominee is told why.

    Raises as ``verification.operations.waivers.waive_programme`` does. Source: R10.
    """
    activity = waivers.waive_programme(
        centre_year_id=centre_year_id, programme_id=programme_id, reason=reason, by=by, at=at
    )
    _tell(activity, reason.strip(), at)
    return activity


def _tell(activity: Activity, reason: str, at: datetime) -> None:
    people = {p.pk for p in holders(activity.centre_id, RoleCode.QUALITY_NOMINEE, timezone.localdate(at))}
    if activity.allocation is not None:
        people.add(activity.allocation.verifier.person_id)
    for person_id in sorted(people):
        mail.write(
            centre_id=activity.centre_id,
            to_id=person_id,
            kind="sample_waived",
            key=f"activity-{activity.pk}-waived-{person_id}",
            subject=f"No sample of {standards_verification.programme_of(activity).qualification.label} this time",
            body=reason,
            url=reverse("activity", args=[activity.pk]),
            at=at,
        )
