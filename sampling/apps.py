"""Sampling as a Django application."""

from django.apps import AppConfig


class SamplingConfig(AppConfig):
    """Drawing and judging samples of assessed work."""

    name = "sampling"
    verbose_name = "Sampling"

    def ready(self) -> None:
        """Say who may open the files that were sent for samples."""
        from centres import evidence_access
        from sampling.queries import evidence

        evidence_access.register("sample", evidence.may_see, keeps=evidence.keeps)
