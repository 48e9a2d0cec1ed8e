"""Every table that belongs to a centre, tried with a year's rows in it: read, change, add, refer, and not yet see."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.db import DatabaseError, connection, transaction

from centres.operations import evidence
from qa_portal.models import IdempotencyKey, IdempotentAnswer
from qa_portal.rls import SameCentre, TenantIsolation
from qa_portal.tenancy import Side, enter
from reports.models import Report
from reports.operations import readings
from tests.api.callers import STAFF
from tests.api.conftest import taught, whole_year  # noqa: F401  (fixtures)
from tests.conftest import NOW
from tests.contracts.test_isolation import TENANT_MODELS
from tests.story.samples import work
from tests.story.self_assessments import sections_of, submitted_self_assessment
from tests.story.visits import ISSUED
from verification.models import Action, Activity, ConflictCategory, DraftAction, SelfAssessment
from verification.operations import actions, conflicts, messages, section_evidence

SIDES = (Side.CENTRE, Side.VERIFIER, Side.AO)
HIDDEN = [
    model
    for model in TENANT_MODELS
    for each in model._meta.constraints
    if isinstance(each, TenantIsolation) and each.sides and Side.CENTRE not in each.sides
]


@pytest.fixture
def two_years(whole_year):  # noqa: F811
    """Northgate's whole year with a row in every table, and Harbour's beginning."""
    cast, centre_id = whole_year, whole_year.northgate.centre.pk
    report = Report.objects.filter(centre_id=centre_id).first()
    activity = Activity.objects.get(centre_id=centre_id, kind="VISIT", number=1)
    self_assessment = SelfAssessment.objects.get(centre_year_id=activity.centre_year_id)
    readings.note(report=report, by=cast["qn"], at=ISSUED)
    section = sections_of(activity.centre_year)[0]
    section_evidence.attach(section_id=section.pk, file_ids=[_file(cast)], by=cast["qn"], at=NOW)
    until = self_assessment.due_on + timedelta(days=3)
    submitted_self_assessment(cast)
    messages.post(centre_year_id=activity.centre_year_id, by=cast["qn"], at=NOW, text="When do you come?")
    action = Action.objects.filter(centre_id=centre_id, status="OPEN").first()
    actions.answer(action_id=action.pk, by=cast["qn"], at=ISSUED, text="Done.", file_ids=[_file(cast)])
    DraftAction.objects.create(
        activity=activity, centre_id=centre_id, text="Mend it.", due_on=until, owner=cast["qn"]
    )
    conflicts.declare(
        centre_id=centre_id,
        category=ConflictCategory.values[0],
        details="A relative works there.",
        starts_on=NOW.date(),
        by=cast["lsv2"],
        at=NOW,
    )
    kept = IdempotencyKey.objects.create(client="a system", key="one", request_hash="0" * 64)
    IdempotentAnswer.objects.create(centre_id=centre_id, given_for=kept, status=201, body={"name": "Ann"})
    return cast


def _file(cast) -> int:
    """A file that the Quality Nominee has just stored."""
    centre_id = cast.northgate.centre.pk
    return evidence.store(centre_id=centre_id, upload=work(), by=cast["qn"], at=NOW).pk


def _one_row(model, centre_id: int) -> dict[str, object]:
    """The columns of one row of a centre, but its key; empty where there is none. Generated columns are left out."""
    enter(STAFF)
    fields = [f for f in model._meta.concrete_fields if not f.generated]
    columns = ", ".join(f'"{field.column}"' for field in fields)
    with connection.cursor() as cursor:
        cursor.execute(
            f'SELECT {columns} FROM "{model._meta.db_table}" WHERE centre_id = %s LIMIT 1', [centre_id]
        )
        found = cursor.fetchone()
    row = dict(zip([field.column for field in fields], found, strict=True)) if found else {}
    row.pop("id", None)
    return row


def _refused(model, row: dict[str, object]) -> str:
    """Why the database does not take a row, its deferred constraints included; empty where it does."""
    columns = ", ".join(f'"{name}"' for name in row)
    marks = ", ".join(["%s"] * len(row))
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(
                f'INSERT INTO "{model._meta.db_table}" ({columns}) VALUES ({marks})', [*row.values()]
            )
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
    except DatabaseError as problem:
        return str(problem)
    return ""


def _reached(model, sql: str, centre_id: int) -> int:
    with connection.cursor() as cursor:
        cursor.execute(sql.format(table=f'"{model._meta.db_table}"'), [centre_id])
        return cursor.rowcount


def test_r23_no_row_of_another_centre_is_read_changed_or_added(two_years, scope):
    own, other = two_years.harbour.centre.pk, two_years.northgate.centre.pk
    empty, wrong = set(), []
    for model in TENANT_MODELS:
        row = _one_row(model, other)
        if not row:
            empty.add(model._meta.label)
            continue
        for side in SIDES:
            scope(own, side=side)
            label = f"{model._meta.label} from the side {side}"
            if _reached(model, "SELECT 1 FROM {table} WHERE centre_id = %s", other):
                wrong.append(f"{label}: read")
            if _reached(model, "UPDATE {table} SET centre_id = centre_id WHERE centre_id = %s", other):
                wrong.append(f"{label}: changed")
            if _reached(model, "DELETE FROM {table} WHERE centre_id = %s", other):
                wrong.append(f"{label}: deleted")
            refused = _refused(model, row)
            if not re.search("row-level security|is not a status to start at", refused):
                wrong.append(f"{label}: added, or refused for another reason: {refused}")
    assert wrong == []
    assert empty == set()


def test_without_a_scope_no_row_of_the_year_is_there(two_years, scope):
    for model in TENANT_MODELS:
        scope()
        assert not model.objects.exists(), model


def test_a_row_that_refers_into_another_centre_is_refused(two_years, scope):
    """Not even the staff role, which sees every row, can tie one centre's row to another's."""
    own, other = two_years.harbour.centre.pk, two_years.northgate.centre.pk
    taken = []
    for model in TENANT_MODELS:
        keys = [each.field for each in model._meta.constraints if isinstance(each, SameCentre)]
        row = _one_row(model, other)
        if any(row.get(f"{key}_id") for key in keys) and not _refused(model, row | {"centre_id": own}):
            taken.append(model._meta.label)
    assert taken == []


def test_every_reference_carries_its_centre(db):
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT conname FROM pg_constraint WHERE contype = 'f' AND convalidated AND cardinality(conkey) = 2"
        )
        made = {name for (name,) in cursor.fetchall()}
    wanted = {
        each.name for m in TENANT_MODELS for each in m._meta.constraints if isinstance(each, SameCentre)
    }
    assert len(wanted) > 60
    assert wanted <= made


def test_a_centre_sees_no_draft_no_rating_and_no_conflict_of_its_own(two_years, scope):
    own = two_years.northgate.centre.pk
    missing = []
    for model in HIDDEN:
        if not _one_row(model, own):
            missing.append(model._meta.label)
        scope(own, side=Side.CENTRE)
        assert not model.objects.exists(), model
    assert missing == []
    names = {model.__name__ for model in HIDDEN}
    assert {"ReportDraft", "DraftAction", "Finding", "Judgement"} <= names
