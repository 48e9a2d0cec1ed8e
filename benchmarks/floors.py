"""The floors: the same rows by Django and REST framework alone, with nothing of the portal in between."""

from __future__ import annotations

from typing import Any

from django.core.handlers.wsgi import WSGIHandler
from django.db import models
from django.http import HttpRequest, HttpResponse
from django.template import engines
from django.test.utils import override_settings
from django.urls import path
from rest_framework import pagination, routers, serializers, viewsets
from rest_framework.authentication import BaseAuthentication
from rest_framework.permissions import IsAuthenticated

PAGE = 50


class BareProgramme(models.Model):
    """A programme in a plain table."""

    label = models.CharField(max_length=80)

    class Meta:
        app_label, managed, db_table = "benchmarks", False, "bench_programme"


class BareLearner(models.Model):
    """A learner in a plain table."""

    centre_id = models.BigIntegerField()
    given_name = models.CharField(max_length=80)
    family_name = models.CharField(max_length=80)
    date_of_birth = models.DateField(null=True)
    uln = models.CharField(max_length=10)
    reference = models.CharField(max_length=40)
    erased_at = models.DateTimeField(null=True)
    programme = models.ForeignKey(BareProgramme, models.DO_NOTHING)
    status = models.CharField(max_length=12)
    cohort = models.CharField(max_length=80)

    class Meta:
        app_label, managed, db_table = "benchmarks", False, "bench_learner"


_TEMPLATE = """<!doctype html><html lang="en"><head><title>Learners</title></head>
<body><p>{{ user.name }}</p><h1>Learners</h1>
<table><thead><tr><th>Learner</th><th>ULN</th><th>Date of birth</th><th>Your number</th><th>Programmes</th></tr></thead>
<tbody>{% for row in rows %}<tr>
<th><a href="{% url 'bare-learner' row.pk %}">{{ row.family_name }}, {{ row.given_name }}</a></th><td>{{ row.uln }}</td>
<td>{{ row.date_of_birth|date:"j F Y" }}</td><td>{{ row.reference }}</td>
<td>{{ row.programme.label }}, {{ row.cohort }} {{ row.status }}</td></tr>
{% endfor %}</tbody></table></body></html>"""
_template: Any = None


def page(request: HttpRequest) -> HttpResponse:
    """Fifty learners as a table: session, person and rows are its three queries."""
    global _template
    if _template is None:
        _template = engines["django"].engine.from_string(_TEMPLATE)
    from django.template import Context

    rows = BareLearner.objects.select_related("programme").order_by("id")[:PAGE]
    return HttpResponse(_template.render(Context({"rows": rows, "user": request.user})))


class _Person(BaseAuthentication):
    """A machine's token as REST framework's own: found by its value, with its person, in one query."""

    def authenticate(self, request: Any) -> tuple[Any, Any]:
        from allauth.idp.oidc.models import Token

        value = request.headers["Authorization"].partition(" ")[2]
        token = Token.objects.by_value(value).select_related("client__owner").get()
        return token.client.owner, token


class _Serializer(serializers.ModelSerializer):
    class Meta:
        model = BareLearner
        fields = (
            "id", "centre_id", "given_name", "family_name", "date_of_birth", "uln", "reference", "erased_at",
        )  # fmt: skip


class _Pages(pagination.PageNumberPagination):
    page_size = PAGE


class Learners(viewsets.ModelViewSet):
    """REST framework's own list: model serializer, numbered pages with their count."""

    queryset = BareLearner.objects.order_by("id")
    serializer_class = _Serializer
    pagination_class = _Pages
    authentication_classes = (_Person,)
    permission_classes = (IsAuthenticated,)
    throttle_classes = ()


_router = routers.SimpleRouter()
_router.register("api/learners", Learners, basename="bare-learners")
urlpatterns = [
    path("learners/", page, name="bare-learners-page"),
    path("learners/<int:pk>/", page, name="bare-learner"),
    *_router.urls,
]


def own_addresses(get_response: Any) -> Any:
    """Middleware that gives this module's addresses to the floor."""

    def answer(request: HttpRequest) -> HttpResponse:
        request.urlconf = __name__
        return get_response(request)

    return answer


def application() -> WSGIHandler:
    """Django with the middleware of a new project."""
    with override_settings(
        MIDDLEWARE=[
            "benchmarks.floors.own_addresses",
            "django.middleware.security.SecurityMiddleware",
            "django.contrib.sessions.middleware.SessionMiddleware",
            "django.middleware.common.CommonMiddleware",
            "django.middleware.csrf.CsrfViewMiddleware",
            "django.contrib.auth.middleware.AuthenticationMiddleware",
            "django.contrib.messages.middleware.MessageMiddleware",
            "django.middleware.clickjacking.XFrameOptionsMiddleware",
        ]
    ):
        return WSGIHandler()
