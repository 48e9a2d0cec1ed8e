"""Addresses: home pages, the page of a centre, the demo's clock."""

from django.conf import settings
from django.urls import path

from reports.views import homes

urlpatterns = [
    path("", homes.home, name="home"),
    path("centres/<str:number>/", homes.centre, name="centre"),
]
if settings.DEMO:
    urlpatterns.append(path("demo/clock/", homes.demo_clock, name="demo-clock"))
