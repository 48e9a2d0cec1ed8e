"""Addresses of samples."""

from sampling.urls import samples

urlpatterns = [*samples.urlpatterns]
