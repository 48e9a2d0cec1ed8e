"""How an activity moves: to be scheduled, date proposed, agreed, under way, facts checked, concluded; or ended."""

from centres.permissions import Permission as P
from qa_portal.lifecycle import Lifecycle, Transition
from verification.models import ActivityStatus as S
from verification.rules import activities as rules
from verification.rules import visits

_OWN = rules.is_their_own_or_planned
_VISIT = (rules.is_a_visit, _OWN)
_REPORTED = (
    visits.every_criterion_is_judged,
    visits.every_failing_has_an_action,
    visits.risks_fall_due_in_time,
    visits.texts_are_written,
    visits.rating_has_reasons,
    visits.facts_were_checked,
)
_SAMPLING = (rules.is_standards_verification, _OWN)
_BEFORE_WORK = (S.PLANNED, S.PROPOSED, S.AGREED)

ACTIVITY = Lifecycle(
    "activity",
    Transition(
        "propose", _BEFORE_WORK, S.PROPOSED, P.ACTIVITY_SCHEDULE, "activity.date_proposed", "Propose a date",
        conditions=(_OWN,),
    ),
    Transition(
        "propose_another", (S.PROPOSED,), S.PROPOSED, P.ACTIVITY_DATE_ANSWER, "activity.date_moved_by_centre",
        "Propose another day",
    ),
    Transition(
        "confirm", (S.PROPOSED,), S.AGREED, P.ACTIVITY_SCHEDULE, "activity.date_confirmed", "Confirm the date",
        conditions=(_OWN, rules.has_a_day),
    ),
    Transition(
        "accept", (S.PROPOSED,), S.AGREED, P.ACTIVITY_DATE_ANSWER, "activity.date_accepted", "Accept the date",
        conditions=(rules.has_a_day,),
    ),
    Transition(
        "cancel_date", (S.PROPOSED, S.AGREED), S.PLANNED, P.ACTIVITY_DATE_ANSWER,
        "activity.date_cancelled_by_centre", "Cancel the date",
    ),
    Transition(
        "release_date", (S.PROPOSED, S.AGREED), S.PLANNED, P.ACTIVITY_SCHEDULE, "activity.date_released",
        "Give the date back", conditions=(_OWN,),
    ),
    Transition(
        "begin_visit", (S.AGREED,), S.UNDER_WAY, P.VISIT_CONDUCT, "activity.begun", "Begin the visit",
        conditions=(*_VISIT, visits.has_no_open_conflict),
    ),
    Transition(
        "send_for_fact_check", (S.UNDER_WAY,), S.FACT_CHECK, P.VISIT_CONDUCT, "activity.facts_sent",
        "Send the facts to the centre", conditions=_VISIT,
    ),
    Transition(
        "take_back_facts", (S.FACT_CHECK,), S.UNDER_WAY, P.VISIT_CONDUCT, "activity.facts_taken_back",
        "Take the facts back", conditions=_VISIT,
    ),
    Transition(
        "conclude_visit", (S.UNDER_WAY, S.FACT_CHECK), S.CONCLUDED, P.REPORT_ISSUE_VISIT, "activity.concluded",
        "Conclude the visit", conditions=(*_VISIT, visits.has_no_open_conflict, *_REPORTED),
    ),
    Transition(
        "begin_sampling", (S.AGREED,), S.UNDER_WAY, P.SAMPLE_PLAN, "activity.begun", "Begin the sample",
        conditions=_SAMPLING,
    ),
    Transition(
        "conclude_sampling", (S.UNDER_WAY,), S.CONCLUDED, P.SAMPLE_JUDGE, "activity.concluded",
        "Conclude the sample", conditions=_SAMPLING,
    ),
    Transition(
        "waive", (*_BEFORE_WORK, S.UNDER_WAY), S.WAIVED, P.SAMPLE_WAIVE, "activity.waived",
        "Waive this activity", conditions=(rules.is_standards_verification,),
    ),
    Transition(
        "waive_visit", (*_BEFORE_WORK, S.UNDER_WAY), S.WAIVED, P.SAMPLE_WAIVE, "activity.waived",
        "Waive this visit", conditions=(rules.is_a_visit, rules.is_not_their_own_visit),
    ),
    Transition(
        "cancel", _BEFORE_WORK, S.CANCELLED, P.ALLOCATION_MAKE, "activity.cancelled", "Cancel this activity",
    ),
)  # fmt: skip
