"""Addresses of the yearly cycle."""

from verification.urls import (
    actions,
    activities,
    allocation,
    calendar,
    decisions,
    messages,
    self_assessment,
    visits,
)

urlpatterns = [
    *self_assessment.urlpatterns,
    *allocation.urlpatterns,
    *messages.urlpatterns,
    *calendar.urlpatterns,
    *activities.urlpatterns,
    *visits.urlpatterns,
    *actions.urlpatterns,
    *decisions.urlpatterns,
]
