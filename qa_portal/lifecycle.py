"""Lifecycles: one row says from, to, who, on what condition, and what is recorded."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.contrib.auth import get_user_model

from qa_portal import audit
from qa_portal.actors import SYSTEM, Actor
from qa_portal.errors import NotPermitted, Reason, Refusal, RuleViolation
from qa_portal.models import AuditEvent
from qa_portal.wording import moment

Condition = Callable[..., None]


@dataclass(frozen=True)
class Transition:
    """One allowed change of status; ``event`` is what the audit trail says happened."""

    name: str
    sources: tuple[str, ...]
    target: str
    permission: str
    event: str
    label: str
    conditions: tuple[Condition, ...] = ()

    def check(self, thing: Any, *, by: Actor) -> None:
        """Raise NotPermitted if ``by`` may not do this here, RuleViolation (with every reason) if nobody can now."""
        if not by.may(self.permission, thing.centre_id, getattr(thing, "programme_id", None)):
            raise NotPermitted(f"{self.label}: this is not part of your role here.")
        if thing.status not in self.sources:
            words = f"{self.label}: not possible while this is “{thing.get_status_display().lower()}”."
            done = self._who_did(thing) if thing.status == self.target else ""
            raise RuleViolation(f"{words} {done}".strip())
        self._check_conditions(thing, by)

    def _who_did(self, thing: Any) -> str:
        """Who made this move before, and when, for a second press; "" where the trail is not theirs to read."""
        events = AuditEvent.objects.filter(
            chain=thing.centre_id, target_type=thing._meta.label_lower, target_id=thing.pk, event=self.event
        )
        last = events.order_by("seq").last()
        if last is None:
            return ""
        person = get_user_model().objects.filter(pk=last.by_id).first() if last.by_id else SYSTEM
        return f"{person or 'Somebody'} did this on {moment(last.at)}."

    def _check_conditions(self, thing: Any, by: Actor) -> None:
        refusals: list[RuleViolation] = []
        for condition in self.conditions:
            try:
                condition(thing, by)
            except RuleViolation as problem:
                refusals.append(problem)
        if len(refusals) == 1:
            raise refusals[0]
        if refusals:
            reasons: list[Reason] = []
            for refusal in refusals:
                reasons += refusal.reasons or (Reason(refusal.message, rule=refusal.rule),)
            raise RuleViolation(f"{self.label}: {len(reasons)} things stand in the way.", reasons=reasons)


class Lifecycle:
    """The transitions of one kind of thing; the only place where a status is a target."""

    def __init__(self, noun: str, *transitions: Transition) -> None:
        self.noun = noun
        self.transitions = {transition.name: transition for transition in transitions}

    def __getitem__(self, name: str) -> Transition:
        return self.transitions[name]

    def __iter__(self) -> Iterable[Transition]:  # type: ignore[override]
        return iter(self.transitions.values())

    def edges(self) -> set[tuple[str, str]]:
        """Every (from, to) pair; a contract test holds them against the edges beside the status enumeration."""
        return {(str(source), str(t.target)) for t in self.transitions.values() for source in t.sources}

    def offered_to(self, actor: Actor, thing: Any) -> list[tuple[Transition, Refusal | None]]:
        """What this person may do here, each with the refusal that stands in the way now, or None."""
        offers: list[tuple[Transition, Refusal | None]] = []
        for transition in self.transitions.values():
            if thing.status not in transition.sources:
                continue
            try:
                transition.check(thing, by=actor)
                offers.append((transition, None))
            except NotPermitted:
                continue
            except RuleViolation as problem:
                offers.append((transition, problem))
        return offers

    def move(
        self, thing: Any, name: str, *, by: Actor, at: datetime, facts: dict | None = None, **changes: Any
    ) -> None:
        """Check, change the status and ``changes``, save just those, and record the event with before and after.

        ``thing`` is locked by the caller. ``facts`` (rule, scheme version, figures) go into the audit event.
        """
        transition = self.transitions[name]
        transition.check(thing, by=by)
        before, thing.status = thing.status, transition.target
        for field, value in changes.items():
            setattr(thing, field, value)
        thing.save(update_fields=["status", *changes])
        audit.record(
            transition.event,
            by=by,
            target=thing,
            at=at,
            before=str(before),
            after=str(thing.status),
            changed=audit.recordable(changes),
            **(facts or {}),
        )
