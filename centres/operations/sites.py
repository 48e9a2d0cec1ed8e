"""The places where a centre delivers: adding, changing, closing."""

from __future__ import annotations

from datetime import date, datetime

from django.db import IntegrityError, transaction

from centres.models import Site
from centres.permissions import Permission
from qa_portal import audit
from qa_portal.actors import Actor
from qa_portal.errors import NotPermitted, RuleViolation


@transaction.atomic
def add(*, centre_id: int, name: str, address: str, is_main: bool, by: Actor, at: datetime) -> Site:
    """Add a site to a centre. Raises RuleViolation when the centre has a site of this name."""
    _may_edit(by, centre_id)
    try:
        with transaction.atomic():
            site = Site.objects.create(
                centre_id=centre_id, name=name.strip(), address=address.strip(), is_main=is_main
            )
    except IntegrityError as clash:
        raise _taken(name) from clash
    _only_one_main(site)
    audit.record("site.added", by=by, target=site, at=at)
    return site


@transaction.atomic
def change(
    *,
    site_id: int,
    name: str,
    address: str,
    is_main: bool,
    closed_on: date | None,
    by: Actor,
    at: datetime,
) -> Site:
    """Change a site or close it from a day on; cohorts there go on. Raises RuleViolation for a name that is taken."""
    site = Site.objects.select_for_update(of=("self",)).get(pk=site_id)
    _may_edit(by, site.centre_id)
    site.name, site.address, site.is_main, site.closed_on = name.strip(), address.strip(), is_main, closed_on
    try:
        with transaction.atomic():
            site.save(update_fields=["name", "address", "is_main", "closed_on"])
    except IntegrityError as clash:
        raise _taken(name) from clash
    _only_one_main(site)
    audit.record("site.changed", by=by, target=site, at=at, closed_on=closed_on)
    return site


def _may_edit(by: Actor, centre_id: int) -> None:
    if not by.may(Permission.SITE_EDIT, centre_id):
        raise NotPermitted("Sites are kept by the Quality Nominee.")


def _only_one_main(site: Site) -> None:
    if site.is_main:
        Site.objects.filter(centre_id=site.centre_id, is_main=True).exclude(pk=site.pk).update(is_main=False)


def _taken(name: str) -> RuleViolation:
    return RuleViolation(f"This centre has a site called {name.strip()}. Give this one another name.")
