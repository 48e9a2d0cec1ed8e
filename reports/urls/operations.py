"""Addresses of pages about the portal's own work."""

from django.urls import path

from reports.views import operations

urlpatterns = [
    path("staff/mail/", operations.mail_log, name="mail-log"),
    path("centres/<str:number>/history/", operations.history, name="history"),
]
