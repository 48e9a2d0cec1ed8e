"""Issued reports in the API."""

from __future__ import annotations

from qa_portal.api import Routes
from reports.api.reports import Reports

routes: Routes = [("reports", Reports)]
