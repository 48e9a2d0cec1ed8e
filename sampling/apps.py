"""Sampling as a Django application."""

from django.apps import AppConfig


class SamplingConfig(AppConfig):
    """Drawing and judging samples of assessed work."""

    name = "sampling"
    verbose_name = "Sampling"
