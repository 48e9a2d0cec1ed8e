"""The yearly cycle as a Django application."""

from django.apps import AppConfig


class VerificationConfig(AppConfig):
    """Self-assessment, allocation, activities, actions, direct claims status."""

    name = "verification"
    verbose_name = "Verification"
