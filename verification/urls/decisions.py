"""Addresses: decisions on direct claims status, and how many samples a centre's programmes have."""

from django.urls import path

from verification.views import decisions, urgent_samples

urlpatterns = [
    path("staff/decisions/", decisions.decisions, name="decisions"),
    path("staff/decisions/<int:pk>/", decisions.decision, name="decision"),
    path("centres/<str:number>/activity-counts/", decisions.activity_counts, name="activity-counts"),
    path(
        "centres/<str:number>/programmes/<int:programme_id>/urgent-sample/",
        urgent_samples.urgent_sample,
        name="urgent-sample",
    ),
    path("activity-counts/<int:pk>/confirm/", decisions.confirm_count, name="activity-count-confirm"),
]
