"""Addresses of the awarding organisation's dashboard."""

from django.urls import path

from reports.views import dashboards

urlpatterns = [
    path("staff/", dashboards.dashboard, name="dashboard"),
    path("staff/centres-by-stage/", dashboards.dashboard_list, name="dashboard-list"),
    path("staff/dashboard.csv", dashboards.dashboard_csv, name="dashboard-csv"),
    path("staff/charts/<slug:name>.svg", dashboards.chart, name="chart"),
]
