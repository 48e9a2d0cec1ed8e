"""Loading qualifications, units, schemes and bank holidays into their tables; running it again changes only news."""

from __future__ import annotations

import hashlib
import json
from datetime import datetime

import holidays
from django.db import transaction

from centres import reference_data, schemes
from centres.models import Holiday, Nation, QaModelPeriod, Qualification, SchemeVersion, Sector, Unit
from qa_portal import audit
from qa_portal.actors import SYSTEM
from qa_portal.errors import RuleViolation


@transaction.atomic
def import_reference_data(*, at: datetime, years: range) -> dict[str, int]:
    """Load everything that comes with the portal; returns how many of each there are now.

    Raises RuleViolation when a shipped scheme differs from the published version of the same number.
    """
    sectors = {code: Sector.objects.update_or_create(code=code, defaults={"name": name})[0]
               for code, name in reference_data.sectors()}  # fmt: skip
    for record in reference_data.qualifications():
        _qualification(record, sectors)
    published = sum(publish_shipped(file, at=at) for file in schemes.shipped())
    load_holidays(years)
    return {
        "qualifications": Qualification.objects.count(),
        "units": Unit.objects.count(),
        "schemes": SchemeVersion.objects.count(),
        "newly published": published,
        "holidays": Holiday.objects.count(),
    }


def _qualification(record: reference_data.QualificationRecord, sectors: dict[str, Sector]) -> None:
    qualification, _ = Qualification.objects.update_or_create(
        qan=record.qan,
        defaults={
            "title": record.title,
            "short_title": record.short_title,
            "label": record.label,
            "level": record.level,
            "suite": record.suite,
            "sector": sectors[record.sector],
            "lead_iv_required": record.lead_iv_required,
            "moderated": record.moderated,
            "grades": list(record.grades),
            "operational_start": record.operational_start,
            "operational_end": record.operational_end,
            "source": record.source,
        },
    )
    for unit in record.units:
        criteria = [{"code": c.code, "text": c.text, "grade": c.grade} for c in unit.criteria]
        Unit.objects.update_or_create(
            qualification=qualification,
            number=unit.number,
            defaults={
                "title": unit.title,
                "urn": unit.urn,
                "mandatory": unit.mandatory,
                "guided_learning_hours": unit.guided_learning_hours,
                "criteria": criteria,
                "source": unit.source,
            },
        )
    for period in record.qa_models:
        QaModelPeriod.objects.update_or_create(
            qualification=qualification,
            starts_on=period.starts_on,
            defaults={"model": period.model, "ends_on": period.ends_on},
        )


def publish_shipped(file: schemes.SchemeFile, *, at: datetime) -> bool:
    """Publish a shipped scheme version once; a version that was published never changes."""
    content = json.loads(json.dumps(file.raw_content))
    sha256 = hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()
    before = SchemeVersion.objects.filter(code=file.code, version=file.version).first()
    if before is not None:
        if before.sha256 != sha256:
            raise RuleViolation(
                f"Scheme {file.code} version {file.version} is published with other content: give it a new version."
            )
        return False
    version = SchemeVersion.objects.create(
        code=file.code,
        version=file.version,
        name=file.name,
        suites=list(file.suites),
        qa_model=file.qa_model,
        effective_from=file.effective_from,
        content=content,
        sha256=sha256,
        published_at=at,
    )
    audit.record("scheme.published", by=SYSTEM, target=version, at=at, sha256=sha256)
    return True


def load_holidays(years: range) -> int:
    """Load bank holidays of the four nations; returns how many were new."""
    rows = [
        Holiday(nation=nation, day=day, name=name)
        for nation in Nation.values
        for day, name in holidays.country_holidays(
            "GB", subdiv=nation.removeprefix("GB-"), years=years
        ).items()
    ]
    before = Holiday.objects.count()
    Holiday.objects.bulk_create(rows, ignore_conflicts=True)
    return Holiday.objects.count() - before
