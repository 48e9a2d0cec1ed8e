"""Groups of learners of one programme at one site: adding and changing."""

from __future__ import annotations

from datetime import date, datetime

from django.db import IntegrityError, transaction

from centres.models import Cohort, Programme, Site
from centres.operations.registrations import refresh_deadline
from centres.permissions import Permission
from centres.rules import cohorts as rules
from qa_portal import audit
from qa_portal.actors import Actor
from qa_portal.errors import NotPermitted, RuleViolation

_DETAILS = ("name", "site_id", "delivery_pattern", "starts_on", "ends_on", "certification_needed_by")


@transaction.atomic
def add(
    *,
    programme_id: int,
    site_id: int,
    name: str,
    delivery_pattern: str,
    starts_on: date,
    ends_on: date,
    by: Actor,
    at: datetime,
    certification_needed_by: date | None = None,
) -> Cohort:
    """Add a cohort to a programme.

    Raises NotPermitted, or RuleViolation for dates out of order, a closed programme or site, or a name that is taken.
    """
    programme = Programme.objects.select_related("qualification").get(pk=programme_id)
    _may_edit(by, programme.centre_id, programme.pk)
    site = Site.objects.get(pk=site_id, centre_id=programme.centre_id)
    rules.dates_in_order(starts_on, ends_on, certification_needed_by)
    rules.programme_is_open(programme, starts_on)
    rules.site_is_open(site, starts_on)
    try:
        with transaction.atomic():
            cohort = Cohort.objects.create(
                centre_id=programme.centre_id,
                programme=programme,
                site=site,
                name=name.strip(),
                delivery_pattern=delivery_pattern,
                starts_on=starts_on,
                ends_on=ends_on,
                certification_needed_by=certification_needed_by,
            )
    except IntegrityError as clash:
        raise _taken(name) from clash
    audit.record("cohort.added", by=by, target=cohort, at=at, programme=programme.pk, starts_on=starts_on)
    return cohort


@transaction.atomic
def change(
    *,
    cohort_id: int,
    site_id: int,
    name: str,
    delivery_pattern: str,
    starts_on: date,
    ends_on: date,
    by: Actor,
    at: datetime,
    certification_needed_by: date | None = None,
) -> Cohort:
    """Change a cohort; fees already charged stay. Raises what ``add`` raises."""
    cohort = (
        Cohort.objects.select_for_update(of=("self",))
        .select_related("programme__qualification")
        .get(pk=cohort_id)
    )
    _may_edit(by, cohort.centre_id, cohort.programme_id)
    site = Site.objects.get(pk=site_id, centre_id=cohort.centre_id)
    rules.dates_in_order(starts_on, ends_on, certification_needed_by)
    if site.pk != cohort.site_id:
        rules.site_is_open(site, starts_on)
    wanted = (name.strip(), site.pk, delivery_pattern, starts_on, ends_on, certification_needed_by)
    before = {field: getattr(cohort, field) for field in _DETAILS if field != "name"}
    for field, value in zip(_DETAILS, wanted, strict=True):
        setattr(cohort, field, value)
    try:
        with transaction.atomic():
            cohort.save(update_fields=[field.removesuffix("_id") for field in _DETAILS])
    except IntegrityError as clash:
        raise _taken(name) from clash
    refresh_deadline(programme_id=cohort.programme_id, at=at)
    after = {field: getattr(cohort, field) for field in before}
    audit.record("cohort.changed", by=by, target=cohort, at=at, before=before, after=after)
    return cohort


def _may_edit(by: Actor, centre_id: int, programme_id: int) -> None:
    if not by.may(Permission.COHORT_EDIT, centre_id, programme_id):
        raise NotPermitted(
            "Cohorts are kept by the Examinations Officer, Quality Nominee and programme leader."
        )


def _taken(name: str) -> RuleViolation:
    return RuleViolation(f"This programme has a cohort called {name.strip()}. Give this one another name.")
