"""The people pages: who sees what, what they offer, and that nothing of another centre is found (R23)."""

from __future__ import annotations

import pytest

from centres.models import AccessGrant
from centres.operations import delegations, invitations, roles
from centres.permissions import RoleCode as R
from qa_portal.tenancy import ALL_CENTRES, scoped_to
from tests.conftest import NOW, TODAY
from tests.factories.centres import AccessGrantFactory

PEOPLE = "/centres/10101/people/"


@pytest.fixture(autouse=True)
def today(clock_at):
    clock_at(NOW)


@pytest.fixture
def browse(cast, sign_in, scope):
    def as_person(who):
        client = sign_in(cast[who])
        scope()
        return client

    return as_person


@pytest.mark.parametrize(
    ("who", "status"),
    [
        ("head", 200), ("qn", 200), ("exams", 200), ("leader", 200), ("leadiv", 200), ("iv", 403), ("assessor", 403),
        ("manager", 200), ("planner", 200), ("viewer", 200), ("admin", 200), ("outsider", 404), ("lsv", 404),
    ],
)  # fmt: skip
def test_r23_who_sees_the_people_of_a_centre(browse, who, status):
    assert browse(who).get(PEOPLE).status_code == status


def test_the_list_needs_few_queries(browse, django_assert_max_num_queries):
    client = browse("qn")
    client.get(PEOPLE)
    with django_assert_max_num_queries(14):  # two of them are savepoints
        client.get(PEOPLE)


def test_the_page_offers_what_the_role_may_do(browse):
    head = browse("head").get(PEOPLE).content.decode()
    assert "Appoint the Quality Nominee" in head
    assert "Have somebody stand in" in head
    leader = browse("leader").get(PEOPLE).content.decode()
    assert "Invite somebody" not in leader
    assert "Add somebody" in leader


def test_r17_the_page_and_the_list_of_duties_show_a_vacancy(cast, browse):
    grant = AccessGrant.objects.get(centre=cast.northgate.centre, role=R.QUALITY_NOMINEE)
    roles.end(grant_id=grant.pk, on=TODAY, by=cast["head"], at=NOW)
    client = browse("head")
    assert "The centre has no Quality Nominee" in client.get(PEOPLE).content.decode()
    assert "Appoint a Quality Nominee" in client.get("/").content.decode()


def test_r17_the_head_appoints_on_the_page(cast, browse):
    client = browse("head")
    page = client.get(PEOPLE + "appoint/").content.decode()
    assert f"{cast['qn'].name} is Quality Nominee to the day before" in page
    answer = client.post(
        PEOPLE + "appoint/", {"person": cast["leader"].pk, "starts_on": "2026-11-02"}, follow=True
    )
    assert "is Quality Nominee from 2\N{NO-BREAK SPACE}November 2026" in answer.content.decode()
    past = client.post(PEOPLE + "appoint/", {"person": cast["iv"].pk, "starts_on": "2026-10-01"})
    assert "Enter today or a later day" in past.content.decode()


def test_r17_the_quality_nominee_does_not_appoint(browse):
    assert browse("qn").get(PEOPLE + "appoint/").status_code == 403


def test_r19_the_warning_is_shown_after_appointing_and_on_the_page(cast, browse):
    client = browse("head")
    body = {"person": cast["exams"].pk, "starts_on": "2026-10-20"}
    page = client.post(PEOPLE + "appoint/", body, follow=True).content.decode()
    assert "One person, two roles" in page
    assert f"{cast['exams'].name} is Quality Nominee and Examinations Officer" in page


def test_r18_a_lead_internal_verifier_needs_a_subject_area(browse):
    body = {"email": "new@northgate.example", "name": "Kit", "role": R.LEAD_INTERNAL_VERIFIER}
    page = browse("qn").post(PEOPLE + "invite/", body).content.decode()
    assert "Choose the subject area" in page


def test_r18_a_taken_subject_area_keeps_what_was_typed(cast, browse):
    body = {"email": cast["iv"].email, "name": "Kit Moore", "role": R.LEAD_INTERNAL_VERIFIER}
    page = (
        browse("qn")
        .post(PEOPLE + "invite/", body | {"subject_area": "Sport Industry Skills"})
        .content.decode()
    )
    assert "since 1\N{NO-BREAK SPACE}September 2023" in page
    assert 'value="Kit Moore"' in page


def test_an_invitation_is_sent_again_and_withdrawn_on_the_page(cast, browse):
    done = invitations.invite(
        email="new@northgate.example", name="Kit Moore", role=R.ASSESSOR, centre_id=cast.northgate.centre.pk,
        by=cast["qn"], at=NOW,
    )  # fmt: skip
    client = browse("qn")
    assert "Kit Moore" in client.get(PEOPLE).content.decode()
    base = f"{PEOPLE}invitations/{done.invitation.pk}/"
    assert "is sent again" in client.post(base + "resend/", follow=True).content.decode()
    assert "Withdraw the invitation of Kit Moore?" in client.get(base + "withdraw/").content.decode()
    assert "is withdrawn" in client.post(base + "withdraw/", follow=True).content.decode()
    again = client.post(base + "withdraw/")
    assert again.status_code == 409


def test_standing_in_is_given_and_taken_back_on_the_page(cast, browse):
    client = browse("qn")
    assert client.get(PEOPLE + "stand-in/").status_code == 200
    body = {"person": cast["leader"].pk, "stands_for": R.QUALITY_NOMINEE, "until": "2026-11-06"}
    page = client.post(PEOPLE + "stand-in/", body, follow=True).content.decode()
    assert "stands in until 6\N{NO-BREAK SPACE}November 2026" in page
    assert "(standing in)" in page
    with scoped_to(ALL_CENTRES):
        grant = AccessGrant.objects.get(delegated_by=cast["qn"])
    end = f"{PEOPLE}roles/{grant.pk}/end/"
    assert "Take it back" in client.get(end).content.decode()
    client.post(end)
    grant.refresh_from_db()
    assert grant.ends_on == TODAY


def test_standing_in_is_offered_only_for_what_fits(cast, browse):
    page = PEOPLE + "stand-in/"
    programme = cast.northgate.programmes[0].pk
    text = browse("qn").get(page).content.decode()
    assert f'value="programme_leader:{programme}"' in text
    assert 'value="quality_nominee"' in text
    assert "quality_nominee:" not in text
    body = {
        "person": cast["assessor"].pk,
        "stands_for": f"programme_leader:{programme}",
        "until": "2026-11-06",
    }
    assert browse("qn").post(page, body).status_code == 302
    with scoped_to(ALL_CENTRES):
        grant = AccessGrant.objects.get(delegated_by=cast["qn"])
    assert (grant.role, grant.programme_id) == (R.PROGRAMME_LEADER, programme)


def test_r20_the_head_has_somebody_stand_in_for_the_quality_nominee_only(cast, browse):
    client, page = browse("head"), PEOPLE + "stand-in/"
    assert "Have somebody stand in" in client.get(PEOPLE).content.decode()
    text = client.get(page).content.decode()
    assert "Your own role is not passed on" in text
    assert 'value="quality_nominee"' in text
    assert "head_of_centre" not in text
    body = {"person": cast["leader"].pk, "stands_for": R.QUALITY_NOMINEE, "until": "2026-11-06"}
    assert client.post(page, body).status_code == 302
    refused = client.post(page, body | {"stands_for": R.HEAD_OF_CENTRE})
    assert "Select a valid choice" in refused.content.decode()


def test_a_person_page_says_what_the_roles_may_do(cast, browse):
    page = browse("head").get(f"{PEOPLE}{cast['qn'].pk}/").content.decode()
    assert cast["qn"].email in page
    assert "Self-assessment" in page
    assert "answer, delegate, read, submit" in page


def test_r23_somebody_of_another_centre_is_not_found_here(cast, browse):
    client = browse("qn")
    assert client.get(f"{PEOPLE}{cast['outsider'].pk}/").status_code == 404
    assert client.get(f"/centres/20202/people/{cast['outsider'].pk}/").status_code == 404
    with scoped_to(ALL_CENTRES):
        theirs = AccessGrant.objects.get(person=cast["outsider"])
    assert client.get(f"{PEOPLE}roles/{theirs.pk}/end/").status_code == 404
    assert client.post(f"{PEOPLE}roles/{theirs.pk}/end/", {"on": "2026-10-20"}).status_code == 404


def test_r20_nobody_ends_a_role_they_may_not_give(cast, browse):
    with scoped_to(ALL_CENTRES):
        head = AccessGrant.objects.get(person=cast["head"])
    assert browse("qn").post(f"{PEOPLE}roles/{head.pk}/end/", {"on": "2026-10-20"}).status_code == 403


def test_whoever_stands_in_sees_no_way_to_give_access(cast, browse):
    delegations.give(
        person_id=cast["leader"].pk, centre_id=cast.northgate.centre.pk, until=TODAY, by=cast["qn"], at=NOW
    )
    client = browse("leader")
    assert "Invite somebody" not in client.get(PEOPLE).content.decode()
    assert client.get(PEOPLE + "invite/").status_code == 403


def test_a_verifier_reads_the_people_of_their_centre(cast, browse):
    AccessGrantFactory(person=cast["lsv"], role=R.LEAD_STANDARDS_VERIFIER, centre=cast.northgate.centre)
    page = browse("lsv").get(PEOPLE).content.decode()
    assert "Staff register" in page
    assert "Invite somebody" not in page


def test_what_a_verifier_has_at_a_centre_stands_in_one_row_without_a_column_of_dashes(cast, browse):
    for programme in cast.northgate.programmes[:2]:
        AccessGrantFactory(
            person=cast["sv"], role=R.STANDARDS_VERIFIER, centre=cast.northgate.centre, programme=programme
        )
    response = browse("qn").get(PEOPLE)
    titles = [programme.qualification.short_title for programme in cast.northgate.programmes[:2]]
    assert [row["role"] for row in response.context["verifiers"]] == [
        f"Standards Verifier for {titles[0]}, {titles[1]}"
    ]
    page = response.content.decode()
    assert page.count('<th scope="col">Change</th>') == 1  # of the centre's own roles
    assert '<th scope="col">Change</th>' not in browse("viewer").get(PEOPLE).content.decode()
