"""The form a self-assessment uses: which sections it asks, and what makes an answer complete."""

from __future__ import annotations

from typing import Literal

from centres.permissions import ROLES, Permission, RoleCode
from centres.queries.schemes import scheme_of
from centres.schemes import Scheme
from centres.schemes.questions import Section
from qa_portal.tenancy import Side
from verification.models import SelfAssessment, SelfAssessmentKind, SelfAssessmentStatus

EDITABLE = (SelfAssessmentStatus.OPEN, SelfAssessmentStatus.RETURNED)
NAMES = {SelfAssessmentKind.CSA: "self-assessment", SelfAssessmentKind.ACD: "annual centre declaration"}
FORMS: dict[str, Literal["full", "short"]] = {SelfAssessmentKind.CSA: "full", SelfAssessmentKind.ACD: "short"}
# Whoever reads the form at the centre may be asked to answer a section of it.
ROLES_TO_ASK = frozenset(
    code
    for code, role in ROLES.items()
    if role.side == Side.CENTRE
    and Permission.SELF_ASSESSMENT_READ in role.holds
    and code != RoleCode.SYSTEM_CLIENT
)
CHOOSE = "Choose yes or no"
EXPLAIN = {
    "no": "Enter what you will do about it. A No needs a comment",
    "yes": "Enter a comment. A Yes needs one here",
}


def name_of(self_assessment: SelfAssessment) -> str:
    """What the form is called in a sentence."""
    return NAMES[SelfAssessmentKind(self_assessment.kind)]


def scheme_sections(scheme: Scheme, kind: str) -> tuple[Section, ...]:
    """The sections of a kind of form that ask questions; none where the scheme has no self-assessment."""
    return scheme.self_assessment.sections_for(FORMS[kind]) if scheme.self_assessment else ()


def form_of(self_assessment: SelfAssessment) -> dict[str, Section]:
    """The asking sections of the form in use, by key, as the scheme of its year words them."""
    scheme = scheme_of(self_assessment.centre_year.scheme_version)
    return {section.key: section for section in scheme_sections(scheme, self_assessment.kind)}


def comment_needed_for(self_assessment: SelfAssessment) -> tuple[str, ...]:
    """Which answers need a comment: "no", "yes", or both (R2)."""
    asked = scheme_of(self_assessment.centre_year.scheme_version).self_assessment
    return asked.comment_needed_for if asked else ("no",)


def problem_of(value: bool | None, comment: str, needed_for: tuple[str, ...] = ("no",)) -> str:
    """What is wrong with an answer, in words for the person who answers; empty when nothing is (R2)."""
    if value is None:
        return CHOOSE
    word = "yes" if value else "no"
    return EXPLAIN[word] if word in needed_for and not comment.strip() else ""
