"""Addresses: allocation."""

urlpatterns: list = []
