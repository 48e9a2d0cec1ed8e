"""How a sample and its items move: planned, requested, judged, concluded; or waived."""

from centres.permissions import Permission as P
from qa_portal.lifecycle import Lifecycle, Transition
from sampling import rules
from sampling.models import ItemStatus as I
from sampling.models import SampleStatus as S

SAMPLE = Lifecycle(
    "sample",
    Transition(
        "request", (S.PLANNING,), S.REQUESTED, P.SAMPLE_PLAN, "sample.requested", "Request the work",
        conditions=(rules.is_their_own, rules.holds_the_minimum, rules.has_an_agreed_date),
    ),
    Transition(
        "begin_judging", (S.REQUESTED,), S.JUDGING, P.SAMPLE_JUDGE, "sample.judging_begun", "Begin judging",
        conditions=(rules.is_their_own,),
    ),
    Transition(
        "conclude", (S.JUDGING,), S.CONCLUDED, P.REPORT_ISSUE_SAMPLE, "sample.concluded", "Conclude the sample",
        conditions=(
            rules.is_their_own, rules.every_item_is_judged_or_missing_with_a_reason, rules.something_is_judged,
            rules.every_criterion_is_checked, rules.staffing_and_resources_are_recorded,
            rules.inaccuracy_has_an_essential_action, rules.failed_criteria_have_actions,
            rules.says_what_becomes_of_direct_claims,
        ),
    ),
    Transition(
        "waive", (S.PLANNING, S.REQUESTED, S.JUDGING), S.WAIVED, P.SAMPLE_WAIVE, "sample.waived",
        "Waive this sample",
    ),
)  # fmt: skip

ITEM = Lifecycle(
    "sampled_item",
    Transition(
        "receive", (I.REQUESTED, I.MISSING), I.RECEIVED, P.SAMPLE_ANSWER, "sampled_item.received", "Send evidence",
    ),
    Transition(
        "say_missing", (I.REQUESTED, I.RECEIVED), I.MISSING, P.SAMPLE_ANSWER, "sampled_item.missing",
        "Say why there is no evidence",
    ),
    Transition(
        "call_missing", (I.REQUESTED, I.RECEIVED), I.MISSING, P.SAMPLE_JUDGE, "sampled_item.called_missing",
        "Evidence is missing or wrong",
    ),
    Transition(
        "judge", (I.REQUESTED, I.RECEIVED, I.MISSING), I.JUDGED, P.SAMPLE_JUDGE, "sampled_item.judged",
        "Judge this item",
    ),
)  # fmt: skip
