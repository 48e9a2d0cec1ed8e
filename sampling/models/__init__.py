"""Drawing and judging samples of assessed work."""

from sampling.models.samples import (
    ComplianceCheck,
    ComplianceJudgement,
    DrawnFrame,
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
    "ComplianceJudgement",
    "DrawnFrame",
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
