"""Addresses of reports, home pages and dashboards."""

from reports.urls import dashboards, documents, help, homes, operations

urlpatterns = [
    *homes.urlpatterns,
    *documents.urlpatterns,
    *dashboards.urlpatterns,
    *operations.urlpatterns,
    *help.urlpatterns,
]
