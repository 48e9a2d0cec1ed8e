"""Addresses: dashboards."""

urlpatterns: list = []
