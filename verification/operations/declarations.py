"""Signing the annual declaration."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection
from datetime import datetime
from typing import Any

from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from centres import academic_year
from centres.permissions import RoleCode
from centres.schemes import Scheme
from centres.schemes.questions import Statement
from qa_portal import deadlines, mail
from qa_portal.actors import Actor
from qa_portal.wording import date_long
from verification.lifecycle.declarations import DECLARATION
from verification.models import AnnualDeclaration, CentreYear
from verification.queries import years
from verification.rules import declarations as rules


@transaction.atomic
def sign(
    *, declaration_id: int, accepted: Collection[str], by: Actor, at: datetime, late_reason: str = ""
) -> AnnualDeclaration:
    """Sign the annual declaration for the whole centre and keep its words as they were signed.

    ``accepted`` are the keys of the statements confirmed one by one. The signed words are kept with their SHA-256
    for ever. The Quality Nominee is told.

    Raises NotPermitted, RuleViolation (already signed; before the window; late without a reason; a statement not
    confirmed). Sources: R3, R4, AQD.
    """
    declaration = AnnualDeclaration.objects.select_for_update(of=("self",)).get(pk=declaration_id)
    DECLARATION["sign"].check(declaration, by=by)
    centre_year = years.with_scheme(CentreYear.objects.all()).get(pk=declaration.centre_year_id)
    scheme = years.scheme_of_year(centre_year)
    window, day = scheme.windows["annual_declaration"], timezone.localdate(at)
    late = rules.is_late(window, centre_year.year, day)
    rules.signed_in_its_time(window, centre_year.year, day, late_reason)
    required = years.required_statements(centre_year)
    rules.every_statement_accepted(required, accepted)
    content = _content(centre_year, scheme, required, by, at, late, late_reason.strip() if late else "")
    deadlines.meet("annual_declaration", subject=declaration, at=at)
    _tell(declaration, centre_year, by, at)
    DECLARATION.move(
        declaration,
        "sign",
        by=by,
        at=at,
        facts=scheme.basis("R4", late=late),
        signed_content=content,
        signed_sha256=digest_of(content),
        signed_at=at,
        signed_by=by,
        signed_name=getattr(by, "name", ""),
        late_reason=content["late_reason"],
    )
    return declaration


def may_sign(declaration: AnnualDeclaration, *, by: Actor) -> None:
    """Refuse whoever is not the Head of Centre, and a declaration that is signed already.

    Raises NotPermitted, RuleViolation.
    """
    DECLARATION["sign"].check(declaration, by=by)


def digest_of(content: dict[str, Any]) -> str:
    """SHA-256 of the signed words in canonical JSON: anybody can compute it again from the stored content."""
    canonical = json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(canonical.encode()).hexdigest()


def _content(
    centre_year: CentreYear,
    scheme: Scheme,
    required: Collection[Statement],
    by: Actor,
    at: datetime,
    late: bool,
    late_reason: str,
) -> dict[str, Any]:
    words = scheme.annual_declaration
    return {
        "title": words.title,
        "introduction": words.introduction,
        "year": academic_year.label(centre_year.year),
        "centre": {"number": centre_year.centre.number, "name": centre_year.centre.name},
        "statements": [{"key": s.key, "title": s.title, "text": s.text, "accepted": True} for s in required],
        "signed_by": getattr(by, "name", ""),
        "signed_as": RoleCode.HEAD_OF_CENTRE.label,
        "signed_at": timezone.localtime(at).isoformat(timespec="seconds"),
        "late": late,
        "late_reason": late_reason,
        "scheme": {"code": scheme.code, "version": scheme.version},
    }


def _tell(declaration: AnnualDeclaration, centre_year: CentreYear, by: Actor, at: datetime) -> None:
    day = timezone.localdate(at)
    label = academic_year.label(centre_year.year)
    for person in years.holders(centre_year.centre_id, RoleCode.QUALITY_NOMINEE, day):
        mail.write(
            centre_id=centre_year.centre_id,
            to_id=person.pk,
            kind="declaration.signed",
            key=f"declaration-{declaration.pk}-signed-{person.pk}",
            subject=f"The annual declaration {label} is signed",
            body=f"{getattr(by, 'name', '')} signed it for {centre_year.centre.name} on {date_long(day)}.",
            url=reverse("declaration", args=[centre_year.centre.number]),
            at=at,
        )
