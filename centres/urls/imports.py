"""Addresses: imports."""

urlpatterns: list = []
