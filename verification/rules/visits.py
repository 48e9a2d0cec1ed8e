"""What must hold before a visit begins, is written up, and is reported (R2, R8, R12, R24, R69, R80, R81)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from django.db.models import Q
from django.urls import reverse

from centres.queries.schemes import scheme_of
from centres.schemes.verification import Visit
from qa_portal.actors import Actor
from qa_portal.errors import EditConflict, NotPermitted, Reason, RuleViolation
from qa_portal.wording import date_plain
from verification.models import (
    Activity,
    ActivityStatus,
    ConflictDeclaration,
    DraftAction,
    FactCheck,
    FactCheckStatus,
    Finding,
    FindingJudgement,
    ReportDraft,
)
from verification.rules import actions as action_rules

# The judgements of a scheme, as findings store them.
SCHEME_KEYS: dict[str, str] = {
    FindingJudgement.MET: "met",
    FindingJudgement.PARTLY: "partly_met",
    FindingJudgement.NOT_MET: "not_met",
}
WRITTEN_IN = (ActivityStatus.UNDER_WAY, ActivityStatus.FACT_CHECK)


def has_no_open_conflict(activity: Activity, by: Actor) -> None:
    """A verifier with a declared open conflict does not work there, unless somebody countersigned.

    Raises NotPermitted (R24).
    """
    if by.pk is None or (activity.allocation and activity.allocation.countersigned_by_id):
        return
    day = activity.day or activity.window_from
    open_then = Q(starts_on__lte=day) & (Q(ends_on=None) | Q(ends_on__gte=day))
    declared = ConflictDeclaration.objects.filter(
        open_then, centre_id=activity.centre_id, verifier_person_id=by.pk, replaced_at=None
    )
    if declared.exists():
        raise NotPermitted(
            "You have declared an interest in this centre. Somebody else does the visit, or the planner has your "
            "allocation countersigned.",
            rule="R24",
        )


def the_day_has_come(activity: Activity, on: date) -> None:
    """A visit begins on its agreed day, not before: the centre was told that day. Raises RuleViolation (R99)."""
    if activity.day is not None and on < activity.day:
        raise RuleViolation(
            f"This visit is agreed for {date_plain(activity.day)} and can begin on that day. If you go earlier, agree "
            "the earlier day with the centre first.",
            rule="R99",
        )


def is_being_written(activity: Activity, *, facts: bool = False) -> None:
    """The visit is under way, so that its draft may change; its facts only while the centre is not checking them.

    Raises RuleViolation.
    """
    if activity.status not in WRITTEN_IN:
        raise RuleViolation(
            f"The draft cannot be changed while the visit is “{activity.get_status_display().lower()}”."
        )
    if facts and activity.status == ActivityStatus.FACT_CHECK:
        raise RuleViolation(
            "The centre is checking the facts now, so they cannot be changed. Take them back first, or wait for the "
            "answer."
        )


def is_as_it_was(revision: str, now: str, by_name: str) -> None:
    """Nobody has saved the same thing since it was opened. Raises EditConflict."""
    if revision != now:
        raise EditConflict(
            f"{by_name} saved this while you were writing. What you wrote is below; copy it into the newest version."
        )


def every_criterion_is_judged(activity: Activity, by: Actor) -> None:
    """Each criterion of the scheme has a judgement and what was seen. Raises RuleViolation."""
    found = {finding.criterion: finding for finding in _findings(activity)}
    reasons = []
    for criterion in _visit(activity).criteria:
        finding = found.get(criterion.key)
        url = reverse("visit-finding", args=[activity.pk, criterion.key])
        if finding is None or not finding.judgement:
            reasons.append(Reason(f"{criterion.title} is not judged", "Judge it.", url=url))
        elif not finding.seen.strip():
            reasons.append(
                Reason(f"{criterion.title} does not say what was seen", "Say what you saw.", url=url)
            )
    _raise(reasons, "Some findings are not complete.")


def every_failing_has_an_action(activity: Activity, by: Actor) -> None:
    """A criterion that is not met, or partly met, has an action of the level that the scheme asks for.

    Raises RuleViolation (R81).
    """
    visit = _visit(activity)
    needed = {judgement.key: judgement.needs_action for judgement in visit.judgements}
    titles = {criterion.key: criterion.title for criterion in visit.criteria}
    levels: dict[str, set[str]] = {}
    for criterion, level in _drafts(activity).values_list("criterion", "level"):
        levels.setdefault(criterion, set()).add(level.lower())
    reasons = []
    for finding in _findings(activity):
        level = needed.get(SCHEME_KEYS.get(finding.judgement, ""))
        there = levels.get(finding.criterion, set())
        if level and level not in there and "essential" not in there:
            reasons.append(
                Reason(
                    f"{titles.get(finding.criterion, finding.criterion)} has no {level} action",
                    "Write one, or judge it again.",
                    "R81",
                    reverse("visit-actions", args=[activity.pk]),
                )
            )
    _raise(reasons, "Some failings have no action.")


def risks_fall_due_in_time(activity: Activity, by: Actor) -> None:
    """No draft action about a risk to certification falls due after sampling begins. Raises RuleViolation (R81)."""
    scheme, year = scheme_of(activity.centre_year.scheme_version), activity.centre_year.year
    latest = action_rules.latest_due(scheme, year, risk_to_valid_certification=True)
    on = activity.day or activity.window_from
    if latest is None or latest < on:
        return
    late = _drafts(activity).filter(risk_to_valid_certification=True, due_on__gt=latest)
    reasons = [
        Reason(
            f"An action about a risk to valid certification is due on {date_plain(draft.due_on)}",
            f"Standards verification begins after {date_plain(latest)}: choose that day or an earlier one.",
            "R81",
            reverse("visit-action-edit", args=[activity.pk, draft.pk]),
        )
        for draft in late
    ]
    _raise(reasons, "Some actions fall due too late.")


def texts_are_written(activity: Activity, by: Actor) -> None:
    """Summary, what happens next and people seen are written. Raises RuleViolation."""
    draft = _draft(activity)
    url = reverse("visit-texts", args=[activity.pk])
    missing = []
    if not activity.people_seen.strip():
        missing.append("Who was seen at the centre")
    if draft is None or not draft.summary.strip():
        missing.append("The summary")
    if draft is None or not draft.next_steps.strip():
        missing.append("What happens next")
    _raise([Reason(f"{what} is not written", "Write it.", url=url) for what in missing], "Texts are missing.")


def rating_has_reasons(activity: Activity, by: Actor) -> None:
    """The initial risk rating is chosen, with its reasons. Raises RuleViolation (R12)."""
    draft = _draft(activity)
    url = reverse("visit-texts", args=[activity.pk])
    if draft is None or not draft.rating:
        _raise([Reason("There is no initial risk rating", "Choose one.", "R12", url)], "No rating.")
    elif not draft.rating_reasons.strip():
        _raise([Reason("The rating has no reasons", "Say why you chose it.", "R12", url)], "No reasons.")


def facts_were_checked(activity: Activity, by: Actor) -> None:
    """The centre has had its days to check the facts, where the scheme gives it any. Raises RuleViolation (R69)."""
    form = scheme_of(activity.centre_year.scheme_version).verification.reports["lsv_visit"]
    if not form.fact_check_working_days.value:
        return
    url = reverse("visit-facts", args=[activity.pk])
    checks = FactCheck.objects.filter(centre_id=activity.centre_id, activity=activity)
    newest = checks.order_by("-sent_at", "-pk").first()
    if newest is None:
        _raise(
            [Reason("The centre has not checked the facts", "Send it the facts.", "R69", url)], "Not checked."
        )
    elif newest.status == FactCheckStatus.SENT:
        what = f"The centre has until {date_plain(newest.due_on)} to check the facts"
        _raise([Reason(what, "Wait for its answer, or go on after that day.", "R69", url)], "Not checked.")


def the_deadline_has_passed(due_on: date, on: date) -> None:
    """The centre keeps the days it was given. Raises RuleViolation (R69)."""
    if on <= due_on:
        raise RuleViolation(
            f"The centre has until {date_plain(due_on)} to check the facts. After that you can go on without its "
            "answer.",
            rule="R69",
        )


def _raise(reasons: Iterable[Reason], message: str) -> None:
    found = list(reasons)
    if found:
        raise RuleViolation(message, reasons=found)


def _visit(activity: Activity) -> Visit:
    visit = scheme_of(activity.centre_year.scheme_version).verification.visit
    if visit is None:
        raise RuleViolation("The scheme of this year has no LSV visit.")
    return visit


def _findings(activity: Activity) -> list[Finding]:
    return list(Finding.objects.filter(centre_id=activity.centre_id, activity=activity))


def _drafts(activity: Activity):
    return DraftAction.objects.filter(centre_id=activity.centre_id, activity=activity)


def _draft(activity: Activity) -> ReportDraft | None:
    return ReportDraft.objects.filter(centre_id=activity.centre_id, activity=activity, kind="VISIT").first()
