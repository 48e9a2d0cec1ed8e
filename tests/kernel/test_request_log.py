"""What the log really says of requests: patterns and ids, never a search, a secret address or a row."""

from __future__ import annotations

import io
import json
import logging

import pytest
import structlog
from django.urls import reverse

from centres.models import Learner
from qa_portal.request_log import without_rows

TOKEN = "s3cret-Token_of-an-invitation"


@pytest.fixture
def log(monkeypatch):
    """The lines that production's handler writes, at production's level."""
    from django.conf import settings

    handlers = [h for h in logging.getLogger().handlers if type(h) is logging.StreamHandler]
    (handler,) = [h for h in handlers if isinstance(h.formatter, structlog.stdlib.ProcessorFormatter)]
    assert settings.LOGGING["handlers"]["console"]["filters"] == ["no_paths"]
    written = io.StringIO()
    before = handler.setStream(written)
    logger = logging.getLogger("django_structlog")
    level = logger.level
    logger.setLevel(logging.INFO)
    yield written
    logger.setLevel(level)
    handler.setStream(before)


def lines(log) -> list[dict]:
    return [json.loads(line) for line in log.getvalue().splitlines()]


def test_a_search_is_not_in_the_log(cast, sign_in, log):
    sign_in(cast["qn"]).get("/search/?q=Amira+Hassan")
    said = [line["request"] for line in lines(log) if line["event"] == "request_finished"]
    assert said == ["GET /search/"]
    assert "Hassan" not in log.getvalue()


def test_the_page_and_its_ids_are_in_the_log(cast, sign_in, log):
    client = sign_in(cast["qn"])
    client.get(f"/centres/{cast.northgate.centre.number}/people/?page=2")
    client.get("/learners/123456/")
    told = [line["request"] for line in lines(log) if line["event"] == "request_finished"]
    assert told == ["GET /centres/<str:number>/people/ number=10101", "GET /learners/<int:pk>/ pk=123456"]
    assert all(line["request_id"] for line in lines(log) if line["event"] == "request_finished")


@pytest.mark.parametrize(
    "address",
    [lambda: reverse("accept-invitation", args=[TOKEN]), lambda: reverse("calendar-feed", args=[TOKEN])],
)
def test_secret_addresses_are_not_in_the_log(cast, client, log, address):
    assert client.get(address()).status_code in (404, 409, 410)
    assert lines(log)
    assert TOKEN not in log.getvalue()


def test_a_link_for_a_new_password_is_not_in_the_log(cast, client, log):
    client.get(f"/account/password/reset/key/1-{TOKEN}/")
    assert TOKEN not in log.getvalue()


def test_an_unknown_page_is_told_without_its_path(cast, client, log):
    client.get("/Amira-Hassan/?x=1")
    assert "Hassan" not in log.getvalue()
    assert "GET (no such page)" in log.getvalue()


def test_a_failure_is_told_without_the_path_and_without_the_row(cast, sign_in, log, monkeypatch):
    learner = Learner.objects.create(centre=cast.northgate.centre, given_name="Amira", family_name="Hassan")

    def fails(*args, **kwargs):
        Learner.objects.create(pk=learner.pk, centre=learner.centre, given_name="Zoë", family_name="Łukasik")

    monkeypatch.setattr("centres.queries.search.learners", fails)
    client = sign_in(cast["qn"])
    client.raise_request_exception = False
    assert client.get("/search/?q=Amira+Hassan").status_code == 500
    assert "IntegrityError" in log.getvalue()
    assert "Hassan" not in log.getvalue()
    assert "GET /search/" in log.getvalue()


def test_what_the_database_quotes_of_a_row_is_left_out():
    text = (
        "Traceback (most recent call last):\n  ...\npsycopg.errors.CheckViolation: new row violates x\n"
        "DETAIL:  Failing row contains (7, Amira,\nHassan, 2008-05-17).\nCONTEXT:  SQL statement\n\n"
        "The above exception was the direct cause"
    )
    said = without_rows(None, "error", {"exception": text})["exception"]
    assert "Amira" not in said
    assert "Hassan" not in said
    assert "CONTEXT:  SQL statement" in said
    assert "violates x" in said
