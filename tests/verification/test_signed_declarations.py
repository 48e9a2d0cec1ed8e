"""A signed declaration stays as it was signed, whoever writes to the database (R4)."""

from __future__ import annotations

import pytest
from django.db import DatabaseError, connection, transaction

from tests.story.self_assessments import signed_declaration
from tests.story.years import open_year
from verification.models import AnnualDeclaration

CHANGES = (
    """UPDATE verification_annualdeclaration SET signed_content = '{"title": "Other words"}' WHERE id = %s""",
    "UPDATE verification_annualdeclaration SET signed_sha256 = repeat('0', 64) WHERE id = %s",
    "UPDATE verification_annualdeclaration SET signed_name = 'Somebody Else' WHERE id = %s",
    "UPDATE verification_annualdeclaration SET signed_at = now() WHERE id = %s",
    "DELETE FROM verification_annualdeclaration WHERE id = %s",
)


@pytest.mark.parametrize("statement", CHANGES)
def test_r4_what_was_signed_does_not_change(cast, statement):
    signed = signed_declaration(cast)
    refused = pytest.raises(DatabaseError, match="Cannot (update|delete)")
    with refused, transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement, [signed.pk])
    again = AnnualDeclaration.objects.get(pk=signed.pk)
    assert (again.signed_content, again.signed_sha256) == (signed.signed_content, signed.signed_sha256)


def test_r4_before_it_is_signed_a_declaration_may_change(cast):
    open_year(cast)
    with connection.cursor() as cursor:
        cursor.execute("UPDATE verification_annualdeclaration SET late_reason = 'The Head was away'")
    assert AnnualDeclaration.objects.get().late_reason == "The Head was away"
