"""Addresses: actions."""

urlpatterns: list = []
