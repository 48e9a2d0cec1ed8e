"""Requesting the work of a sample from the centre, and who there looks after it (R55, R63, R99)."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from centres.models import Person
from centres.permissions import Permission, RoleCode
from centres.queries.holidays import holidays_of
from centres.queries.schemes import scheme_of
from centres.working_days import previous_working_day
from qa_portal import audit, deadlines, mail
from qa_portal.actors import Actor
from qa_portal.deadlines import Duty
from qa_portal.errors import NotPermitted, RuleViolation
from qa_portal.tenancy import Side
from qa_portal.wording import counted, date_long
from sampling import rules
from sampling.lifecycle import SAMPLE
from sampling.models import Sample
from sampling.operations.items import frozen
from sampling.operations.plan import locked_sample, may_plan
from sampling.queries import frames
from sampling.queries.samples import lead_verifiers_of
from verification.queries.years import holders

EVIDENCE_DEADLINES = ("sample_evidence", "sample_evidence_help")


@transaction.atomic
def request(*, sample_id: int, by: Actor, at: datetime, small_frame_reason: str = "") -> Sample:
    """Ask the centre for the work of the sample: each decision is frozen as it stands, people are told, deadlines run.

    ``small_frame_reason`` says why the sample goes ahead where less has been assessed than the scheme's table asks for.
    Raises NotPermitted, RuleViolation below the scheme's minimum (R55) or without an agreed date (R99).
    """
    sample = locked_sample(sample_id)
    may_plan(sample.activity, by, at)
    due_on, warnings = _when(sample, timezone.localdate(at))
    _freeze(sample)
    rules.small_frame_has_a_reason(sample, small_frame_reason)
    leads = lead_verifiers_of(sample, timezone.localdate(at))
    SAMPLE.move(
        sample,
        "request",
        by=by,
        at=at,
        requested_at=at,
        work_due_on=due_on,
        warnings=[*sample.warnings, *warnings],
        lead_iv=leads[0] if len(leads) == 1 else None,
        small_frame_reason=small_frame_reason.strip() if rules.is_short(sample) else "",
    )
    deadlines.meet("sample_plan", subject=sample.activity, at=at)
    run_deadlines(sample, at=at)
    _tell(sample, at)
    return sample


@transaction.atomic
def name_lead_iv(*, sample_id: int, person_id: int, by: Actor, at: datetime) -> Sample:
    """Name the Lead IV who works with the verifier on this sample; they are told and see the request list.

    Raises NotPermitted, RuleViolation for somebody who is not a Lead IV for the programme (R18).
    """
    sample = locked_sample(sample_id)
    if not by.may(Permission.SAMPLE_NAME_LEAD_IV, sample.centre_id):
        raise NotPermitted("The Quality Nominee names the Lead IV for a sample.")
    rules.is_asked_for(sample)
    leads = lead_verifiers_of(sample, timezone.localdate(at))
    person = next((lead for lead in leads if lead.pk == person_id), None)
    if person is None:
        raise RuleViolation("Choose somebody who is Lead IV for this programme or its subject area.")
    sample.lead_iv = person
    sample.save(update_fields=["lead_iv"])
    if waiting(sample):
        run_deadlines(sample, at=at)
    _write(sample, person, at)
    audit.record("sample.lead_iv_named", by=by, target=sample, at=at, person=person.pk)
    return sample


def waiting(sample: Sample) -> int:
    """How many items still wait for the centre's evidence, or its word that there is none."""
    return (
        sample.items.filter(status="REQUESTED").count()
        + sample.items.filter(status="MISSING", missing_reason="").count()
    )


def run_deadlines(sample: Sample, *, at: datetime) -> None:
    """Have the evidence due from the Quality Nominee, and its help from programme leader and Lead IV.

    Only the Quality Nominee's deadline escalates, so that a late sample is escalated once.
    """
    assert sample.work_due_on is not None
    programme = sample.programme
    title = f"Send the evidence for the sample of {programme.qualification.label}"
    _set_due(sample, "sample_evidence", title, RoleCode.QUALITY_NOMINEE, None)
    if programme.leader_id:
        _set_due(
            sample, "sample_evidence_help", title, RoleCode.PROGRAMME_LEADER, programme.leader_id, leader=True
        )
    if sample.lead_iv_id and sample.lead_iv_id != programme.leader_id:
        _set_due(sample, "sample_evidence_help", title, RoleCode.LEAD_INTERNAL_VERIFIER, sample.lead_iv_id)


def end_deadlines(sample: Sample, *, at: datetime, met: bool) -> int:
    """The evidence is there (or no longer asked for); returns how many deadlines ended."""
    end = deadlines.meet if met else deadlines.cancel
    ended = end(EVIDENCE_DEADLINES, subject=sample, at=at)
    return ended + end("sample_evidence_help", subject=sample.activity, at=at)


def _set_due(
    sample: Sample, kind: str, title: str, role: RoleCode, owner_id: int | None, *, leader: bool = False
) -> None:
    items = sample.items.count()
    duty = Duty(
        title=title,
        url=reverse("sample", args=[sample.pk]),
        owner_role=role,
        owner_side=Side.CENTRE,
        owner_id=owner_id,
        why=f"{counted(items, 'item')}; for each send the work and its records, or say why there is none.",
        source="Standards verification",
        programme_id=sample.programme_id,
    )
    assert sample.work_due_on is not None
    # One open deadline a kind and subject: the leader's hangs on the activity, the Lead IV's on the sample.
    subject = sample.activity if leader else sample
    deadlines.set_due(kind, subject=subject, year=sample.year, due_on=sample.work_due_on, duty=duty)


def _when(sample: Sample, today: date) -> tuple[date, list[dict[str, str]]]:
    """By when the work is due: the scheme's hours before the agreed day, on a working day, never in the past (R99)."""
    scheme = scheme_of(sample.scheme_version)
    policy = scheme.verification.standards_verification
    day = sample.activity.day or sample.activity.window_until
    days_before = -(-policy.evidence_due_hours_before.value // 24)
    holidays = holidays_of(sample.activity.centre.nation, today, day)
    due_on = max(previous_working_day(day - timedelta(days=days_before), holidays), today)
    wanted = policy.evidence_requested_days_before.value
    notice = (day - today).days
    if notice >= wanted:
        return due_on, []
    text = f"The work was requested {counted(max(notice, 0), 'day')} before the sample; {wanted} are usual."
    return due_on, [{"level": "warning", "code": "short_notice", "text": text, "rule": "R99"}]


def _freeze(sample: Sample) -> None:
    items = list(sample.items.order_by("position"))
    urgent = bool(sample.activity.urgent_reason)
    decisions = frames.decisions_of(
        sample.centre_id, sample.programme_id, sample.year, date.max, urgent=urgent
    ).in_bulk([item.decision_id for item in items])
    gone = [item.position for item in items if item.decision_id not in decisions]
    if gone:
        raise RuleViolation(
            f"Item {', '.join(map(str, gone))} can no longer be sampled: the learner was withdrawn. Draw again.",
            rule="R55",
        )
    for item in items:
        for field, value in frozen(decisions[item.decision_id]).items():
            setattr(item, field, value)
        item.save(update_fields=["facts", "verification_facts"])


def _tell(sample: Sample, at: datetime) -> None:
    today = timezone.localdate(at)
    people: dict[int, Person] = {
        person.pk: person for person in holders(sample.centre_id, RoleCode.QUALITY_NOMINEE, today)
    }
    if sample.lead_iv:
        people[sample.lead_iv.pk] = sample.lead_iv
    if sample.programme.leader:
        people[sample.programme.leader.pk] = sample.programme.leader
    for person in people.values():
        _write(sample, person, at)


def _write(sample: Sample, person: Person, at: datetime) -> None:
    assert sample.work_due_on is not None
    mail.write(
        centre_id=sample.centre_id,
        to_id=person.pk,
        kind="sample_requested",
        key=f"sample-{sample.pk}-requested-{person.pk}",
        subject=f"Work requested for the sample of {sample.programme.qualification.label}",
        body=f"{counted(sample.items.count(), 'item')} to send by {date_long(sample.work_due_on)}. For each, send the "
        "work with its assessment and internal verification records, or say why there is none. The page lists them.",
        url=reverse("sample", args=[sample.pk]),
        at=at,
    )
