"""What the portal refuses to start with: a role that sees too much, a table without isolation, a public demo."""

from __future__ import annotations

from typing import Any

from django.apps import apps
from django.conf import settings
from django.core.checks import Error, Tags, register
from django.core.exceptions import FieldDoesNotExist, ImproperlyConfigured
from django.db import connection, models

from qa_portal.rls import SameCentre, TenantIsolation

_ROLE_QUESTION = """
SELECT rolsuper OR rolbypassrls,
       pg_has_role(current_user, %s, 'USAGE'),
       EXISTS (SELECT 1 FROM pg_tables WHERE schemaname = 'public' AND tableowner = current_user)
FROM pg_roles WHERE rolname = current_user
"""


def refuse_an_unsafe_database() -> None:
    """Raise ImproperlyConfigured when the runtime role could get around row-level security."""
    if settings.DATABASE_ROLE == "owner":
        raise ImproperlyConfigured("Web, worker and beat never run as the database's owner.")
    with connection.cursor() as cursor:
        cursor.execute(_ROLE_QUESTION, [settings.STAFF_DATABASE_ROLE])
        bypasses, inherits, owns = cursor.fetchone()
    connection.close()
    if bypasses:
        raise ImproperlyConfigured("The runtime role could bypass row-level security: run provision_roles.")
    if inherits:
        raise ImproperlyConfigured("The runtime role inherits the staff role, whose policy shows every row.")
    if owns:
        raise ImproperlyConfigured("The runtime role owns tables: migrate with MIGRATION_DATABASE_URL.")


@register(Tags.models)
def tenant_models_are_isolated(app_configs: Any, **_: Any) -> list[Error]:
    """Every model with a centre has its policy, and every reference between such models stays in the centre."""
    problems: list[Error] = []
    for model in apps.get_models():
        if not is_tenant_owned(model):
            continue
        constraints = model._meta.constraints
        if not any(isinstance(c, TenantIsolation) for c in constraints):
            problems.append(
                Error(f"{model._meta.label} has a centre but no TenantIsolation.", id="qa_portal.E001")
            )
        guarded = {c.field for c in constraints if isinstance(c, SameCentre)}
        for field in model._meta.get_fields():
            if (
                isinstance(field, models.ForeignKey)
                and field.name != "centre"
                and is_tenant_owned(field.related_model)
                and field.name not in guarded
            ):
                problems.append(
                    Error(
                        f"{model._meta.label}.{field.name} could point into another centre.",
                        id="qa_portal.E002",
                    )
                )
    return problems


def is_tenant_owned(model: Any) -> bool:
    """Whether rows of this model belong to one centre."""
    try:
        field = model._meta.get_field("centre")
    except FieldDoesNotExist:
        return False
    return isinstance(field, models.ForeignKey) and not field.null


@register(Tags.security)
def demo_stays_out_of_production(app_configs: Any, **_: Any) -> list[Error]:
    """The demo's public passwords and its movable clock never run beside real data."""
    if settings.DEMO and not settings.BASE_URL.startswith(("http://localhost", "http://127.0.0.1")):
        return [Error("DEMO is only for this machine: BASE_URL must be localhost.", id="qa_portal.E003")]
    return []
