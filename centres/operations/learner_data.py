"""A learner's own data: a copy of everything, and erasure with its limits (R96)."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Max
from django.utils import timezone

from centres import csv_files, learner_records
from centres.models import AssessmentDecision, Learner, Registration
from centres.permissions import Permission
from centres.queries.history import history_of
from centres.queries.schemes import in_force
from centres.schemes.awarding import Retention
from qa_portal import audit
from qa_portal.actors import Actor
from qa_portal.errors import NotPermitted, Reason, RuleViolation
from qa_portal.wording import date_plain

ERASED = ("name, Unique Learner Number, date of birth and your own number", "names printed on registrations")
KEPT = (
    "registrations, fees and assessment decisions, without a name",
    "who did what and when, in the audit trail, which holds no names",
)
# The records of a learner that a scheme keeps for a time; counted from the end of what the learner did here.
_RECORDS = ("assessment_records", "registration_records")
_NAME = ("Erased", "learner")


@dataclass(frozen=True)
class Limits:
    """What stands against erasing a learner now; nothing when they may be erased."""

    reasons: tuple[Reason, ...]


@transaction.atomic
def export(*, learner_id: int, by: Actor, at: datetime) -> bytes:
    """An archive with everything held about one learner: one JSON file, and a CSV file for each kind of record.

    Raises NotPermitted. The export itself is recorded.
    """
    learner = Learner.objects.select_related("centre").get(pk=learner_id)
    if not by.may(Permission.LEARNER_DATA_EXPORT, learner.centre_id):
        raise NotPermitted(
            "A learner's data are exported by the Quality Nominee or the Examinations Officer."
        )
    content = _content(learner)
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("learner.json", json.dumps(content, indent=2, default=str, ensure_ascii=False))
        for kind, rows in content.items():
            if isinstance(rows, list) and rows:
                archive.writestr(f"{kind}.csv", _csv(rows))
    audit.record("learner_data.exported", by=by, target=learner, at=at, kinds=sorted(content))
    return out.getvalue()


def limits_of(learner_id: int, on: date) -> Limits:
    """What stands against erasing a learner on a day: records still to be kept, and open samples or cases (R96)."""
    reasons = list(learner_records.holds_on(learner_id))
    rows = (
        Registration.objects.filter(learner_id=learner_id)
        .exclude(registered_on=None)
        .select_related("programme__qualification", "cohort")
        .annotate(last_decision=Max("decisions__decided_on"), last_verified=Max("decisions__verified_on"))
    )
    for registration in rows:
        until = _kept_until(registration, on)
        if until > on:
            reasons.append(
                Reason(
                    f"Records of {registration.programme.qualification.label} are kept until {date_plain(until)}.",
                    "Ask again then. Until then a regulated awarding organisation must be able to show them.",
                    rule="R96",
                )
            )
    return Limits(tuple(reasons))


@transaction.atomic
def erase(*, learner_id: int, by: Actor, at: datetime) -> Learner:
    """Erase who a learner was; registrations and decisions stay without a name. A second call changes nothing.

    Raises NotPermitted, or RuleViolation with every reason while records must be kept (R96).
    """
    learner = Learner.objects.select_for_update(of=("self",)).get(pk=learner_id)
    if not by.may(Permission.LEARNER_DATA_ERASE, learner.centre_id):
        raise NotPermitted("A learner's data are erased by an administrator of the awarding organisation.")
    if learner.erased_at is not None:
        return learner
    reasons = limits_of(learner.pk, timezone.localdate(at)).reasons
    if reasons:
        raise RuleViolation("This learner's details cannot be erased yet.", rule="R96", reasons=reasons)
    learner.given_name, learner.family_name = _NAME
    learner.uln, learner.reference, learner.date_of_birth, learner.erased_at = "", "", None, at
    learner.save(
        update_fields=["given_name", "family_name", "uln", "reference", "date_of_birth", "erased_at"]
    )
    Registration.objects.filter(centre_id=learner.centre_id, learner_id=learner.pk).update(
        certificate_name=" ".join(_NAME)
    )
    audit.record("learner.erased", by=by, target=learner, at=at, rule="R96")
    return learner


def _kept_until(registration: Registration, on: date) -> date:
    """The day to which a registration's records are kept, counted from the last thing that happened on it.

    Certificates end a registration; until the portal issues them, its own last date stands for certification.
    """
    dates = (
        registration.registered_on,
        registration.withdrawn_on,
        registration.last_decision,  # type: ignore[attr-defined]
        registration.last_verified,  # type: ignore[attr-defined]
        None if registration.withdrawn_on else registration.cohort.ends_on,
    )
    last = max(day for day in dates if day is not None)
    rules = in_force(registration.programme.qualification.suite, on).scheme.retention
    return max((_after(last, rules[name]) for name in _RECORDS if name in rules), default=last)


def _after(day: date, kept: Retention) -> date:
    months = day.year * 12 + day.month - 1 + kept.months
    first = date(months // 12, months % 12 + 1, 1)
    following = date((months + 1) // 12, (months + 1) % 12 + 1, 1)
    last_of_month = (following - timedelta(days=1)).day
    return first.replace(day=min(day.day, last_of_month)) + timedelta(weeks=kept.weeks)


def _content(learner: Learner) -> dict[str, Any]:
    registrations = list(
        Registration.objects.filter(centre_id=learner.centre_id, learner_id=learner.pk)
        .select_related("programme__qualification", "cohort")
        .order_by("pk")
    )
    decisions = (
        AssessmentDecision.objects.filter(
            centre_id=learner.centre_id, registration_id__in=[row.pk for row in registrations]
        )
        .select_related(
            "assignment__unit", "programme__qualification", "assessor", "internal_verifier", "site"
        )
        .order_by("pk")
    )
    return {
        "learner": {
            "centre": learner.centre.name,
            "centre_number": learner.centre.number,
            "given_name": learner.given_name,
            "family_name": learner.family_name,
            "date_of_birth": learner.date_of_birth,
            "uln": learner.uln,
            "reference": learner.reference,
        },
        "registrations": [_registration(row) for row in registrations],
        "decisions": [_decision(row) for row in decisions],
        **learner_records.rows_of(learner.pk),
        "history": history_of(learner.centre_id, [learner, *registrations], most=1000),
    }


def _registration(row: Registration) -> dict[str, Any]:
    return {
        "programme": row.programme.qualification.title,
        "qualification_number": row.programme.qualification.qan,
        "cohort": row.cohort.name,
        "status": row.get_status_display(),
        "enrolled_on": row.enrolled_on,
        "registered_on": row.registered_on,
        "withdrawn_on": row.withdrawn_on,
        "certificate_name": row.certificate_name,
        "specification_version": row.specification_version,
        "fee_multiplier": row.fee_multiplier,
        "fee_facts": row.fee_facts,
    }


def _decision(row: AssessmentDecision) -> dict[str, Any]:
    return {
        "programme": row.programme.qualification.title,
        "unit": row.assignment.unit.number,
        "assignment": row.assignment.number,
        "submission": row.get_attempt_display(),
        "decided_on": row.decided_on,
        "grade": row.grade,
        "criteria": row.criteria,
        "assessor": row.assessor.name,
        "site": row.site.name,
        "internal_verifier": row.internal_verifier.name if row.internal_verifier else None,
        "verification": row.get_verification_outcome_display(),
        "verified_on": row.verified_on,
    }


def _csv(rows: Iterable[Mapping[str, Any]]) -> str:
    listed = list(rows)
    headings = list(dict.fromkeys(key for row in listed for key in row))
    return csv_files.write(headings, ([_cell(row.get(key)) for key in headings] for row in listed))


def _cell(value: Any) -> Any:
    return json.dumps(value, default=str) if isinstance(value, dict | list) else value
