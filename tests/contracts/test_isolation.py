"""Whole-system promises about tenancy: every tenant table, every reference, both policy forms."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from django.apps import apps
from django.db import connection

from qa_portal.checks import is_tenant_owned, tenant_models_are_isolated
from qa_portal.rls import TenantIsolation

ROOT = Path(__file__).resolve().parents[2]
TENANT_MODELS = [model for model in apps.get_models() if is_tenant_owned(model)]
# Tables that carry no centre's rows, or are read before any scope exists; each is explained beside its model.
SHARED = {
    "qa_portal.AuditHead", "qa_portal.OutboxEntry", "qa_portal.Heartbeat", "qa_portal.IdempotencyKey",
    "centres.Person", "centres.AccessGrant", "centres.Invitation", "centres.Sector", "centres.Qualification",
    "centres.Unit", "centres.QaModelPeriod", "centres.SchemeVersion", "centres.Holiday", "verification.Verifier",
    "verification.VerifierSector", "verification.VerifierAbsence", "verification.VerifierDay",
}  # fmt: skip
OWN_APPS = {"qa_portal", "centres", "verification", "sampling", "reports"}


def test_every_tenant_owned_table_forces_row_level_security(db):
    with connection.cursor() as cursor:
        cursor.execute("SELECT relname FROM pg_class WHERE relrowsecurity AND relforcerowsecurity")
        protected = {name for (name,) in cursor.fetchall()}
    tables = {model._meta.db_table for model in TENANT_MODELS}
    assert len(tables) > 40
    assert tables <= protected


def test_every_model_is_tenant_owned_or_named_as_shared():
    own = [model for model in apps.get_models() if model._meta.app_label in OWN_APPS]
    loose = {
        model._meta.label
        for model in own
        if not any(isinstance(c, TenantIsolation) for c in model._meta.constraints)
    }
    assert loose == SHARED & loose, loose - SHARED


def test_system_check_finds_no_open_reference():
    assert tenant_models_are_isolated(None) == []


@pytest.mark.parametrize("model", TENANT_MODELS, ids=lambda model: model._meta.label)
def test_without_a_scope_no_row_is_visible(model, cast, scope):
    scope()
    assert not model.objects.exists()


def test_every_index_of_a_tenant_table_starts_with_its_centre():
    """Row-level security adds the centre to every condition; an index that starts otherwise serves sweeps only."""
    sweeps = {"deadline_open_due", "deadline_open_of_person", "mail_to_be_sent", "mail_by_message_id",
              "centre_year_of_year", "allocation_of_verifier"}  # fmt: skip
    wrong = [
        index.name
        for model in TENANT_MODELS
        for index in model._meta.indexes
        if (index.fields and index.fields[0] != "centre") and index.name not in sweeps
    ]
    assert wrong == []


def test_every_use_of_all_centres_says_why():
    """Work over all tenants is rare and explained where it stands."""
    unexplained = []
    for path in ROOT.glob("*/**/*.py"):
        relative = path.relative_to(ROOT)
        if (
            relative.parts[0] not in OWN_APPS
            or "migrations" in relative.parts
            or relative.name == "tenancy.py"
        ):
            continue
        lines = path.read_text().splitlines()
        for number, line in enumerate(lines):
            if re.search(r"\bALL_CENTRES\b", line) and "import" not in line:
                near = lines[max(0, number - 4) : number]
                if not any("#" in before for before in near):
                    unexplained.append(f"{relative}:{number + 1}")
    assert unexplained == []


def test_no_role_bypasses_row_level_security(db):
    with connection.cursor() as cursor:
        cursor.execute("SELECT rolname FROM pg_roles WHERE rolbypassrls AND rolname LIKE 'qa%%'")
        assert cursor.fetchall() == []
        cursor.execute("SELECT pg_has_role('qa_portal', 'qa_portal_staff', 'USAGE')")
        assert cursor.fetchone() == (False,)


def test_truncate_is_denied(db):
    with connection.cursor() as cursor:
        cursor.execute("SELECT has_table_privilege('qa_portal', 'centres_centre', 'TRUNCATE')")
        assert cursor.fetchone() == (False,)
