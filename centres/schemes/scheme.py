"""A scheme: everything that varies by organisation, suite or year, read once and typed from then on."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path
from typing import Any

from centres.schemes.awarding import Assessment, Cases, Claims, DirectClaims, People, Retention
from centres.schemes.deadlines import Ladder
from centres.schemes.planning import Allocation, Scheduling
from centres.schemes.questions import AnnualDeclaration, SelfAssessment
from centres.schemes.reading import Key, Positive, Reader, SchemeContentInvalid, SchemeError
from centres.schemes.registration import Registration
from centres.schemes.sampling import SampleSize, Sampling
from centres.schemes.terms import Problem, QaModel
from centres.schemes.verification import Verification
from centres.schemes.year import Window

_NEEDED_BY_WBL = (
    "annual_declaration",
    "self_assessment",
    "allocation",
    "lsv_visit",
    "standards_verification",
)


@dataclass(frozen=True)
class Scheme:
    """The content of one version of a scheme."""

    qa_model: QaModel
    windows: Mapping[Key, Window]
    deadlines: Mapping[Key, Ladder]
    annual_declaration: AnnualDeclaration
    self_assessment: SelfAssessment | None
    verification: Verification
    sampling: Sampling
    allocation: Allocation
    scheduling: Scheduling
    registration: Registration
    assessment: Assessment
    direct_claims: DirectClaims
    claims: Claims
    people: People
    cases: Cases
    retention: Mapping[Key, Retention]
    code: str = field(default="", init=False)
    version: int = field(default=0, init=False)

    @classmethod
    def parse(cls, content: Any, *, code: str = "", version: int = 0) -> "Scheme":
        """Read a scheme's content.

        Raises SchemeContentInvalid with every error found, each with its JSON path and how to mend it.
        """
        scheme: Scheme
        scheme, errors = _read(cls, content)
        if errors:
            raise SchemeContentInvalid(errors)
        object.__setattr__(scheme, "code", code)
        object.__setattr__(scheme, "version", version)
        return scheme

    @property
    def has_lead_verifier(self) -> bool:
        """Say whether this scheme has self-assessment, LSV visit and final annual report."""
        return self.qa_model == "WBL"

    def sample_size(self, learners: int, control_measure: str, *, table: str | None = None) -> SampleSize:
        """Give the least a programme's sample may hold (R55, R56, R57)."""
        return self.sampling.size(learners, control_measure, table=table)

    def reminders(self, kind: str) -> Ladder:
        """Give the reminders and escalations of a kind of deadline. Raises KeyError."""
        return self.deadlines[kind]

    def basis(self, rule: str, **facts: Any) -> dict[str, Any]:
        """Say what an automated outcome rests on: scheme, version, rule and facts, ready to be recorded."""
        return {"scheme": self.code, "version": self.version, "rule": rule, "facts": facts}

    def problems(self) -> list[Problem]:
        """Refuse a scheme that lacks what its model needs."""
        found: list[Problem] = []
        before = self.verification.actions.risk_to_certification_due_before_window
        if before not in self.windows:
            found.append(
                (".windows", f"There is no window “{before}”, but actions fall due before it.", "Add it.")
            )
        if self.qa_model == "WBL":
            missing = [name for name in _NEEDED_BY_WBL if name not in self.windows]
            found += [(f".windows.{name}", "A WBL scheme needs this window.", "Add it.") for name in missing]
            if self.self_assessment is None:
                found.append((".self_assessment", "A WBL scheme needs a self-assessment.", "Add it."))
            if self.verification.visit is None:
                found.append((".verification.visit", "A WBL scheme needs an LSV visit.", "Add it."))
        return found


@dataclass(frozen=True)
class SchemeFile:
    """A scheme as it is shipped or exchanged: which suites it governs, from when, and its content.

    An empty list of suites stands for every suite that no other scheme names.
    """

    code: Key
    name: str
    version: Positive
    suites: tuple[str, ...]
    effective_from: date
    content: Scheme
    raw_content: Mapping[str, Any] = field(default_factory=dict, init=False)

    @classmethod
    def parse(cls, document: Any) -> "SchemeFile":
        """Read a scheme file. Raises SchemeContentInvalid."""
        made: SchemeFile
        made, errors = _read(cls, document)
        if errors:
            raise SchemeContentInvalid(errors)
        content = Scheme.parse(document["content"], code=made.code, version=made.version)
        made = replace(made, content=content)
        object.__setattr__(made, "raw_content", document["content"])
        return made

    @property
    def qa_model(self) -> str:
        """Say which quality assurance model the scheme belongs to: WBL or BTEC."""
        return self.content.qa_model


def scheme_errors(content: Any) -> tuple[SchemeError, ...]:
    """List everything wrong with a scheme's content; empty when it can be used."""
    return _read(Scheme, content)[1]


def shipped() -> tuple[SchemeFile, ...]:
    """Read the schemes that come with the portal, by code and version."""
    folder = Path(__file__).parent.parent / "data" / "schemes"
    files = [SchemeFile.parse(json.loads(path.read_text("utf-8"))) for path in folder.glob("*.json")]
    return tuple(sorted(files, key=lambda file: (file.code, file.version)))


def _read(kind: Any, value: Any) -> tuple[Any, tuple[SchemeError, ...]]:
    reader = Reader()
    return reader.read(kind, value, "$"), tuple(reader.errors)
