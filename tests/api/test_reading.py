"""Lists and single things: whose they are, what they cost, how they are paged and filtered."""

from __future__ import annotations

import pytest

from centres.models import AccessGrant, Cohort, Learner, Site
from centres.operations import roles
from centres.permissions import RoleCode
from qa_portal.api_urls import router
from reports.models import Report
from tests.api.callers import machine, person
from tests.conftest import NOW, TODAY
from verification.models import Action

NOUNS = sorted(prefix for prefix, _, _ in router.registry)
# A caller sees its own uploads only, and has none when a test begins.
MACHINES = [
    (prefix, view) for prefix, view, _ in router.registry if view.machines and prefix != "evidence-files"
]
FOR_MACHINES = [prefix for prefix, _ in MACHINES]
TENANT_NOUNS = [prefix for prefix, view in MACHINES if view.keys[0] == "centre_id"]


def _all(caller, path, limit=2):
    rows, address = [], f"{path}?limit={limit}"
    for _ in range(100):
        answer = caller.get(address)
        assert answer.status_code == 200, answer.content
        rows += answer.json()["results"]
        address = answer.json()["next"]
        if not address:
            return rows
        assert answer["Link"] == f'<{address}>; rel="next"'
    raise AssertionError("the pages never end")


def test_the_resources_are_those_that_were_promised():
    assert set(NOUNS) == {
        "centres", "sites", "people", "staff-members", "qualifications", "units", "programmes", "cohorts", "learners",
        "registrations", "assessment-decisions", "self-assessments", "activities", "samples", "judgements", "actions",
        "direct-claims-statuses", "direct-claims-recommendations", "reports", "imports", "evidence-files",
        "annual-declarations", "extensions", "fact-checks", "activity-counts", "escalations",
    }  # fmt: skip


def test_r23_a_token_sees_only_its_own_centre(whole_year, northgate, harbour):
    own, other = whole_year.northgate.centre.pk, whole_year.harbour.centre.pk
    for noun in TENANT_NOUNS:
        mine, theirs = _all(northgate, f"{noun}/", 500), _all(harbour, f"{noun}/", 500)
        assert mine, f"the story has no {noun}"
        assert {row["centre_id"] for row in mine} == {own}, noun
        assert {row["centre_id"] for row in theirs} <= {other}, noun
        assert harbour.get(f"{noun}/", {"centre_id": own}).json()["results"] == [], noun
        if noun != "people":
            assert northgate.get(f"{noun}/{mine[0]['id']}/").status_code == 200, noun
            assert harbour.get(f"{noun}/{mine[0]['id']}/").status_code == 404, noun


def test_r23_a_token_sees_its_centre_and_no_other(northgate, cast):
    assert [row["number"] for row in _all(northgate, "centres/")] == ["10101"]
    assert northgate.get(f"centres/{cast.harbour.centre.pk}/").status_code == 404


def test_a_row_is_written_as_the_list_writes_it(whole_year, northgate):
    for noun in FOR_MACHINES:
        first = northgate.get(f"{noun}/", {"limit": 1}).json()["results"]
        assert first, noun
        if noun != "people":
            one = northgate.get(f"{noun}/{first[0]['id']}/")
            assert one["ETag"], noun
            assert {name: one.json()[name] for name in first[0]} == first[0], noun


def test_a_list_needs_five_queries_at_most(whole_year, northgate):
    """Token with client and person, grants, scope, rows: the same at one row and at fifty."""
    for noun in FOR_MACHINES:
        for limit in (1, 50):
            answer, statements = northgate.cost(f"{noun}/", {"limit": limit})
            assert answer.status_code == 200, noun
            assert len(statements) == 4, (noun, statements)


def test_one_thing_needs_twelve_queries_at_most(whole_year, northgate):
    for noun in set(FOR_MACHINES) - {"people"}:
        pk = northgate.get(f"{noun}/", {"limit": 1}).json()["results"][0]["id"]
        answer, statements = northgate.cost(f"{noun}/{pk}/")
        assert answer.status_code == 200, noun
        assert len(statements) <= 12, (noun, statements)


def test_a_list_of_fifty_learners_needs_five_queries_at_most(cast, northgate):
    Learner.objects.bulk_create(
        Learner(centre=cast.northgate.centre, given_name=f"Learner{i}", family_name="Of Many")
        for i in range(60)
    )
    answer, statements = northgate.cost("learners/")
    assert len(answer.json()["results"]) == 50
    assert len(statements) <= 5


def test_a_list_with_a_session_needs_five_queries_at_most(taught):
    answer, statements = person(taught["exams"]).cost("learners/")
    assert answer.status_code == 200
    assert len(statements) <= 5


@pytest.mark.parametrize("limit", [1, 3, 7, 8, 9])
def test_pages_meet_end_to_end(taught, northgate, limit):
    rows = _all(northgate, "learners/", limit)
    assert [row["id"] for row in rows] == sorted(
        Learner.objects.filter(centre=taught.northgate.centre).values_list("pk", flat=True)
    )


def test_pages_go_over_several_centres_in_order(taught):
    """A verifier or the awarding organisation reads on over the border between two centres."""
    rows = _all(person(taught["manager"]), "learners/", 3)
    found = [(row["centre_id"], row["id"]) for row in rows]
    assert found == sorted(Learner.objects.values_list("centre_id", "pk"))
    assert len({centre for centre, _ in found}) == 2


@pytest.mark.parametrize(
    ("query", "parameter"),
    [
        ({"limit": "0"}, "limit"), ({"limit": "501"}, "limit"), ({"limit": "-1"}, "limit"), ({"limit": "x"}, "limit"),
        ({"limit": "999999999999"}, "limit"), ({"limit": "٣"}, "limit"), ({"cursor": "nonsense"}, "cursor"),
        ({"cursor": "é"}, "cursor"), ({"cursor": "WzFd"}, "cursor"), ({"cursor": "WyIxIiwgMl0="}, "cursor"),
        ({"cursor": "WzEsIDk5OTk5OTk5OTk5OTk5OTk5OTk5OTk5XQ=="}, "cursor"), ({"centre_id": "x"}, "centre_id"),
        ({"centre_id": "99999999999999999999"}, "centre_id"), ({"uln": "1\x002"}, "uln"), ({"name": "Ann"}, "name"),
    ],
)  # fmt: skip
def test_a_parameter_that_is_none_is_422_and_named(northgate, query, parameter):
    answer = northgate.get("learners/", query)
    assert answer.status_code == 422, answer.content
    assert answer.json()["errors"][0]["parameter"] == parameter


def test_a_cursor_of_another_list_is_refused_or_harmless(taught, northgate):
    following = northgate.get("qualifications/", {"limit": 1}).json()["next"]
    cursor = following.partition("cursor=")[2].partition("&")[0]
    assert northgate.get("learners/", {"cursor": cursor}).status_code == 422


def test_filters_narrow(taught, northgate):
    programme = taught.northgate.programmes[0]
    cohort = Cohort.objects.get(programme=programme)
    assert len(northgate.get("registrations/", {"programme_id": programme.pk}).json()["results"]) == 8
    assert northgate.get("registrations/", {"status": "WITHDRAWN"}).json()["results"] == []
    assert northgate.get("registrations/", {"status": "WITHDRAWN?"}).status_code == 422
    assert len(northgate.get("cohorts/", {"starts_from": str(cohort.starts_on)}).json()["results"]) == 1
    assert northgate.get("cohorts/", {"starts_from": "2030-01-01"}).json()["results"] == []
    assert northgate.get("cohorts/", {"starts_from": "soon"}).status_code == 422
    main = Site.objects.get(centre=taught.northgate.centre, is_main=True)
    assert [row["id"] for row in northgate.get("sites/", {"is_main": "true"}).json()["results"]] == [main.pk]


def test_people_are_listed_with_their_roles_and_without_addresses(cast, northgate):
    roles.grant(
        person_id=cast["leader"].pk, role=RoleCode.ASSESSOR, centre_id=cast.northgate.centre.pk,
        starts_on=TODAY, by=cast["qn"], at=NOW,
    )  # fmt: skip
    rows = {row["person_id"]: row for row in _all(northgate, "people/", 3)}
    assert rows[cast["leader"].pk]["roles"] == ["assessor", "programme_leader"]
    assert set(rows[cast["leader"].pk]) == {"person_id", "centre_id", "name", "roles"}
    assert "system_client" not in {role for row in rows.values() for role in row["roles"]}


def test_an_assessor_reads_decisions_but_not_self_assessments(whole_year):
    caller = person(whole_year["assessor"])
    assert caller.get("assessment-decisions/").status_code == 200
    assert caller.get("self-assessments/").status_code == 403


def test_a_read_only_scope_reads_and_lists(taught):
    caller = machine(taught.northgate, ("learners:read",))
    assert caller.get("learners/").status_code == 200
    assert caller.get("assessment-decisions/").status_code == 403


def test_r23_a_verifier_who_has_left_reads_what_they_issued_and_nothing_else(whole_year):
    lsv, centre = whole_year["lsv"], whole_year.northgate.centre
    report = Report.objects.get(kind="VISIT")
    AccessGrant.objects.filter(person=lsv, centre=centre).update(ends_on=TODAY)
    caller = person(lsv)
    answer = caller.get(f"reports/{report.pk}/")
    assert answer.status_code == 200
    assert answer.json()["content"]["title"]
    assert [row["id"] for row in _all(caller, "reports/")] == [report.pk]
    assert {row["centre_id"] for row in _all(caller, "learners/")} == {whole_year.harbour.centre.pk}
    action = Action.objects.filter(centre=centre).first()
    assert caller.get(f"actions/{action.pk}/").status_code == 404
