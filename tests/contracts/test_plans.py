"""The list of learners reads an index, not the table: no node of its plan throws away many rows."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import psycopg2
import pytest

from centres.access import Held, in_context
from centres.models import Person
from centres.permissions import RoleCode
from centres.queries.learners import PAGE, LearnerFilter, learners_of
from reports.synthetic import FIRST_NUMBER
from tests import database

ROOT = Path(__file__).resolve().parent.parent.parent
CENTRES, LEARNERS, NEWEST = 200, 20_000, 5_000
MOST_REMOVED = 1_000
REMOVED = ("Rows Removed by Filter", "Rows Removed by Join Filter", "Rows Removed by Index Recheck")


@pytest.fixture(scope="module")
def generated():
    """The address of a database of its own with generated data, for the runtime role; its newest centre."""
    from qa_portal.embedded import running

    with running(database.DATA, durable=False) as servers:
        name = f"plans_{os.getpid()}"
        url = database.copy(servers, os.environ["TEST_TEMPLATE"], name)
        sizes = ("--centres", str(CENTRES), "--learners", str(LEARNERS), "--newest", str(NEWEST))
        subprocess.run(
            [sys.executable, "manage.py", "generate_data", *sizes],
            cwd=ROOT,
            env=os.environ | {"DATABASE_URL": url},
            check=True,
            capture_output=True,
        )
        owner = psycopg2.connect(database.with_name(servers.migration_database_url, name))
        owner.autocommit = True
        with owner.cursor() as cursor:
            cursor.execute("VACUUM ANALYZE")
            cursor.execute(
                "SELECT id FROM centres_centre WHERE number = %s", [str(FIRST_NUMBER + CENTRES - 1)]
            )
            newest = cursor.fetchone()[0]
        owner.close()
        yield url, newest
        database.drop(servers, name)


def nodes(plan):
    """A node of a plan and all below it."""
    yield plan
    for child in plan.get("Plans", ()):
        yield from nodes(child)


def plan_of(url, centre_id, queryset):
    """The plan that the runtime role gets in the scope of one centre, with what really happened."""
    sql, params = queryset.query.sql_with_params()
    connection = psycopg2.connect(url)
    try:
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT set_config('qa.centres', %s, true), set_config('qa.side', 'centre', true)",
                ["{" + str(centre_id) + "}"],
            )
            cursor.execute(f"EXPLAIN (ANALYZE, FORMAT JSON) {sql}", params)
            (found,) = cursor.fetchone()
    finally:
        connection.close()
    return (json.loads(found) if isinstance(found, str) else found)[0]["Plan"]


def nominee_of(centre_id):
    person = Person(pk=1)
    person.access = in_context(1, [Held(RoleCode.QUALITY_NOMINEE, centre_id)])
    return person


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("wanted", "is_full"),
    [
        (LearnerFilter(), True),
        (LearnerFilter(text="gra"), True),
        (LearnerFilter(text="1000000000"), False),
    ],
    ids=["all", "by the beginning of a name", "by ULN"],
)
def test_the_newest_big_centre_is_listed_from_an_index(generated, wanted, is_full):
    url, newest = generated
    rows = learners_of(nominee_of(newest), newest, wanted)[: PAGE + 1]
    plan = plan_of(url, newest, rows)
    assert plan["Actual Rows"] == PAGE + 1 or not is_full
    for node in nodes(plan):
        loops = node.get("Actual Loops", 1)
        removed = {name: node[name] * loops for name in REMOVED if node.get(name)}
        assert sum(removed.values()) <= MOST_REMOVED, (node["Node Type"], node.get("Relation Name"), removed)


@pytest.mark.django_db
def test_a_later_page_starts_where_the_last_one_ended(generated):
    url, newest = generated
    connection = psycopg2.connect(url)
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('qa.centres', %s, true)", ["{" + str(newest) + "}"])
        cursor.execute("SELECT id FROM centres_learner ORDER BY name_key, id OFFSET 4000 LIMIT 1")
        (last,) = cursor.fetchone()
    connection.close()
    plan = plan_of(
        url, newest, learners_of(nominee_of(newest), newest, LearnerFilter(), after=str(last))[: PAGE + 1]
    )
    assert plan["Actual Rows"] == PAGE + 1
    for node in nodes(plan):
        assert sum(node.get(name, 0) for name in REMOVED) * node.get("Actual Loops", 1) <= MOST_REMOVED, node
