"""Addresses: self_assessment."""

urlpatterns: list = []
