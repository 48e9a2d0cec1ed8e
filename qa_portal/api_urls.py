"""Every route of the API: each app registers its own resources."""

from __future__ import annotations

from allauth.idp.oidc.views import token as issue_token
from django.urls import path
from drf_spectacular.views import SpectacularAPIView, SpectacularSwaggerView

urlpatterns = [
    path("oauth/token", issue_token, name="oauth-token"),
    path("v1/schema/", SpectacularAPIView.as_view(), name="api-schema"),
    path("v1/docs/", SpectacularSwaggerView.as_view(url_name="api-schema"), name="api-docs"),
]
