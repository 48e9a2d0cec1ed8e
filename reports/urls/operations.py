"""Addresses: operations."""

urlpatterns: list = []
