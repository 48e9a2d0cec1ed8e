"""Signing the annual declaration: who, when, with what words, kept how."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from django.db import transaction
from django.db.utils import DatabaseError

from centres.models import QaModelPeriod
from qa_portal.errors import NotPermitted, RuleViolation
from qa_portal.models import AuditEvent, Deadline, Mail
from tests.story.self_assessments import on, signed_declaration
from tests.story.years import open_year
from verification.models import AnnualDeclaration
from verification.operations import declarations
from verification.queries.years import required_statements

LAST_MINUTE = datetime(2026, 10, 14, 22, 59, tzinfo=UTC)  # 23:59 in London
FIRST_LATE_MINUTE = datetime(2026, 10, 14, 23, 0, tzinfo=UTC)  # midnight in London


@pytest.fixture
def year(cast):
    return open_year(cast)


def sign(cast, year, *, by="head", at=LAST_MINUTE, without=(), **more):
    declaration = AnnualDeclaration.objects.get(centre_year=year)
    accepted = [s.key for s in required_statements(year) if s.key not in without]
    return declarations.sign(declaration_id=declaration.pk, accepted=accepted, by=cast[by], at=at, **more)


def test_r3_the_last_minute_of_14_october_is_in_time(cast, year):
    declaration = sign(cast, year)
    assert (declaration.status, declaration.late_reason) == ("SIGNED", "")
    assert declaration.signed_content["late"] is False
    assert Deadline.objects.get(kind="annual_declaration").state == "MET"


def test_r3_from_15_october_a_reason_is_needed_and_it_is_shown_as_late(cast, year):
    with pytest.raises(RuleViolation, match="due by Wednesday 14") as refused:
        sign(cast, year, at=FIRST_LATE_MINUTE)
    assert refused.value.rule == "R3"
    with pytest.raises(RuleViolation):
        sign(cast, year, at=FIRST_LATE_MINUTE, late_reason="   ")
    declaration = sign(cast, year, at=FIRST_LATE_MINUTE, late_reason="I was in hospital.")
    assert declaration.late_reason == declaration.signed_content["late_reason"] == "I was in hospital."
    assert declaration.signed_content["late"] is True


def test_r3_not_before_the_window_opens(cast, year):
    with pytest.raises(RuleViolation, match="from Tuesday 1"):
        sign(cast, year, at=datetime(2026, 8, 31, 22, 59, tzinfo=UTC))
    assert sign(cast, year, at=datetime(2026, 8, 31, 23, 0, tzinfo=UTC)).status == "SIGNED"


def test_a_reason_given_in_time_is_not_kept(cast, year):
    assert sign(cast, year, late_reason="Not needed").late_reason == ""


def test_r4_every_statement_is_accepted_one_by_one(cast, year):
    with pytest.raises(RuleViolation) as refused:
        sign(cast, year, without=("terms_and_conditions", "work_based_learning"))
    assert [reason.rule for reason in refused.value.reasons] == ["R4", "R4"]
    assert not AuditEvent.objects.filter(event="declaration.signed").exists()


def test_r4_the_work_based_statement_only_where_such_a_programme_is_active(cast, year):
    assert "work_based_learning" in {s.key for s in required_statements(year)}
    for programme in cast.harbour.programmes:
        QaModelPeriod.objects.filter(qualification=programme.qualification, model="WBL").update(model="BTEC")
    other = open_year(cast, house=cast.harbour)
    assert "work_based_learning" not in {s.key for s in required_statements(other)}


def test_r4_the_signed_words_are_kept_with_a_digest_that_anybody_can_compute(cast, year):
    declaration = sign(cast, year)
    declaration.refresh_from_db()
    content = declaration.signed_content
    assert len(content["statements"]) == 6
    assert content["signed_by"] == declaration.signed_name == cast["head"].name
    assert declarations.digest_of(content) == declaration.signed_sha256
    assert Mail.objects.get(kind="declaration.signed").to == cast["qn"]


def test_only_the_head_of_centre_of_this_centre_signs(cast, year):
    for person in ("qn", "manager", "outsider", "admin"):
        with pytest.raises(NotPermitted):
            sign(cast, year, by=person)


def test_it_is_signed_once_and_stays_signed(cast, year):
    sign(cast, year)
    with pytest.raises(RuleViolation, match="signed"):
        sign(cast, year)
    with pytest.raises(DatabaseError), transaction.atomic():
        AnnualDeclaration.objects.update(status="DUE", signed_at=None, signed_by=None)


def test_the_story_step_signs_in_september(cast):
    assert signed_declaration(cast).signed_at == on(21, 9)
