"""Addresses: samples."""

urlpatterns: list = []
