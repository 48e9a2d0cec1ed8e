"""Addresses: decisions."""

urlpatterns: list = []
