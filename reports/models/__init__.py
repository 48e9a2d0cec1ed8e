"""Issued reports and exports."""

from reports.models.documents import Report, ReportKind, ReportReading

__all__ = ["Report", "ReportKind", "ReportReading"]
