"""What must hold before a sample is requested, judged or concluded (R24, R55, R63, R65, R68)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import OuterRef, Subquery
from django.urls import reverse

from centres.queries.schemes import scheme_of
from qa_portal.actors import Actor
from qa_portal.errors import NotPermitted, Reason, RuleViolation
from qa_portal.wording import counted, date_plain, joined
from sampling.models import (
    ComplianceCheck,
    ItemEvidence,
    ItemStatus,
    Judgement,
    Sample,
    SampledItem,
    Verdict,
)
from verification.models import ActivityStatus, DraftAction, ReportDraft


@dataclass(frozen=True)
class Standing:
    """Everything that a conclusion rests on, read once: items with verdicts, checks, the draft and its actions."""

    items: tuple[Any, ...]
    checks: dict[str, ComplianceCheck]
    draft: ReportDraft | None
    actions: tuple[DraftAction, ...]

    @property
    def agreed(self) -> int:
        """How many items were judged accurate."""
        return sum(item.verdict == Verdict.AGREE for item in self.items)

    @property
    def disagreed(self) -> int:
        """How many items were judged inaccurate (R65)."""
        return sum(item.verdict == Verdict.DISAGREE for item in self.items)


def standing(sample: Sample) -> Standing:
    """How a sample stands; four queries the first time, none after that on the same object."""
    if "_standing" not in sample.__dict__:
        judged = Judgement.objects.filter(centre_id=sample.centre_id, item=OuterRef("pk"), complete=True)
        items = SampledItem.objects.filter(centre_id=sample.centre_id, sample=sample)
        checks = ComplianceCheck.objects.filter(centre_id=sample.centre_id, sample=sample)
        actions = DraftAction.objects.filter(centre_id=sample.centre_id, activity_id=sample.activity_id)
        sample.__dict__["_standing"] = Standing(
            tuple(items.annotate(verdict=Subquery(judged.values("verdict")[:1])).order_by("position")),
            {check.criterion: check for check in checks},
            draft_of(sample),
            tuple(actions.select_related("owner").order_by("due_on", "pk")),
        )
    found: Standing = sample.__dict__["_standing"]
    return found


def is_their_own(sample: Sample, by: Actor) -> None:
    """The SV allocated to the programme plans, judges and concludes. Raises NotPermitted (R23)."""
    allocation = sample.activity.allocation
    if by.pk is None or allocation is None or allocation.verifier.person_id != by.pk:
        raise NotPermitted("This sample belongs to another verifier.", rule="R23")


def holds_the_minimum(sample: Sample, by: Actor) -> None:
    """No plan goes out below the scheme's minimum. Raises RuleViolation (R55)."""
    items = SampledItem.objects.filter(centre_id=sample.centre_id, sample=sample).count()
    if items < sample.minimum_size:
        raise RuleViolation(
            f"This sample holds {counted(items, 'item')}, and at least {sample.minimum_size} are needed. Add more.",
            rule="R55",
        )


def is_short(sample: Sample) -> bool:
    """Less has been assessed than the scheme's table asks for, so that the sample holds all there is.

    A second sample leaves out what the first found accurate, so that it is often all that is left: no reason needed.
    """
    facts = sample.size_facts
    return bool(facts.get("limited_by_frame")) and facts.get("follows_sample") is None


def small_frame_has_a_reason(sample: Sample, reason: str) -> None:
    """A sample that is small because little is assessed goes ahead only with a reason. Raises RuleViolation (R55)."""
    if is_short(sample) and not reason.strip():
        raise RuleViolation(
            f"{sample.size_facts['explanation']} Say why it goes ahead now, or wait until more has been assessed.",
            rule="R55",
        )


def has_an_agreed_date(sample: Sample, by: Actor) -> None:
    """The centre knows by when its work is looked at. Raises RuleViolation (R99)."""
    if sample.activity.status not in (ActivityStatus.AGREED, ActivityStatus.UNDER_WAY):
        raise RuleViolation(
            "The date of this sample is not agreed yet.",
            rule="R99",
            reasons=[
                Reason(
                    "The date of this sample is not agreed yet.",
                    "Propose a date, or accept the centre’s; the work is due before it.",
                    "R99",
                    reverse("activity", args=[sample.activity_id]),
                )
            ],
        )


def every_item_is_judged_or_missing_with_a_reason(sample: Sample, by: Actor) -> None:
    """Nothing in the sample stays open. Raises RuleViolation with one reason for each item (R68)."""
    open_items = [
        item
        for item in standing(sample).items
        if item.status != ItemStatus.JUDGED
        and not (item.status == ItemStatus.MISSING and item.missing_reason.strip())
    ]
    reasons = [
        Reason(
            f"Item {item.position} is not judged.",
            "Judge it, or say what is missing.",
            "R68",
            reverse("sample-item", args=[sample.pk, item.position]),
        )
        for item in open_items
    ]
    if reasons:
        raise RuleViolation(f"{counted(len(reasons), 'item')} still to judge.", rule="R68", reasons=reasons)


def something_is_judged(sample: Sample, by: Actor) -> None:
    """A sample without any evidence proves nothing; it can only be waived. Raises RuleViolation (R55)."""
    if not any(item.status == ItemStatus.JUDGED for item in standing(sample).items):
        raise RuleViolation(
            "No item could be judged, so nothing can be said about this programme. Ask for the work again, or have "
            "the sample waived.",
            rule="R55",
        )


def every_criterion_is_checked(sample: Sample, by: Actor) -> None:
    """Compliance, staffing and resources are recorded with the evidence seen. Raises RuleViolation (R68)."""
    checks = standing(sample).checks
    url = reverse("sample-compliance", args=[sample.pk])
    reasons = []
    for criterion in scheme_of(sample.scheme_version).verification.standards_verification.criteria:
        check = checks.get(criterion.key)
        if check is None or not check.judgement:
            reasons.append(Reason(f"{criterion.title} is not checked.", "Say whether it is met.", "R68", url))
        elif not check.evidence_seen.strip():
            reasons.append(Reason(f"{criterion.title} has no evidence.", "Write what you saw.", "R68", url))
    if reasons:
        raise RuleViolation("Compliance is not fully checked.", rule="R68", reasons=reasons)


def staffing_and_resources_are_recorded(sample: Sample, by: Actor) -> None:
    """The report says what was found of staffing and resources, and sums up. Raises RuleViolation (R68)."""
    draft = standing(sample).draft
    form = scheme_of(sample.scheme_version).verification.reports["standards_verification"]
    url = reverse("sample-writing", args=[sample.pk])
    reasons = [
        Reason(f"“{section.title}” is empty.", section.guidance, "R68", url)
        for section in form.sections
        if section.filled == "written" and section.required and not text_of(draft, section.key).strip()
    ]
    if reasons:
        raise RuleViolation("The report is not fully written.", rule="R68", reasons=reasons)


def inaccuracy_has_an_essential_action(sample: Sample, by: Actor) -> None:
    """Where a decision was wrong the centre must act before a second sample. Raises RuleViolation (R65)."""
    found = standing(sample)
    if found.disagreed and not any(action.level == "ESSENTIAL" for action in found.actions):
        raise RuleViolation(
            "You disagree with a decision, so certification will be pending.",
            rule="R65",
            reasons=[
                Reason(
                    "There is no essential action yet.",
                    "Say what the centre must do before the second sample.",
                    "R65",
                    reverse("sample-actions", args=[sample.pk]),
                )
            ],
        )


def failed_criteria_have_actions(sample: Sample, by: Actor) -> None:
    """What is not met leads to an action on that criterion. Raises RuleViolation (R68, R81)."""
    scheme = scheme_of(sample.scheme_version)
    needed = {
        judgement.key.upper(): judgement.needs_action
        for judgement in scheme.verification.standards_verification.judgements
    }
    titles = {c.key: c.title for c in scheme.verification.standards_verification.criteria}
    there = {(action.criterion, action.level) for action in standing(sample).actions}
    url = reverse("sample-actions", args=[sample.pk])
    reasons = []
    for check in standing(sample).checks.values():
        level = (needed.get(check.judgement) or "").upper()
        if not level or (check.criterion, "ESSENTIAL") in there or (check.criterion, level) in there:
            continue
        what = f"{titles.get(check.criterion, check.criterion)} is “{check.get_judgement_display().lower()}”"  # type: ignore[attr-defined]
        kind = "an essential action" if level == "ESSENTIAL" else "an action"
        reasons.append(Reason(f"{what} and has no action.", f"Add {kind} on it.", "R81", url))
    if reasons:
        raise RuleViolation("Actions are missing.", rule="R81", reasons=reasons)


def says_what_becomes_of_direct_claims(sample: Sample, by: Actor) -> None:
    """Every sample recommends something about direct claims status, with reasons. Raises RuleViolation (R71)."""
    draft = standing(sample).draft
    texts = draft.texts if draft else {}
    if not texts.get("direct_claims_kind") or not str(texts.get("direct_claims_reasons", "")).strip():
        raise RuleViolation(
            "There is no recommendation about direct claims status.",
            rule="R71",
            reasons=[
                Reason(
                    "There is no recommendation about direct claims status.",
                    "Recommend something, with your reasons; a quality manager decides.",
                    "R71",
                    reverse("sample-writing", args=[sample.pk]) + "#direct-claims",
                )
            ],
        )


def may_be_added(sample: Sample, reason: str) -> None:
    """Only the verifier adds items, each with a reason. Raises RuleViolation (R63)."""
    if not reason.strip():
        raise RuleViolation("Say why you add this item.", rule="R63")
    is_open(sample)


def is_open(sample: Sample) -> None:
    """A concluded or waived sample does not change any more. Raises RuleViolation (R69)."""
    if sample.status not in ("PLANNING", "REQUESTED", "JUDGING"):
        raise RuleViolation(
            f"This sample is {sample.get_status_display().lower()} and does not change any more.",  # type: ignore[attr-defined]
            rule="R69",
        )


def is_asked_for(sample: Sample) -> None:
    """Work is sent and judged between the request and the conclusion. Raises RuleViolation."""
    if sample.status not in ("REQUESTED", "JUDGING"):
        words = sample.get_status_display().lower()  # type: ignore[attr-defined]
        raise RuleViolation(f"This sample is {words}, so its items cannot change now.")


def the_day_has_come_or_all_is_answered(sample: Sample, on: date) -> None:
    """The centre keeps the days it was given to send its work. Raises RuleViolation (R99)."""
    day = sample.activity.day
    if day is None or on >= day:
        return
    waiting = SampledItem.objects.filter(
        centre_id=sample.centre_id, sample=sample, status=ItemStatus.REQUESTED
    ).count()
    if waiting:
        raise RuleViolation(
            f"Judging begins on {date_plain(day)}, the agreed day, or as soon as the centre has answered for every "
            f"item. It has not answered for {counted(waiting, 'item')} yet.",
            rule="R99",
        )


def the_work_was_seen(item: SampledItem, work_seen: str) -> None:
    """A judgement rests on evidence: what was sent, or what the verifier says they saw. Raises RuleViolation (R68)."""
    if item.status == ItemStatus.RECEIVED or work_seen.strip():
        return
    sent = ItemEvidence.objects.filter(centre_id=item.centre_id, item=item, file__removed_at=None)
    if not sent.exists():
        raise RuleViolation(
            "Nothing has been sent for this item. Say where you saw the work, or tell the centre what is missing.",
            rule="R68",
        )


def disagreement_says_why(unexplained: list[str]) -> None:
    """Each criterion that is disagreed with has its reason; the centre reads it. Raises RuleViolation (R65)."""
    if unexplained:
        raise RuleViolation(f"Say why you disagree with {joined(unexplained)}.", rule="R65")


def draft_of(sample: Sample) -> ReportDraft | None:
    """What the verifier has written for the report of this sample so far."""
    return ReportDraft.objects.filter(
        centre_id=sample.centre_id, kind="SAMPLE", activity_id=sample.activity_id
    ).first()


def text_of(draft: ReportDraft | None, key: str) -> str:
    """One written section of a draft; three of them have columns of their own."""
    if draft is None:
        return ""
    if key in ("summary", "good_practice", "next_steps"):
        return str(getattr(draft, key))
    return str(draft.texts.get(key, ""))
