"""Addresses: documents."""

urlpatterns: list = []
