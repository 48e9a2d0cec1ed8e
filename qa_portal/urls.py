"""Every address of the portal, by app."""

from __future__ import annotations

from django.conf import settings
from django.urls import include, path
from django.views.generic import RedirectView, TemplateView

from qa_portal import health, shell
from reports.navigation import navigation

shell.navigation = navigation
handler500 = "qa_portal.refusals.failed"

urlpatterns = [
    path("healthz", health.healthz, name="healthz"),
    path("readyz", health.readyz, name="readyz"),
    # An administrator changes an address, because it is what a person signs in with: the library's own page is closed.
    path("account/email/", RedirectView.as_view(pattern_name="account-details")),
    path("account/", include("allauth.account.urls")),
    path("account/mfa/", include("allauth.mfa.urls")),
    path("account/sessions/", include("allauth.usersessions.urls")),
    path("", include("centres.help_pages")),
    path("", include("centres.urls")),
    path("", include("verification.urls")),
    path("", include("sampling.urls")),
    path("", include("reports.urls")),
    path("api/", include("qa_portal.api_urls")),
]
if settings.EMAIL_BACKEND.startswith("anymail."):
    # The mail provider says here which messages came back.
    urlpatterns.append(path("anymail/", include("anymail.urls")))
if settings.DEMO or settings.DEBUG:
    urlpatterns.append(
        path("help/parts/", TemplateView.as_view(template_name="parts/board.html"), name="parts")
    )
