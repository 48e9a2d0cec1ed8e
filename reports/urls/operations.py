"""Addresses of pages about the portal's own work."""

from django.urls import path

from reports.views import operations, schemes

urlpatterns = [
    path("staff/schemes/", schemes.schemes, name="schemes"),
    path("staff/schemes/<int:pk>/", schemes.scheme, name="scheme"),
    path("staff/history/", operations.installation_history, name="installation-history"),
    path("staff/mail/", operations.mail_log, name="mail-log"),
    path("staff/mail/<int:pk>/again/", operations.mail_again, name="mail-again"),
    path("staff/jobs/", operations.failed_jobs, name="failed-jobs"),
    path("staff/jobs/<int:pk>/again/", operations.job_again, name="job-again"),
    path("centres/<str:number>/history/", operations.history, name="history"),
]
