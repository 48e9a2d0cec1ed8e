"""What a verifier looks at, what a report holds, how risk is rated and what an action is."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from centres.schemes.reading import Count, Key, Parameter, Positive, Rule, duplicates
from centres.schemes.terms import ActionLevel, ControlMeasure, Level, Problem, ReportKind, Role

_RISK_COLOURS = {"low": "green", "medium": "amber", "high": "red"}


@dataclass(frozen=True)
class Criterion:
    """One thing a verifier judges, what to look at, what shows it, and what failing it means by default."""

    key: Key
    title: str
    looks_at: str
    evidence: str
    threatens_certification: bool
    risk: Level
    rule: Rule
    source: str

    @property
    def risk_colour(self) -> str:
        """Give the colour that the risk is reported in: green, amber or red."""
        return _RISK_COLOURS[self.risk]


@dataclass(frozen=True)
class Judgement:
    """One of the answers to a criterion, and whether it calls for an action."""

    key: Key
    title: str
    fails: bool
    needs_action: ActionLevel | None = None


@dataclass(frozen=True)
class VisitDocument:
    """A document the LSV asks for before a visit."""

    key: Key
    title: str
    help: str
    sent_by: tuple[Role, ...]
    per_programme: bool = False


@dataclass(frozen=True)
class Visit:
    """The LSV visit: the management systems it reviews and the documents it asks for (R8, R81)."""

    criteria: tuple[Criterion, ...]
    judgements: tuple[Judgement, ...]
    documents: tuple[VisitDocument, ...]
    documents_due_days_before: Parameter[Count]
    agenda: tuple[str, ...]

    def problems(self) -> list[Problem]:
        """Refuse criteria or documents with one key."""
        return _unique(self.criteria, ".criteria") + _unique(self.documents, ".documents")


@dataclass(frozen=True)
class StandardsVerification:
    """What the SV checks on every sample besides the work itself (R68)."""

    criteria: tuple[Criterion, ...]
    judgements: tuple[Judgement, ...]
    evidence_requested_days_before: Parameter[Count]
    evidence_due_hours_before: Parameter[Count]

    def problems(self) -> list[Problem]:
        """Refuse criteria with one key."""
        return _unique(self.criteria, ".criteria")


@dataclass(frozen=True)
class ReportSection:
    """A part of a report: written by the verifier, or filled from what the portal knows."""

    key: Key
    title: str
    filled: Literal["written", "from_record"]
    required: bool
    guidance: str


@dataclass(frozen=True)
class ReportForm:
    """A kind of report: its sections, when it is due, and who gets a copy (R10, R69, R70, R99)."""

    title: str
    written_by: Role
    sections: tuple[ReportSection, ...]
    copies_to: tuple[Role, ...]
    due_working_days: Parameter[Positive]
    fact_check_working_days: Parameter[Count]

    def problems(self) -> list[Problem]:
        """Refuse sections with one key."""
        return _unique(self.sections, ".sections")


@dataclass(frozen=True)
class Rating:
    """A level of risk: what it means and how many extra SV activities it brings (R12)."""

    key: Level
    title: str
    meaning: str
    extra_activities: Count


@dataclass(frozen=True)
class VerificationCycle:
    """What the final report may recommend for the next year (R11)."""

    key: Key
    title: str
    help: str
    samples: Positive
    control_measure: ControlMeasure


@dataclass(frozen=True)
class RiskPolicy:
    """How criteria become a rating, and how centre and qualification risk combine (R12, R80)."""

    ratings: tuple[Rating, ...]
    combined: Mapping[Level, Mapping[Level, Level]]
    override_days: Parameter[Positive]
    rule: Rule

    def rating(self, key: str) -> Rating:
        """Find a rating by its key. Raises KeyError."""
        return {rating.key: rating for rating in self.ratings}[key]  # type: ignore[index]

    def worst(self, risks: tuple[str, ...]) -> str:
        """Give the highest of the risks of failed criteria; low when none failed (R80)."""
        order = ("low", "medium", "high")
        return max(risks, key=order.index, default="low")

    def overall(self, *, centre: Level, qualification: Level) -> Level:
        """Combine centre risk with qualification risk by the scheme's matrix (R80)."""
        return self.combined[centre][qualification]

    def problems(self) -> list[Problem]:
        """Refuse a matrix with holes or a level without a rating."""
        levels: tuple[Level, ...] = ("low", "medium", "high")
        found = [
            (f".combined.{row}.{column}", "This is missing.", "Choose low, medium or high.")
            for row in levels
            for column in levels
            if row not in self.combined or column not in self.combined[row]
        ]
        if {rating.key for rating in self.ratings} != set(levels) or len(self.ratings) != len(levels):
            found.append((".ratings", "Each of low, medium and high needs one rating.", "Add or take out."))
        return found


@dataclass(frozen=True)
class ActionRule:
    """A level of action: whether it blocks closing, when it is due by default, what being late does."""

    title: str
    blocks_closing: bool
    default_due_working_days: Parameter[Positive]
    overdue_suspends_direct_claims: Parameter[bool]
    closed_by: tuple[Role, ...]


@dataclass(frozen=True)
class ActionPolicy:
    """How actions behave (R74, R81, R82)."""

    essential: ActionRule
    recommended: ActionRule
    risk_to_certification_due_before_window: Key
    rule: Rule

    def level(self, key: str) -> ActionRule:
        """Give the rule of a level. Raises KeyError."""
        return {"essential": self.essential, "recommended": self.recommended}[key]


@dataclass(frozen=True)
class SanctionLevel:
    """A level of sanction and what it stops at once (R78)."""

    level: str
    title: str
    effect: str
    removes_direct_claims: bool
    stops_registration: bool
    stops_certification: bool
    scope: Literal["programme", "centre"]
    rule: Rule


@dataclass(frozen=True)
class Verification:
    """Everything a scheme says about verifying, reporting and following up."""

    standards_verification: StandardsVerification
    reports: Mapping[ReportKind, ReportForm]
    risk: RiskPolicy
    cycles: tuple[VerificationCycle, ...]
    actions: ActionPolicy
    sanctions: tuple[SanctionLevel, ...]
    sanction_review_days: Parameter[Positive]
    visit: Visit | None = None

    def sanction(self, level: str) -> SanctionLevel:
        """Find a sanction by its level. Raises KeyError."""
        return {sanction.level: sanction for sanction in self.sanctions}[level]

    def cycle(self, key: str) -> VerificationCycle:
        """Find a cycle by its key. Raises KeyError."""
        return {cycle.key: cycle for cycle in self.cycles}[key]

    def problems(self) -> list[Problem]:
        """Refuse cycles or sanctions with one key."""
        twice = duplicates([sanction.level for sanction in self.sanctions])
        found = [(".sanctions", f"Level {level} is there twice.", "Keep one.") for level in twice]
        return found + _unique(self.cycles, ".cycles")


def _unique(things: tuple[object, ...], where: str) -> list[Problem]:
    keys = duplicates([thing.key for thing in things])  # type: ignore[attr-defined]
    return [(where, f"The key “{key}” is used twice.", "Give each its own key.") for key in keys]
