"""Addresses of the final annual report's draft."""

from django.urls import path

from reports.views import final_reports

urlpatterns = [
    path("centres/<str:number>/final-report/", final_reports.final_report, name="final-report"),
    path("centres/<str:number>/final-report/issue/", final_reports.issue_page, name="final-report-issue"),
    path("centres/<str:number>/final-report/issue/now/", final_reports.issue, name="final-report-issue-now"),
]
