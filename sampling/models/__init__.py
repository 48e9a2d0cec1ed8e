"""Drawing and judging samples of assessed work."""

from sampling.models.samples import (
    ComplianceCheck,
    ItemEvidence,
    ItemStatus,
    Judgement,
    ReleasedJudgement,
    Sample,
    SampledItem,
    SampleOutcome,
    SampleStatus,
    Verdict,
)

__all__ = [
    "ComplianceCheck",
    "ItemEvidence",
    "ItemStatus",
    "Judgement",
    "ReleasedJudgement",
    "Sample",
    "SampleOutcome",
    "SampleStatus",
    "SampledItem",
    "Verdict",
]
