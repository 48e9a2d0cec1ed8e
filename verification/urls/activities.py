"""Addresses: activities."""

urlpatterns: list = []
