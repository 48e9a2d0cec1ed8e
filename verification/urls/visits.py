"""Addresses: visits."""

urlpatterns: list = []
