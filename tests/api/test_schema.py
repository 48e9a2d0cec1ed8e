"""The description matches what runs: written without warnings, and held against real answers."""

from __future__ import annotations

import pytest
import schemathesis
from django.core.signals import request_finished, request_started
from django.core.wsgi import get_wsgi_application
from django.db import close_old_connections, transaction
from drf_spectacular.drainage import GENERATOR_STATS
from drf_spectacular.generators import SchemaGenerator
from drf_spectacular.validation import validate_schema
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis.errors import Unsatisfiable
from schemathesis import GenerationMode, checks

from centres.operations import api_clients
from qa_portal.api import Resource
from qa_portal.api_urls import router
from qa_portal.tenancy import NO_SCOPE, enter
from tests.api.callers import SCOPES, token_of, with_token
from tests.conftest import NOW

RAW = SchemaGenerator().get_schema(request=None, public=True)
described = schemathesis.openapi.from_dict(RAW)
described.app = get_wsgi_application()
FEW = settings(
    max_examples=3,
    derandomize=True,
    database=None,
    deadline=None,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=list(HealthCheck),
)

CHECKS = [
    checks.not_a_server_error, checks.status_code_conformance, checks.content_type_conformance,
    checks.response_schema_conformance, checks.response_headers_conformance,
]  # fmt: skip


@pytest.fixture
def token(whole_year):
    client, _ = api_clients.create(
        centre_id=whole_year.northgate.centre.pk,
        name="Records",
        scopes=SCOPES,
        by=whole_year["exams"],
        at=NOW,
    )
    return token_of(client)


@pytest.fixture
def ids(token):
    """One thing of every kind that the system may read."""
    caller = with_token(token)
    nouns = [prefix for prefix, viewset, _ in router.registry if issubclass(viewset, Resource)]
    found = {noun: caller.get(f"{noun}/", {"limit": 1}).json().get("results") for noun in nouns}
    return {noun: rows[0]["id"] if rows else 1 for noun, rows in found.items()}


def test_the_description_is_valid_openapi_and_written_without_warnings(capsys):
    GENERATOR_STATS.reset()
    schema = SchemaGenerator().get_schema(request=None, public=True)
    validate_schema(schema)
    assert schema["openapi"].startswith("3.1")
    assert not GENERATOR_STATS
    assert set(schema["components"]["securitySchemes"]) == {"clientCredentials", "session"}


def test_every_operation_has_a_name_of_its_own_and_says_what_it_does():
    operations = [operation for path in RAW["paths"].values() for operation in path.values()]
    names = [operation["operationId"] for operation in operations]
    assert len(names) == len(set(names))
    assert [o["operationId"] for o in operations if not o.get("summary")] == []
    assert {tag for o in operations for tag in o["tags"]} == {prefix for prefix, _, _ in router.registry}


@pytest.fixture
def one_connection():
    """A request ends the connection it did not begin; here every request lives in the test's own transaction."""
    signals = (request_started, request_finished)
    for signal in signals:
        signal.disconnect(close_old_connections)
    yield
    for signal in signals:
        signal.connect(close_old_connections)


@pytest.mark.parametrize(
    "mode", [GenerationMode.POSITIVE, GenerationMode.NEGATIVE], ids=["sense", "nonsense"]
)
def test_answers_are_as_described(mode, token, ids, one_connection):
    """Whatever is sent, about real things too: a described status, media type and shape, and nothing fails."""

    def call(case):
        noun = case.path.split("/")[3]
        if mode == GenerationMode.POSITIVE and "id" in (case.path_parameters or {}):
            case.path_parameters["id"] = ids[noun]
        case.headers["Authorization"] = f"Bearer {token}"
        enter(NO_SCOPE)
        response = case.call()
        case.validate_response(response, checks=CHECKS)

    for found in described.get_all_operations():
        operation = found.ok()
        try:
            strategy = operation.as_strategy(generation_mode=mode)
            with transaction.atomic():
                FEW(given(case=strategy)(call))()
                transaction.set_rollback(True)
        except Unsatisfiable:
            # A call that takes nothing cannot be given nonsense.
            assert mode == GenerationMode.NEGATIVE
