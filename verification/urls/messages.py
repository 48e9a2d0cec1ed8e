"""Addresses: messages."""

urlpatterns: list = []
