"""Addresses: activities of a centre, one activity with its date, and a verifier's caseload."""

from django.urls import path

from verification.views import activities as views
from verification.views import activity_dates as dates

ONE = "activities/<int:pk>/"

urlpatterns = [
    path("centres/<str:number>/activities/", views.of_centre, name="activities"),
    path(ONE, views.one, name="activity"),
    path(f"{ONE}date/", dates.date, name="activity-date"),
    path(f"{ONE}date/confirm/", dates.confirm, name="activity-confirm"),
    path(f"{ONE}date/accept/", dates.accept, name="activity-accept"),
    path(f"{ONE}date/another/", dates.another_day, name="activity-another-day"),
    path(f"{ONE}date/cancel/", dates.cancel_date, name="activity-cancel-date"),
    path(f"{ONE}cancel/", dates.cancel, name="activity-cancel"),
    path(f"{ONE}plan-again/", dates.plan_again, name="activity-plan-again"),
    path("caseload/", views.caseload, name="caseload"),
]
