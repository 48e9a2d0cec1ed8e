"""Alive, and ready: what a load balancer and an operator ask."""

from __future__ import annotations

from datetime import timedelta

import redis
from django.conf import settings
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils import timezone


def healthz(request: HttpRequest) -> HttpResponse:
    """Alive: answers without touching the database."""
    return HttpResponse("ok", content_type="text/plain")


def readyz(request: HttpRequest) -> JsonResponse:
    """Ready: database, migrations, Redis and the beat's heartbeat, each by name."""
    answers = {**_database(), "redis": _redis()}
    ready = all(answer == "ok" for name, answer in answers.items() if name != "beat")
    return JsonResponse({"ready": ready, **answers}, status=200 if ready else 503)


def _database() -> dict[str, str]:
    from qa_portal.models import Heartbeat

    try:
        executor = MigrationExecutor(connection)
        waiting = executor.migration_plan(executor.loader.graph.leaf_nodes())
        beat = Heartbeat.objects.filter(name="beat").first()
    except DatabaseError:
        return {"database": "unreachable"}
    late = beat is None or timezone.now() - beat.at > timedelta(minutes=2)
    return {
        "database": "ok",
        "migrations": "waiting" if waiting else "ok",
        "beat": "not heard for two minutes" if late else "ok",
    }


def _redis() -> str:
    try:
        redis.Redis.from_url(settings.REDIS_URL, socket_connect_timeout=1, socket_timeout=1).ping()
    except redis.RedisError:
        return "unreachable"
    return "ok"
