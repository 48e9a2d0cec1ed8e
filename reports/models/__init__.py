"""Issued reports and exports."""

from reports.models.documents import Export, Report, ReportKind, ReportReading

__all__ = ["Export", "Report", "ReportKind", "ReportReading"]
