"""Every route of the API, collected from the apps; what lies below and is none answers as JSON too."""

from __future__ import annotations

from allauth.idp.oidc.views import token as issue_token
from django.urls import include, path, re_path
from drf_spectacular.views import SpectacularAPIView
from rest_framework.routers import SimpleRouter

import centres.api
import reports.api
import sampling.api
import verification.api
from qa_portal.api_docs import ApiDocs
from qa_portal.problems import not_found

router = SimpleRouter()
for app in (centres, verification, sampling, reports):
    for prefix, viewset in app.api.routes:
        router.register(prefix, viewset, basename=prefix)

urlpatterns = [
    path("oauth/token", issue_token, name="oauth-token"),
    path("v1/schema/", SpectacularAPIView.as_view(), name="api-schema"),
    path("v1/docs/", ApiDocs.as_view(), name="api-docs"),
    path("v1/", include(router.urls)),
    re_path(r"^(?P<path>.*)$", not_found),
]
