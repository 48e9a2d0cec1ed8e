"""Addresses of reports, home pages and dashboards."""

from reports.urls import dashboards, documents, final_reports, homes, operations, samples

urlpatterns = [
    *homes.urlpatterns,
    *documents.urlpatterns,
    *dashboards.urlpatterns,
    *operations.urlpatterns,
    *final_reports.urlpatterns,
    *samples.urlpatterns,
]
