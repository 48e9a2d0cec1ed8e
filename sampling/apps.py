"""Sampling as a Django application."""

from django.apps import AppConfig


class SamplingConfig(AppConfig):
    """Drawing and judging samples of assessed work."""

    name = "sampling"
    verbose_name = "Sampling"

    def ready(self) -> None:
        """Say who may open the files that were sent for samples, and what samples hold about a learner."""
        from centres import evidence_access
        from centres import learner_records as records
        from sampling.queries import evidence, learner_records

        evidence_access.register("sample", evidence.may_see, keeps=evidence.keeps)
        records.register("samples", rows=learner_records.sampled_items, holds=learner_records.open_samples)
        records.register("judgements", rows=learner_records.judgements)
        records.register("sample_evidence", rows=learner_records.evidence)
