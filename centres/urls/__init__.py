"""Addresses of the centre's own side."""

from centres.urls import accounts, evidence, imports, people, register

urlpatterns = [
    *accounts.urlpatterns,
    *people.urlpatterns,
    *register.urlpatterns,
    *imports.urlpatterns,
    *evidence.urlpatterns,
]
