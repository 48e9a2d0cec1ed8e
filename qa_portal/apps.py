"""The kernel as a Django application."""

from django.apps import AppConfig


class QaPortalConfig(AppConfig):
    """Registers the system checks."""

    name = "qa_portal"
    verbose_name = "Kernel"

    def ready(self) -> None:
        from qa_portal import bounces, checks  # noqa: F401  (registers the checks, and the provider's webhook)
