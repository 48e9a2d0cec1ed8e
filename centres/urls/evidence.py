"""Addresses: evidence."""

from django.urls import path

from centres.views import evidence

urlpatterns = [
    path("evidence/<int:pk>/", evidence.evidence_file, name="evidence-file"),
]
