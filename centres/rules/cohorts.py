"""Which dates and sites a cohort may have."""

from __future__ import annotations

from datetime import date

from centres.models import Programme, ProgrammeStatus, Site
from qa_portal.errors import RuleViolation
from qa_portal.wording import date_plain

_LONGEST_DAYS = 6 * 366


def dates_in_order(starts_on: date, ends_on: date, certification_needed_by: date | None) -> None:
    """A cohort ends after it starts, within six years, and certificates are needed after it starts.

    Raises RuleViolation.
    """
    if ends_on <= starts_on:
        raise RuleViolation(
            f"The cohort starts on {date_plain(starts_on)}, so it cannot end on {date_plain(ends_on)}. Choose a later "
            "end."
        )
    if (ends_on - starts_on).days > _LONGEST_DAYS:
        raise RuleViolation("A cohort lasts six years at most. Check the years of both dates.")
    if certification_needed_by is not None and certification_needed_by <= starts_on:
        raise RuleViolation(
            "Certificates cannot be needed before the cohort has started. Choose a later date."
        )


def programme_is_open(programme: Programme, starts_on: date) -> None:
    """A cohort starts on an approved programme, not before its approval nor after it ran out. Raises RuleViolation."""
    name = programme.qualification.short_title
    if programme.status == ProgrammeStatus.CLOSED:
        raise RuleViolation(f"{name} is closed at this centre, so it takes no new cohort.")
    if starts_on < programme.approved_from:
        raise RuleViolation(
            f"{name} is approved from {date_plain(programme.approved_from)} on. Start the cohort then or later."
        )
    if programme.approved_to is not None and starts_on > programme.approved_to:
        raise RuleViolation(f"{name} is approved to {date_plain(programme.approved_to)} only.", rule="R29")


def site_is_open(site: Site, starts_on: date) -> None:
    """A cohort is at a site that is still open when it starts. Raises RuleViolation."""
    if site.closed_on is not None and site.closed_on <= starts_on:
        raise RuleViolation(f"{site.name} closed on {date_plain(site.closed_on)}. Choose another site.")
