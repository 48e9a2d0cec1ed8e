"""Addresses of the awarding organisation's dashboard."""

from django.urls import path

from reports.views import dashboard_list, dashboards

urlpatterns = [
    path("staff/", dashboards.dashboard, name="dashboard"),
    path("staff/centres-by-stage/", dashboard_list.dashboard_list, name="dashboard-list"),
    path("staff/dashboard.csv", dashboard_list.dashboard_csv, name="dashboard-csv"),
    path("staff/charts/<slug:name>.svg", dashboards.chart, name="chart"),
]
