"""Addresses: concluding a sample, which issues its report."""

from django.urls import path

from reports.views import samples

urlpatterns = [path("samples/<int:pk>/conclude/", samples.conclude, name="sample-conclude")]
