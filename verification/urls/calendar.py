"""Addresses: a person's calendar and its feed."""

from django.urls import path

from verification.views import calendar as views

urlpatterns = [
    path("calendar/", views.calendar, name="calendar"),
    path("calendar/address/", views.set_address, name="calendar-address"),
    path("calendar/address/remove/", views.forget_address, name="calendar-address-remove"),
    path("calendar/<str:secret>.ics", views.feed, name="calendar-feed"),
]
