"""When a centre's BTEC review of a year was done, which opens the short form to it (R6)."""

from __future__ import annotations

from datetime import date, datetime

from django.db import transaction
from django.utils import timezone

from centres import academic_year
from centres.permissions import Permission, RoleCode
from qa_portal import audit, mail
from qa_portal.actors import Actor
from qa_portal.errors import NotPermitted, RuleViolation
from qa_portal.wording import date_long, date_plain
from verification.models import CentreYear, SelfAssessment
from verification.operations.self_assessment_forms import url_of
from verification.queries import years


@transaction.atomic
def note(*, centre_year_id: int, on: date, by: Actor, at: datetime) -> CentreYear:
    """Note the day of this year's BTEC LSV review; the Quality Nominee may send the short form from then on.

    Raises NotPermitted; RuleViolation for a centre that does not mainly deliver under BTEC quality assurance, and for a
    day that lies ahead or outside the year. Source: R6, SEED-1.
    """
    rows = CentreYear.objects.select_for_update(of=("self",), no_key=True).select_related("centre")
    centre_year = rows.get(pk=centre_year_id)
    centre = centre_year.centre
    if not by.may(Permission.CENTRE_EDIT, centre.pk):
        raise NotPermitted("The BTEC review is noted by the awarding organisation.")
    if not centre.mainly_btec_qa:
        raise RuleViolation(
            f"{centre.name} does not mainly deliver under BTEC quality assurance. Change that at the centre first.",
            rule="R6",
        )
    first, _ = academic_year.bounds(centre_year.year)
    if not first <= on <= timezone.localdate(at):
        raise RuleViolation(f"Enter a day from {date_plain(first)} to today.", rule="R6")
    before, centre_year.btec_review_on = centre_year.btec_review_on, on
    centre_year.save(update_fields=["btec_review_on"])
    if before is None:
        _tell(centre_year, on, at)
    audit.record(
        "centre_year.btec_review_noted", by=by, target=centre_year, at=at, rule="R6", before=before, after=on
    )
    return centre_year


def _tell(centre_year: CentreYear, on: date, at: datetime) -> None:
    form = SelfAssessment.objects.filter(centre_id=centre_year.centre_id, centre_year=centre_year).first()
    if form is None:
        return
    label = academic_year.label(centre_year.year)
    for nominee in years.holders(centre_year.centre_id, RoleCode.QUALITY_NOMINEE, timezone.localdate(at)):
        mail.write(
            centre_id=centre_year.centre_id,
            to_id=nominee.pk,
            kind="self_assessment.short_form",
            key=f"btec-review-{centre_year.pk}-{nominee.pk}",
            subject=f"You may send the short form for {label}",
            body=f"Your BTEC review was done on {date_long(on)}. You may send the annual centre declaration instead of"
            " the self-assessment this year; you never send both.",
            url=url_of(form),
            at=at,
        )
