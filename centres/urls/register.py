"""Addresses: register."""

urlpatterns: list = []
