"""What a centre is asked each year: the declaration it signs and the self-assessment it answers."""

from dataclasses import dataclass
from fractions import Fraction
from typing import Literal

from centres.schemes.reading import Key, Parameter, Rule, duplicates
from centres.schemes.terms import FormKind, Problem, Role


@dataclass(frozen=True)
class Statement:
    """One statement of the annual declaration, and for whom it is required."""

    key: Key
    title: str
    text: str
    applies: Literal["always", "with_active_wbl_programme"]
    kind: Literal["acceptance", "reminder"]
    rule: Rule
    source: str


@dataclass(frozen=True)
class AnnualDeclaration:
    """What the Head of Centre signs each year (R3, R4)."""

    title: str
    introduction: str
    signed_by: tuple[Role, ...]
    statements: tuple[Statement, ...]
    rule: Rule

    def required(self, *, has_active_wbl_programme: bool) -> tuple[Statement, ...]:
        """List the statements this centre must accept (R4); reminders are shown but not required."""
        return tuple(
            statement
            for statement in self.statements
            if statement.kind == "acceptance" and (statement.applies == "always" or has_active_wbl_programme)
        )

    def problems(self) -> list[Problem]:
        """Refuse two statements with one key."""
        return _twice([statement.key for statement in self.statements], ".statements")


@dataclass(frozen=True)
class Question:
    """One question answered yes or no, with what counts as yes and what would show it."""

    key: Key
    number: str
    text: str
    help: str
    evidence: str
    rule: Rule
    source: str


@dataclass(frozen=True)
class Section:
    """A part of a form: answered once for the centre or once per programme, or shown from the register."""

    key: Key
    number: int
    title: str
    scope: Literal["centre", "programme"]
    form: FormKind
    guidance: str
    questions: tuple[Question, ...] = ()
    shown_from: Literal["programmes", "staff"] | None = None

    def problems(self) -> list[Problem]:
        """Refuse a section that neither asks nor shows anything, or does both."""
        if bool(self.questions) == bool(self.shown_from):
            return [("", "A section either asks questions or shows the register.", "Keep one of the two.")]
        return []


@dataclass(frozen=True)
class SelfAssessment:
    """The centre's self-assessment (CSA, the full form) and its short kind (ACD), R1, R2 and R6."""

    titles: "FormTitles"
    sections: tuple[Section, ...]
    comment_needed_for: tuple[Literal["yes", "no"], ...]
    short_form_from_btec_share: Parameter[Fraction]
    rule: Rule

    def sections_for(self, kind: FormKind) -> tuple[Section, ...]:
        """List the sections of a form that ask questions, in their order."""
        return tuple(section for section in self.sections if section.form == kind and section.questions)

    def shown_for(self, kind: FormKind) -> tuple[Section, ...]:
        """List the sections of a form that only show what the register holds."""
        return tuple(section for section in self.sections if section.form == kind and section.shown_from)

    def questions_for(self, kind: FormKind) -> tuple[Question, ...]:
        """List every question of a form once, in order; programme questions are asked once per programme."""
        return tuple(question for section in self.sections_for(kind) for question in section.questions)

    def section(self, key: str) -> Section:
        """Find a section by its key. Raises KeyError."""
        return {section.key: section for section in self.sections}[key]

    def question(self, key: str) -> Question:
        """Find a question by its key. Raises KeyError."""
        return {question.key: question for section in self.sections for question in section.questions}[key]

    def answers_needed(self, kind: FormKind, *, programmes: int) -> int:
        """Count the answers a centre with this many programmes gives (R1)."""
        return sum(
            len(section.questions) * (programmes if section.scope == "programme" else 1)
            for section in self.sections_for(kind)
        )

    def problems(self) -> list[Problem]:
        """Refuse two sections or two questions with one key: answers would be mixed up."""
        questions = [question.key for section in self.sections for question in section.questions]
        return _twice([section.key for section in self.sections], ".sections") + _twice(
            questions, ".sections"
        )


@dataclass(frozen=True)
class FormTitles:
    """What the two forms are called."""

    full: str
    short: str


def _twice(keys: list[str], where: str) -> list[Problem]:
    return [(where, f"The key “{key}” is used twice.", "Give each its own key.") for key in duplicates(keys)]
