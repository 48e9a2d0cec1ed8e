"""Reports as a Django application."""

from django.apps import AppConfig


class ReportsConfig(AppConfig):
    """Issued reports and exports."""

    name = "reports"
    verbose_name = "Reports"
