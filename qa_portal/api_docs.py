"""The API's documentation in a browser, from our own origin and without inline scripts."""

from __future__ import annotations

from drf_spectacular.views import SpectacularSwaggerSplitView


class ApiDocs(SpectacularSwaggerSplitView):
    """The description as pages, where calls can be tried out; its script is a file of its own, as our policy asks."""

    url_name = "api-schema"
    template_name = "api/docs.html"
