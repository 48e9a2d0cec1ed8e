"""Issuing the standards verification report: the sample is concluded and told in one transaction (R65-R70)."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from qa_portal.actors import Actor
from qa_portal.errors import RuleViolation
from reports.content.sample import sample_report
from reports.models import Report, ReportKind
from reports.operations.issue import freeze, issued_already, next_issuing
from sampling.models import Sample
from sampling.operations import conclude
from verification.models import CentreYear


@transaction.atomic
def issue_sample_report(*, sample_id: int, by: Actor, at: datetime) -> Report:
    """Conclude a sample and issue its report; copies go to the centre and its LSV (R70).

    Raises NotPermitted, RuleViolation with every reason why it cannot be concluded yet, or when it was concluded
    already, so that a double click makes one report (R65, R66, R68, R69).
    """
    try:
        done = conclude.conclude(sample_id=sample_id, by=by, at=at)
    except RuleViolation as refusal:
        activity_id = Sample.objects.values_list("activity_id", flat=True).get(pk=sample_id)
        raise issued_already(activity_id) or refusal from None
    sample = Sample.objects.select_related(
        "activity__centre", "programme__qualification", "scheme_version"
    ).get(pk=sample_id)
    centre_year = (
        CentreYear.objects.select_for_update(of=("self",), no_key=True)
        .select_related("centre", "scheme_version")
        .get(pk=sample.activity.centre_year_id)
    )
    issuing = next_issuing(centre_year, ReportKind.SAMPLE, by=by, at=at)
    content = sample_report(
        sample,
        issuing=issuing,
        opened=done.actions,
        recommendation=done.recommendation,
        second_due=done.second.window_until if done.second else None,
    )
    return freeze(
        content,
        kind=ReportKind.SAMPLE,
        centre_year=centre_year,
        activity=sample.activity,
        programme_id=sample.programme_id,
        by=by,
        at=at,
    )
