"""Addresses: help."""

urlpatterns: list = []
