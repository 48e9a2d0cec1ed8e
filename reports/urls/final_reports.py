"""Addresses of the final annual report's draft, one for each year of a centre."""

from django.urls import path

from reports.views import final_reports

ALL = "centres/<str:number>/final-report/"
ONE = f"{ALL}<int:year>/"

urlpatterns = [
    path(ALL, final_reports.outstanding, name="final-report"),
    path(ONE, final_reports.final_report, name="final-report-of-year"),
    path(f"{ONE}issue/", final_reports.issue_page, name="final-report-issue"),
    path(f"{ONE}issue/now/", final_reports.issue, name="final-report-issue-now"),
]
